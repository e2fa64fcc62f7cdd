"""The gradebook's database: there, open, of this nbgrader's making, and free to be written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, inspect, text

from autograder.doctor.rights import may_write, owner_of
from autograder.grading.database import BookBusyError, BookError, Database
from autograder.sandbox.doctor import Finding

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime

    from autograder.lesson.course import Course

_PATIENCE = 1.0
_OPENS = "the gradebook opens"
_PLACE = "the gradebook can be written"
_DUE = text("select name, duedate from assignment where duedate is not null").columns(duedate=DateTime)
_WHOLE = (0, 59)  # nobody says other seconds


def look(course: Course) -> Iterator[Finding]:
    """Look at the gradebook. One that is not there yet is well: the first grading makes it."""
    try:
        database = Database(course.db_url, _PATIENCE)
    except BookError as error:
        yield Finding(
            _OPENS, held=False, detail=str(error), advice="docs/gradebook.md has what a db_url looks like."
        )
        return
    try:
        if database.is_sqlite:
            place = yield from _file(course, Path(str(database)))
            if not place:
                return
        yield from _schema(course, database)
    finally:
        database.close()


def _file(course: Course, path: Path) -> Generator[Finding, None, bool]:
    """Look at a database that is a file; return whether there is one to open."""
    if not path.parent.is_dir():
        advice = f"mkdir -p {path.parent}, or set c.CourseDirectory.db_url otherwise."
        yield Finding(_PLACE, held=False, detail=f"{path.parent} is not there", advice=advice)
        return False
    account = owner_of(course.root)
    stuck = [
        p for p in (path.parent, path) if p.exists() and not (may_write(p, account) and os.access(p, os.W_OK))
    ]
    for place in stuck:
        whose = owner_of(place).name
        advice = f"chown {account.name} {place} and chmod u+w {place}. What root runs there leaves files of root's."
        yield Finding(
            _PLACE, held=False, detail=f"{place} is {whose}'s, and {account.name} grades", advice=advice
        )
    if not stuck:
        yield Finding(
            _PLACE,
            held=True,
            detail=f"{path}{'' if path.exists() else ': not there yet, the first grading makes it'}",
        )
    return path.exists() and not stuck


def _schema(course: Course, database: Database) -> Iterator[Finding]:
    try:
        with database.reading() as connection:
            tables = inspect(connection).get_table_names()
            asked = text("select version_num from alembic_version")
            is_marked = "alembic_version" in tables
            version = str(connection.execute(asked).scalar() or "") if is_marked else ""
            dated = connection.execute(_DUE) if "assignment" in tables else ()
            due: dict[str, datetime] = dict(map(tuple, dated))
    except BookBusyError as error:
        yield _busy(str(error))
        return
    except BookError as error:
        yield Finding(_OPENS, held=False, detail=str(error), advice=_how_to_reach(database))
        return
    yield Finding(_OPENS, held=True, detail=str(database))
    head = _head()
    if tables:
        yield Finding(
            "its tables are this nbgrader's", version == head, f"revision {version or 'none'}, this nbgrader has {head}",
            f"nbgrader db upgrade, in {course.root}. It keeps a copy.",
        )  # fmt: skip
    yield from _deadlines(due)
    try:
        with database.writing():
            pass
    except BookBusyError as error:
        yield _busy(str(error))
    except BookError as error:
        yield Finding(
            _PLACE, held=False, detail=str(error), advice="Make room, or set right who may write there."
        )


def _deadlines(due: dict[str, datetime]) -> Iterator[Finding]:
    """Show the deadlines, and doubt those with odd seconds: nbgrader takes 100 seconds off for +0100, and no hour."""
    odd = {name: time for name, time in due.items() if time.second not in _WHOLE}
    if due:
        shown = ", ".join(f"{name} {time:%Y-%m-%d %H:%M:%S}" for name, time in (odd or due).items())
        yield Finding(
            "deadlines are what was meant", not odd, f"{shown} UTC",
            "nbgrader reads +0100 as 100 seconds. Set it anew, in UTC: nbgrader db assignment add "
            f'{next(iter(odd), "NAME")} --duedate "2026-11-20 22:00 UTC"', needed=False,
        )  # fmt: skip


def _busy(detail: str) -> Finding:
    advice = (
        "Let it finish; grading waits for it. If nothing runs any more, `fuser` on the file names what holds it: a "
        "server with formgrader, say, that hangs."
    )
    return Finding("the gradebook is free", held=False, detail=detail, advice=advice)


def _how_to_reach(database: Database) -> str:
    if database.is_sqlite:
        return "Put back a copy, or move it away: `autograder grade` makes a new one, without what was given by hand."
    return (
        "Is the server running, and reachable from here? Try: psql with the same address. A password belongs in ~/.pgpass. "
        "docs/gradebook.md has the rest."
    )


def _head() -> str:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to import
    from nbgrader import dbutil  # noqa: PLC0415

    return str(ScriptDirectory(dbutil.ALEMBIC_DIR).get_current_head())
