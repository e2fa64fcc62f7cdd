"""What a test said is used again where another submission gives the very same answers, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbformat.v4 import new_notebook

from autograder.grading import heard
from autograder.grading.exam import Exam
from autograder.grading.lesson import Lesson
from autograder.grading.outcome import ExamRequest, PlanCell
from autograder.sandbox import wall
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Template

from .conftest import cell
from .forked import alone, in_fork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Grade = Callable[..., Any]

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(cell_seconds=5, call_seconds=1, test_seconds=20, memory_mib=400, cost_once=False)
ANEW = replace(LIMITS, reuse_results=False)
RIGHT = {"f": "def f(x):\n    return 2 * x", "g": "def g(xs):\n    return [f(x) for x in xs]"}
TESTS = {
    "f": "def want(x):\n    return x + x\nassert f(1) == want(1)\nassert f(-3) == want(-3), 'below zero'",
    "g": "assert g([]) == []\nassert g([1, 2]) == [want(1), want(2)]",
}
SETUP = "import numpy as np\nrow = np.arange(3.0)"


def lesson(tests: dict[str, str] | None = None) -> Lesson:
    cells = [cell("setup", SETUP, locked=True)]
    for name, answer in RIGHT.items():
        source = f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"
        cells += [cell(name, source, solution=True)]
        cells += [cell(f"test_{name}", (tests or TESTS)[name], grade=True, locked=True, points=1.0)]
    return Lesson(new_notebook(cells=cells))


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    made = Template(wall.configuration([ROOT], ["numpy"]))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a busy machine be quick enough."""
    monkeypatch.setattr(heard, "_QUICK", LIMITS.test_seconds)


@pytest.fixture
def grade(template: Template) -> Grade:
    def examined(of: Lesson, limits: Limits = LIMITS, order: str = "setup f tf g tg", **answers: str) -> Any:
        plans = {"setup": PlanCell(0, "run", SETUP, "setup")}
        for at, (name, answer) in enumerate((RIGHT | answers).items()):
            plans[name] = PlanCell(2 * at + 1, "run", answer, name)
            plans[f"t{name}"] = PlanCell(2 * at + 2, "test", "", f"test_{name}")
        result = Exam(of, template, limits, ExamRequest([plans[name] for name in order.split()])).run()
        assert not result.error
        return [(one.fate, one.outputs, one.reports) for one in result.cells]

    return examined


def test_the_same_answers_are_not_asked_for_twice_after_the_second_time(grade: Grade) -> None:
    of = lesson()
    found = [grade(of) for _ in range(4)]
    assert of.heard.again == 4  # two tests of the third and the fourth
    assert found[1:] == found[:1] * 3
    assert grade(lesson(), ANEW) == found[0]


def test_another_way_with_the_same_answers_counts_as_the_same(grade: Grade) -> None:
    of = lesson()
    for _ in range(2):
        grade(of)
    found = grade(of, f="def f(number):\n    total = number\n    total += number\n    return total")
    assert of.heard.again == 2
    assert not any(outputs for _, outputs, _ in found)


WRONG = {
    "wrong at the second question": {"f": "def f(x):\n    return 2 * abs(x)"},
    "wrong at the first": {"f": "def f(x):\n    return x"},
    "another type": {"f": "def f(x):\n    return 2.0 * x"},
    "raises": {"f": "def f(x):\n    raise ValueError(x)"},
    "prints": {"f": "def f(x):\n    print('here')\n    return 2 * x"},
    "is no function": {"f": "f = 3"},
    "is not there": {"f": "pass"},
    "hangs": {"f": "def f(x):\n    while True: pass"},
    "ends its process": {"f": "import os\ndef f(x):\n    os._exit(0)"},
    "right the first time only": {
        "f": "n = 0\ndef f(x):\n    global n\n    n += 1\n    return 2 * x + (n > 1)"
    },
    "wrong above": {"g": "def g(xs):\n    return [f(x) + 1 for x in xs]"},
    "changes what it is given": {"g": "def g(xs):\n    return [2 * xs.pop(0) for _ in range(len(xs))]"},
}


@pytest.mark.parametrize("name", WRONG)
def test_other_answers_are_marked_as_if_nothing_had_been_heard(grade: Grade, name: str) -> None:
    of = lesson()
    for _ in range(3):
        grade(of)
    alone = grade(lesson(), ANEW, **WRONG[name])
    for _ in range(4):
        assert grade(of, **WRONG[name]) == alone
    assert grade(of) == grade(lesson(), ANEW)


def test_a_test_that_asks_something_else_each_time_is_run_each_time(grade: Grade) -> None:
    draws = "x = int(np.random.default_rng().integers(1 << 40))\nassert f(x) == 2 * x"
    words = "for n in range(3):\n    x = str(np.random.default_rng().random())\n    assert f(x) == x + x"
    for source in (draws, words):
        of = lesson(TESTS | {"f": source, "g": "assert g([1]) == [2]"})
        found = [grade(of) for _ in range(4)]
        assert found[1:] == found[:1] * 3
        assert of.heard.again == 1  # of `g`, whose second run was in a sandbox that had been made anew
        assert not any(outputs for _, outputs, _ in found[0])


def test_a_test_that_says_something_else_each_time_is_run_each_time(grade: Grade) -> None:
    of = lesson(TESTS | {"f": "f(1)\nprint(np.random.default_rng().random())", "g": "assert g([1]) == [2]"})
    said = {str(grade(of)[2]) for _ in range(4)}
    assert len(said) > 1
    assert of.heard.again == 2


def test_a_helper_is_there_for_those_below_also_where_its_test_is_not_run(grade: Grade) -> None:
    of = lesson()
    for _ in range(3):
        grade(of)
    assert of.heard.again == 2
    wrong = grade(of, g="def g(xs):\n    return xs")
    assert of.heard.again == 3
    assert "AssertionError" in str(wrong[4])


