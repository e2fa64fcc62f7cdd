"""Being late: the policy's arithmetic, extra time for one student, and what the gradebook then says."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from traitlets.config import Config

from autograder.grading.extra_time import ExtraTimeError, read_extra_time
from autograder.grading.late_days import LateDays

from .conftest import work
from .test_cli import grade, hand_in, make_course

if TYPE_CHECKING:
    from pathlib import Path

HOUR, DAY = 3600.0, 86400.0


def policy(**settings: Any) -> LateDays:
    return LateDays(config=Config(LateDays=settings))


@pytest.mark.parametrize(
    ("settings", "seconds", "taken"),
    [
        ({}, 1.0, 1.0),  # a day that has begun
        ({}, DAY, 1.0),
        ({}, DAY + 1, 2.0),
        ({"grace_minutes": 15}, 900.0, None),
        ({"grace_minutes": 15}, 901.0, 1.0),
        ({"whole_days": False}, DAY / 2, 0.5),
        ({"share_per_day": 0.5}, 3 * DAY, 10.0),
        ({"share_per_day": 0.5, "at_most": 0.6}, 3 * DAY, 6.0),
        ({"closed_after_days": 2}, 2 * DAY, 2.0),
        ({"closed_after_days": 2}, 2 * DAY + 1, 10.0),
        ({"extra_hours": {"ada": 24}}, DAY, None),
        ({"extra_hours": {"ada": 24}}, DAY + 1, 1.0),
        ({"extra_hours": {"ada": 24}, "closed_after_days": 1}, 2 * DAY, 1.0),
        ({"extra_hours": {"carl": 24}}, DAY, 1.0),
        ({"share_per_day": 0.0}, DAY, None),
    ],
)
def test_what_ten_points_lose(settings: dict[str, Any], seconds: float, taken: float | None) -> None:
    assert policy(**settings).late_submission_penalty("ada", 10.0, seconds) == taken


@given(
    score=st.floats(0, 100), seconds=st.floats(0, 40 * DAY), later=st.floats(0, 40 * DAY),
    share=st.floats(0, 1), most=st.floats(0, 1), grace=st.floats(0, 600),
)  # fmt: skip
def test_later_is_never_cheaper_and_nobody_loses_more_than_they_have(
    score: float, seconds: float, later: float, share: float, most: float, grace: float
) -> None:
    of = policy(share_per_day=share, at_most=most, grace_minutes=grace)
    now = of.late_submission_penalty("ada", score, seconds) or 0.0
    then = of.late_submission_penalty("ada", score, seconds + later) or 0.0
    assert 0 <= now <= then <= score * most + 1e-4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ada,ps\n", "line 1: wants student,assignment,hours,reason"),
        ("student,assignment,hours,reason\nada,ps,soon,\n", "line 2: 'soon' is no number of hours"),
        ("ada,ps,-1,\n", "'-1' is no number"),
        ("ada,ps,nan,\n", "'nan' is no number"),
        ("ada,ps,1,\nada,ps,2,\n", "line 2: ada has a line for ps already"),
    ],
)
def test_a_line_of_extra_time_that_is_none_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "extra_time.csv").write_text(text)
    with pytest.raises(ExtraTimeError, match=says):
        read_extra_time(tmp_path)


def test_a_line_for_the_assignment_comes_before_one_for_all(tmp_path: Path) -> None:
    assert read_extra_time(tmp_path).of("ada", "ps") is None
    (tmp_path / "extra_time.csv").write_text(
        '\ufeffstudent,assignment,hours,reason\nada,*,5,"ill, long"\nada,ps,1.5,\n'
    )
    granted = read_extra_time(tmp_path)
    assert granted.of("ada", "ps") == dt.timedelta(hours=1.5)
    assert granted.of("ada", "ps2") == dt.timedelta(hours=5)
    (tmp_path / "extra_time.csv").write_text(granted.text())
    assert read_extra_time(tmp_path).lines == granted.lines


def penalties(course: Path) -> dict[str, tuple[float | None, float]]:
    """Return each student's penalty and seconds late, as nbgrader itself reads them."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        return {
            one.student_id: (one.notebooks[0].late_submission_penalty, one.total_seconds_late)
            for one in book.assignment_submissions("ps")
        }


@pytest.mark.sandbox
def test_extra_time_moves_the_deadline_of_one_student(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(
            "c.AssignLatePenalties.plugin_class = 'autograder.grading.late_days.LateDays'\n"
            "c.LateDays.share_per_day = 0.25\n"
        )
    for student in ("ada", "carl"):
        hand_in(course, student, work())
        (course / "submitted" / student / "ps" / "timestamp.txt").write_text("2026-03-02 13:00:00 UTC")
    assert grade(course)[0].returncode == 0
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.update_or_create_assignment("ps", duedate="2026-03-01 12:00:00 UTC")
    # The deadline was set after grading: marks are reconciled, nothing is graded again.
    assert grade(course)[0].returncode == 0
    assert penalties(course) == {"ada": (3.0, 25 * HOUR), "carl": (3.0, 25 * HOUR)}

    command = [sys.executable, "-m", "autograder.cli", "extend", "ada", "ps", "--course", str(course)]
    done = subprocess.run(
        [*command, "--days", "1", "--reason", "ill"], capture_output=True, text=True, check=True
    )
    assert "ada has 24 hours more for ps" in done.stdout
    run, entries = grade(course)
    assert run.returncode == 0
    assert penalties(course) == {"ada": (1.5, HOUR), "carl": (3.0, 25 * HOUR)}
    assert entries["ada"]["mends"] == ["handed in 60 minutes late, which costs 1.5 points"]

    subprocess.run([*command, "--hours", "25"], capture_output=True, check=True)
    assert grade(course)[0].returncode == 0
    assert penalties(course) == {"ada": (None, 0.0), "carl": (3.0, 25 * HOUR)}
    subprocess.run([*command, "--hours", "0"], capture_output=True, check=True)
    assert grade(course)[0].returncode == 0
    assert penalties(course)["ada"] == (3.0, 25 * HOUR)

    wrong = subprocess.run(
        [*command[:-4], "ada", "nope", *command[-2:]], capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 1
    assert "There is no assignment nope in" in wrong.stderr
    (course / "extra_time.csv").write_text("ada,ps,soon,\n")
    broken, _ = grade(course)
    assert broken.returncode == 1
    assert "extra_time.csv, line 1: 'soon' is no number of hours" in broken.stderr.replace("\n", "")
