"""`autograder doctor` as it is run: in a course, in a folder that is none, in one whose config is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from autograder.cli import app

if TYPE_CHECKING:
    from pathlib import Path


def doctor(folder: Path, *words: str) -> tuple[int, str]:
    """Run it without the attempts on the sandbox, which tests/attacks makes."""
    result = CliRunner().invoke(
        app, ["doctor", "--quick", "--course", str(folder), *words], env={"COLUMNS": "200"}
    )
    return result.exit_code, " ".join(result.output.split())


def test_a_course_that_was_just_begun_is_ready(tmp_path: Path) -> None:
    asked = ["new-exercise", "hw1", "halve", "--new-course", "--course", str(tmp_path / "stats101")]
    assert CliRunner().invoke(app, asked).exit_code == 0
    code, said = doctor(tmp_path / "stats101")
    assert code == 0
    assert "All that grading needs is here." in said
    assert "stats101 has 1 lesson; not built: hw1. Next: autograder build" in said


def test_what_comes_next_is_what_the_course_is_at(tmp_path: Path) -> None:
    course = tmp_path / "stats101"
    asked = ["new-exercise", "hw1", "halve", "--new-course", "--course", str(course)]
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert CliRunner().invoke(app, ["build", "--course", str(course)]).exit_code == 0
    _, said = doctor(course)
    assert "nothing is handed in. Next: nbgrader release_assignment hw1" in said
    (course / "submitted" / "ada" / "hw1").mkdir(parents=True)
    _, said = doctor(course)
    assert "1 not graded yet. Next: autograder grade hw1" in said


def test_what_is_to_be_mended_is_said_once_more_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.Exchange.rot = '/srv'\n")
    (tmp_path / "gradebook.db").write_text("nothing\n" * 200)
    code, said = doctor(tmp_path)
    assert code == 1
    assert "2 things have to be mended first: every setting is understood; the gradebook opens." in said


def test_a_folder_that_is_no_course_is_told_so_and_the_sandbox_alone_decides(tmp_path: Path) -> None:
    code, said = doctor(tmp_path)
    assert code == 0
    assert f"No course was looked at. {tmp_path} is no course" in said


def test_a_broken_config_is_named_with_its_error(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.Exchange.root = srv\n")
    code, said = doctor(tmp_path)
    assert code == 1
    assert f"{tmp_path}/nbgrader_config.py could not be read: NameError: name 'srv' is not defined" in said
