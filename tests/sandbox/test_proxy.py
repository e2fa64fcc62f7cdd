"""A test outside sees the submission's functions as if they were here: values, exceptions, changes, limits."""

from __future__ import annotations

import io
import itertools
import math
import random
import time
import warnings
from contextlib import redirect_stdout
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from autograder.check import Opaque, ProcessDied, TookTooLong
from autograder.sandbox.proxy import SubmissionError, TestDesk
from autograder.sandbox.surroundings import count_seedings

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.sandbox.session import Submission

pytestmark = pytest.mark.sandbox
Desk = "Callable[[str], TestDesk]"


def test_functions_are_called_and_data_is_copied(desk: Callable[[str], TestDesk]) -> None:
    names = desk("def double(x): return 2 * x\nanswer = {'a': [1, 2.5]}").look_up(
        ["double", "answer", "missing"]
    )
    np.testing.assert_array_equal(names["double"](np.arange(3.0)), [0, 2, 4])
    assert names["answer"] == {"a": [1, 2.5]}
    assert "missing" not in names


def test_a_function_that_returns_a_function(desk: Callable[[str], TestDesk]) -> None:
    names = desk("def adder(n):\n    return lambda x: x + n").look_up(["adder"])
    assert names["adder"](3)(4) == 7


def test_a_function_that_takes_one_calls_back(desk: Callable[[str], TestDesk]) -> None:
    names = desk("def twice(f, x): return f(f(x))\ndef inc(x): return x + 1").look_up(["twice", "inc"])
    assert names["twice"](lambda x: x * 10, 1) == 100
    assert names["twice"](names["inc"], 1) == 3  # one of the submission's own


def test_what_is_passed_in_may_come_back_out(desk: Callable[[str], TestDesk]) -> None:
    def own(x: float) -> float:
        return x

    assert desk("def same(f): return f").look_up(["same"])["same"](own) is own


def test_callbacks_are_counted(submission: Submission) -> None:
    submission.run_cell("def often(f):\n    while True: f(1.0)")
    desk = TestDesk(submission)
    often = desk.look_up(["often"])["often"]
    with pytest.raises((ProcessDied, TookTooLong)):
        often(lambda x: x)
    desk.close()


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ("raise ValueError('T must be positive')", ValueError, "T must be positive"),
        ("return [][1]", IndexError, "out of range"),
        ("raise NotImplementedError()", NotImplementedError, ""),
        ("class Odd(KeyError): pass\n    raise Odd('k')", KeyError, "Odd: 'k'"),
        ("class Mine(Exception): pass\n    raise Mine('own')", SubmissionError, "f raised Mine: own"),
        ("raise SystemExit(3)", SubmissionError, "f raised SystemExit: 3"),
        ("raise KeyboardInterrupt", SubmissionError, "KeyboardInterrupt"),
        ("raise AssertionError('hers')", AssertionError, "hers"),
        ("import numpy; return numpy.linalg.inv(numpy.zeros((2, 2)))", ValueError, "LinAlgError"),
    ],
)
def test_exceptions_come_as_what_they_were(
    desk: Callable[[str], TestDesk], body: str, kind: type[Exception], words: str
) -> None:
    f = desk(f"def f(x):\n    {body}").look_up(["f"])["f"]
    with pytest.raises(kind) as caught:
        f(1)
    assert type(caught.value) is kind
    assert words in str(caught.value)


def test_an_exception_names_the_line_it_came_from(desk: Callable[[str], TestDesk]) -> None:
    f = desk("def f(x):\n    y = 1\n    return x / 0").look_up(["f"])["f"]
    with pytest.raises(ZeroDivisionError) as caught:
        f(1)
    assert caught.value.remote_traceback == "line 3 of f"  # type: ignore[attr-defined]


def test_changes_to_arguments_are_seen_outside(desk: Callable[[str], TestDesk]) -> None:
    source = "def spoil(a, b, c):\n    a[0] = 9; b.append(4); c['k'] = 1"
    c: dict[str, int] = {}
    a, b = np.zeros(2), [3]
    desk(source).look_up(["spoil"])["spoil"](a, b, c)
    assert (a[0], b, c) == (9, [3, 4], {"k": 1})


