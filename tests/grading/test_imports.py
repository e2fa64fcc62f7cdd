"""What `autograder grade` loads in its own process: nothing of nbgrader's, and nothing that computes."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ["nbgrader", "nbformat", "nbconvert", "jupytext", "numpy", "IPython", "matplotlib", "sqlalchemy.orm"]


def loaded(code: str) -> set[str]:
    """Return which of the heavy packages a new Python has after this."""
    program = f"{code}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import autograder.cli, autograder.grading.run, autograder.grading.table",
        "from autograder.lesson.course import open_course; open_course('.')",
    ],
    ids=["grade", "a course"],
)
def test_the_graders_own_process_stays_light(code: str) -> None:
    assert loaded(code) == set()


def test_the_examiner_does_without_nbgrader() -> None:
    assert loaded("import autograder.grading.examiner, autograder.grading.rehearsal") == {"numpy", "IPython"}
