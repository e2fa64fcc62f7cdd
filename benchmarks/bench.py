"""`make bench`: the same class graded by stock `nbgrader autograde` and by `autograder grade`, in one run.

    .venv/bin/python benchmarks/bench.py [--size 24] [--jobs N] [--where] [--self-check]

The table shows CPU-seconds of each command with all it starts; `measure` says how they are counted. The same
figures go to benchmarks/latest.json.
"""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from classes import LESSON, PLAIN, Class, make
from measure import Cost, adopt_orphans, cost
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
OURS = "from autograder.nbgrader_setup import configure\n\nc = get_config()\nconfigure(c)\n"
BURN = 2.0


def stock(course: Path, assignment: str) -> Cost:
    """Grade with nbgrader as it comes."""
    return cost([BIN / "nbgrader", "autograde", assignment, "--create"], course)


def ours(course: Path, assignment: str, jobs: int) -> Cost:
    """Grade with our command."""
    return cost([BIN / "autograder", "grade", assignment, "--course", course, "--jobs", str(jobs)], course)


def run(made: Class, jobs: int) -> list[dict[str, object]]:
    """Grade every assignment both ways; return the rows of the table."""
    theirs = made.course.with_name("theirs")
    shutil.copytree(made.course, theirs)
    (made.course / "nbgrader_config.py").write_text(OURS)
    rows: list[dict[str, object]] = []
    for assignment, count in made.submissions.items():
        for grader, spent in (
            ("nbgrader autograde", stock(theirs, assignment)),
            ("autograder grade", ours(made.course, assignment, jobs)),
        ):
            rows.append({"assignment": assignment, "submissions": count, "grader": grader, **asdict(spent)})
    return rows


def show(console: Console, rows: list[dict[str, object]]) -> None:
    """Print the table; each second row of an assignment is compared with the one above it."""
    table = Table("assignment", "grader", "handed in")
    for name in ("CPU s each", "wall s each", "CPU s", "wall s", "peak MiB", "CPU, stock to ours"):
        table.add_column(name, justify="right")
    above = 0.0
    for row in rows:
        count, cpu, wall = int(str(row["submissions"])), float(str(row["cpu"])), float(str(row["wall"]))
        stocks = str(row["grader"]).startswith("nbgrader")
        table.add_row(
            str(row["assignment"]), str(row["grader"]), str(count), f"{cpu / count:.3f}", f"{wall / count:.3f}",
            f"{cpu:.1f}", f"{wall:.1f}", f"{float(str(row['peak_mib'])):.0f}", "" if stocks else f"{above / cpu:.1f}",
        )  # fmt: skip
        above = cpu
    console.print(table)


def self_check(console: Console, folder: Path) -> None:
    """Show that the CPU of student code is counted: the same class with one that burns two seconds."""
    made = make(folder / "course", 2)
    (made.course / "nbgrader_config.py").write_text(OURS)
    idle = ours(made.course, PLAIN, 1)
    path = made.course / "submitted" / "student000" / PLAIN / "problems.ipynb"
    work = json.loads(path.read_text())
    burn = f"import time\nends = time.process_time() + {BURN}\nwhile time.process_time() < ends: pass"
    empty: dict[str, object] = {
        "cell_type": "code",
        "id": "burn",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    work["cells"].append({**empty, "source": burn})
    path.write_text(json.dumps(work))
    busy = ours(made.course, PLAIN, 1)
    console.print(
        f"{BURN:g} s burnt in a submission's cell: {busy.cpu - idle.cpu:.2f} CPU-seconds more are counted."
    )


def main() -> None:
    """Run the benchmark as the command line says."""
    parser = argparse.ArgumentParser(description="CPU-seconds per submission, beside stock nbgrader.")
    parser.add_argument(
        "--size", type=int, default=24, help="submissions; half to the lesson, half to a plain course"
    )
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="submissions that our grader takes at a time"
    )
    parser.add_argument("--where", action="store_true", help="say where the time of our grader goes, too")
    parser.add_argument(
        "--self-check", action="store_true", help="only show that student code's CPU is counted"
    )
    chosen = parser.parse_args()
    console = Console(width=max(Console().width, 124))
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if chosen.self_check:
            self_check(console, folder)
            return
        console.print(f"A class of {chosen.size} hands in ({LESSON} and {PLAIN}), and is graded twice.")
        made = make(folder / "course", chosen.size)
        rows = run(made, chosen.jobs)
        show(console, rows)
        report: dict[str, object] = {
            "python": platform.python_version(), "cores": os.cpu_count(), "jobs": chosen.jobs,
            "load": os.getloadavg(), "rows": rows,
        }  # fmt: skip
        if chosen.where:
            from where import steps  # noqa: PLC0415 - imports the grader itself

            report["where"] = {assignment: steps(made.course, assignment) for assignment in made.submissions}
            for assignment, found in report["where"].items():  # type: ignore[attr-defined]
                console.print(f"\nWhere the time goes, {assignment}, milliseconds:")
                for step, spent in found.items():
                    console.print(f"  {spent:8.1f}  {step}", highlight=False)
    (HERE / "latest.json").write_text(json.dumps(report, indent=1) + "\n")
    console.print(f"Written to {HERE.parent.name}/benchmarks/latest.json")


if __name__ == "__main__":
    main()