def test_a_read_only_array_is_read_only_inside(desk: Callable[[str], TestDesk]) -> None:
    spoil = desk("def spoil(a): a[0] = 9").look_up(["spoil"])["spoil"]
    array = np.zeros(2)
    array.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        spoil(array)


def test_warnings_come_with_the_value(desk: Callable[[str], TestDesk]) -> None:
    f = desk("import numpy as np\ndef f(x): return np.exp(x)").look_up(["f"])["f"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert f(np.array([1000.0]))[0] == np.inf
    assert [w.category for w in caught] == [RuntimeWarning]
    assert "overflow" in str(caught[0].message)


def test_a_call_that_hangs_fails_alone(desk: Callable[[str], TestDesk]) -> None:
    opened = desk("def f(n):\n    while n: pass\n    return n")
    f = opened.look_up(["f"])["f"]
    with pytest.raises(TookTooLong, match="f had not returned after 1 s"):
        f(1)
    assert f(0) == 0
    assert opened.trouble


def test_a_call_that_ignores_the_alarm_is_killed_and_the_next_starts_afresh(
    desk: Callable[[str], TestDesk],
) -> None:
    source = (
        "import time\ndef f(n):\n    while n:\n        try: time.sleep(60)\n"
        "        except BaseException: pass\n    return n"
    )
    f = desk(source).look_up(["f"])["f"]
    with pytest.raises(TookTooLong):
        f(1)
    assert f(0) == 0


def test_after_hung_calls_a_test_calls_no_further(desk: Callable[[str], TestDesk]) -> None:
    f = desk("def f():\n    while True: pass").look_up(["f"])["f"]
    for _ in range(2):
        with pytest.raises(TookTooLong):
            f()
    started = time.monotonic()
    with pytest.raises(TookTooLong, match="not called again"):
        f()
    assert time.monotonic() - started < 1


def test_a_call_that_ends_its_process_fails_alone(desk: Callable[[str], TestDesk]) -> None:
    f = desk("import os\ndef f(n): return os._exit(1) if n else 'alive'").look_up(["f"])["f"]
    with pytest.raises(ProcessDied, match="ended the Python process"):
        f(1)
    assert f(0) == "alive"


def test_one_test_does_not_see_what_another_did(submission: Submission) -> None:
    submission.run_cell("count = 0\ndef f():\n    global count\n    count += 1\n    return count")
    for _ in range(2):
        desk = TestDesk(submission)
        assert desk.look_up(["f"])["f"]() == 1
        desk.close()


def test_objects_arrive_as_names_of_their_types(desk: Callable[[str], TestDesk]) -> None:
    source = "class Yes:\n    def __eq__(self, other): return True\ndef f(x): return Yes()"
    got: Any = desk(source).look_up(["f"])["f"](1)
    assert isinstance(got, Opaque)
    assert got.type_name == "Yes"
    lie: object = [1]
    assert got != lie


def test_prints_of_called_functions_reach_the_test_alone(
    desk: Callable[[str], TestDesk], capfd: pytest.CaptureFixture[str]
) -> None:
    f = desk("import os\ndef f(x):\n    print('said', x); os.write(1, b'below'); return x").look_up(["f"])[
        "f"
    ]
    with redirect_stdout(io.StringIO()) as said:
        assert f(3) == 3
    assert said.getvalue() == "said 3\n"
    assert capfd.readouterr() == ("", "")


def test_an_iterator_is_drawn_as_far_as_the_test_asks(desk: Callable[[str], TestDesk]) -> None:
    source = """
        def naturals():
            n = 0
            while True:
                yield n
                n += 1

        def stops():
            yield 1
            raise ValueError("no more")
    """
    names = desk(dedent(source)).look_up(["naturals", "stops"])
    assert list(itertools.islice(names["naturals"](), 200)) == list(range(200))
    steps = names["stops"]()
    assert next(steps) == 1
    with pytest.raises(ValueError, match="no more"):
        next(steps)


def test_what_a_returned_function_was_given_is_still_there_when_it_is_called(
    desk: Callable[[str], TestDesk],
) -> None:
    compose = desk("def compose(f, g): return lambda x: f(g(x))").look_up(["compose"])["compose"]
    twice = compose(math.sqrt, lambda x: 2 * x)
    assert compose(abs, twice)(8) == 4
    with pytest.raises(ValueError, match=r"domain|nonnegative"):
        twice(-8)


def test_a_function_passed_in_may_call_the_submission(desk: Callable[[str], TestDesk]) -> None:
    names = desk("def apply(f, x): return f(x) + 1\ndef square(x): return x * x").look_up(["apply", "square"])
    assert names["apply"](lambda x: names["square"](x) * 10, 3) == 91


def test_a_list_of_functions_crosses_unchanged(desk: Callable[[str], TestDesk]) -> None:
    steps = [abs, math.sqrt]
    pipe = desk("def pipe(fs, x):\n    for f in fs: x = f(x)\n    return x").look_up(["pipe"])["pipe"]
    assert pipe(steps, -9) == 3
    assert steps == [abs, math.sqrt]


def test_keyword_arguments_are_changed_in_place_too(desk: Callable[[str], TestDesk]) -> None:
    book = {"a": [1]}
    desk("def add(table): table['b'] = table['a'] * 2").look_up(["add"])["add"](table=book)
    assert book == {"a": [1], "b": [1, 1]}


def test_a_test_may_delete_a_function_or_put_its_own_in_its_place(desk: Callable[[str], TestDesk]) -> None:
    opened = desk("def a(): return 1\ndef b(): return a() + 1")
    namespace = opened.look_up(["a", "b"])
    b, kept = namespace["b"], namespace["a"]
    opened.watch(namespace)
    del namespace["a"]
    with pytest.raises(NameError):
        b()
    namespace["a"] = lambda: 10
    assert (b(), b()) == (11, 11)
    namespace["a"] = kept
    assert b() == 2


def test_a_seed_set_by_the_test_is_the_submissions_seed(desk: Callable[[str], TestDesk]) -> None:
    source = "import random\nimport numpy as np\ndef f(): return np.random.rand(), random.random()"
    count_seedings()
    f = desk(source).look_up(["f"])["f"]

    def seed() -> None:
        np.random.seed(3)  # noqa: NPY002 - the global state is what is tested
        random.seed(4)

    seed()
    first, second = f(), f()
    seed()
    assert f() == first != second
    seed()
    assert first == (np.random.rand(), random.random())  # noqa: NPY002, S311


def test_a_generator_passed_in_is_advanced(desk: Callable[[str], TestDesk]) -> None:
    draw = desk("def draw(rng): return rng.normal(size=2)").look_up(["draw"])["draw"]
    for make in (np.random.default_rng, np.random.RandomState):
        ours, same = make(5), make(5)
        np.testing.assert_array_equal([draw(ours), draw(ours)], [same.normal(size=2), same.normal(size=2)])


def test_built_in_classes_and_dtypes_cross_by_name(desk: Callable[[str], TestDesk]) -> None:
    source = "def use(kind, x): return kind(x), kind\ndef dtype(x): return x.dtype\nclass int64(float): pass"
    names = desk(source).look_up(["use", "dtype", "int64"])
    assert names["use"](str, 3) == ("3", str)
    assert names["use"](np.float32, 3)[1] is np.float32
    assert names["dtype"](np.zeros(2, "f4")) == np.float32
    assert isinstance(names["int64"], Opaque)


def test_a_function_kept_from_an_earlier_call_cannot_be_called_back(desk: Callable[[str], TestDesk]) -> None:
    """A test may hand a reference in; the submission must not answer with it later."""
    source = "kept = []\ndef use(f, x):\n    kept.append(f)\n    return f(x)\ndef root(x): return kept[0](x)"
    names = desk(source).look_up(["use", "root"])
    assert names["use"](math.sqrt, 9) == 3
    with pytest.raises(ProcessDied, match="a call back to no function"):
        names["root"](9)


def test_an_endless_iterator_ends(desk: Callable[[str], TestDesk]) -> None:
    endless = desk("def endless():\n    while True: yield 0").look_up(["endless"])["endless"]
    with pytest.raises(TypeError, match="more than 200,000 items"):
        list(endless())
