"""The pairs as CSV: one row for each two cells that are alike.

A text that a spreadsheet would take for a formula gets an apostrophe in front, as in the report's files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.alike.page import clean
from autograder.desk.report.sheets import as_csv

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.alike.pairs import Found
    from autograder.alike.reading import ClassWork

HEAD = (
    "pair", "student", "other_student", "pair_words", "longest_passage", "own_words", "other_own_words", "share",
    "other_share", "cell", "other_cell", "words", "passages",
)  # fmt: skip


def sheet(found: ClassWork, alike: Found, shown: Callable[[str], str]) -> str:
    """Return the rows of all pairs, the most alike first; `shown` gives the id under which a student is shown."""
    rows: list[tuple[object, ...]] = []
    for number, pair in enumerate(alike.pairs, 1):
        works = found.works[pair.first], found.works[pair.second]
        start = (
            number, *(shown(work.student) for work in works), pair.words, pair.longest, *pair.own,
            *(f"{share:.4f}" for share in pair.shares),
        )  # fmt: skip
        rows += [
            (
                *start, clean(works[0].cells[match.first].place), clean(works[1].cells[match.second].place),
                match.words, len(match.passages),
            )
            for match in pair.matches
        ]  # fmt: skip
    return as_csv(HEAD, rows)
