"""How long a lesson keeps a student waiting: every cell timed in a real kernel, with right answers in place.

The notebook is the student's, with the reference for answers: hidden tests are taken away, as in the release.
Prints, per lesson, the whole run and the slowest checks.
"""

# ruff: noqa: INP001, T201 - a folder of scripts, run from here; they print

from __future__ import annotations

import argparse
import copy
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbclient import NotebookClient

from autograder.grading.sources import extra_files
from autograder.lesson import notebook as cells
from autograder.lesson.course import open_course
from autograder.lesson.source import read_lesson

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.lesson.course import Course
    from autograder.lesson.source import Lesson

SLOWEST = 5
ROOM = 1 << 30


def run(course: Course, name: str) -> tuple[float, list[tuple[float, str]]]:
    """Return seconds for the whole notebook, kernel start included, and (seconds, grade id) of each check."""
    started = time.perf_counter()
    notebook = _executed(read_lesson(course.source(name) / f"{name}.py"), course)
    total = time.perf_counter() - started
    return total, [
        (_seconds(cell), cells.grade_id(cell) or "?") for cell in notebook.cells if cells.is_test(cell)
    ]


def run_through(lesson: Lesson) -> dict[str, list[dict[str, Any]]]:
    """Return what each code cell of a lesson shows with right answers in place, by cell id."""
    notebook = _executed(lesson, open_course(Path(__file__).resolve().parents[1]))
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def _executed(lesson: Lesson, course: Course) -> NotebookNode:
    notebook: NotebookNode = copy.deepcopy(lesson.notebook)
    for cell in notebook.cells:
        cell.source = cells.strip_hidden(cell.source)
    with tempfile.TemporaryDirectory(prefix="autograder-lessons-") as folder:
        for path, data in extra_files(course.release(lesson.name), course.ignore, ROOM)[0]:
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": folder}})
        client.execute()
    return notebook


def _seconds(cell: NotebookNode) -> float:
    times = cell.metadata["execution"]
    began, ended = (datetime.fromisoformat(times[key]) for key in ("iopub.status.busy", "iopub.status.idle"))
    return (ended - began).total_seconds()


def main() -> None:
    """Time the lessons named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("lessons", nargs="*")
    course = open_course(Path(__file__).resolve().parents[1])
    names = parser.parse_args().lessons or [
        name for name in course.assignments() if (course.source(name) / f"{name}.py").is_file()
    ]
    for name in names:
        total, checks = run(course, name)
        checks.sort(reverse=True)
        print(f"{name}: {total:.1f} s in all, {len(checks)} checks; the slowest:")
        for seconds, grade_id in checks[:SLOWEST]:
            print(f"  {1000 * seconds:7.0f} ms  {grade_id}")


if __name__ == "__main__":
    main()
