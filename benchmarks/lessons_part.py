"""Each lesson of ours beside the bare exec of the same cells and test calls (`bare` says what that is)."""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from classes import copy_of, lesson_class
from measure import Cost, cost
from plain_part import EVERY_TEST, ours
from results import Row

from autograder.sandbox.pages import MALLOC

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).resolve().parent
_AS_GRADED = [f"{name}={value}" for name, value in MALLOC.items()]  # what the C library reads at its start


def lessons(sizes: Mapping[str, int], jobs: int, folder: Path) -> list[Row]:
    """Return three rows for each lesson: the bare exec, `autograder grade`, and the same with every test run."""
    rows = []
    words: list[str | Path]
    for name, size in sizes.items():
        made = lesson_class([name], size)
        out = folder / f"{name}.json"
        words = ["env", *_AS_GRADED, sys.executable, HERE / "bare.py", name, "--folder", made.course]
        words += ["--size", str(size), "--jobs", str(jobs), "--json", out]
        whole = cost(words, folder)
        found = json.loads(out.read_text())
        each = sum(one["total"] for one in found)
        parts = {
            key: 1000 * sum(one[key] for one in found) / size for key in ("fork", "exec_cells", "exec_tests")
        }
        course = copy_of(made, folder / name).course
        spent = ours(course, name, jobs)
        (course / "autograded" / "student0000" / name).rename(
            folder / f"graded-{name}"
        )  # so it is graded again
        start = ours(course, name, jobs, "--student", "student0000")
        every = copy_of(made, folder / f"{name}-every").course
        with (every / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write(EVERY_TEST)
        slower = ours(every, name, jobs)
        rows += [
            Row("lessons", name, "bare exec", size, Cost(whole.wall, each, 0.0), figures=parts),
            Row(
                "lessons", name, "autograder grade", size, spent, ratio=spent.cpu / each, goal="<= 1.5",
                note=f"of which {start.cpu:.1f} s to start and for one submission", figures={"start": start.cpu},
            ),
            Row("lessons", name, "the same, every test run", size, slower, ratio=slower.cpu / each),
        ]  # fmt: skip
    return rows
