"""The audit hands in every answer of answers.py, and says which did not get what its author foresees."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from typer.testing import CliRunner

from autograder.audit import auditing
from autograder.audit.report import print_end, print_lesson
from autograder.cli import app
from autograder.lesson.course import open_course

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.audit.findings import AuditedExercise, AuditedLesson

pytestmark = pytest.mark.sandbox

LESSON = """# %% nbgrader={"grade_id": "setup", "locked": true}
import numpy as np
from autograder import check

# %% nbgrader={"grade_id": "twice", "solution": true}
def twice(x):
    '''Two times x.

    Parameters
    ----------
    x : int
    '''
    ### BEGIN SOLUTION
    return x * 2
    ### END SOLUTION

# %% nbgrader={"grade_id": "test_twice", "grade": true, "points": 3}
marks = check.marks("twice", small=2, large=1)
with marks.small:
    check.equal(twice(3), 6, because="3 and 3 are 6")
with marks.large:
    check.equal(twice(1000), 2000, because="1000 and 1000 are 2000")
### BEGIN HIDDEN TESTS
from autograder.check import mistake, reference
with marks.small:
    check.matches(twice, reference.twice, [(1,), (5,)])

more = 1

@mistake("the square", "A square is a number times itself.")
def twice(x):
    return x ** (1 + more)
### END HIDDEN TESTS
marks.total()

# %% nbgrader={"grade_id": "twice_again", "grade": true, "points": 1}
assert twice(0) == 0

# %% nbgrader={"grade_id": "untold", "solution": true}
def untold(x):
    '''Three times x.

    Parameters
    ----------
    x : int
    '''
    ### BEGIN SOLUTION
    return x * 3
    ### END SOLUTION

# %% nbgrader={"grade_id": "test_untold", "grade": true, "points": 1}
assert untold(3) == 9
"""

ANSWERS = """from autograder.lesson.answers import right, unusable, wrong
from autograder.lesson.samples import Known
ANSWERS = [
    right("twice", "a sum", "def twice(x):\\n    return x + x"),
    right("twice", "a sum, explained", "def twice(x):\\n    return 1 * x + x", says="well done"),
    wrong("twice", "the square, by its name", Known("the square"), says="itself"),
    wrong("twice", "for small numbers", "def twice(x):\\n    return min(x * 2, 99)", marks={"small": 2}, says="2000"),
    wrong("twice", "other words", "def twice(x):\\n    return x", says="banana"),
    wrong("twice", "other marks", "def twice(x):\\n    return min(x * 2, 99)", marks={"large": 1}),
    wrong("twice", "right all the same", "def twice(x):\\n    return 2 * x"),
    wrong("twice", "not that slip", "def twice(x):\\n    return x ** 2", mistake=""),
    wrong("twice", "no crash", "def twice(x):\\n    return x", status="partial"),
    *unusable("twice", shape="[x, x]"),
    right("untold", "a sum", "def untold(x):\\n    return x + x + x"),
    wrong("untold", "twice", "def untold(x):\\n    return x + x"),
]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = tmp_path_factory.mktemp("course")
    lesson = course / "source" / "twos"
    lesson.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    (lesson / "twos.py").write_text(LESSON)
    (lesson / "answers.py").write_text(ANSWERS)
    return course


@pytest.fixture(scope="module")
def audited(folder: Path) -> AuditedLesson:
    (found,) = auditing.audit(open_course(folder))
    return found


@pytest.fixture
def twice(audited: AuditedLesson) -> AuditedExercise:
    return audited.exercises[0]


def test_what_gets_its_marks_and_words_is_not_listed(audited: AuditedLesson) -> None:
    twice, untold = audited.exercises
    listed = "\n".join(twice.unforeseen)
    for name in ("(a sum)", "by its name", "for small numbers", "None", "wrong shape", "prints", "raises"):
        assert name not in listed
    assert (twice.answers, untold.answers) == (13, 1)
    assert untold.unforeseen == ()
    assert [variant.marked.full for variant in twice.variants] == [True, True]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("right (a sum, explained)", "does not say 'well done'"),
        ("wrong (other words)", "does not say 'banana' [told: small: "),
        (
            "wrong (other marks)",
            "small earns 2, foreseen 0 of 2; large earns 0, foreseen 1 of 1 [told: large: ",
        ),
        ("wrong (right all the same)", "small earns 2, foreseen 0 of 2; large earns 1, foreseen 0 of 1"),
        ("wrong (not that slip)", "is recognised as 'the square', foreseen no known mistake [told: "),
        ("wrong (no crash)", "status graded, foreseen partial [told: "),
    ],
)
def test_what_gets_something_else_is_listed_with_file_exercise_and_what_was_got(
    twice: AuditedExercise, name: str, said: str
) -> None:
    (line,) = [line for line in twice.unforeseen if f", {name}: " in line]
    assert line.startswith(f"source/twos/answers.py: twice, {name}: {said}")


def test_nothing_else_is_listed(twice: AuditedExercise) -> None:
    assert len(twice.unforeseen) == 6
    assert not twice.sound


def test_the_terminal_shows_and_counts_them(audited: AuditedLesson) -> None:
    console = Console(file=io.StringIO(), width=400)
    print_lesson(console, audited)
    print_end(console, [audited])
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "2 of 2 variants passed, 13 wrong answers handed in, 6 NOT as foreseen\n" in shown
    assert "      source/twos/answers.py: twice, wrong (other words): does not say 'banana' [told: " in shown
    assert "; 14 wrong answers handed in, 6 NOT as foreseen.\n" in shown


def test_the_command_ends_with_1_because_of_one_alone(folder: Path) -> None:
    answers = folder / "source" / "twos" / "answers.py"
    asked = ["audit", "twos", "--course", str(folder), "--exercise", "untold", "--jobs", "1"]
    result = CliRunner().invoke(app, asked)
    assert (result.exit_code, "1 wrong answer handed in, all as foreseen" in result.output) == (0, True)
    assert result.output.endswith("Next: autograder build twos brings what students get up to date.\n")
    answers.write_text(ANSWERS.replace('return x + x"),\n]', 'return x + x", says="thrice"),\n]'))
    try:
        result = CliRunner().invoke(app, asked)
    finally:
        answers.write_text(ANSWERS)
    assert result.exit_code == 1
    assert "source/twos/answers.py: untold, wrong (twice): does not say 'thrice'" in result.output
