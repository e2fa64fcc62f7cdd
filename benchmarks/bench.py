"""`make bench`: what grading costs, beside stock nbgrader, otter-grader and the bare exec of the same cells, in one run.

    .venv/bin/python benchmarks/bench.py [PART ...] [--quick] [--jobs N] [--write docs/benchmark.md]
    .venv/bin/python benchmarks/bench.py --self-check

Parts: plain (with feedback), otter, lessons, scale, postgres, dask; all of them when none is named. The table shows
CPU-seconds of each command with all it starts; `measure` says how they are counted, `classes` what is graded. The
figures go to benchmarks/latest.json, part by part.
"""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import peers_parts
from classes import CACHE, LESSONS, PLAIN, copy_of, plain_class
from lessons_part import lessons
from measure import adopt_orphans
from plain_part import OURS, graders, otter, ours
from results import Row, keep, machine, page_tables, table, write_into
from rich.console import Console
from scale_part import scale

if TYPE_CHECKING:
    from collections.abc import Callable

BURN = 2.0
SLOW = "03_mlp_backprop"  # it trains: smaller classes
MANY = ("01_activations", "02_softmax", "04_cnn_shapes")


@dataclass(frozen=True)
class Sizes:
    """How many of what each part grades.

    Attributes
    ----------
    plain, otter, lesson, slow, few, many, other
        Students: of the plain course; of them, with otter-grader; of each lesson; of the one that trains; of the small
        class and of the large one that hand in several lessons; of the other databases' and engines' classes.
    """

    plain: int = 200
    otter: int = 20
    lesson: int = 100
    slow: int = 20
    few: int = 34
    many: int = 1000
    other: int = 100


QUICK = Sizes(plain=20, otter=4, lesson=16, slow=4, few=4, many=16, other=20)


def parts(sizes: Sizes, jobs: int) -> dict[str, Callable[[Path], list[Row]]]:
    """Return the parts of the benchmark by name, each a function of the folder it may write in."""
    plain_rows: list[Row] = []

    def plain(folder: Path) -> list[Row]:
        plain_rows[:] = graders(sizes.plain, jobs, folder)
        return plain_rows

    classes = {name: sizes.slow if name == SLOW else sizes.lesson for name in LESSONS}
    return {
        "plain": plain,
        "otter": lambda folder: otter(sizes.otter, folder, plain_rows[1] if plain_rows else None),
        "lessons": lambda folder: lessons(classes, jobs, folder),
        "scale": lambda folder: scale(MANY, sizes.few, sizes.many, jobs, folder),
        "postgres": lambda folder: peers_parts.postgres(sizes.other, jobs, folder),
        "dask": lambda folder: peers_parts.dask([PLAIN, LESSONS[0]], sizes.other, jobs, folder),
    }


def self_check(console: Console, folder: Path) -> None:
    """Show that the CPU of student code is counted: the same class with one that burns two seconds."""
    made = copy_of(plain_class(2), folder / "course")
    (made.course / "nbgrader_config.py").write_text(OURS)
    idle = ours(made.course, PLAIN, 1)
    path = made.course / "submitted" / "student0000" / PLAIN / "problems.ipynb"
    work = json.loads(path.read_text())
    burn = f"import time\nends = time.process_time() + {BURN}\nwhile time.process_time() < ends: pass"
    work["cells"].append(
        {
            "cell_type": "code",
            "id": "burn",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": burn,
        }
    )
    path.write_text(json.dumps(work))
    busy = ours(made.course, PLAIN, 1)
    console.print(
        f"{BURN:g} s burnt in a submission's cell: {busy.cpu - idle.cpu:.2f} CPU-seconds more are counted."
    )


def main() -> None:
    """Run the benchmark as the command line says."""
    parser = argparse.ArgumentParser(description="What grading costs, beside its peers.")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(parts(Sizes(), 1))}; all when left out")
    parser.add_argument("--quick", action="store_true", help="small classes: a few minutes, rough figures")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="submissions that our grader takes at a time"
    )
    parser.add_argument("--write", type=Path, help="put the tables into this page, docs/benchmark.md say")
    parser.add_argument(
        "--self-check", action="store_true", help="only show that student code's CPU is counted"
    )
    chosen = parser.parse_args()
    console = Console(width=max(Console().width, 150))
    adopt_orphans()
    CACHE.mkdir(parents=True, exist_ok=True)
    known = parts(QUICK if chosen.quick else Sizes(), chosen.jobs)
    if unknown := set(chosen.parts) - set(known):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as name:
        Path(name).chmod(0o755)
        if chosen.self_check:
            self_check(console, Path(name))
            return
        about = machine()
        console.print(" ".join(f"{key} {value}" for key, value in about.items()), highlight=False)
        found: list[Row] = []
        for part in chosen.parts or known:
            folder = Path(name) / part
            folder.mkdir()
            began = time.perf_counter()
            rows = known[part](folder)
            keep(part, rows, quick=chosen.quick)
            found += rows
            console.print(f"{part}: {time.perf_counter() - began:.0f} s", highlight=False)
        console.print(table(found))
        if chosen.write:
            write_into(chosen.write, "figures", page_tables(found, about))
    console.print("Written to benchmarks/latest.json")


if __name__ == "__main__":
    main()
