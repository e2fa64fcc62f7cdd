"""Whatever was handed in before: marks, outputs and reports are those of a grader that runs every test."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbformat.v4 import new_notebook

from autograder.grading.exam import Exam
from autograder.grading.lesson import Lesson
from autograder.grading.outcome import ExamRequest, PlanCell
from autograder.sandbox import wall
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Template

from .conftest import cell
from .forked import of_fork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Handin = tuple[str, tuple[str, ...]]

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(cell_seconds=5, call_seconds=1, test_seconds=20, memory_mib=400)
SETUP = (
    "import numpy as np\nfrom autograder import check\n"
    "from autograder.check import cases, reference\nrow = np.arange(4.0)"
)
RIGHT = {
    "scale": "def scale(x):\n    return 2.0 * x",
    "total": "def total(xs):\n    return sum(scale(x) for x in xs)",
    "steps": "def steps(n):\n    return [scale(float(k)) for k in range(n)]",
}
TESTS = {
    "scale": (
        "marks = check.marks('scale', values=2, keeps=1, shapes=1)\n"
        "with marks.values:\n    check.matches(scale, reference.scale, cases.of(np.array([1.0, -2.0, 0.0])))\n"
        "with marks.keeps:\n    mine = row.copy()\n    scale(mine)\n    check.close(mine, row)\n"
        "with marks.shapes:\n    check.close(np.shape(scale(row)), (4,))\n"
        "marks.total()"
    ),
    "total": "assert total([]) == 0\nassert total([1.0, 2.0]) == 6.0\nassert total([row[1]]) == 2.0\n4.0",
    "steps": "def known(n):\n    return [2.0 * k for k in range(n)]\nassert list(steps(3)) == known(3), steps(3)\n4.0",
}
ANSWERS = {
    "scale": [
        "def scale(x):\n    return x + x",
        "def scale(x):\n    return 2 * np.abs(x)",
        "def scale(x):\n    x *= 2\n    return x",
        "def scale(x):\n    return np.asarray(2.0 * x).ravel()",
        "def scale(x):\n    return -0.0 + 2.0 * x if np.any(x) else -0.0 * x",
        "def scale(x):\n    return np.float32(2) * np.asarray(x, np.float32)",
        "def scale(x):\n    return np.multiply(2.0, x)[::-1][::-1] if np.ndim(x) else 2.0 * x",
        "def scale(x):\n    print('scaled')\n    return 2.0 * x",
        "def scale(x):\n    np.log(np.zeros(1))\n    return 2.0 * x",
        "def scale(x):\n    raise ValueError(f'no {np.ndim(x)}')",
        "seen = []\ndef scale(x):\n    seen.append(1)\n    return 2.0 * x + (len(seen) > 4)",
        "def scale(x):\n    return 2.0 * x * (1 + 1e-9 * np.random.rand())",
        "scale = lambda x: 2.0 * x",
        "scale = 2.0",
        "def scale(x):\n    return iter([2.0 * v for v in np.atleast_1d(x)])",
        "def scale(x):\n    global row\n    row = np.zeros(4)\n    return 2.0 * x",
        "sum = lambda xs: 0\ndef scale(x):\n    return 2.0 * x",
        "def scale(x):\n    import os\n    os._exit(1)",
        "pass",
    ],
    "total": [
        "def total(xs):\n    return 2.0 * np.sum(xs)",
        "def total(xs):\n    return scale(np.sum(xs))",
        "def total(xs):\n    return xs.pop() if xs else 0",
        "def total(xs):\n    return 6.0",
        "total = scale",
        "row[1] = 7\ndef total(xs):\n    return sum(scale(x) for x in xs)",
    ],
    "steps": [
        "def steps(n):\n    return (scale(float(k)) for k in range(n))",
        "def steps(n):\n    return [2 * k for k in range(n)]",
        "def steps(n):\n    return steps",
        "known = None\ndef steps(n):\n    return [0.0, 2.0, 4.0]",
        "def steps(n):\n    return [total([k]) for k in range(n)]",
    ],
}
ORDERS = (
    "setup scale tscale total ttotal steps tsteps",
    "setup scale tscale total ttotal steps tsteps",
    "setup scale total tscale ttotal steps tsteps",
    "setup steps tsteps scale tscale total ttotal",
    "setup scale tscale tscale total ttotal steps",
)


def lesson() -> Lesson:
    cells = [cell("setup", SETUP, locked=True)]
    for name, answer in RIGHT.items():
        cells += [cell(name, f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION", solution=True)]
        cells += [cell(f"test_{name}", TESTS[name], grade=True, locked=True, points=4.0)]
    return Lesson(new_notebook(cells=cells))


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    made = Template(wall.configuration([ROOT], ["numpy", "autograder.check"]))
    yield made
    made.close()


def grade(of: Lesson, template: Template, handed: Handin, limits: Limits = LIMITS) -> Any:
    order, answers = handed
    plans = {"setup": PlanCell(0, "run", SETUP, "setup")}
    for at, (name, answer) in enumerate(zip(RIGHT, answers, strict=True)):
        plans[name] = PlanCell(2 * at + 1, "run", answer, name)
        plans[f"t{name}"] = PlanCell(2 * at + 2, "test", "", f"test_{name}")
    result = Exam(of, template, limits, ExamRequest([plans[name] for name in order.split()])).run()
    assert not result.error
    return [(one.fate, one.outputs, one.reports) for one in result.cells]


AS_WRITTEN: Handin = (ORDERS[0], tuple(RIGHT.values()))
OTHERS: list[Handin] = [
    (ORDERS[0], tuple(answer if one == name else right for one, right in RIGHT.items()))
    for name in RIGHT
    for answer in ANSWERS[name]
]


def mixed(seed: int) -> list[Handin]:
    """Return what a class hands in of which few differ."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    some = [
        (order, tuple(draw.choice([right, *ANSWERS[name]]) for name, right in RIGHT.items()))
        for order in ORDERS
    ]
    return draw.choices([AS_WRITTEN, *some], k=14)