def test_a_helper_that_a_failing_test_did_not_come_to_is_missing_as_ever(grade: Grade) -> None:
    tests = {"f": "assert f(5) == 10\ndef want(x):\n    return x + x", "g": TESTS["g"]}
    of, f = lesson(tests), "def f(x):\n    return 2 * x + (x == 5)"
    alone = grade(lesson(tests), ANEW, f=f)
    assert "NameError" in str(alone[4])
    assert [grade(of, f=f) for _ in range(4)] == [alone] * 4
    assert "NameError" not in str([grade(of) for _ in range(4)])
    assert grade(of, f=f) == alone


def test_a_notebook_in_another_order_teaches_nothing(grade: Grade) -> None:
    of = lesson()
    for _ in range(3):
        assert "NameError" in str(grade(of, order="setup f g tg tf"))
    assert of.heard.again == 0
    found = [grade(of) for _ in range(3)]
    assert "NameError" not in str(found)
    assert "NameError" in str(grade(of, order="setup f g tg tf"))


def test_data_of_the_lesson_that_an_answer_changed_is_not_taken_for_what_it_was(grade: Grade) -> None:
    tests = {"f": "f(row)\nassert f(1) == 2", "g": "assert sum(row) == 3, row.tolist()\nassert g([1]) == [2]"}
    honest = (
        "def f(x, more=0):\n    if isinstance(x, np.ndarray) and more:\n        x += more\n    return 2 * x"
    )
    spoil = honest.replace("more=0", "more=1")
    of = lesson(tests)
    alone = grade(lesson(tests), ANEW, f=spoil)
    for _ in range(3):
        grade(of, f=honest)
    assert [grade(of, f=spoil) for _ in range(3)] == [alone] * 3


def test_it_can_be_switched_off(grade: Grade) -> None:
    of = lesson()
    for _ in range(4):
        grade(of, ANEW)
    assert of.heard.again == 0


def test_a_talk_of_many_megabytes_is_not_kept(grade: Grade) -> None:
    large = "x = np.zeros(600_000)\nfor _ in range(3):\n    assert f(x).sum() == 0"
    of = lesson(TESTS | {"f": large, "g": "assert g([1]) == [2]"})
    found = [grade(of) for _ in range(4)]
    assert found[1:] == found[:1] * 3
    assert of.heard.again == 2  # of `g`
    assert not any(outputs for _, outputs, _ in found[0])


@alone
def test_what_one_fork_heard_another_need_not_hear_again(grade: Grade) -> None:
    of = lesson()
    alone = grade(lesson(), ANEW)

    def work(again: int) -> None:
        assert grade(of) == alone
        assert of.heard.again == again
        assert of.is_as_before()

    in_fork(lambda: work(0))
    in_fork(lambda: work(0))  # confirms it
    in_fork(lambda: work(2))
    work(2)


@alone
def test_what_a_fork_heard_that_is_let_go_goes_to_nobody(grade: Grade) -> None:
    of = lesson()
    for _ in range(3):
        in_fork(lambda: grade(of))  # and is not as before, or nobody has looked
    grade(of)
    assert of.heard.again == 0


@alone
def test_forks_that_hear_different_answers_tell_of_each(grade: Grade) -> None:
    of = lesson()
    wrong = {"f": "def f(x):\n    return 2 * abs(x)"}
    alone = grade(lesson(), ANEW, **wrong)

    def work(answers: dict[str, str]) -> None:
        grade(of, **answers)
        assert of.is_as_before()

    for answers in ({}, wrong, wrong, {}):
        in_fork(lambda: work(answers))  # noqa: B023 - done at once
    assert grade(of, **wrong) == alone
    assert of.heard.again == 2
    grade(of)
    assert of.heard.again == 4


@alone
def test_a_test_that_speaks_differently_to_two_forks_is_run_each_time(grade: Grade) -> None:
    of = lesson(TESTS | {"f": "f(1)\nprint(np.random.default_rng().random())", "g": "assert g([1]) == [2]"})
    said = []

    def work() -> None:
        said.append(str(grade(of)[2]))
        assert of.is_as_before()

    for _ in range(2):
        in_fork(work)
    for _ in range(3):
        work()
    assert of.heard.again == 3  # of `g`


IN_PLACE = "def f(x):\n    x *= 2\n    return x"
HANDED = {
    "one made for the call": ("assert f(np.ones(3))[0] == 2", 1),
    "a part of one made for the call": ("assert f(np.ones((2, 3))[:, 1])[0] == 2", 1),
    "one that a wrong answer is told of": ("x = 1\nassert f(np.ones(3))[0] == 3, 'no'", 1),
    "one of the lesson's": ("assert f(row)[1] == 2", 0),
    "a part of one of the lesson's": ("assert f(row[1:])[0] == 2", 0),
    "one that keeps its name": ("mine = np.ones(3)\nassert f(mine)[0] == 2", 0),
    "a list": ("assert f([1, 2]) == [1, 2, 1, 2]", 0),
}


@pytest.mark.parametrize("name", HANDED)
def test_what_a_call_changes_matters_to_those_below_only_if_it_is_still_there(
    grade: Grade, name: str
) -> None:
    test, again = HANDED[name]
    tests = {"f": test, "g": "assert g([]) == []\nassert row[0] == 0.0"}
    of = lesson(tests)
    found = [grade(of, f=IN_PLACE) for _ in range(4)]
    assert of.heard.again == 2 * again  # of `g`
    assert found[1:] == found[:1] * 3
    assert grade(lesson(tests), ANEW, f=IN_PLACE) == found[0]
