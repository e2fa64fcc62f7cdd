"""The course's own lessons, read once for all tests of a process: to read one takes a quarter of a second."""

from __future__ import annotations

import copy
import dataclasses
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.lesson.source import read_lesson

if TYPE_CHECKING:
    from autograder.lesson.source import Lesson

SOLUTIONS = Path(__file__).parents[1] / "solutions"


@cache
def _read(name: str) -> Lesson:
    return read_lesson(SOLUTIONS / name / f"{name}.py")


def the_lesson(name: str) -> Lesson:
    """Return a lesson of this course, with a notebook that the test may change."""
    lesson = _read(name)
    return dataclasses.replace(lesson, notebook=copy.deepcopy(lesson.notebook))


def all_lessons() -> dict[str, Lesson]:
    """Return every lesson of this course by its name."""
    names = sorted(path.stem for path in SOLUTIONS.glob("*/*.py") if path.stem == path.parent.name)
    return {name: the_lesson(name) for name in names}
