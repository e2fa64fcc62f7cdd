"""Many notebooks: wall-clock and memory of a large class, its cost beside a small one's, and what a re-run costs."""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from classes import copy_of, lesson_class
from plain_part import ours
from results import Row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CHANGED = 10


def scale(names: Sequence[str], few: int, many: int, jobs: int, folder: Path) -> list[Row]:
    """Grade a few students' notebooks, then many, the many again, and again with ten of them changed.

    Parameters
    ----------
    names
        The lessons; each student hands in all of them.
    few, many
        Students.
    jobs
        Submissions at a time.
    folder
        Where copies of the classes are graded.
    """
    what = ", ".join(name.split("_")[0] for name in names)
    small = copy_of(lesson_class(names, few), folder / "few").course
    one = ours(small, None, jobs)
    course = copy_of(lesson_class(names, many), folder / "many").course
    whole = ours(course, None, jobs)
    before = scores(course)
    none = ours(course, None, jobs)
    same = scores(course) == before
    for path in sorted((course / "submitted").glob(f"*/{names[0]}/{names[0]}.ipynb"))[:CHANGED]:
        work = json.loads(path.read_text())
        work["cells"].append(
            {"cell_type": "markdown", "id": "one-more", "metadata": {}, "source": "One more thing."}
        )
        path.write_text(json.dumps(work))
    ten = ours(course, None, jobs)
    n, first = many * len(names), few * len(names)
    grows = (whole.cpu / n) / (one.cpu / first)
    size, goal = f"{whole.peak_mib:.0f} MiB at its peak", "< 240 s, < 1536 MiB" if n == 3000 else ""  # noqa: PLR2004
    return [
        Row("scale", what, "autograder grade", first, one),
        Row("scale", what, "autograder grade", n, whole, goal=goal, note=f"{jobs} at a time, {size}"),
        Row("scale", what, "beside the few, CPU each", 0, None, ratio=grows, goal="<= 1.10"),
        Row(
            "scale", what, "again, nothing changed", n, none, note="the same marks" if same else "OTHER MARKS"
        ),
        Row("scale", what, f"again, {CHANGED} changed", n, ten),
    ]


def scores(course: Path) -> list[tuple[object, ...]]:
    """Return every automatic mark in a course's gradebook."""
    with sqlite3.connect(course / "gradebook.db") as book:
        return sorted(
            book.execute(
                "select s.student_id, b.name, g.auto_score, g.manual_score, g.needs_manual_grade from grade g "
                "join submitted_notebook n on g.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id "
                "join base_cell b on g.cell_id = b.id"
            )
        )
