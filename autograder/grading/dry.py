"""Where a dry run writes: a copy of the gradebook and folders that nobody else sees, all of it gone in the end.

So a dry run is a run, and what it says is what a run would write. The gradebook itself is only read, in one piece,
and needs nobody's leave to write; the course's folders are read as they are.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import create_engine, insert, inspect, select
from sqlalchemy.engine import make_url

from autograder.grading import tables as t
from autograder.grading.database import BookBusyError, BookError, Database
from autograder.sandbox.scratch import folder as temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autograder.lesson.course import Course

_BOOK = "gradebook.db"
_LOOK = 0.25  # seconds between two tries to read a gradebook that is locked
_ROWS = 5_000  # at once, from a database server
_MODES = "?mode=ro"


@contextmanager
def scratch(course: Course, patiently: Callable[[Callable[[], None]], None]) -> Iterator[tuple[Course, Path]]:
    """Give the course with a copy of its gradebook, and the folder that holds it, to write to.

    Parameters
    ----------
    patiently
        Does something with the gradebook, and again for as long as it raises `BookBusyError`.

    Raises
    ------
    BookError
        If the gradebook cannot be read.
    """
    with temporary("dry") as folder:  # for this user's eyes alone
        copy = folder / _BOOK
        patiently(lambda: copy_book(course.db_url, copy))
        url = f"sqlite:///{copy}"
        config = deepcopy(course.config)
        config.CourseDirectory.db_url = url
        try:
            yield replace(course, db_url=url, config=config), folder
        except BookError as error:
            raise type(error)(of_the_book(error, course, folder)) from error


def of_the_book(error: BookError, course: Course, folder: Path) -> str:
    """Return what went wrong with the copy, in words on the gradebook, which people know."""
    return str(error).replace(str(folder / _BOOK), str(make_url(course.db_url).database))


def copy_book(url: str, target: Path) -> None:
    """Copy a gradebook, wherever it is, as it is at one moment, into an SQLite file.

    Where there is none yet, there is none afterwards.

    Raises
    ------
    BookBusyError, BookError
        If it cannot be read now, or at all.
    """
    target.unlink(missing_ok=True)
    try:
        where = make_url(url)
    except Exception as error:
        raise BookError(f"the gradebook's db_url cannot be read: {error}") from error
    if where.get_backend_name() == "sqlite":
        if where.database and Path(where.database).exists():
            _copy_file(Path(where.database), target)
    else:
        _copy_rows(url, target)


def _copy_file(file: Path, target: Path) -> None:
    def stop_waiting(status: int, _left: int, _all: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise BookBusyError(f"another program is writing in the gradebook {file}")

    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(file))}{_MODES}", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy, progress=stop_waiting, sleep=_LOOK)
    except sqlite3.Error as error:
        raise BookError(f"the gradebook {file} cannot be read: {error}") from error


def _copy_rows(url: str, target: Path) -> None:
    database = Database(url)
    engine = create_engine(f"sqlite:///{target}")
    try:
        t.metadata.create_all(engine)
        with database.reading() as connection, engine.begin() as copy:
            connection.execution_options(isolation_level="REPEATABLE READ")
            there = set(inspect(connection).get_table_names())
            for table in t.metadata.sorted_tables if set(t.metadata.tables) <= there else ():
                for rows in connection.execute(select(table)).mappings().partitions(_ROWS):
                    copy.execute(insert(table), [dict(row) for row in rows])
    finally:
        engine.dispose()
        database.close()
