"""What is seen while a class is graded: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from autograder.grading.outcome import Outcome

_EVERY = 10.0  # seconds between two lines, at least
_LINES = 10  # of a whole run, where it is quick
_MINUTE = 60.0


class Shown:
    """Progress that is shown: call it with each outcome; have it `say` what is waited for."""

    def __init__(self, total: int, show: Callable[[Shown], None], tell: Callable[[str], None]) -> None:
        self.total = total
        self.done = 0
        self.started = time.monotonic()
        self._counts: Counter[str] = Counter()
        self._show = show
        self.say = tell

    def __call__(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self.done += 1
        self._counts[outcome.status] += 1
        self._show(self)

    @property
    def counts(self) -> str:
        """How many there are of each status."""
        return ", ".join(f"{number:,} {status}" for status, number in sorted(self._counts.items()))


@contextmanager
def bar(console: Console, total: int) -> Iterator[Shown]:
    """Show progress up to `total`."""

    def tell(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    if not console.is_terminal:
        yield Shown(total, _Lines(tell), tell)
        return
    from rich.progress import (  # noqa: PLC0415 - seen on terminals only
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(), TextColumn("{task.fields[counts]}"),
    )  # fmt: skip
    with Progress(*columns, console=console, refresh_per_second=4) as progress:
        task = progress.add_task("", total=total, counts="", rate="")

        def show(shown: Shown) -> None:
            speed = progress.tasks[0].speed
            rate = f"{speed:.1f}/s" if speed else ""
            progress.update(task, completed=shown.done, counts=shown.counts, rate=rate)

        yield Shown(total, show, tell)


class _Lines:
    """A line at each tenth of the way, but none sooner than some seconds after another; the last one always."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told = 0
        self._when = time.monotonic()

    def __call__(self, shown: Shown) -> None:
        now = time.monotonic()
        far = (shown.done - self._told) * _LINES >= shown.total and now - self._when >= 1
        if not (far or now - self._when >= _EVERY or shown.done == shown.total):
            return
        self._told, self._when = shown.done, now
        rate = shown.done / max(now - shown.started, 1e-3)
        left = (shown.total - shown.done) / rate
        words = f"Graded {shown.done:,} of {shown.total:,}, {rate:.1f} a second"
        if left >= 1:
            words += f", {_length(left)} left"
        self._tell(f"{words}: {shown.counts}")


def _length(seconds: float) -> str:
    return f"{seconds / _MINUTE:.0f} min" if seconds >= 2 * _MINUTE else f"{seconds:.0f} s"
