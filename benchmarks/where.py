"""Where the CPU time of `autograder grade` goes, step by step and process by process, so that all of it is accounted for.

    .venv/bin/python benchmarks/where.py [ps1 | LESSON ...] [--size 40]

Two counts of one run. By process: the kernel's record of every process that ended (`processes`), by name; the rest, to
the CPU time of the whole tree, is the end of processes, when their memory is taken down. By step: the trusted
processes' functions (`steps/_steps.py`). Milliseconds are CPU, user and system; start-up is in them and told apart.
"""

# ruff: noqa: INP001, T201 - a folder of scripts, run from here; this one prints

from __future__ import annotations

import argparse
import json
import os
import struct
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from classes import LESSONS, PLAIN, copy_of, lesson_class, plain_class
from measure import adopt_orphans
from plain_part import OURS, ours
from processes import Record
from results import machine, write_into

if TYPE_CHECKING:
    from collections.abc import Sequence

    Rows = dict[tuple[str, str], list[float]]

NAMES = {
    "autograder": "main: gradebook, progress",
    "python3.11": "examiner and its forks (exams)",
    "python3": "examiner and its forks (exams)",
    "python": "examiner and its forks (exams)",
    "ag-template": "template of the sandboxes",
    "ag-keeper": "keeper of a sandbox",
    "ag-cells": "in the sandbox: cells",
    "ag-tests": "in the sandbox: calls by tests",
    "bwrap": "bubblewrap",
    "cat": "holder of a sandbox",
}
MOST_ONCE = 2  # times that a step was taken, to be one of the start
SMALL = 0.2  # milliseconds that are not worth a row
STEPS = Path(__file__).resolve().parent / "steps"
sys.path.insert(0, str(STEPS))
import _steps  # noqa: E402 - what is counted


def where(name: str, size: int, folder: Path) -> dict[str, object]:
    """Grade a class, one submission at a time, and return where its CPU time went, in milliseconds."""
    made = plain_class(size) if name == PLAIN else lesson_class([name], size)
    course = copy_of(made, folder / name).course
    if name == PLAIN:
        (course / "nbgrader_config.py").write_text(OURS)
    sums = folder / f"{name}.steps"
    sums.write_bytes(b"\0" * _steps.SIZE)
    os.environ |= {"PYTHONPATH": str(STEPS), "AUTOGRADER_STEPS": str(sums)}
    try:
        with Record() as record:
            spent = ours(course, name, 1)
    finally:
        del os.environ["PYTHONPATH"], os.environ["AUTOGRADER_STEPS"]
    processes: Counter[str] = Counter()
    for ended in record.ended:
        name_of = NAMES.get(ended.name, ended.name if ended.name.startswith("ag-") else "others")
        processes[name_of] += 1000 * ended.cpu  # type: ignore[assignment]
    values = list(struct.iter_unpack("dd", sums.read_bytes()))
    steps = []
    for at, (seconds, count) in enumerate(values):
        role, step = divmod(at, len(_steps.STEPS) + 1)
        if seconds:
            what = _steps.STEPS[step - 1][2] if step else "start, imports, and what lies between"
            steps.append((_steps.ROLES[role], what, 1000 * seconds, count))
    return {
        "assignment": name, "size": size, "total": 1000 * spent.cpu, "processes": dict(processes.most_common()),
        "steps": steps,
    }  # fmt: skip


def show(found: dict[str, object]) -> None:
    """Print one assignment's figures."""
    size, total = int(str(found["size"])), float(str(found["total"]))
    steps: list[tuple[str, str, float, float]] = found["steps"]  # type: ignore[assignment]
    print(
        f"\n{found['assignment']}: {size} submissions, {total:.0f} CPU-ms in all, {total / size:.1f} each\n"
    )
    print("by process                              in all     each")
    processes: dict[str, float] = found["processes"]  # type: ignore[assignment]
    for name, spent in processes.items():
        if spent >= 1:
            print(f"  {name:<32}{spent:12.0f}{spent / size:9.2f}")
    rest = total - sum(processes.values())
    print(f"  {'the ends of processes':<32}{rest:12.0f}{rest / size:9.2f}")
    for role in _steps.ROLES:
        own = [step for step in steps if step[0] == role]
        whole = sum(step[2] for step in own)
        print(f"\n{role:<38}{whole:8.0f}{whole / size:9.2f}      times")
        for _, what, spent, count in sorted(own, key=lambda step: -step[2]):
            print(f"  {what:<44}{spent:8.0f}{spent / size:9.2f}{count:9.0f}")


def page_tables(found: Sequence[dict[str, object]]) -> str:
    """Return the figures in Markdown: a column for each assignment, milliseconds for one submission."""
    about = machine()
    sizes = ", ".join(f"{one['size']} of {one['assignment']}" for one in found)
    each: Rows = {}
    once: Rows = {}
    for at, one in enumerate(found):
        size, total = int(str(one["size"])), float(str(one["total"]))
        processes: dict[str, float] = one["processes"]  # type: ignore[assignment]
        steps: list[tuple[str, str, float, float]] = one["steps"]  # type: ignore[assignment]
        told = [("all of it", "", total)]
        told += [("by process", name, spent) for name, spent in processes.items()]
        told.append(("by process", "the ends of processes", total - sum(processes.values())))
        told += [(role, what, spent) for role, what, spent, count in steps if not _is_once(role, count)]
        for first, second, spent in told:
            each.setdefault((first, second), [0.0] * len(found))[at] = spent / size
        for role, what, spent, count in steps:
            if _is_once(role, count):
                once.setdefault((role, what), [0.0] * len(found))[at] = spent
    names = [str(one["assignment"]) for one in found]
    text = (
        f"Measured {about['when']}: {sizes}, one at a time; {about['cores']} cores, load {about['load']}.\n\n"
    )
    text += "CPU ms for each submission; in the rows by process the start of the run is divided among them, too:\n\n"
    text += _rows(each, names, SMALL) + "\nCPU ms once for a run:\n\n"
    return text + _rows(once, names, 20 * SMALL)


def _is_once(role: str, count: float) -> bool:
    return role != "exam" and count <= MOST_ONCE


def _rows(rows: Rows, names: Sequence[str], least: float) -> str:
    text = ["| | | " + " | ".join(names) + " |", "| --- | --- |" + " ---: |" * len(names)]
    order = ["all of it", "by process", *_steps.ROLES]
    for (first, second), values in sorted(
        rows.items(), key=lambda row: (order.index(row[0][0]), -max(row[1]))
    ):
        if max(values) >= least:
            text.append(f"| {first} | {second} | " + " | ".join(f"{value:.1f}" for value in values) + " |")
    return "\n".join(text) + "\n"


def main() -> None:
    """Profile what the command line names."""
    parser = argparse.ArgumentParser(description="Where the CPU time of `autograder grade` goes.")
    parser.add_argument("names", nargs="*", help=f"{PLAIN} or of {', '.join(LESSONS)}; all when left out")
    parser.add_argument("--size", type=int, default=40)
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--write", type=Path, help="put the tables into this page, docs/profile.md say")
    chosen = parser.parse_args()
    adopt_orphans()
    found = []
    with tempfile.TemporaryDirectory(prefix="autograder-where-") as name:
        Path(name).chmod(0o755)
        for one in chosen.names or [PLAIN, *LESSONS]:
            found.append(where(one, chosen.size, Path(name)))
            show(found[-1])
    if chosen.write:
        write_into(chosen.write, "figures", page_tables(found))
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
