"""How many workers grade so many submissions in an hour, and what limits them: measured small, then worked out.

    .venv/bin/python benchmarks/plan.py [LESSON ...] [--size 60] [--goal 100000] [--write docs/scale.md]

A scheduler and a worker, real processes over loopback, grade a fifth of a class and the whole of it. The difference is
what more submissions cost: the worker (with its sandboxes), the scheduler, and the client, which reads `submitted/`,
keeps the gradebook and writes `autograded/`; and the bytes that went over loopback, each counted on every way it took.
"""

# ruff: noqa: INP001, T201 - a folder of scripts, run from here; this one prints

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from classes import LESSONS, PLAIN, copy_of, lesson_class, plain_class
from measure import adopt_orphans, cost
from plain_part import BIN, OURS
from results import machine, write_into

HERE = Path(__file__).resolve().parent
HOUR = 3600.0
SHARE = (
    0.7  # of a core's hour that is planned with; the rest is for the start, for stragglers and for retries
)


@dataclass(frozen=True)
class Each:
    """What one more submission costs: seconds of CPU by role, bytes over the network."""

    name: str
    worker: float
    scheduler: float
    client: float
    sent: float


def measured(name: str, size: int, threads: int, folder: Path) -> Each:
    """Grade two classes on a cluster of this machine's own; return what a submission more costs."""
    found = []
    for count in (size // 5, size):
        made = plain_class(count) if name == PLAIN else lesson_class([name], count)
        course = copy_of(made, folder / f"{name}-{count}").course
        if name == PLAIN:
            (course / "nbgrader_config.py").write_text(OURS)
        roles = folder / f"{name}-{count}.json"
        os.environ["AUTOGRADER_ROLES"] = str(roles)
        before = _over_loopback()
        grade: list[str | Path] = [BIN / "autograder", "grade", name, "--course", course]
        spent = cost([sys.executable, HERE / "cluster.py", str(threads), *grade], course)
        told = json.loads(roles.read_text())
        worker = spent.cpu - sum(told.values())
        found.append((worker, told["scheduler"], told["client"], _over_loopback() - before))
    more = size - size // 5
    few, many = found
    return Each(name, *((b - a) / more for a, b in zip(few, many, strict=True)))


def _over_loopback() -> float:
    """Return the bytes that this machine has sent to itself so far."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        device, _, counts = line.partition(":")
        if device.strip() == "lo":
            return float(counts.split()[0])
    return 0.0


def plan(found: list[Each], goal: int) -> str:
    """Return the plan in Markdown: for each assignment what an hour's goal needs."""
    about = machine()
    told = f"Measured {about['when']} on {about['cores']} cores (load {about['load']} at the end), a scheduler and a "
    told += (
        f"worker over loopback. {goal:,} submissions in an hour, each core planned with {SHARE:.0%} of it:"
    )
    heads = ("assignment", "worker CPU ms", "scheduler CPU ms", "client CPU ms", "KiB over the network", "worker cores",
             "scheduler cores", "client cores", "MB/s")  # fmt: skip
    text = [told, "", "| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    for one in found:
        rate = goal / HOUR
        cores = math.ceil(one.worker * rate / SHARE)
        text.append(
            f"| {one.name} | {1000 * one.worker:.1f} | {1000 * one.scheduler:.1f} | {1000 * one.client:.1f} "
            f"| {one.sent / 1024:.0f} | {cores} | {one.scheduler * rate:.2f} | {one.client * rate:.2f} "
            f"| {one.sent * rate / 1e6:.1f} |"
        )
    return "\n".join(text) + "\n"


def main() -> None:
    """Measure and plan as the command line says."""
    parser = argparse.ArgumentParser(description="How many workers grade so many submissions in an hour.")
    parser.add_argument("names", nargs="*", help=f"{PLAIN} or of {', '.join(LESSONS)}")
    parser.add_argument("--size", type=int, default=60, help="students of the measured class")
    parser.add_argument("--goal", type=int, default=100_000, help="submissions in an hour")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of the worker")
    parser.add_argument("--write", type=Path, help="put the plan into this page, docs/scale.md say")
    chosen = parser.parse_args()
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="autograder-plan-") as name:
        Path(name).chmod(0o755)
        names = chosen.names or [PLAIN, "01_activations", "02_softmax", "04_cnn_shapes"]
        found = [measured(one, chosen.size, chosen.threads, Path(name)) for one in names]
    text = plan(found, chosen.goal)
    print(text)
    if chosen.write:
        write_into(chosen.write, "plan", text)


if __name__ == "__main__":
    main()
