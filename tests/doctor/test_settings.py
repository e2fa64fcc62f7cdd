"""What `autograder doctor` says about a course's settings, and what to do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from autograder.doctor import settings
from autograder.lesson.course import open_course

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.sandbox.doctor import Finding

SET_UP = "from autograder.nbgrader_setup import configure\nc = get_config()\nconfigure(c)\n"


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "jupyter_config_path", list)


def look(course: Path, config: str) -> list[Finding]:
    """Look at a course with this config; return what is not as it should be."""
    (course / "nbgrader_config.py").write_text(config)
    return [one for one in settings.look(open_course(course)) if not one.held]


def said(found: list[Finding]) -> str:
    return "\n".join(f"{one.what}: {one.detail} -> {one.advice}" for one in found)


def test_a_course_as_new_exercise_begins_it_has_nothing_to_mend(tmp_path: Path) -> None:
    config = SET_UP + 'c.CourseDirectory.course_id = "stats101"\nc.HTMLExporter.embed_images = True\n'
    assert look(tmp_path, config) == []


@pytest.mark.parametrize(
    ("line", "detail", "advice"),
    [
        ("c.SandboxedExecute.cell_second = 5", "c.SandboxedExecute.cell_second is no setting", "cell_seconds?"),
        ('c.SandboxedExecute.memory_mib = "much"', "= 'much' does not fit", "It should be an int."),
        ("c.SandboxedExecute.cell_seconds = -1", "the limit cell_seconds is -1.0", "Mend the number"),
        ("c.SandboxExecute.cell_seconds = 5", "c.SandboxExecute is nobody's", "c.SandboxedExecute?"),
        ("c.CourseDirectory.course = 'x'", "c.CourseDirectory.course is no setting", "c.CourseDirectory.course_id?"),
        ("c.Exchange.rooot = '/srv'", "c.Exchange.rooot is no setting", "c.Exchange.root?"),
        ("c.LateDays.grace_minute = 3", "c.LateDays.grace_minute is no setting", "c.LateDays.grace_minutes?"),
        ("c.ExchangeCollect.nothing_like_it = 3", "nothing_like_it is no setting", "It has: "),
        ("c.ClearSolutions.value_stub = 3", "c.ClearSolutions.value_stub = 3 does not fit", "a dict"),
        ('c.AssignLatePenalties.plugin_class = "autograder.grading.late.Days"', "no attribute 'Days'", "Mend the name"),
        ('c.AssignLatePenalties.plugin_class = "ours.Policy"', "No module named 'ours'", "install what it is in"),
    ],
)  # fmt: skip
def test_a_slip_in_a_setting_is_named_with_what_was_meant(
    tmp_path: Path, line: str, detail: str, advice: str
) -> None:
    (one,) = look(tmp_path, f'{SET_UP}c.CourseDirectory.course_id = "stats101"\n{line}\n')
    assert detail in one.detail
    assert advice in one.advice
    assert one.needed


def test_a_plugin_of_the_courses_own_is_known(tmp_path: Path) -> None:
    (tmp_path / "ours_for_doctor.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\nfrom traitlets import Float\n"
        "class Policy(LateSubmissionPlugin):\n    share = Float(0.1).tag(config=True)\n"
    )
    config = (
        SET_UP
        + 'c.CourseDirectory.course_id = "s"\nc.AssignLatePenalties.plugin_class = "ours_for_doctor.Policy"\n'
    )
    assert look(tmp_path, config + "c.Policy.share = 0.2\n") == []
    (one,) = look(tmp_path, config + "c.Policy.shar = 0.2\n")
    assert "Did you mean c.Policy.share?" in one.advice


def test_a_course_without_a_name_or_a_sandbox_is_told(tmp_path: Path) -> None:
    found = look(tmp_path, "c = get_config()\n")
    assert [one.what for one in found] == ["the course has a name", "nbgrader's own commands use the sandbox"]
    assert not any(one.needed for one in found)
    (one, _) = look(tmp_path, 'c = get_config()\nc.CourseDirectory.db_url = "postgresql://db/grades"\n')
    assert one.needed


def test_a_file_of_extra_time_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "extra_time.csv").write_text("student,assignment\nada,hw1\n")
    found = look(tmp_path, SET_UP + 'c.CourseDirectory.course_id = "s"\n')
    assert "extra_time.csv" in said(found)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_config_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text(SET_UP)
    (tmp_path / "nbgrader_config.py").chmod(0)
    found = list(settings.look(open_course(tmp_path)))
    assert f"chmod a+r {tmp_path}/nbgrader_config.py" in said(found)
