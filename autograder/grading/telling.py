"""What a run tells at its end: files that were asked for, the table, whose marks changed, what comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.grading.changes import as_csv, entries
from autograder.grading.changes_table import print_changes
from autograder.grading.later import left_out
from autograder.grading.table import print_table, print_totals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from autograder.grading.changes import Change
    from autograder.grading.outcome import Outcome


@dataclass
class Told:
    """What a run finds out beside its outcomes; given to `autograder.grading.run.grade`."""

    changes: list[Change] = field(default_factory=list)
    totals: dict[tuple[str, str], float] = field(default_factory=dict)

    def write(self, outcomes: Sequence[Outcome], json: Path | None, changes: Path | None) -> None:
        """Write every mark and reason as JSON, and the changed marks as CSV, where that was asked for."""
        if json is not None:
            import msgspec  # noqa: PLC0415

            told = msgspec.json.encode(entries(outcomes, self.changes, self.totals))
            json.write_bytes(msgspec.json.format(told, indent=1) + b"\n")
        if changes is not None:
            changes.write_text(as_csv(self.changes), encoding="utf-8", newline="")

    def show(self, console: Console, outcomes: Sequence[Outcome], *, dry: bool) -> None:
        """Print the table and what changed; of a dry run only what would change."""
        if not dry:
            print_table(console, outcomes)
            print_totals(console, outcomes, self.totals)
            for line in left_out(outcomes):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
        print_changes(console, self.changes, new=len(outcomes) - len(self.changes), dry=dry)
        if not dry:
            names = {outcome.assignment for outcome in outcomes}
            name = names.pop() if len(names) == 1 else "ASSIGNMENT"
            console.print(
                f"Next: autograder feedback {name}, a page for each student; autograder report {name}, the class.",
                markup=False, highlight=False, soft_wrap=True,
            )  # fmt: skip
