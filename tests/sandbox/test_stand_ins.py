"""The reference in the place of a function of the submission's: called from inside, evaluated outside."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from autograder.check import ProcessDied
from autograder.sandbox.proxy import TestDesk
from autograder.sandbox.stand_ins import Allowance, StandIn, StandIns, can_stand_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.sandbox.session import Submission

pytestmark = pytest.mark.sandbox

SOURCE = """
import numpy as np
def halve(x): return -1
def quarter(x): return halve(halve(x))
fixed = quarter(8)
"""


def right(x: float) -> float:
    return x / 2


def on(submission: Submission, source: str, name: str, stand_ins: StandIns) -> Any:
    submission.run_cell(source)
    return TestDesk(submission, stand_ins).look_up([name]).get(name)


def test_the_submissions_functions_call_it(submission: Submission) -> None:
    stand_ins = StandIns({"halve": right})
    assert on(submission, SOURCE, "quarter", stand_ins)(8.0) == 2
    assert stand_ins.used == ["halve"]
    assert TestDesk(submission).look_up(["quarter"])["quarter"](8.0) == -1  # in the next test it is gone


def test_cells_are_run_again_with_it(submission: Submission) -> None:
    assert on(submission, SOURCE, "fixed", StandIns({"halve": right})) == -1
    assert on(submission, "", "fixed", StandIns({"halve": right}, ["fixed = quarter(8)"])) == 2
    later = StandIns(
        {"halve": right}, ["print(1 / 0)", "def halve(x): return 7\nfixed = quarter(8)", "fixed = quarter(8)"]
    )
    assert on(submission, "", "fixed", later) == 2


def test_what_was_used_is_what_the_test_used_or_else_the_cells(submission: Submission) -> None:
    source = f"{SOURCE}def double(x): return 0\ndef four(x): return double(double(x))\n"
    both = {"halve": right, "double": lambda x: 2 * x}
    stand_ins = StandIns(both, ["fixed = quarter(8)"])
    four = on(submission, source, "four", stand_ins)
    assert stand_ins.used == ["halve"]
    assert four(1) == 4
    assert stand_ins.used == ["double"]


def test_a_cell_that_does_not_end_is_left(submission: Submission) -> None:
    stand_ins = StandIns({"halve": right}, ["fixed = 3", "while True: pass", "fixed = 4"])
    assert on(submission, SOURCE, "fixed", stand_ins) == 3


def test_values_stand_in_as_copies(submission: Submission) -> None:
    weights = np.ones(3)
    stand_ins = StandIns({"weights": weights}, ["weights += 1\ntotal = weights.sum()"])
    assert on(submission, "weights = None", "total", stand_ins) == 6
    assert weights.sum() == 3


def test_what_it_changes_in_place_is_changed_inside(submission: Submission) -> None:
    def clear(x: list[float], out: Any = None) -> None:
        x[:] = []
        out += 1

    source = "import numpy as np\ndef use():\n    x, y = [1, 2], np.zeros(2)\n    clear(x, out=y)\n    return x, y.tolist()"
    assert on(submission, source, "use", StandIns({"clear": clear}))() == ([], [1, 1])


def test_it_raises_and_takes_functions_as_within_one_process(submission: Submission) -> None:
    def apply(f: Callable[[float], float], x: float) -> float:
        if x < 0:
            raise ValueError("what only the reference says")
        return f(x)

    body = "try:\n        return apply(lambda v: v + 1, x)\n    except ValueError as error:\n        return str(error)"
    source = f"def use(x):\n    {body}"
    use = on(submission, source, "use", StandIns({"apply": apply}))
    assert (use(1), use(-1)) == (2, "the right one does not take this")


def test_a_fresh_worker_has_it_too(submission: Submission) -> None:
    source = "import os\ndef use(x):\n    if x < 0: os._exit(1)\n    return halve(x)"
    use = on(submission, source, "use", StandIns({"halve": right}))
    with pytest.raises(ProcessDied):
        use(-1.0)
    assert use(8.0) == 4


def bounded(in_one: int = 2, in_all: int = 100, calls: int = 9, in_cells: int = 3) -> StandIns:
    allowed = {"halve": Allowance(in_one, in_all, calls, in_one, in_cells)}
    return StandIns({"halve": lambda x: x / 2}, ["fixed = [halve(v) for v in range(cells)]"], (), allowed)


MANY = """
def many(x, n): return sum(halve(x + i) for i in range(n))
def same(x, n): return sum(halve(x) for i in range(n))
def parts(x): return sum(float(halve(v)) for v in x)
def caught(x, n):
    try:
        return many(x, n)
    except RuntimeError:
        return -1
