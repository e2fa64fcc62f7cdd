"""`autograder doctor` tries what it says, sees a wall that is missing, and finds this machine's whole."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from autograder.doctor.report import report
from autograder.lesson.course import open_course
from autograder.sandbox import doctor
from autograder.sandbox.attempts import ATTEMPTS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sandbox
# What can be tried without a wall and without harm.
HARMLESS = (
    "read a file beside the course", "read the grader's environment",
    "import an answer from this project's own code", "reach the network",
    "reach a process outside by an abstract socket", "kill a process outside", "gain privileges",
    "run without the system-call filter", "use more memory than the limit", "hide memory where it is not counted",
)  # fmt: skip


@pytest.mark.parametrize("tries", HARMLESS)
def test_without_a_wall_an_attempt_is_seen_to_succeed(tries: str) -> None:
    attempt = next(a for a in ATTEMPTS if a.tries == tries)
    with doctor.Outside(None) as outside:
        source = doctor.script(attempt, outside)
        environment = {**os.environ, "WORD": outside.word}
        run = subprocess.run(
            [sys.executable, "-c", source], capture_output=True, text=True, env=environment, check=False
        )
    assert "BROKEN" in run.stdout, run.stderr


def test_everything_is_held_here_and_the_course_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    said = io.StringIO()
    console = Console(file=said, width=200)
    assert report(console, open_course(tmp_path)), said.getvalue()
    text = said.getvalue()
    assert "BROKEN" not in text
    assert text.count("held") >= len(ATTEMPTS)
    assert "nbgrader_config.py: from autograder.nbgrader_setup import configure" in text
