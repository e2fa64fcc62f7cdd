"""An author's slips: each is told with its file and line and what to do. The table is the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from autograder.lesson.slips import find_slips, read_slips
from autograder.lesson.source import read_lesson

from .conftest import LESSON

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOLUTION = '# %% nbgrader={"grade_id": "double", "solution": true}\n'
TEST = '# %% nbgrader={"grade_id": "test_double", "grade": true, "points": 2}\n'

# (what the author wrote, what stands there instead, line, part of the message)
READ = {
    "a solution without a test": (TEST, "# %%\n", 7, "solution `double` has no test"),
    "a test without its solution": (SOLUTION, "# %%\n", 13, "test `test_double` has no solution cell"),
    "a test that is not named after its exercise": (
        "test_double",
        "check_double",
        13,
        "test `check_double` has no solution cell",
    ),
    "two equal grade ids": ('"setup"', '"double"', 7, "grade id `double` is already taken in line 4"),
    "an unclosed solution": ("    ### END SOLUTION\n", "", 9, "`BEGIN SOLUTION` is never closed"),
    "an unopened solution": ("    ### BEGIN SOLUTION\n", "", 10, "`END SOLUTION` closes nothing"),
    "a nested solution": (
        "    ### BEGIN SOLUTION\n",
        "    ### BEGIN SOLUTION\n    ### BEGIN SOLUTION\n",
        10,
        "inside a region opened by `BEGIN SOLUTION`",
    ),
    "unclosed hidden tests": ("### END HIDDEN TESTS\n", "", 17, "`BEGIN HIDDEN TESTS` is never closed"),
    "unopened hidden tests": ("### BEGIN HIDDEN TESTS\n", "", 20, "`END HIDDEN TESTS` closes nothing"),
    "hidden tests that overlap a solution": (
        "    ### END SOLUTION\n",
        "    ### BEGIN HIDDEN TESTS\n    ### END SOLUTION\n",
        11,
        "`BEGIN HIDDEN TESTS` inside a region opened by `BEGIN SOLUTION`",
    ),
    "hidden tests outside a test": (
        "# # Doubling\n",
        "# # Doubling\n# ### BEGIN HIDDEN TESTS\n# x\n# ### END HIDDEN TESTS\n",
        3,
        "hidden tests in a cell that is no test cell",
    ),
    "a solution outside a solution cell": (
        "from autograder import check\n",
        "from autograder import check\n### BEGIN SOLUTION\n### END SOLUTION\n",
        6,
        "solution region in a cell that is no solution cell",
    ),
    "a marker that nbgrader does not know": (
        "### BEGIN HIDDEN TESTS\n",
        "### Begin hidden tests\n",
        17,
        "`### Begin hidden tests` looks like a marker but is none",
    ),
    "a marker with a typing error": (
        "### END HIDDEN TESTS\n",
        "### END HIDEN TESTS\n",
        21,
        "`### END HIDEN TESTS` looks like a marker but is none",
    ),
    "a solution cell without a solution region": (
        "    ### BEGIN SOLUTION\n    return x + x\n    ### END SOLUTION\n",
        "    return x + x\n",
        7,
        "solution cell `double` has no solution region",
    ),
    "no points": (', "points": 2', "", 13, "graded cell `test_double` has no points"),
    "points that are nothing": ('"points": 2', '"points": 0', 13, "graded cell `test_double` has 0 points"),
    "points that are no number": (
        '"points": 2',
        '"points": "2"',
        13,
        "graded cell `test_double` has no points",
    ),
    "points on a solution": (
        '"double", "solution"',
        '"double", "points": 1, "solution"',
        7,
        "`double` has points but is not graded",
    ),
    "metadata that is no JSON": ('"points": 2}', '"points": 2', 13, "nbgrader metadata that cannot be read"),
    "a key that nbgrader does not know": ('"locked": true', '"loked": true, "locked": true', 4, "'loked'"),
    "a grade id with a space": (
        '"setup"',
        '"set up"',
        4,
        "nbgrader metadata: grade_id: 'set up' does not match",
    ),
    "no grade id": ('"grade_id": "setup", ', "", 4, "nbgrader metadata: no grade_id"),
    "no role": (', "locked": true', "", 4, "neither solution, grade, locked nor task is true"),
    "a header that is none": (
        TEST,
        TEST.replace("# %% ", "# %%"),
        13,
        "looks like a cell's header but is none",
    ),
    "a picture without words": (
        "# # Doubling\n",
        "# text\n#\n# ![](a.png)\n",
        4,
        "picture without alternative text",
    ),
    "a picture in HTML without words": (
        "# # Doubling\n",
        '# <img src="a.png" alt="">\n',
        2,
        "picture without alternative text",
    ),
}


@pytest.mark.parametrize(("there", "instead", "line", "message"), READ.values(), ids=READ.keys())
def test_a_slip_in_the_text(
    make_lesson: Callable[..., Path], there: str, instead: str, line: int, message: str
) -> None:
    assert there in LESSON
    file = make_lesson(LESSON.replace(there, instead, 1))
    slips = {slip.line: str(slip) for slip in reversed(read_slips(read_lesson(file)))}
    assert line in slips, slips
    assert slips[line].startswith(f"{file}:{line}: ")
    assert message in slips[line]
    assert slips[line].endswith(".")


def test_a_good_lesson_has_no_slip(make_lesson: Callable[..., Path]) -> None:
    assert find_slips(read_lesson(make_lesson())) == []


def test_a_test_below_comes_after_its_solution(make_lesson: Callable[..., Path]) -> None:
    head, solution, test = LESSON.partition(SOLUTION)[0], *LESSON.partition(SOLUTION)[2].partition(TEST)[::2]
    slips = read_slips(read_lesson(make_lesson(head + TEST + test + "\n" + SOLUTION + solution)))
    assert [(slip.line, slip.message) for slip in slips] == [
        (7, "test `test_double` comes before its solution")
    ]


def test_a_written_answer_is_marked_by_hand_and_needs_no_test(make_lesson: Callable[..., Path]) -> None:
    header = '# %% [markdown] nbgrader={"grade_id": "why", "grade": true, "solution": true, "points": 1}'
    written = f"\n{header}\n# Say why.\n"
    assert read_slips(read_lesson(make_lesson(LESSON + written))) == []


def exercise(name: str, solution: str, test: str, points: int = 2) -> str:
    return (
        f'\n# %% nbgrader={{"grade_id": "{name}", "solution": true}}\n'
        f"{name} = None\n### BEGIN SOLUTION\n{name} = {solution}\n### END SOLUTION\n"
        f'\n# %% nbgrader={{"grade_id": "test_{name}", "grade": true, "points": {points}}}\n{test}\n'
    )


PARTLY = """\
marks = check.marks(kind=1, value=1)
with marks.kind:
    check.equal(str(partly)[:0], "", because="it has a name")
