"""What the benchmark found: rows of figures, as a table and as benchmarks/latest.json."""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from measure import Cost

HERE = Path(__file__).resolve().parent
LATEST = HERE / "latest.json"
_TITLES = {
    "plain": "A plain nbgrader course",
    "feedback": "Its feedback",
    "otter": "The same with otter-grader",
    "lessons": "Each lesson, beside the bare exec of its cells and tests",
    "scale": "A large class",
    "postgres": "Gradebooks",
    "dask": "Engines",
}


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    part, what, who
        Of the benchmark; the assignment; the command.
    submissions
        How many the cost is for.
    cost
        None where nothing could be measured; `note` says why.
    ratio
        Beside the row that it is compared with.
    goal
        What the ratio, or the figure that `note` names, should be.
    """

    part: str
    what: str
    who: str
    submissions: int
    cost: Cost | None
    ratio: float | None = None
    goal: str = ""
    note: str = ""
    figures: dict[str, float] = field(default_factory=dict)


def table(rows: Iterable[Row]) -> Table:
    """Return the rows as a table to print."""
    found = Table("part", "assignment", "command")
    for name in ("n", "CPU ms each", "wall ms each", "CPU s", "wall s", "peak MiB", "ratio", "goal"):
        found.add_column(name, justify="right")
    found.add_column("note")
    for row in rows:
        spent, count = row.cost, row.submissions
        numbers = [""] * 5
        if spent is not None and count:
            numbers = [
                f"{1000 * spent.cpu / count:.1f}", f"{1000 * spent.wall / count:.1f}", f"{spent.cpu:.1f}",
                f"{spent.wall:.1f}", f"{spent.peak_mib:.0f}" if spent.peak_mib else "",
            ]  # fmt: skip
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        found.add_row(row.part, row.what, row.who, str(count or ""), *numbers, ratio, row.goal, row.note)
    return found


def keep(part: str, rows: list[Row], *, quick: bool) -> None:
    """Put a part's rows into benchmarks/latest.json; other parts stay as they were measured."""
    known: dict[str, Any] = json.loads(LATEST.read_text()) if LATEST.is_file() else {}
    if "parts" not in known:
        known = {"parts": {}}
    known["parts"][part] = {"machine": machine(), "quick": quick, "rows": [asdict(row) for row in rows]}
    LATEST.write_text(json.dumps(known, indent=1) + "\n")


def machine() -> dict[str, Any]:
    """Return where and with what this was measured."""
    try:
        words = ["git", "-C", str(HERE), "describe", "--always", "--dirty"]
        commit = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = ""
    return {
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "commit": commit,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "kernel": platform.release(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("nbgrader", "numpy", "ipython")},
    }


def page_tables(rows: Iterable[Row], about: dict[str, Any]) -> str:
    """Return the rows in Markdown, a table for each part, below a line on the machine."""
    told = f"{about['when']}, {about['cores']} cores, Linux {about['kernel']}, Python {about['python']}, "
    told += (
        f"nbgrader {about['nbgrader']}, NumPy {about['numpy']}, load {about['load']} before the first part."
    )
    text = [f"Measured {told}"]
    part = ""
    for row in rows:
        if row.part != part:
            part = row.part
            text += [
                "", f"**{_TITLES.get(part, part)}**", "",
                "| assignment | command | n | CPU ms each | wall s | peak MiB | ratio | goal | |",
                "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- |",
            ]  # fmt: skip
        spent, count = row.cost, row.submissions
        each = f"{1000 * spent.cpu / count:.1f}" if spent is not None and count else ""
        wall = f"{spent.wall:.1f}" if spent is not None else ""
        peak = f"{spent.peak_mib:.0f}" if spent is not None and spent.peak_mib else ""
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        cells = (row.what, row.who, str(count or ""), each, wall, peak, ratio, row.goal, row.note)
        text.append("| " + " | ".join(cells) + " |")
    return "\n".join(text) + "\n"


def write_into(page: Path, name: str, text: str) -> None:
    """Put text between a page's two comments of this name."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{page} has no place for {name}: put {begin.strip()} and {end} into it")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
