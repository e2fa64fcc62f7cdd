"""What grading shows of marks that became others: exercise by exercise, student by student, and summed up."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from autograder.grading.changes import by_size
from autograder.grading.text import on_one_line
from autograder.lesson.whereabouts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from autograder.grading.changes import Change, Mark

SHOWN = 40  # changed marks in a table
_FEW = 4  # of them need no table of exercises
_LONGEST = 100  # letters of a reason
_UP, _DOWN, _SAME = "green", "red", "yellow"


def print_changes(console: Console, changes: Sequence[Change], *, new: int = 0, dry: bool = False) -> None:
    """Print which marks became others, and why; after a run in which none could, nothing.

    Parameters
    ----------
    changes
        Of submissions that were graded before.
    new
        How many there are beside these, graded for the first time.
    dry
        Whether nothing was written.
    """

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    found = by_size(changes)
    rows = [row for change in found for row in _rows(change)]
    if rows:
        if len(rows) > _FEW:
            console.print(_exercises(found, len(changes)))
        console.print(_students(rows[:SHOWN], dry=dry))
        if len(rows) > SHOWN:
            say(
                f"{counted(len(rows) - SHOWN, 'more changed mark')}: `--changes FILE.csv` writes all of them as a table, "
                "`--json FILE` with every reason."
            )
    if found or dry or any(change.is_regraded for change in changes):
        say(summary(changes, new))
    if dry:
        say("Nothing was written. The same command without --dry-run writes it.")


def summary(changes: Sequence[Change], new: int = 0) -> str:
    """Say in a line or two how many went up, down, or stayed."""
    up = [change for change in changes if change.counts > 0]
    down = [change for change in changes if change.counts < 0]
    again = sum(change.is_regraded for change in changes)
    text = f"Graded before: {len(changes):,}, of which {counted(again, 'was', 'were')} graded again. "
    text += f"{len(up):,} up, {len(down):,} down, {len(changes) - len(up) - len(down):,} the same"
    if up or down:
        most = max((*down, *up), key=lambda change: abs(change.counts))
        text += f"; largest change {most.counts:+g} ({on_one_line(most.student)}, {most.assignment})"
    kept = sum(mark.by_hand is not None for change in changes for mark in change.cells.values())
    if kept:
        marks = "mark that a person gave stays" if kept == 1 else "marks that a person gave stay"
        text += f". {kept:,} {marks}: the total does not follow the tests there"
    return f"{text}. {new:,} graded for the first time." if new else f"{text}."


def _exercises(changes: Sequence[Change], of: int) -> Table:
    """Return a table with a row for each exercise whose marks changed."""
    marks: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for change in changes:
        for name, mark in change.cells.items():
            marks[change.assignment, name].append(mark)
    table = Table(title="Exercises whose marks change", title_justify="left", expand=False)
    several = len({assignment for assignment, _ in marks}) > 1
    table.add_column("exercise", overflow="fold")
    for column in ("up", "down", "by hand", "same", "largest"):
        table.add_column(column, justify="right")
    table.add_column("why", overflow="fold")
    for (assignment, name), own in marks.items():
        up, down = sum(mark.counts > 0 for mark in own), sum(mark.counts < 0 for mark in own)
        by_hand = sum(mark.by_hand is not None for mark in own)
        largest = max((mark.counts for mark in own), key=abs)
        reasons = Counter(mark.why for mark in own).most_common()
        why = reasons[0][0] + (f" (and {len(reasons) - 1} other reasons)" if len(reasons) > 1 else "")
        title = f"{assignment}: {_short(name)}" if several else _short(name)
        counts = (
            f"{up:,}",
            f"{down:,}",
            f"{by_hand:,}",
            f"{of - len(own):,}",
            f"{largest:+g}" if largest else "0",
        )
        table.add_row(escape(title), *counts, escape(on_one_line(why)))
    return table


def _students(rows: Sequence[tuple[str, ...]], *, dry: bool) -> Table:
    names = {row[0] for row in rows}
    title = "marks that would change" if dry else "changed marks"
    title = f"{next(iter(names))}: {title}" if len(names) == 1 else title.capitalize()
    table = Table(title=escape(title), title_justify="left", expand=False, show_lines=True)
    if len(names) > 1:
        table.add_column("assignment", overflow="fold")
    table.add_column("student", overflow="fold")
    table.add_column("exercise", overflow="fold")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("total", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold", ratio=1)
    for row in rows:
        table.add_row(*(row if len(names) > 1 else row[1:]))
    return table


def _rows(change: Change) -> Iterator[tuple[str, ...]]:
    about = escape(change.assignment), escape(on_one_line(change.student))
    total = _step(change.before, change.after)
    if change.cells and "rejected" in {change.status, change.status_before}:  # one reason for all of it
        words = [
            f"{change.status_before or 'unknown'} → {change.status}",
            *_said(next(iter(change.cells.values()))),
        ]
        yield *about, "all", total, total, escape("\n".join(words))
        return
    for name, mark in change.cells.items():
        points = _step(mark.before, mark.after)
        if mark.by_hand is not None:
            points = f"{_bare(mark.before)} → {_bare(mark.after)}\n[{_SAME}]{mark.by_hand:g} by hand[/]"
        yield *about, escape(_short(name)), points, total, escape("\n".join(_said(mark)))
    if change.penalty_before != change.penalty_after:
        points = _step(0 - change.penalty_before, 0 - change.penalty_after)
        yield *about, "late", points, total, escape("; ".join(change.why))


def _said(mark: Mark) -> list[str]:
    said = [mark.why]
    if mark.by_hand is not None:
        said.append("a person marked it: the total stays")
    return said + [f"{when}: {_cut(text)}" for when, text in (("was", mark.was), ("now", mark.now)) if text]


def _step(before: float | None, after: float | None) -> str:
    gained = (after or 0.0) - (before or 0.0)
    style = _UP if gained > 0 else _DOWN if gained < 0 else _SAME
    return f"[{style}]{_bare(before)} → {_bare(after)}[/]"


def _bare(points: float | None) -> str:
    return "none" if points is None else f"{points + 0:g}"


def _short(name: str) -> str:
    return name.removeprefix("test_")


def _cut(text: str) -> str:
    line = on_one_line(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
