"""What `autograder audit` says to a name that is none, to a question in words, and where answers could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from autograder.audit.auditing import AuditError, audit
from autograder.lesson.course import open_course

if TYPE_CHECKING:
    from pathlib import Path

LESSON = """# %% nbgrader={"grade_id": "halve", "solution": true}
def halve(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION

# %% nbgrader={"grade_id": "test_halve", "grade": true, "points": 1}
assert halve(3) == 1.5

# %% [markdown] nbgrader={"grade_id": "why_half", "grade": true, "solution": true, "points": 2}
# Because.
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "source" / "wk1").mkdir(parents=True)
    (tmp_path / "source" / "wk1" / "wk1.py").write_text(LESSON)
    return tmp_path


@pytest.mark.parametrize(
    ("lesson", "exercise", "told"),
    [
        ("wk1", "why_half", "why_half is a question that a person marks"),
        ("wk1", "halv", "no exercise is called halv. Did you mean halve\\? There is: halve."),
        ("wk2", "", "There is no wk2 in .* Did you mean wk1\\? There is: wk1."),
    ],
)
def test_a_name_that_is_none_is_told_with_what_was_meant(
    course: Path, lesson: str, exercise: str, told: str
) -> None:
    with pytest.raises(AuditError, match=told):
        audit(open_course(course), [lesson], exercise=exercise)


@pytest.mark.sandbox
def test_answers_that_cannot_be_read_are_not_said_to_be_missing(course: Path) -> None:
    def remarks() -> str:
        (found,) = audit(open_course(course), ["wk1"])
        return " ".join([*found.faults, *found.exercises[0].remarks])

    assert "No right variant is in answers.py" in remarks()
    (course / "source" / "wk1" / "answers.py").write_text("ANSWERS = [\n")
    told = remarks()
    assert "answers.py cannot be run: SyntaxError" in told
    assert "No right variant" not in told
