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

from classes import LESSONS, PLAIN, copy_of, lesson_class, plain_class
from measure import adopt_orphans
from plain_part import OURS, ours
from processes import Record

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
        processes[ended.name] += 1000 * ended.cpu  # type: ignore[assignment]
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


def main() -> None:
    """Profile what the command line names."""
    parser = argparse.ArgumentParser(description="Where the CPU time of `autograder grade` goes.")
    parser.add_argument("names", nargs="*", help=f"{PLAIN} or of {', '.join(LESSONS)}; all when left out")
    parser.add_argument("--size", type=int, default=40)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    adopt_orphans()
    found = []
    with tempfile.TemporaryDirectory(prefix="autograder-where-") as name:
        Path(name).chmod(0o755)
        for one in chosen.names or [PLAIN, *LESSONS]:
            found.append(where(one, chosen.size, Path(name)))
            show(found[-1])
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