cells = {}
"""


@pytest.mark.parametrize(
    ("cells", "calls", "too_often"),
    [
        (3, [("many", 1.0, 2), ("many", 2.0, 2)], False),
        (3, [("same", 1.0, 50)], False),
        (3, [("parts", np.arange(50.0))], False),
        (3, [("parts", np.arange(50.0)), ("caught", 1.0, 3)], True),
        (4, [], True),
    ],
    ids=["few", "the same again", "elements", "many", "many in cells"],
)
def test_it_may_be_called_as_often_as_the_exercise_needs(
    submission: Submission, cells: int, calls: list[Any], too_often: bool
) -> None:
    stand_ins, source = bounded(), MANY.format(cells)
    submission.run_cell(f"{SOURCE}\n{source}")
    found = TestDesk(submission, stand_ins).look_up(["many", "same", "parts", "caught"])
    for name, *args in calls:
        found[name](*args)
    assert stand_ins.too_often is too_often


def test_over_all_its_calls_a_test_may_not_call_it_oftener(submission: Submission) -> None:
    submission.run_cell(f"{SOURCE}\n{MANY.format(0)}")
    few = bounded(in_all=3, calls=1)
    many = TestDesk(submission, few).look_up(["many"])["many"]
    assert [many(1.0, 2), many(1.0, 2)] == [1.5, 1.5]  # each call further may call it as often again
    assert not few.too_often
    few = bounded(in_all=3, calls=2)
    many = TestDesk(submission, few).look_up(["many"])["many"]
    many(1.0, 2)
    with pytest.raises(RuntimeError, match="too often"):
        many(1.0, 2)
    assert few.too_often


def test_what_can_stand_in() -> None:
    fit: tuple[Any, ...] = (right, 3, 2.5, np.ones(2), {"a": [1, (2.0, np.int64(3))]}, {1, 2})
    unfit: tuple[Any, ...] = ("text", ["text"], {"a": b"x"}, dict, np.array(["a"]), None)
    assert [can_stand_in(value) for value in (*fit, *unfit)] == [True] * len(fit) + [False] * len(unfit)


def test_numpy_that_was_set_to_raise_is_asked_again(submission: Submission) -> None:
    source = "import numpy as np\nnp.seterr(all='raise')\ndef f(x):\n    x += 1\n    return np.exp(-x)"
    f = on(submission, source, "f", StandIns({}))
    x = np.array([999.0])
    assert f(x) == 0
    assert x == 1000  # changed once
    expects = "def f(x):\n    try:\n        return np.exp(x)\n    except FloatingPointError:\n        return 'too large'"
    assert on(submission, expects, "f", StandIns({}))(1000.0) == "too large"


ASKED = "def ask(x):\n    return [halve(x), halve(x), halve(2 * x)]"


def calls_of(submission: Submission, function: Callable[..., Any], source: str = ASKED) -> tuple[int, Any]:
    """Return how often a function was called itself, and what came of two calls that ask it."""
    called: list[float] = []
    stand_ins = StandIns({"halve": function})
    own = stand_ins.laid["halve"].__call__

    def noted(_: object, x: float) -> Any:
        called.append(x)
        return own(x)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StandIn, "__call__", noted)
        ask = on(submission, source, "ask", stand_ins)
        found = [ask(np.float64(3.0)), ask(np.float64(3.0))]
    assert stand_ins.laid["halve"].calls == 6  # counted are all
    return len(called), found


def test_what_it_answers_to_the_same_is_asked_once(submission: Submission) -> None:
    assert calls_of(submission, right) == (2, [[1.5, 1.5, 3.0]] * 2)


def test_other_threads_of_the_grader_do_not_matter_for_that(submission: Submission) -> None:
    def halve(x: Any) -> Any:
        return x / 2

    end = threading.Event()
    other = threading.Thread(target=end.wait)
    other.start()
    try:
        assert calls_of(submission, halve) == (2, [[1.5, 1.5, 3.0]] * 2)
    finally:
        end.set()
        other.join()


STATE = [0]


def counts(x: float) -> float:
    STATE[0] += 1
    return x + STATE[0]


def draws(x: float) -> float:
    return float(x + np.random.rand())  # noqa: NPY002 - as lessons do


def says(x: float) -> float:
    print(x)  # noqa: T201 - as references may
    return x


def makes(x: float) -> Callable[[], float]:
    return lambda: x


@pytest.mark.parametrize("function", [counts, draws, says])
def test_what_may_answer_differently_is_asked_each_time(
    submission: Submission, function: Callable[..., Any]
) -> None:
    assert calls_of(submission, function)[0] == 6


def test_functions_that_it_gives_are_given_anew(submission: Submission) -> None:
    source = "def ask(x):\n    return [halve(x)(), halve(x)(), halve(2 * x)()]"
    assert calls_of(submission, makes, source) == (6, [[3.0, 3.0, 6.0]] * 2)


def test_arrays_that_were_answered_before_are_the_callers_own(submission: Submission) -> None:
    source = "import numpy as np\ndef ask(x):\n    y = halve(np.ones(2))\n    y += 1\n    return halve(np.ones(2)).tolist()"
    ask = on(submission, source, "ask", StandIns({"halve": right}))
    assert [ask(1), ask(1)] == [[0.5, 0.5]] * 2


@pytest.mark.parametrize(
    "said", ["[[0, 1]]", "[[-1, 1]]", "[[0, 0]]", "[[0, 1.5]]", "[0]", "{}", "7", "[[True, 1]]"]
)
def test_answers_that_were_not_given_are_not_counted(submission: Submission, said: str) -> None:
    lie = (
        "from autograder.sandbox.answered import Answered\n"
        f"Answered.told = lambda self: {{'repeated': {said}}}\ndef f(x): return x"
    )
    f = on(submission, lie, "f", StandIns({}))
    with pytest.raises(ProcessDied, match="could not be read"):
        f(1)