with marks.value:
    check.equal(partly, 1, because="it is one")
marks.total()"""

UNCHECKED = """\
marks = check.marks(value=1, never=1)
with marks.value:
    check.equal(unchecked, 1, because="it is one")
marks.total()"""


def test_all_slips_that_show_when_the_lesson_runs_come_together(make_lesson: Callable[..., Path]) -> None:
    """The exercises are named after what is wrong with them."""
    text = LESSON + "".join(
        [
            exercise("right", "1", "assert right == 1"),
            exercise("seen", "1", "assert True"),
            exercise("partly", "1", PARTLY),
            exercise("wrong", "1", "x = 1\nassert wrong == 2"),
            exercise("unchecked", "1", UNCHECKED),
            exercise("toomuch", "1", "5.0 if toomuch == 1 else 0.0"),
            exercise("fullmarks", "1", "import numpy as np\nnp.float64(fullmarks or 0)"),
            exercise("warned", "1", "import sys\nassert warned == 1\nprint('careful', file=sys.stderr)"),
            "\n# %%\nx = 1\ny = nowhere\n",
            '\n# %% tags=["raises-exception"]\n1 / 0\n',
        ]
    )
    lesson = read_lesson(make_lesson(text))
    told = [(lesson.text[slip.line - 1], slip.message) for slip in find_slips(lesson)]
    assert told == [
        (header("seen"), "the untouched stub earns 2 in `test_seen`"),
        (header("partly"), "the untouched stub earns 1 in `test_partly`"),
        ("assert wrong == 2", "the reference gets 0 of 2 in `test_wrong`: AssertionError"),
        (
            header("unchecked"),
            "the reference gets 1 of 2 in `test_unchecked`: never: nothing checked this aspect",
        ),
        (header("toomuch"), told[4][1]),
        (header("fullmarks"), told[5][1]),
        (header("fullmarks"), "the untouched stub earns 2 in `test_fullmarks`"),
        (header("warned"), "the reference gets 0 of 2 in `test_warned`: it wrote to stderr: careful"),
        (
            "y = nowhere",
            "with the solutions in place this cell fails: NameError: name 'nowhere' is not defined",
        ),
    ]
    assert "partial credit cannot be greater than maximum points" in told[4][1]
    assert "`np.float64(1.0)` is no number of points, so nbgrader gives full marks" in told[5][1]


def header(name: str) -> str:
    return f'# %% nbgrader={{"grade_id": "test_{name}", "grade": true, "points": 2}}'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("import os\nos._exit(7)", "running it ended the process with status 7"),
        ("while True:\n    pass", "running it did not end within 6 seconds"),
    ],
)
def test_a_lesson_that_does_not_come_back_is_told(
    make_lesson: Callable[..., Path], line: str, message: str
) -> None:
    lesson = read_lesson(make_lesson(LESSON + f"\n# %%\n{line}\n"))
    slips = find_slips(lesson, time_limit=6)
    assert [slip.message.split(":")[0] for slip in slips] == [message]