def rows(of: Lesson, template: Template, handed: Sequence[Handin]) -> list[Any]:
    """Grade hand-ins as one process of the examiner's does: one after the other, until one leaves something behind.

    With each goes how many tests were not run.
    """
    found = []
    for one in handed:
        before = of.heard.again
        found.append((grade(of, template, one), of.heard.again - before))
        if not of.is_as_before():
            break
    return found


@pytest.fixture(scope="module")
def expected(template: Template) -> Callable[[Handin], Any]:
    """Return what a grader says that hears each test anew, in a process of its own."""
    of = lesson()
    known: dict[Handin, Any] = {}
    anew = replace(LIMITS, reuse_results=False)

    def alone(handed: Handin) -> Any:
        if handed not in known:
            known[handed] = of_fork(lambda: grade(of, template, handed, anew))
        return known[handed]

    return alone


def test_the_right_answers_earn_all(expected: Callable[[Handin], Any]) -> None:
    outputs = [one for _, outputs, _ in expected(AS_WRITTEN) for one in outputs]
    earned = [o["data"]["text/plain"] for o in outputs if o["output_type"] == "execute_result"]
    assert earned == ["4.0", "4.0", "4.0"]


@pytest.mark.parametrize("other", OTHERS)
def test_after_the_right_answers_each_other_one_is_graded_as_if_it_were_the_first(
    template: Template, expected: Callable[[Handin], Any], other: Handin
) -> None:
    handed = [AS_WRITTEN, AS_WRITTEN, other, other, AS_WRITTEN, other]
    found = graded(template, handed, 2)
    for one, (result, _) in zip(handed, found, strict=True):
        assert result == expected(one)
    assert found[4][1] > 1  # what was right is known by then


@pytest.mark.parametrize("seed", range(4))
def test_what_was_handed_in_before_changes_nothing(
    template: Template, expected: Callable[[Handin], Any], seed: int
) -> None:
    handed = mixed(seed)
    for one, (result, _) in zip(handed, graded(template, handed, seed + 1), strict=True):
        assert result == expected(one), one


def graded(template: Template, handed: Sequence[Handin], at_a_time: int) -> list[Any]:
    """Grade a class in forks of a process that has run the lesson, so many to each."""
    of = lesson()
    found: list[Any] = []
    while len(found) < len(handed):
        part = handed[len(found) : len(found) + at_a_time]
        found += of_fork(partial(rows, of, template, part))
    return found
