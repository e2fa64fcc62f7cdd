"""The gradebook's rows: those of stock nbgrader, on SQLite and on PostgreSQL, whoever comes across them meanwhile."""

from __future__ import annotations

import copy
import dataclasses
import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from nbgrader.api import Base, Grade, Gradebook
from sqlalchemy import event
from sqlalchemy.engine import make_url

from autograder.grading import batch, tables
from autograder.grading.dry import scratch
from autograder.grading.gradebook import Book, BookBusyError, BookError
from autograder.grading.ids import new_id

from . import books
from .postgres import NoPostgresError, server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from autograder.lesson.course import Course

    from .postgres import Server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    try:
        with server() as running:
            yield running
    except NoPostgresError as error:
        pytest.skip(str(error))


def with_book(course: Course, url: str) -> Course:
    """Return a course with another gradebook."""
    config = copy.deepcopy(course.config)
    config.CourseDirectory.db_url = url
    return dataclasses.replace(course, config=config, db_url=url)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Make a course that was released and handed in; its own gradebook stays as it is."""
    return books.make(tmp_path_factory.mktemp("books") / "course")


@pytest.fixture
def on_sqlite(made: Course, tmp_path: Path) -> Course:
    shutil.copy(made.root / "gradebook.db", tmp_path)
    return with_book(made, f"sqlite:///{tmp_path / 'gradebook.db'}")


@pytest.fixture(scope="session")
def released_there(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Course:
    return books.make(tmp_path_factory.mktemp("books") / "postgres", postgres.url())


@pytest.fixture
def on_postgres(released_there: Course, postgres: Server) -> Course:
    like = make_url(released_there.db_url).database
    assert like is not None
    return with_book(released_there, postgres.url(like))


@pytest.fixture(params=["sqlite", "postgres"])
def course(request: pytest.FixtureRequest) -> Course:
    """Return the course with a gradebook of this test's own, on either database."""
    one: Course = request.getfixturevalue(f"on_{request.param}")
    return one


def judged_by_a_person(course: Course) -> None:
    """Give points, extra credit and words by hand, and one student a week more."""
    with Gradebook(course.db_url, course.course_id) as book:
        for student, name in (("ada", "why"), ("caro", "why"), ("caro", "test_x"), ("dan", "answer")):
            grade = book.find_grade(name, "p1", "hw", student)
            grade.manual_score, grade.needs_manual_grade = 2.5, False
        book.find_grade("part", "p1", "hw", "lara").extra_credit = 0.25
        book.find_grade("picture", "p2", "hw", "ben").manual_score = 4
        book.find_comment("why", "p1", "hw", "ada").manual_comment = "Say more."
        book.db.commit()
        book.grant_extension("hw", "dan", weeks=1)


def handed_in_again(course: Course) -> None:
    books.hand_in(course, "ben", model="ada", time="2026-03-01 12:30:00 UTC")
    books.hand_in(course, "ada", model="lara")
    books.hand_in(course, "lara", model="caro", time="2026-03-07 09:00:00 UTC")


def test_the_tables_are_nbgraders() -> None:
    ours = {t.name: {c.name: str(c.type) for c in t.c} for t in tables.metadata.tables.values()}
    theirs = {t.name: {c.name: str(c.type) for c in t.c} for t in Base.metadata.tables.values()}
    assert ours == theirs
    score = str(Grade.score.expression.compile(compile_kwargs={"literal_binds": True}))
    assert str(tables.score.compile(compile_kwargs={"literal_binds": True})) == score


def test_a_dry_run_writes_into_a_copy_what_it_would_write(course: Course) -> None:
    books.by_us(course)
    judged_by_a_person(course)
    before = books.dump(course.db_url)
    # SQLite has no type for the extension of a submitted assignment: it is told otherwise there.
    compared = tables.metadata.tables.keys() - {"submitted_assignment"}
    with scratch(course, lambda work: work()) as (copied, _):
        rows = books.dump(copied.db_url)
        assert {name: rows[name] for name in compared} == {name: before[name] for name in compared}
        with Book(copied) as book:
            book.write([books.rejected("ada")])
            foreseen = book.differences["hw", "ada"]
        assert books.dump(course.db_url) == before
    with Book(course) as book:
        book.write([books.rejected("ada")])
        assert book.differences["hw", "ada"] == foreseen
    assert foreseen.before != foreseen.after
    assert books.dump(course.db_url) != before


