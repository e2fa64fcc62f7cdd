"""What grading shows on a terminal at its end: a row for each submission, or a summary where there are many."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from autograder.grading.text import on_one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from autograder.grading.outcome import Outcome

_STYLES = {"graded": "green", "partial": "yellow", "rejected": "red"}
_REASON = 110
_LEAST = 1e-9  # points; sums are made in another order
MOST = 100  # rows; of more submissions there is a summary
SHOWN = 20  # rows beside a summary: those that most need somebody to look at them


def first_reason(outcome: Outcome) -> str:
    """Return the one line that says most about a submission."""
    if outcome.reason:
        return outcome.reason
    lost = {name: cell for name, cell in outcome.cells.items() if cell.status in {"none", "part", "not run"}}
    if not lost:
        waiting = sum(cell.status == "manual" for cell in outcome.cells.values())
        wait = "1 answer waits for a person" if waiting == 1 else f"{waiting} answers wait for a person"
        right = [*(outcome.mends or ["everything right"]), *([wait] if waiting else [])]
        return "; ".join(right)
    messages = Counter(cell.message.split("\n", 1)[0] for cell in lost.values())
    message, times = messages.most_common(1)[0]
    if times == 1 or len(messages) > 1:
        named = {name: cell for name, cell in lost.items() if cell.mistakes}
        name, cell = next(iter((named or lost).items()))
        said = cell.mistakes[0] if cell.mistakes else cell.message.split("\n", 1)[0]
        rest = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
        text = f"{name.removeprefix('test_')}: {said}{rest}"
    else:
        text = f"{len(lost)} exercises: {message}"
    return "; ".join([text, *outcome.mends])


def points_of(outcome: Outcome) -> str:
    """Return a submission's points in words; those that a person still gives are told apart."""
    waiting = sum(cell.max_score for cell in outcome.cells.values() if cell.status == "manual")
    told = f"{outcome.score:g} of {outcome.max_score - waiting:g}"
    return f"{told}, {waiting:g} wait" if waiting else told


def print_table(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print one row for each submission; where they are many, a summary and those that lost most."""
    if len(outcomes) <= MOST:
        _print_rows(console, outcomes, "Grades")
        return
    _print_summary(console, outcomes)
    worst = sorted(outcomes, key=lambda o: (o.status != "rejected", o.status != "partial", _share(o)))
    _print_rows(console, worst[:SHOWN], f"The {SHOWN} that lost most")
    console.print(
        f"{len(outcomes) - SHOWN:,} more: `--json FILE` has every mark and reason, and so has the gradebook.",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def print_totals(
    console: Console, outcomes: Sequence[Outcome], totals: Mapping[tuple[str, str], float]
) -> None:
    """Say whose points in the gradebook are others than the tests gave; of nobody, nothing."""
    others = [
        f"{on_one_line(outcome.student)} {totals[key]:g}"
        for outcome in outcomes
        if (key := (outcome.assignment, outcome.student)) in totals and is_other(outcome, totals[key])
    ]
    if others:
        more = (
            f" and {len(others) - SHOWN:,} more (`autograder export` has all)" if len(others) > SHOWN else ""
        )
        console.print(
            "In the gradebook, with what a person gave and what being late costs: "
            f"{', '.join(others[:SHOWN])}{more}.",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip


def is_other(outcome: Outcome, total: float) -> bool:
    """Whether the gradebook counts other points than the tests gave."""
    return abs(total - outcome.score) > _LEAST


def _share(outcome: Outcome) -> float:
    return outcome.score / outcome.max_score if outcome.max_score else 1.0


def _print_summary(console: Console, outcomes: Sequence[Outcome]) -> None:
    table = Table(title="Grades", title_justify="left", expand=False)
    table.add_column("assignment", no_wrap=True)
    for column in ("submissions", *_STYLES, "lowest quarter", "median", "highest quarter"):
        table.add_column(column, justify="right")
    for name in sorted({outcome.assignment for outcome in outcomes}):
        ours = [outcome for outcome in outcomes if outcome.assignment == name]
        counts: Counter[str] = Counter(outcome.status for outcome in ours)
        shares = sorted(_share(outcome) for outcome in ours)
        quarters = [f"{shares[int(part * (len(shares) - 1))]:.0%}" for part in (0.25, 0.5, 0.75)]
        statuses = [f"[{style}]{counts[status]:,}[/]" for status, style in _STYLES.items()]
        table.add_row(escape(name), f"{len(ours):,}", *statuses, *quarters)
    console.print(table)


def _print_rows(console: Console, outcomes: Sequence[Outcome], title: str) -> None:
    names = {outcome.assignment for outcome in outcomes}
    several = len(names) > 1
    title = title if several else f"{title} of {', '.join(names)}"
    table = Table(title=escape(title), title_justify="left", expand=False)
    table.add_column("student", no_wrap=True)
    if several:
        table.add_column("assignment", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for outcome in outcomes:
        why = on_one_line(first_reason(outcome))
        why = why if outcome.reason or len(why) <= _REASON else why[: _REASON - 1] + "…"
        style = _STYLES[outcome.status]
        table.add_row(
            escape(on_one_line(outcome.student)), *([escape(outcome.assignment)] if several else []),
            f"[{style}]{outcome.status}[/]", points_of(outcome), escape(why),
        )  # fmt: skip
    console.print(table)
