"""What grading shows on a terminal: a progress bar with the statuses so far, then the grade table."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.grading.text import on_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from autograder.grading.outcome import Outcome

_STYLES = {"graded": "green", "partial": "yellow", "rejected": "red"}
_REASON = 110


@contextmanager
def bar(console: Console, total: int) -> Iterator[Callable[[Outcome], None]]:
    """Show a progress bar; call what it gives with each outcome."""
    counts: Counter[str] = Counter()
    columns = (
        TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(), TextColumn("{task.fields[counts]}"),
    )  # fmt: skip
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=total, counts="", rate="")

        def advance(outcome: Outcome) -> None:
            counts[outcome.status] += 1
            shown = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
            speed = progress.tasks[task].speed
            progress.update(task, advance=1, counts=shown, rate=f"{speed:.1f}/s" if speed else "")

        yield advance


def first_reason(outcome: Outcome) -> str:
    """Return the one line that says most about a submission."""
    if outcome.reason:
        return outcome.reason
    lost = {name: cell for name, cell in outcome.cells.items() if cell.status in {"none", "part", "not run"}}
    if not lost:
        return "; ".join(outcome.mends) or "everything right"
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


def print_table(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print one row for each submission."""
    names = {outcome.assignment for outcome in outcomes}
    several = len(names) > 1
    title = "Grades" if several else f"Grades of {', '.join(names)}"
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
            f"[{style}]{outcome.status}[/]", f"{outcome.score:g} of {outcome.max_score:g}", escape(why),
        )  # fmt: skip
    console.print(table)