def test_every_table_is_as_stock_nbgrader_leaves_it(tmp_path: Path) -> None:
    """With a policy of the course's own, marks by hand, and work that is handed in again."""
    stock, ours = (books.make(tmp_path / name, policy=books.OWN) for name in ("stock", "ours"))
    books.by_nbgrader(stock)
    books.by_us(ours)
    assert books.differences(ours, stock) == []
    for course in (stock, ours):
        judged_by_a_person(course)
        handed_in_again(course)
    books.by_nbgrader(stock)
    books.by_us(ours)
    assert books.differences(ours, stock) == []


def test_the_same_rows_on_both_databases_by_nbgrader_and_by_us(
    on_sqlite: Course, on_postgres: Course
) -> None:
    """Nbgrader's own schema, release and autograde work on PostgreSQL, and its ``zero`` policy does in both."""
    late = books.by_us(on_sqlite)
    books.by_nbgrader(on_postgres)
    assert books.differences(on_sqlite, on_postgres) == []
    assert books.seen_by_formgrader(on_sqlite) == books.seen_by_formgrader(on_postgres)
    with on_postgres.entered():
        assert books.api(on_postgres).generate_feedback("hw", "ada")["success"]
    assert late["ada"] == late["ben"] == late["no time"] == ""
    assert late["caro"] == "handed in less than two minutes late, which costs 5.4 points"
    assert late["dan"].startswith("handed in 2 days late")


def test_a_rejected_submission_waits_for_a_person(course: Course) -> None:
    with Book(course) as book:
        book.write(books.records(course))
        book.write([books.rejected("ada")])
    with Gradebook(course.db_url, course.course_id) as read:
        grades = [grade for n in read.find_submission("hw", "ada").notebooks for grade in n.grades]
        assert {(grade.auto_score, grade.needs_manual_grade) for grade in grades} == {(None, True)}


def test_late_work_that_cannot_be_read_any_more_has_nothing_to_lose(course: Course) -> None:
    """Until a person gives it something."""
    late = books.rejected("caro", "2026-03-01T12:00:01")
    with Book(course) as book:
        assert "costs 5.4 points" in book.write(books.records(course))["hw", "caro"]
        assert "costs" not in book.write([late])["hw", "caro"]
        assert book.differences["hw", "caro"].after == 0
    with Gradebook(course.db_url, course.course_id) as desk:
        submission = desk.find_submission("hw", "caro")
        assert [n.late_submission_penalty for n in submission.notebooks] == [0, 0]
        submission.notebooks[0].grades[0].manual_score = 1.5
        desk.db.commit()
    with Book(course) as book:
        assert "costs 1.5 points" in book.write([late])["hw", "caro"]


def test_recording_the_same_again_writes_nothing(course: Course) -> None:
    wanted = books.records(course)
    said: list[str] = []
    with Book(course) as book:
        first = book.write(wanted)
        event.listen(book._database._engine, "before_cursor_execute", lambda *words: said.append(words[2]))
        assert book.write(wanted) == first
    assert [words for words in said if not words.startswith(("SELECT", "BEGIN", "COMMIT"))] == []
    assert len(said) < 20


def test_new_ids_are_in_order_and_like_nbgraders() -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(set(made))
    assert {len(one) for one in made} == {32}
    assert int(made[-1], 16)


