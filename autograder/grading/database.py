"""The gradebook's database: opened, asked and written in whole transactions, with words for what may go wrong.

SQLite and PostgreSQL are tried by the tests; whatever else SQLAlchemy and nbgrader know may work too.
"""

from __future__ import annotations

import shlex
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event, exc
from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sqlalchemy import Connection

#: Seconds that one attempt waits for whoever holds the gradebook.
PATIENCE = 5.0
_DRIVERS = {"postgresql": "psycopg[binary]"}
#: What to do, by a word in what the database says.
_MENDS = (
    ("readonly", " Set right who may write it, and the folder that it is in."),
    (
        "unable to open",
        " Set right who may read and write it and its folder, or where db_url says that it is.",
    ),
    ("disk is full", " Make room there."),
    ("not a database", " Take a copy of it that is whole."),
    ("malformed", " Take a copy of it that is whole."),
)
_BUSY = (
    "database is locked",
    "database table is locked",
    "lock timeout",
    "deadlock detected",
    "LockNotAvailable",
)


class BookError(RuntimeError):
    """The gradebook cannot be used. Nothing of what was asked was written; the message says why and what to do."""


class BookBusyError(BookError):
    """Another program is writing in the gradebook. Nothing was written; ask again."""


class Database:
    """A database by its URL, connected to when first used.

    Parameters
    ----------
    url
        nbgrader's ``db_url``.
    patience
        Seconds that each attempt waits for a lock.

    Raises
    ------
    BookError
        If the URL is none, or its driver is not installed.
    """

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        try:
            self._url = make_url(url)
            self.is_sqlite = self._url.get_backend_name() == "sqlite"
            self._engine = create_engine(
                self._url, connect_args=self._arguments(patience), pool_pre_ping=not self.is_sqlite
            )
        except exc.ArgumentError as error:
            raise BookError(f"the gradebook's db_url cannot be read: {error}") from error
        except ModuleNotFoundError as error:
            kind = self._url.get_backend_name()
            how = [sys.executable, "-m", "pip", "install", _DRIVERS.get(kind, str(error.name))]
            raise BookError(
                f"the gradebook is a {kind} database, and its driver {error.name} is not installed: {shlex.join(how)}"
            ) from error
        if self.is_sqlite:
            # SQLite's own words for a transaction, in the place of the driver's, which begins at the first write.
            event.listen(self._engine, "connect", _no_transactions_of_its_own)

    def _arguments(self, patience: float) -> dict[str, Any]:
        if self.is_sqlite:
            return {"timeout": patience}
        if self._url.get_backend_name() == "postgresql":
            return {"options": f"-c lock_timeout={int(patience * 1000)}", "connect_timeout": 10}
        return {}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Ask without writing."""
        with self.told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write all that is written inside, or nothing of it.

        Raises
        ------
        BookBusyError
            If somebody else is writing all the time.
        BookError
            If the database cannot be written; it may be tried again.
        """
        with self.told(), self._engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.exec_driver_sql("COMMIT")
                except BaseException:
                    connection.invalidate()  # closed, and with it what it had begun
                    raise
            else:
                with connection.begin():
                    yield connection

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn what the database says into words for the person at the terminal."""
        try:
            yield
        except exc.IntegrityError:
            raise  # a row that another writer made meanwhile: whoever writes knows
        except exc.DBAPIError as error:
            said = f"{type(error.orig).__name__}: {error.orig}"
            if any(word.lower() in said.lower() for word in _BUSY):
                raise BookBusyError(f"another program is writing in the gradebook {self}") from error
            why = str(error.orig).strip().rstrip(".")
            mend = next((mend for word, mend in _MENDS if word in why.lower()), "")
            raise BookError(f"the gradebook {self} cannot be used: {why}.{mend}") from error

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __str__(self) -> str:
        """Return where it is, without a password."""
        if self.is_sqlite:
            return str(self._url.database)
        return self._url.render_as_string(hide_password=True)


def _no_transactions_of_its_own(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
