"""What a database or a full disk says, as an error of the system's that names the place; commands have words for these."""

from __future__ import annotations

import errno
import os
import re

_DATABASE = re.compile(
    r"\((?:sqlite3|psycopg2?(?:\.errors)?)\.\w+\) (?P<why>[^\n]+)"
)  # as SQLAlchemy quotes it
_NUMBERS = (
    ("disk is full", errno.ENOSPC),
    ("locked", errno.EBUSY),
    ("lock timeout", errno.EBUSY),
    ("unable to open", errno.EACCES),
    ("readonly", errno.EACCES),
    ("not a database", errno.EIO),
    ("malformed", errno.EIO),
    ("disk i/o error", errno.EIO),
    ("connection", errno.EIO),
)


def database_trouble(error: BaseException, where: str) -> OSError:
    """Return what a database says as an error that names it."""
    why = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return OSError(_number(why) or errno.EIO, why, where)


def trouble_in(said: str, database: str, folder: str) -> OSError | None:
    """Find in a program's words what is wrong with the database, or that a folder is full; None for anything else.

    Parameters
    ----------
    said
        Its log, tracebacks among it.
    database, folder
        What it was working on.
    """
    for quoted in _DATABASE.finditer(said):
        why = quoted["why"].strip()
        if number := _number(why):
            return OSError(number, why, database)
    full = os.strerror(errno.ENOSPC)
    return OSError(errno.ENOSPC, full, folder) if full in said else None


def _number(why: str) -> int:
    return next((number for word, number in _NUMBERS if word in why.lower()), 0)
