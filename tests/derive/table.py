"""The table of chains and verdicts: what the derivation language accepts, as data.

`docs/derivations.md` shows these rows to authors and students, and `test_table` holds the judge to each of them.
The rows are in `table_*.py`, by chapter. A verdict is foreseen from the mathematics, never copied from the judge;
a row that the judge gets wrong says so in `known`, and the test fails on the day it is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.check import Derivation

LONG = 200


@dataclass(frozen=True)
class Row:
    """One chain and what is foreseen for it.

    Parameters
    ----------
    chain
        The student's lines.
    verdict
        "right", "wrong 3" (line 3 is not equal to what is before it), "far 3" (equal, and too large a step),
        "unread 3" (it cannot be read), "end" (the chain does not end where asked), "missing" (a waypoint),
        "unjudged 3" (line 3 cannot be computed), "unwritten" (there is no line of one's own).
    says
        Texts that must stand in what the student is told.
    why
        The reason, for the reader of the table.
    known
        Why the judge gets this row wrong today; empty where it does not.
    shown
        The chain in words, where it is too long to print.
    """

    chain: tuple[str, ...]
    verdict: str
    says: tuple[str, ...] = ()
    why: str = ""
    known: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Section:
    """Rows that share one statement.

    Parameters
    ----------
    title, text
        As the manual has them; `text` is Markdown.
    statement
        What is asked of each chain.
    rows
        The chains.
    """

    title: str
    text: str
    statement: Derivation
    rows: tuple[Row, ...]


def right(*chain: str, why: str = "", known: str = "") -> Row:
    """Return a row whose chain holds, every step small enough."""
    return Row(chain, "right", why=why, known=known)


def wrong(line: int, *chain: str, says: str | tuple[str, ...] = (), why: str = "", known: str = "") -> Row:
    """Return a row whose line of this number is not equal to the one before it."""
    return Row(chain, f"wrong {line}", _tuple(says), why, known)


def far(line: int, *chain: str, says: str | tuple[str, ...] = (), why: str = "", known: str = "") -> Row:
    """Return a row that holds, with too large a step to the line of this number."""
    return Row(chain, f"far {line}", _tuple(says), why, known)


def unread(
    line: int, *chain: str, says: str | tuple[str, ...] = (), why: str = "", known: str = "", shown: str = ""
) -> Row:
    """Return a row whose line of this number cannot be read."""
    return Row(chain, f"unread {line}", _tuple(says), why, known, shown)


def astray(*chain: str, says: str | tuple[str, ...] = (), why: str = "", known: str = "") -> Row:
    """Return a row that holds line by line, but does not end where, or in the form that, it should."""
    return Row(chain, "end", _tuple(says), why, known)


def missing(*chain: str, says: str | tuple[str, ...] = (), why: str = "", known: str = "") -> Row:
    """Return a row that passes a waypoint by."""
    return Row(chain, "missing", _tuple(says), why, known)


def unjudged(line: int, *chain: str, says: str | tuple[str, ...] = (), why: str = "", known: str = "") -> Row:
    """Return a row whose line of this number can be read and is too much to compute."""
    return Row(chain, f"unjudged {line}", _tuple(says), why, known)


def unwritten(*chain: str, why: str = "", known: str = "") -> Row:
    """Return a row without a line of the student's own."""
    return Row(chain, "unwritten", ("not written yet",), why, known)


def _tuple(says: str | tuple[str, ...]) -> tuple[str, ...]:
    return (says,) if isinstance(says, str) else says


def sections() -> list[Section]:
    """Return the whole table, in the manual's order."""
    from . import (  # noqa: PLC0415 - the chapters import this module
        table_arrays,
        table_gradients,
        table_hostile,
        table_limits,
        table_reading,
        table_scalars,
        table_seed_a,
        table_seed_b,
        table_seed_b4,
        table_steps,
    )

    chapters = (
        table_reading, table_scalars, table_steps, table_arrays, table_gradients,
        table_seed_a, table_seed_b, table_seed_b4, table_hostile, table_limits,
    )  # fmt: skip
    return [section for chapter in chapters for section in chapter.SECTIONS]
