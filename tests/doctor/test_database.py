"""What `autograder doctor` says about the gradebook: no file, a broken one, an old one, a locked one, no server."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from autograder.doctor import database
from autograder.lesson.course import open_course
from autograder.nbgrader_setup import ensure_on_path

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.sandbox.doctor import Finding


def look(course: Path, url: str = "") -> list[Finding]:
    line = f"c.CourseDirectory.db_url = {url!r}\n" if url else ""
    (course / "nbgrader_config.py").write_text(f"c = get_config()\n{line}")
    return list(database.look(open_course(course)))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Make a gradebook, as nbgrader does."""
    ensure_on_path()
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "") as made:
        made.add_student("ada")
    return tmp_path / "gradebook.db"


def test_one_that_is_not_there_yet_is_well_and_not_made(tmp_path: Path) -> None:
    (one,) = look(tmp_path)
    assert one.held
    assert "the first grading makes it" in one.detail
    assert not (tmp_path / "gradebook.db").exists()


def test_one_of_this_nbgrader_is_well_and_left_as_it_is(book: Path) -> None:
    before = book.read_bytes()
    assert [one.held for one in look(book.parent)] == [True] * 3
    assert book.read_bytes() == before


@pytest.mark.parametrize(
    ("written", "held"), [("22:00 UTC", True), ("23:59:59 UTC", True), ("22:00 +0100", False)]
)
def test_a_deadline_is_shown_as_nbgrader_read_it(book: Path, written: str, held: bool) -> None:
    with Gradebook(f"sqlite:///{book}", "") as opened:
        opened.update_or_create_assignment("ps1", duedate=f"2026-11-20 {written}")
        opened.update_or_create_assignment("ps2")
    (one,) = [one for one in look(book.parent) if "deadlines" in one.what]
    assert (one.held, one.needed) == (held, False)
    assert (
        one.detail
        == f"ps1 2026-11-20 {written[:-4] if '59' in written else '22:00:00' if held else '21:58:20'} UTC"
    )
    assert "assignment add ps1 --duedate" in one.advice or held


def test_one_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").write_text("marks, mostly\n" * 100)
    (*_, one) = look(tmp_path)
    assert not one.held
    assert "file is not a database" in one.detail
    assert "Put back a copy" in one.advice


def test_one_of_an_older_nbgrader_is_told_how_to_upgrade(book: Path) -> None:
    with sqlite3.connect(book) as connection:
        connection.execute("update alembic_version set version_num = '167914646830'")
    connection.close()
    (one,) = [one for one in look(book.parent) if not one.held]
    assert "revision 167914646830" in one.detail
    assert one.advice.startswith("nbgrader db upgrade")


def test_one_that_is_held_by_another_program_is_told(book: Path) -> None:
    holder = sqlite3.connect(book, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        (*_, one) = look(book.parent)
    finally:
        holder.close()
    assert one.what == "the gradebook is free"
    assert not one.held
    assert "another program is writing" in one.detail


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (one,) = look(tmp_path, f"sqlite:///{tmp_path}/no/such.db")
    assert f"mkdir -p {tmp_path}/no" in one.advice


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file somebody else's")
def test_one_that_root_has_made_in_an_accounts_course_is_told(book: Path) -> None:
    os.chown(book.parent, 1, -1)  # daemon's course, with a gradebook of root's in it
    (one,) = [one for one in look(book.parent) if not one.held]
    assert "is root's, and daemon grades" in one.detail
    assert f"chown daemon {book}" in one.advice


@pytest.mark.parametrize(
    ("url", "detail", "advice"),
    [
        ("postgresql+psycopg://grader:word@127.0.0.1:1/grades", "127.0.0.1", "Is the server running"),
        ("no database", "cannot be read", "docs/gradebook.md"),
        ("oracle+nobody://x/y", "oracle", "docs/gradebook.md"),
    ],
)
def test_a_server_that_does_not_answer_is_told_without_its_password(
    tmp_path: Path, url: str, detail: str, advice: str
) -> None:
    (one,) = look(tmp_path, url)
    assert not one.held
    assert detail in one.detail
    assert "word" not in one.detail
    assert advice in one.advice
