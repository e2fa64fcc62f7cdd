"""The report as CSV: one row for each student and exercise, and one for each exercise.

Tidy: a column is one kind of thing, a row one observation, so that any program reads them. A text that a
spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from autograder.desk.report import tallies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from autograder.desk.report.record import ClassRecord, Work
    from autograder.desk.report.statistics import ItemStatistics

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def marks(record: ClassRecord, shown: Callable[[Work], tuple[str, str]]) -> str:
    """Return students by exercises: a row for each exercise of each submission, and one for a rejected submission.

    Parameters
    ----------
    record
        The class.
    shown
        Gives the id and the name under which a student is shown.
    """
    head = (
        "student", "name", "status", "seconds_late", "penalty", "notebook", "exercise", "points", "max_points",
        "state", "by_hand", "mistakes", "aspects_lost",
    )  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for who, work in sorted(((shown(work), work) for work in record.works), key=lambda pair: pair[0]):
        start = (*who, work.status, f"{work.seconds_late:.0f}", f"{work.penalty:g}")
        if not work.results:
            rows.append((*start, "", "", "", "", "", "", "", ""))
        for item in record.items:
            result = work.results.get(item.key)
            if result is None:
                continue
            waiting = result.state == "waiting"
            lost = [aspect.name for aspect in result.aspects if aspect.earned < aspect.points]
            rows.append(
                (
                    *start, item.notebook, item.label, "" if waiting else f"{result.score:g}", f"{item.points:g}",
                    result.state, "yes" if result.by_hand else "no", "; ".join(result.mistakes), "; ".join(lost),
                )
            )  # fmt: skip
    return as_csv(head, rows)


def items(record: ClassRecord, statistics: Sequence[ItemStatistics]) -> str:
    """Return a row for each exercise, with its statistics as `statistics` defines them."""
    head = (
        "notebook", "exercise", "max_points", "n", "mean", "standard_deviation", "difficulty", "item_rest",
        "item_rest_low", "item_rest_high", "full", "part", "none", "unwritten", "waiting",
    )  # fmt: skip
    rows = []
    for item, one in zip(record.items, statistics, strict=True):
        rest = one.rest
        numbers = (rest.r, rest.low, rest.high) if rest else (None, None, None)
        rows.append(
            (
                item.notebook, item.label, f"{item.points:g}", one.n, f"{one.mean:.4f}", f"{one.deviation:.4f}",
                _number(one.share), *map(_number, numbers), *tallies.states(record, item).values(),
            )
        )  # fmt: skip
    return as_csv(head, rows)


def _number(value: float | None) -> str:
    return "" if value is None or value != value else f"{value:.4f}"  # noqa: PLR0124 - nan differs from itself


def as_csv(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV, with an apostrophe before what a spreadsheet would take for a formula."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(head)
    write.writerows([_safe(value) for value in row] for row in rows)
    return out.getvalue()


def _safe(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        try:
            float(value)
        except ValueError:
            return f"'{value}"
    return value
