"""Where the time of `autograder grade` goes: each step timed by itself, in wall-clock milliseconds."""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from autograder.grading import marks
from autograder.grading.gradebook import Book
from autograder.grading.limits import limits_of
from autograder.grading.mend import mend
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Examiner
from autograder.grading.reading import read_submission
from autograder.grading.sources import lesson_source, source_notebooks
from autograder.lesson.course import open_course

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REPEAT = 5


def steps(course: Path, assignment: str) -> dict[str, float]:
    """Return milliseconds by step: once for a run, once for an assignment, and for each submission."""
    found: dict[str, float] = {}

    def took(name: str, run: Callable[[], object], times: int = 1) -> None:
        spent = []
        for _ in range(times):
            started = time.perf_counter()
            run()
            spent.append(time.perf_counter() - started)
        found[name] = 1000 * statistics.median(spent)

    words = [sys.executable, "-c", "import autograder.grading.run, autograder.cli"]
    took("once: start Python, import nbgrader and the grader", lambda: subprocess.run(words, check=True))
    opened = open_course(course)
    notebooks = source_notebooks(opened, assignment)
    (name, source), *_ = notebooks.items()
    made: list[Examiner] = []
    lesson = lesson_source(opened, assignment, source)
    limits = limits_of(opened.config)
    took(
        "per assignment and worker: examiner and template, lesson run",
        lambda: made.append(Examiner(lesson, limits)),
    )
    examiner = made[0]
    data = (opened.submitted(assignment, "student000") / f"{name}.ipynb").read_bytes()
    took("read and mend", lambda: mend(read_submission(data), source), REPEAT)
    work = read_submission(data)
    mend(work, source)
    plan = marks.plan(work)
    untested = [cell for cell in plan if cell.kind == "run"]
    for label, cells in (
        ("a sandbox, one empty cell", [type(plan[0])(0, "run", "")]),
        (f"the same with {len(untested)} cells run", untested),
        (f"the same with {len(plan) - len(untested)} tests too", plan),
    ):
        took(label, lambda cells=cells: examiner.examine(ExamRequest(cells)), REPEAT)  # type: ignore[misc]
    result = examiner.examine(ExamRequest(plan))
    took("outputs", lambda: marks.write_outputs(work, result), REPEAT)
    took("marks and reasons", lambda: marks.outcomes(work, result), REPEAT)
    with Book(opened) as book:
        book.ensure_assignment(assignment, notebooks)
        took("the gradebook", lambda: book.record(assignment, "student000", {name: work}, None), REPEAT)
    examiner.close()
    return found
