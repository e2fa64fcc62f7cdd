"""Marks that became others than they were: whose, by how much, why, and in which words before and after."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import msgspec

from autograder.grading.causes import between
from autograder.grading.differences import CellDifference, Difference
from autograder.grading.table import is_other

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autograder.grading.kept import Former
    from autograder.grading.outcome import CellOutcome, Graded, Outcome

_STEP = "not graded again: the gradebook had other marks than this grader gave"
_LATE = "extra time, deadline or late policy"
_COLUMNS = (
    "assignment", "student", "exercise", "before", "after", "by hand", "total before", "total after", "why",
    "said before", "says now",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Mark(msgspec.Struct, frozen=True):
    """The changed mark of one graded cell.

    Attributes
    ----------
    before, after
        Automatic points; None where there are none: the cell is new, or gone, or a person gives them.
    by_hand
        What a person gave in their place. It stays, and so the total does not change.
    why
        What was changed that this mark hangs on.
    was, now
        The lines of its reason that are gone, and those that are new.
    """

    before: float | None
    after: float | None
    by_hand: float | None = None
    why: str = ""
    was: str = ""
    now: str = ""

    @property
    def counts(self) -> float:
        """What the total gains."""
        return 0.0 if self.by_hand is not None else (self.after or 0.0) - (self.before or 0.0)


class Change(msgspec.Struct, frozen=True):
    """What became of one submission's marks.

    Attributes
    ----------
    before, after
        Its points in all, what a person gave included, penalties for being late taken off.
    why
        What was changed since it was last graded.
    cells
        Its changed marks by grade id.
    penalty_before, penalty_after
        What being late cost it and costs it now.
    status_before, status
        As in its outcome.
    is_regraded
        Whether it was run again, and not only held against the gradebook.
    """

    assignment: str
    student: str
    before: float
    after: float
    why: list[str]
    cells: dict[str, Mark] = {}
    penalty_before: float = 0.0
    penalty_after: float = 0.0
    status_before: str = ""
    status: str = ""
    is_regraded: bool = False

    @property
    def is_one(self) -> bool:
        """Whether any mark became another."""
        return bool(self.cells) or self.penalty_before != self.penalty_after

    @property
    def counts(self) -> float:
        """What the total gains."""
        return round(self.after - self.before, 9)


def change_of(
    former: Former | None, fingerprint: str | None, graded: Graded, seen: Difference
) -> Change | None:
    """Return what became of a submission; nothing where nobody knew it before.

    Parameters
    ----------
    former
        What was known of it from its last grading.
    fingerprint
        What it was graded with now; None where it was not graded again.
    seen
        What the gradebook says.
    """
    new = graded.outcome
    old = former.graded.outcome if former is not None else None
    if old is None and not seen.known:
        return None
    if fingerprint is None:
        causes, why = None, [_STEP]
    else:
        causes = between(former.fingerprint if former else "", fingerprint)
        why = causes.words()
    known = seen if seen.known else _by_outcomes(old, new)
    marks = {}
    places = [*(old.cells if old else ()), *new.cells]
    for cell in sorted(
        known.cells, key=lambda one: places.index(one.cell) if one.cell in places else len(places)
    ):
        was, now = _said(old, new, cell.cell)
        reason = causes.of(cell.cell) if causes else _STEP
        marks[cell.cell] = Mark(cell.before, cell.after, cell.by_hand, reason, was, now)
    penalties = known.penalty_before, known.penalty_after
    if penalties[0] != penalties[1] and not marks:
        why = [_LATE]
    before, after = (known.before, known.after) if marks or penalties[0] != penalties[1] else (new.score,) * 2
    return Change(
        new.assignment, new.student, before, after, why, marks, *penalties, old.status if old else "", new.status,
        fingerprint is not None,
    )  # fmt: skip


def _by_outcomes(old: Outcome | None, new: Outcome) -> Difference:
    """Compare with what was last graded: the gradebook knows nothing of it."""
    before = old.cells if old else {}
    cells = [
        CellDifference(name, _points(before.get(name)), _points(new.cells.get(name)), None)
        for name in (*new.cells, *(name for name in before if name not in new.cells))
    ]
    changed = tuple(cell for cell in cells if (cell.before or 0.0) != (cell.after or 0.0))
    return Difference(False, changed, old.score if old else 0.0, new.score)


def _points(cell: CellOutcome | None) -> float | None:
    return None if cell is None or cell.status == "manual" else cell.score


def _said(old: Outcome | None, new: Outcome, cell: str) -> tuple[str, str]:
    """Return the lines of a reason that are gone, and those that are new."""
    before, now = _lines(old, cell), _lines(new, cell)
    return "\n".join(line for line in before if line not in now), "\n".join(
        line for line in now if line not in before
    )


def _lines(outcome: Outcome | None, cell: str) -> list[str]:
    if outcome is None:
        return []
    if outcome.reason:
        return outcome.reason.split("\n")
    found = outcome.cells.get(cell)
    return found.message.split("\n") if found is not None and found.message else []


def entries(
    outcomes: Iterable[Outcome], changes: Iterable[Change], totals: Mapping[tuple[str, str], float]
) -> list[dict[str, Any]]:
    """Return outcomes as data, each with what changed and what the gradebook counts, where that is something else."""
    about = {(one.assignment, one.student): one for one in changes if one.is_one}
    made: list[dict[str, Any]] = []
    for outcome in outcomes:
        entry: dict[str, Any] = msgspec.to_builtins(outcome)
        key = outcome.assignment, outcome.student
        if key in totals and is_other(outcome, totals[key]):
            entry["total"] = totals[key]
        change = about.get(key)
        if change is not None:
            told = msgspec.to_builtins(change)
            entry["changed"] = {
                name: told[name]
                for name in told
                if name not in {"assignment", "student", "status", "is_regraded"}
            }
        made.append(entry)
    return made


def by_size(changes: Iterable[Change]) -> list[Change]:
    """Return those whose marks changed: who loses, who gains, then those whose total stays; the largest first."""
    return sorted(
        (one for one in changes if one.is_one), key=lambda one: (_kind(one), -abs(one.counts), one.student)
    )


def _kind(change: Change) -> int:
    return 0 if change.counts < 0 else 1 if change.counts > 0 else 2


def as_csv(changes: Sequence[Change]) -> str:
    """Return every changed mark as a row of a table.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for change in by_size(changes):
        about = change.assignment, change.student
        totals = f"{change.before:g}", f"{change.after:g}"
        for name, mark in change.cells.items():
            points = (_text(mark.before), _text(mark.after), _text(mark.by_hand))
            writer.writerow(map(_plain, (*about, name, *points, *totals, mark.why, mark.was, mark.now)))
        if change.penalty_before != change.penalty_after:
            points = (f"{0 - change.penalty_before:g}", f"{0 - change.penalty_after:g}", "")
            writer.writerow(
                map(_plain, (*about, "late penalty", *points, *totals, "; ".join(change.why), "", ""))
            )
    return file.getvalue()


def _text(points: float | None) -> str:
    return "" if points is None else f"{points:g}"


def _plain(text: str) -> str:
    if not text.startswith(_FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text
