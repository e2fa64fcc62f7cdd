"""First help: every command in a folder that is no course, in a course that is just begun, with a slip in a name."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import app
from autograder.lesson.course import open_course
from autograder.lesson.whereabouts import next_step

from .conftest import CONFIG

if TYPE_CHECKING:
    from collections.abc import Callable


def run(*words: str) -> tuple[int, str]:
    """Run a command; return how it ended and what it said, on one line."""
    result = CliRunner().invoke(app, list(words))
    assert not isinstance(result.exception, Exception), result.exception
    return result.exit_code, " ".join(result.output.split())


NEED_A_COURSE = [
    ("build",), ("grade",), ("feedback",), ("report",), ("export",), ("audit",), ("demo",),
    ("extend", "ada", "hw1"), ("new-exercise", "hw1", "halve"),
]  # fmt: skip


@pytest.mark.parametrize("words", NEED_A_COURSE, ids=" ".join)
def test_a_folder_that_is_no_course_is_told_so_with_the_way_to_one(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    code, said = run(*words, "--course", str(tmp_path))
    assert code == 1
    assert f"{tmp_path} is no course: it has no nbgrader_config.py" in said
    assert "--new-course" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", NEED_A_COURSE, ids=" ".join)
def test_a_setting_that_does_not_fit_is_named_with_its_file(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 5\n")
    code, said = run(*words, "--course", str(tmp_path))
    assert code == 1
    assert f"{tmp_path}/nbgrader_config.py sets something that does not fit: The 'course_id' trait" in said


@pytest.mark.parametrize("name", ["course_id", "root", "directory_structure"])
def test_a_setting_of_another_kind_is_told_too(tmp_path: Path, name: str) -> None:
    section = "Exchange" if name == "root" else "CourseDirectory"
    value = "'{week}/{student_id}'" if name == "directory_structure" else "3"
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\nc.{section}.{name} = {value}\n")
    code, said = run("grade", "--course", str(tmp_path))
    assert code == 1
    assert "sets something that does not fit" in said


def test_a_limit_that_is_no_number_is_told(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.SandboxedExecute.cell_seconds = 'x'\n")
    code, said = run("grade", "--course", str(tmp_path))
    assert code == 1
    assert "The 'cell_seconds' trait" in said
    assert "autograder doctor --quick" in said


def test_a_limit_that_nobody_could_live_in_is_told(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.SandboxedExecute.cell_seconds = -1\n")
    code, said = run("grade", "--course", str(tmp_path))
    assert code == 1
    assert (
        "nbgrader_config.py does not fit: the limit cell_seconds is -1.0; give a number of at least" in said
    )


def test_a_config_that_ends_the_program_is_named(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("raise SystemExit(3)\n")
    code, said = run("report", "--course", str(tmp_path))
    assert code == 1
    assert f"{tmp_path}/nbgrader_config.py could not be read: SystemExit: 3. Mend it" in said


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("c.LateDays.share_per_day = 'x'", "The 'share_per_day' trait"),
        ("c.AssignLatePenalties.plugin_class = 'nosuch.Policy'", "'nosuch.Policy' could not be imported"),
    ],
)
def test_a_late_policy_that_does_not_fit_is_told_by_grade(
    make_lesson: Callable[..., Path], setting: str, told: str
) -> None:
    course = make_lesson().parents[2]
    assert run("build", "--course", str(course))[0] == 0
    late = shutil.copytree(course / "notebooks/doubling", course / "submitted/ada/doubling")
    (late / "timestamp.txt").write_text("2026-03-02 10:00:00 UTC")
    with Gradebook(open_course(course).db_url) as book:
        book.update_or_create_assignment("doubling", duedate="2026-03-01 10:00:00 UTC")
    policy = "c.AssignLatePenalties.plugin_class = 'autograder.grading.late_days.LateDays'"
    (course / "nbgrader_config.py").write_text(f"{CONFIG}{policy}\n{setting}\n")
    code, said = run("grade", "--course", str(course))
    assert code == 1
    assert "A setting in nbgrader_config.py does not fit:" in said
    assert told in said


@pytest.mark.parametrize(
    "words", [("grade", "dubling"), ("feedback", "dubling"), ("report", "dubling")], ids=" ".join
)
def test_a_slip_in_an_assignments_name_is_told_with_what_was_meant(
    make_lesson: Callable[..., Path], words: tuple[str, ...]
) -> None:
    course = make_lesson().parents[2]
    code, said = run(*words, "--course", str(course))
    assert code == 1
    assert "There is no assignment dubling" in said
    assert "Did you mean doubling? There is: doubling." in said


def test_extra_time_for_a_name_with_a_slip_is_told(make_lesson: Callable[..., Path]) -> None:
    course = make_lesson().parents[2]
    (course / "submitted" / "emily" / "doubling").mkdir(parents=True)
    said = run("extend", "emyly", "doubling", "--days", "1", "--course", str(course))[1]
    assert "emyly has 24 hours more for doubling" in said
    assert "Nobody of that name has handed in yet. Did you mean emily?" in said
    said = run("extend", "emily", "doubling", "--course", str(course))[1]
    assert "emily has no extra time any more for doubling" in said
    assert "Nobody" not in said


def test_a_course_says_where_it_stands(make_lesson: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    assert "has no lesson yet. Next: autograder new-exercise" in next_step(open_course(tmp_path))
    assert run("build", "--course", str(tmp_path))[0] == 1
    make_lesson()
    assert "has 1 lesson; not built: doubling. Next: autograder build" in next_step(open_course(tmp_path))
    built = tmp_path / "notebooks" / "doubling" / "doubling.ipynb"
    built.parent.mkdir(parents=True)
    built.touch()
    assert "nothing is handed in. Next: nbgrader release_assignment doubling" in next_step(
        open_course(tmp_path)
    )
    shutil.copytree(tmp_path / "solutions" / "doubling", tmp_path / "solutions" / "later")
    shutil.copytree(built.parent, tmp_path / "notebooks" / "later")
    (tmp_path / "notebooks" / "later" / "doubling.ipynb").rename(
        tmp_path / "notebooks" / "later" / "later.ipynb"
    )
    assert "has 2 lessons, built" in next_step(open_course(tmp_path))
    assert "release_assignment doubling; when" in next_step(open_course(tmp_path))
    for student in ("ada", "bob"):
        shutil.copytree(built.parent, tmp_path / "submitted" / student / "doubling")
    assert "2 hand-ins; 2 not graded yet. Next: autograder grade doubling" in next_step(open_course(tmp_path))
    shutil.copytree(tmp_path / "submitted", tmp_path / "autograded")
    assert "graded. Next: autograder feedback doubling" in next_step(open_course(tmp_path))
    shutil.copytree(tmp_path / "submitted", tmp_path / "feedback")
    assert "with feedback. Next: nbgrader release_feedback doubling" in next_step(open_course(tmp_path))


def test_the_command_alone_lists_the_commands_and_says_where_the_course_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = run()
    assert code == 0
    assert "new-exercise" in said
    assert f"Here: {tmp_path} is no course" in said
    Path("nbgrader_config.py").write_text(CONFIG)
    assert "has no lesson yet" in run()[1]


def test_after_a_build_the_lessons_that_it_changed_are_named(make_lesson: Callable[..., Path]) -> None:
    course = make_lesson().parents[2]
    tripling = make_lesson(name="tripling")
    make_lesson(name="zeroing")
    code, said = run("build", "--course", str(course))
    assert code == 0
    assert "then nbgrader release_assignment doubling. The same for tripling, zeroing" in said
    tripling.write_text(tripling.read_text().replace("# # Doubling", "# # Twice, and once more"))
    code, said = run("build", "--course", str(course))
    assert code == 0
    assert said.endswith(
        f"look at {course}/notebooks/tripling as a student; then nbgrader release_assignment tripling"
    )


def test_after_a_change_of_what_was_handed_in_the_dry_run_is_next(make_lesson: Callable[..., Path]) -> None:
    course = make_lesson().parents[2]
    (course / "submitted/ada/doubling").mkdir(parents=True)
    code, said = run("build", "--course", str(course))
    assert code == 0
    assert said.endswith("then autograder grade doubling --dry-run, which shows whose marks would change")
