"""Answers that look alike are not taken for each other: a test that tells all it sees says what it says without a memory.

Each answer comes three times in one class, so that what a test said of it would be used the third time.
"""

from __future__ import annotations

import random
import re
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
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(cell_seconds=5, call_seconds=1, test_seconds=20, memory_mib=400)
SETUP = """
import numpy as np

row = np.arange(4.0)

def seen(value):
    words = [type(value).__name__, repr(value)]
    if isinstance(value, np.ndarray):
        words += [value.dtype.str, value.shape, value.strides, value.flags.writeable, value.tobytes()]
    elif isinstance(value, float):
        words += [np.float64(value).tobytes()]
    elif isinstance(value, (list, tuple)):
        words += [[seen(one) for one in value], [one is other for one in value for other in value]]
    elif isinstance(value, dict):
        words += [[seen(pair) for pair in value.items()]]
    return words
"""
RIGHT = "def scale(x):\n    return 2.0 * x"
TELLS = """
one, two, told = row.copy(), row.copy(), []
for asked in (one, one, two, 2.0):
    try:
        told.append(scale(asked))
    except Exception as error:
        told.append((type(error).__name__, str(error), len(error.args)))
print(seen([*told, one, two]))
4.0
"""
MARKS = "assert np.allclose(scale(row), 2 * row)\nassert np.all(scale(np.ones(3)) == 2)\n4.0"

VALUES = (
    # numbers
    "1", "1.0", "True", "np.int64(1)", "np.float32(1)", "np.float64(1)", "np.True_", "1 + 0j", "complex(1, -0.0)",
    "0.0", "-0.0", "np.nan", "-np.nan", "10**30", "1e30", "None", "...", "'1'", "b'1'",
    # arrays
    "2.0 * np.asarray(x)", "np.asarray(2.0 * np.asarray(x), '>f8')", "np.asarray(2.0 * np.asarray(x), 'f4')",
    "(2.0 * np.asarray(x)).astype(object)", "np.zeros(4)", "-np.zeros(4)",
    "np.zeros((4, 1))", "np.zeros((1, 4))", "np.zeros((0, 1))", "np.zeros((1, 0))",
    "np.full(4, np.nan)", "np.frombuffer(b'\\x01\\0\\0\\0\\0\\0\\xf8\\x7f' * 4)",
    "np.broadcast_to(2.0, (4,))", "np.full(4, 2.0)",
    # what holds others
    "[1, 2]", "(1, 2)", "[1.0, 2.0]", "[True, 2]", "{1, 2}", "{1: 2, 3: 4}", "{3: 4, 1: 2}", "{True: 2, 3: 4}",
    "[]", "()", "{}", "''",
    "[x, x]", "[x, np.array(x)]", "[[1.0]] * 2", "[[1.0], [1.0]]",
    # texts
    "'a\\u0301'", "'\\u00e1'", "'\\ud800'", "'?'",
)  # fmt: skip
OTHERS = (
    "def scale(x):\n    raise ValueError('no')",
    "def scale(x):\n    raise ValueError('no', 1)",
    "def scale(x):\n    raise type('ValueError', (ValueError,), {})('no')",
    "def scale(x):\n    raise KeyError('no')",
    "def scale(x):\n    raise AssertionError('no')",
    "n = 0\ndef scale(x):\n    global n\n    n += 1\n    return n",
    "n = 0\ndef scale(x):\n    global n\n    n += 1\n    return 2.0 * x if n != 5 else n",
    "def scale(x, seen=[]):\n    seen.append(1)\n    return len(seen)",
    "kept = np.zeros(4)\ndef scale(x):\n    return kept",
    "def scale(x):\n    if np.ndim(x):\n        x[...] = 0\n    return x",
    "def scale(x):\n    if np.ndim(x):\n        x[0] = np.nan\n    return 2.0 * x",
    "def scale(x):\n    if np.ndim(x):\n        x[0] = -0.0\n    return 2.0 * x",
    "def scale(x):\n    print('scaled')\n    return 2.0 * x",
    "row[:] = 5\ndef scale(x):\n    return 2.0 * x",
    "scale = 2.0",
    "pass",
)
ANSWERS = [*(f"def scale(x):\n    return {value}" for value in VALUES), *OTHERS]


def lesson() -> Lesson:
    cells = [
        cell("setup", SETUP, locked=True),
        cell("scale", f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION", solution=True),
        cell("tells", TELLS, grade=True, locked=True, points=4.0),
        cell("marks", MARKS, grade=True, locked=True, points=4.0),
    ]
    return Lesson(new_notebook(cells=cells))


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    made = Template(wall.configuration([ROOT], ["numpy"]))
    yield made
    made.close()


def grade(of: Lesson, template: Template, answer: str, limits: Limits = LIMITS) -> str:
    """Return all that is said of an answer, but where in memory something lay."""
    plans = [
        PlanCell(0, "run", SETUP, "setup"),
        PlanCell(1, "run", answer, "scale"),
        PlanCell(2, "test", "", "tells"),
        PlanCell(3, "test", "", "marks"),
    ]
    result = Exam(of, template, limits, ExamRequest(plans)).run()
    assert not result.error
    return re.sub(r"0x[0-9a-fA-F]+", "", str([(one.fate, one.outputs, one.reports) for one in result.cells]))


def rows(of: Lesson, template: Template, answers: Sequence[str], limits: Limits) -> list[Any]:
    """Grade in one process, until an answer leaves something behind; with each goes how many tests were not run."""
    found = []
    for answer in answers:
        before = of.heard.again
        found.append((grade(of, template, answer, limits), of.heard.again - before))
        if not of.is_as_before():
            break
    return found


def graded(template: Template, answers: Sequence[str], limits: Limits) -> list[tuple[str, int]]:
    """Grade answers in forks of a process that has run the lesson, as many to each as leave nothing behind."""
    of = lesson()
    found: list[tuple[str, int]] = []
    while len(found) < len(answers):
        found += of_fork(partial(rows, of, template, answers[len(found) :], limits))
    return found


def test_each_answer_is_told_as_it_is_whatever_came_before(template: Template) -> None:
    class_ = ANSWERS * 3
    random.Random(7).shuffle(class_)  # noqa: S311 - no secret
    anew = dict(zip(ANSWERS, graded(template, ANSWERS, replace(LIMITS, reuse_results=False)), strict=True))
    found = list(zip(class_, graded(template, class_, LIMITS), strict=True))
    assert [answer for answer, (said, _) in found if said != anew[answer][0]] == []
    assert len({said for said, _ in anew.values()}) > len(ANSWERS) - 8  # few are told alike
    assert sum(again == 2 for _, (_, again) in found) > len(ANSWERS) / 2  # and most were used again
