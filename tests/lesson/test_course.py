"""Opening a course folder: the config as nbgrader reads it, the folders, the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from autograder.lesson.course import CourseError, open_course

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_without_config_is_a_course_with_nbgraders_defaults(tmp_path: Path) -> None:
    course = open_course(tmp_path)
    assert course.root == tmp_path
    assert course.db_url == f"sqlite:///{tmp_path}/gradebook.db"
    assert course.source("ps1") == tmp_path / "source" / "ps1"
    assert course.release("ps1") == tmp_path / "release" / "ps1"
    assert course.submitted("ps1", "ada") == tmp_path / "submitted" / "ada" / "ps1"
    assert "samples.py" in course.ignore
    assert ".ipynb_checkpoints" in course.ignore


@pytest.mark.parametrize("first_line", ["c = get_config()", "c"], ids=["get_config", "ready-made c"])
def test_the_course_config_decides(tmp_path: Path, first_line: str) -> None:
    (tmp_path / "nbgrader_config.py").write_text(
        f"{first_line}\n"
        "c.CourseDirectory.course_id = 'c101'\n"
        "c.CourseDirectory.db_url = 'sqlite:///marks/book.db'\n"
        "c.CourseDirectory.source_directory = 'master'\n"
        "c.CourseDirectory.ignore.append('*.secret')\n"
        "c.Exchange.root = 'exchange'\n"
    )
    course = open_course(tmp_path)
    assert course.course_id == "c101"
    assert course.db_url == f"sqlite:///{tmp_path}/marks/book.db"
    assert course.source("ps1") == tmp_path / "master" / "ps1"
    assert course.exchange == tmp_path / "exchange"
    assert {"*.secret", "feedback", "samples.py"} <= set(course.ignore)
    assert course.coursedir().root == str(tmp_path)
    assert course.coursedir().db_url == course.db_url


def test_a_relative_course_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "course").mkdir()
    monkeypatch.chdir(tmp_path)
    assert open_course("course").root == tmp_path / "course"


def test_a_relative_root_in_the_config_is_taken_from_the_config_and_its_own_config_is_read(
    tmp_path: Path,
) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "nbgrader_config.py").write_text("c.CourseDirectory.root = 'inner'\n")
    (tmp_path / "inner" / "nbgrader_config.py").write_text("c.CourseDirectory.course_id = 'inner'\n")
    course = open_course(tmp_path)
    assert course.root == tmp_path / "inner"
    assert course.course_id == "inner"


def test_a_config_may_import_a_module_beside_it(tmp_path: Path) -> None:
    (tmp_path / "beside_the_config.py").write_text("NAME = 'imported'\n")
    (tmp_path / "nbgrader_config.py").write_text(
        "import beside_the_config as b\nc.CourseDirectory.course_id = b.NAME\n"
    )
    assert open_course(tmp_path).course_id == "imported"


def test_a_postgresql_url_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c.CourseDirectory.db_url = 'postgresql://u@h/db'\n")
    assert open_course(tmp_path).db_url == "postgresql://u@h/db"


def test_options_of_old_nbgrader_versions_are_understood(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text(
        "c.NbGrader.course_id = 'old'\nc.NbGrader.db_url = 'sqlite:///old.db'\n"
        "c.TransferApp.exchange_directory = '/ex'\n"
    )
    course = open_course(tmp_path)
    assert (course.course_id, course.db_url) == ("old", f"sqlite:///{tmp_path}/old.db")
    assert str(course.exchange) == "/ex"


def test_assignments_and_submissions_are_listed_for_any_directory_structure(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text(
        "c.CourseDirectory.directory_structure = '{assignment_id}/{nbgrader_step}/{student_id}'\n"
    )
    for folder in (
        "ps1/source/.",
        "ps2/source/.",
        "ps1/submitted/ada",
        "ps1/submitted/bo",
        "ps2/submitted/ada",
    ):
        (tmp_path / folder).mkdir(parents=True)
    course = open_course(tmp_path)
    assert course.assignments() == ["ps1", "ps2"]
    assert course.submissions() == [("ps1", "ada"), ("ps1", "bo"), ("ps2", "ada")]
    assert course.submissions("ps2") == [("ps2", "ada")]


def test_hidden_folders_are_no_assignments(tmp_path: Path) -> None:
    for name in (".ipynb_checkpoints", "__pycache__", "ps1"):
        (tmp_path / "source" / name).mkdir(parents=True)
    assert open_course(tmp_path).assignments() == ["ps1"]


def test_a_missing_folder_and_a_broken_config_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="is not a folder"):
        open_course(tmp_path / "nowhere")
    (tmp_path / "nbgrader_config.py").write_text("1 / 0\n")
    with pytest.raises(CourseError, match=r"nbgrader_config\.py could not be read: ZeroDivisionError"):
        open_course(tmp_path)