def held_by_somebody(course: Course) -> Any:
    if course.db_url.startswith("sqlite"):
        held: Any = sqlite3.connect(course.db_url.removeprefix("sqlite:///"), isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
    else:
        held = psycopg.connect(course.db_url)
        held.execute("LOCK TABLE student IN EXCLUSIVE MODE")
    return held


def test_a_gradebook_in_use_is_said_and_may_be_asked_again(course: Course) -> None:
    wanted = books.records(course)
    before = books.dump(course.db_url)
    held = held_by_somebody(course)
    with Book(course, patience=0.05) as book:
        with pytest.raises(BookBusyError, match="another program is writing in the gradebook"):
            book.write(wanted)
        held.rollback()
        assert books.dump(course.db_url) == before
        assert book.write(wanted).keys() == {("hw", student) for student in books.CLASS}
    held.close()


def killed_in_mid_batch(course: Course) -> None:
    """Write, and die when the grades are in and the transaction is not yet done."""
    batch.Batch._late = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
    with Book(course) as book:
        book.write(books.records(course))


def test_a_writer_that_is_killed_leaves_nothing_half_done(course: Course) -> None:
    before = books.dump(course.db_url)
    writer = multiprocessing.get_context("fork").Process(target=killed_in_mid_batch, args=(course,))
    writer.start()
    writer.join()
    assert writer.exitcode == -signal.SIGKILL
    assert books.dump(course.db_url) == before
    books.by_us(course)
    assert books.dump(course.db_url) != before


def test_two_writers_do_no_harm(course: Course, made: Course, tmp_path: Path) -> None:
    wanted = books.records(course)

    def write(_: int) -> None:
        with Book(course, patience=20) as book:
            for one in wanted:
                book.write([one])

    with ThreadPoolExecutor(2) as two:
        list(two.map(write, range(2)))
    alone = tmp_path / "alone.db"
    shutil.copy(made.root / "gradebook.db", alone)
    other = with_book(made, f"sqlite:///{alone}")
    books.by_us(other)
    assert books.differences(course, other) == []


def test_a_connection_that_was_cut_is_made_anew(on_postgres: Course, postgres: Server) -> None:
    wanted = books.records(on_postgres)
    with Book(on_postgres) as book:
        book.write(wanted)
        postgres.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        assert book.write(wanted)


def test_what_is_missing_is_named(made: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(url: str, **more: Any) -> Book:
        return Book(dataclasses.replace(made, db_url=url, **more))

    install = re.escape(f"is not installed: {sys.executable} -m pip install ")
    with pytest.raises(BookError, match=f"driver .* {install}MySQLdb$"):
        opened("mysql:///grades")
    with pytest.raises(BookError, match=r"unable to open database file\. Set right .* db_url says"):
        opened(f"sqlite:///{tmp_path}/no-such-folder/gradebook.db")
    with pytest.raises(BookError, match=r"c\.CourseDirectory\.course_id"):
        opened("postgresql:///grades", course_id="")
    with pytest.raises(BookError, match="cannot be used"):
        opened(f"postgresql:///grades?host={tmp_path}")
    with pytest.raises(BookError, match="db_url cannot be read"):
        opened("grades.db")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BookError, match=install + r"'psycopg\[binary\]'$"):
        opened("postgresql:///grades")


def test_a_gradebook_that_is_not_there_is_made_as_nbgrader_makes_it(made: Course, tmp_path: Path) -> None:
    ours, theirs = (with_book(made, f"sqlite:///{tmp_path / name}.db") for name in ("ours", "theirs"))
    Book(ours).close()
    with ours.entered():
        Gradebook(theirs.db_url, theirs.course_id).close()
    assert books.differences(ours, theirs) == []
    assert books.dump(ours.db_url)["alembic_version"]
    schemas = [
        sqlite3.connect(tmp_path / f"{name}.db").execute("SELECT sql FROM sqlite_master").fetchall()
        for name in ("ours", "theirs")
    ]
    assert sorted(map(str, schemas[0])) == sorted(map(str, schemas[1]))


def test_a_gradebook_of_an_older_nbgrader_is_told_as_such(on_sqlite: Course) -> None:
    with sqlite3.connect(on_sqlite.db_url.removeprefix("sqlite:///")) as connection:
        connection.execute("ALTER TABLE grade DROP COLUMN extra_credit")
    with pytest.raises(BookError, match="nbgrader db upgrade"):
        Book(on_sqlite)


def test_cells_that_the_gradebook_keeps_no_marks_for_are_told(on_sqlite: Course) -> None:
    books.by_us(on_sqlite)
    changed = books.source(1)
    changed.cells.pop()
    with Book(on_sqlite) as book, pytest.raises(BookError, match="nbgrader db assignment remove hw"):
        book.ensure_assignment("hw", {"p1": changed})
