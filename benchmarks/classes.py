"""The class that both graders grade: honest work on a lesson of ours and on a plain nbgrader assignment."""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from course.plain import folder as plain  # noqa: E402 - the plain course lives with the tests
from course.plain.students import CLASS  # noqa: E402

from autograder.lesson.samples import do_work, read_samples  # noqa: E402
from autograder.lesson.source import read_lesson  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

LESSON, PLAIN = "01_activations", "ps1"


@dataclass(frozen=True)
class Class:
    """A course in which everybody has handed in, ready to be graded.

    Attributes
    ----------
    course
        Its folder, configured for stock nbgrader.
    submissions
        How many were handed in, by assignment.
    """

    course: Path
    submissions: dict[str, int]


def make(course: Path, size: int) -> Class:
    """Make a course with `size` submissions, half of them to the lesson and half to the plain assignment."""
    plain.make(course, classmates={})
    submissions = {LESSON: (size + 1) // 2, PLAIN: size // 2}
    _lesson(course, submissions[LESSON])
    for number, model in zip(range(submissions[PLAIN]), _round(list(CLASS[PLAIN])), strict=False):
        plain.hand_in(course, PLAIN, model, f"student{number:03}")
    return Class(course, {name: count for name, count in submissions.items() if count})


def _lesson(course: Path, size: int) -> None:
    source = ROOT / "solutions" / LESSON
    target = course / "source" / LESSON
    target.mkdir()
    shutil.copy(source / f"{LESSON}.ipynb", target)
    made = plain.stock_api(course).generate_assignment(LESSON)
    if not made["success"]:
        raise RuntimeError(made.get("log"))
    lesson = read_lesson(source / f"{LESSON}.py")
    honest = [
        sample
        for sample in read_samples(lesson)
        if sample.foreseen.status == "graded" and not (sample.edits or sample.damage or sample.filename)
    ]
    for number, sample in zip(range(size), _round(honest), strict=False):
        folder = course / "submitted" / f"student{number:03}" / LESSON
        shutil.copytree(course / "release" / LESSON, folder)
        do_work(sample, lesson, folder)


def _round(items: list[Any]) -> Iterator[Any]:
    while True:
        yield from items
