"""Which tests of a lesson stand alone, and what they define for others in any case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nbformat.v4 import new_notebook

from autograder.grading.lesson import Lesson

from .conftest import cell

if TYPE_CHECKING:
    from autograder.grading.alone import Standing

FIRST = "assert f(1) == 2"
LESSONS: dict[
    str, tuple[dict[str, str], dict[str, str], set[str]]
] = {  # locked cells, tests, those that stand alone
    "nothing shared": ({}, {"a": FIRST, "b": "x = f(2)\nassert x == 4"}, {"a", "b"}),
    "names used again": ({}, {"a": "x = f(1)\nassert x == 2", "b": "x = f(2)\nassert x == 4"}, {"a", "b"}),
    "an answer handed on": ({}, {"a": "x = f(1)\nassert x == 2", "b": "assert x == 2", "c": FIRST}, {"c"}),
    "what was shown handed on": ({}, {"a": "f(1)", "b": "assert _ == 2"}, set()),
    "an import": ({}, {"a": "import math\nassert f(math.pi)", "b": "assert f(math.e)"}, {"a", "b"}),
    "a helper": (
        {},
        {"a": "def g(x):\n    return 2 * x\nassert f(1) == g(1)", "b": "assert f(3) == g(3)"},
        {"a", "b"},
    ),
    "sizes": (
        {},
        {"a": "sizes = [1, 2]\nassert f(1) == 2", "b": "assert [f(n) for n in sizes] == [2, 4]"},
        {"a", "b"},
    ),
    "sizes from an answer": ({}, {"a": "sizes = [f(1)]", "b": "assert sizes == [2]"}, set()),
    "sizes from a helper that asks": (
        {},
        {"a": "def g():\n    return [f(1)]\nsizes = g()", "b": "assert sizes == [2]"},
        set(),
    ),
    "sizes that are changed": (
        {},
        {"a": "sizes = [1, 2]\nsizes.append(f(1))", "b": "assert f(len(sizes)) == 6"},
        set(),
    ),
    "a helper that keeps": (
        {"setup": "def g(x, kept=[]):\n    kept.append(x)\n    return len(kept)"},
        {"a": "assert f(g(1)) == 2 * 1 or True", "b": "assert g(2)"},
        set(),
    ),
    "a helper of the lesson": (
        {"setup": "def g(x):\n    return 2 * x"},
        {"a": "assert f(1) == g(1)", "b": "assert f(2) == g(2)"},
        {"a", "b"},
    ),
    "a helper that asks": (
        {"setup": "def g(x):\n    return f(f(x))"},
        {"a": "assert g(1) == 4", "b": "assert g(2) == 8"},
        {"a", "b"},
    ),
    "data that comes from an answer": (
        {"between": "found = f(3)"},
        {"a": FIRST, "between:b": "assert found == 6"},
        {"a"},
    ),
    "whose it is": (
        {"setup": "from autograder import check\nmine = len(check.student_id())"},
        {"a": "assert f(mine) == 2 * mine", "b": FIRST},
        {"b"},
    ),
    "a clock": ({}, {"a": "import time\nstart = time.monotonic()\nassert f(1) == 2", "b": FIRST}, {"b"}),
    "a renamed clock": ({}, {"a": "from time import time as c\nassert f(1) == 2 and c()", "b": FIRST}, {"b"}),
    "any name": ({}, {"a": "assert globals()['f'](1) == 2", "b": FIRST}, set()),
    "put into NumPy": ({}, {"a": "import numpy as np\nnp.twice = f", "b": FIRST}, set()),
}


def standings(locked: dict[str, str], tests: dict[str, str]) -> dict[str, Standing]:
    cells = [cell(name, source, locked=True) for name, source in locked.items() if name == "setup"]
    cells.append(
        cell("f", "### BEGIN SOLUTION\ndef f(x):\n    return 2 * x\n### END SOLUTION", solution=True)
    )
    for name, source in tests.items():
        between, _, own = name.rpartition(":")
        if between:
            cells.append(cell(between, locked[between], locked=True))
        cells.append(cell(own, source, grade=True, locked=True, points=1.0))
    return dict(Lesson(new_notebook(cells=cells)).passage.standings)


@pytest.mark.parametrize("name", LESSONS)
def test_tests_that_stand_alone(name: str) -> None:
    locked, tests, alone = LESSONS[name]
    assert {test for test, one in standings(locked, tests).items() if one.alone} == alone


def test_what_is_given_is_what_others_use() -> None:
    found = standings({}, {
        "a": "import math\nsizes = [1, 2]\nunused = [3]\ndef g(x):\n    return h(x)\ndef h(x):\n    return x + k\nk = 1\n"
             "got = f(1)\nassert got == 2",
        "b": "assert [f(n) for n in sizes] == [2, 4] and g(1) == 2",
    })  # fmt: skip
    assert found["a"].given == (1, 3, 4, 5)
    assert found["b"].given == ()
    assert found["b"].above == ("a",)
