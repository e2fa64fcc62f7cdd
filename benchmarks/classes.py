"""Classes to grade: honest work on a plain nbgrader assignment, and lifelike work on the lessons.

The mix, seeded, so that a class of 20 is the first 20 of a class of 1,000. A student of a lesson has a skill, drawn
from beta(6, 1.3): 0.82 on the average, half of all above 0.86. Each exercise is right with that chance. Of the right
answers three quarters are the lesson's own and the rest one of the other right ways of `answers.py`; of the others
70 in 100 are a wrong answer of `answers.py`, 12 an unusable one and 18 were left as they were released. Where a lesson
has a sample class, one student in ten hands in an honest sample of it. Notebooks hold the outputs of a run with right
answers, pictures included, as handed-in notebooks do. Answers that run into a time limit are left out: what they cost
is the limit.
"""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import copy
import hashlib
import json
import os
import random
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from course.plain import folder as plain  # noqa: E402 - the plain course lives with the tests
from course.plain.students import CLASS  # noqa: E402

from autograder.grading.gradebook import Book  # noqa: E402
from autograder.grading.sources import source_notebooks  # noqa: E402
from autograder.lesson import notebook as cells  # noqa: E402
from autograder.lesson.course import open_course  # noqa: E402
from autograder.lesson.fitting import read_answers  # noqa: E402
from autograder.lesson.samples import do_work, read_samples  # noqa: E402
from autograder.lesson.source import read_lesson  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from autograder.lesson.source import Lesson

PLAIN = "ps1"
CACHE = ROOT / ".cache" / "bench"
LESSONS = tuple(
    path.name
    for path in sorted((ROOT / "solutions").iterdir())
    if (path / "answers.py").is_file() and (path / f"{path.name}.py").is_file()
)
_SKILL = (6.0, 1.3)
_OTHER_WAY, _WRONG, _UNUSABLE = 0.25, 0.70, 0.12
_SAMPLES = 0.1
# Both are called with a vector of a million entries later: one takes hours there, the other about the limit.
_TIMED_OUT = {("softmax", "loops over plain lists"), ("softmax", "a loop over the first axis")}


@dataclass(frozen=True)
class Class:
    """A course in which everybody has handed in, ready to be graded.

    Attributes
    ----------
    course
        Its folder.
    submissions
        How many were handed in, by assignment.
    """

    course: Path
    submissions: dict[str, int]


def plain_class(size: int) -> Class:
    """Return a plain nbgrader course, configured for stock nbgrader, in which `size` students handed in."""
    models = list(CLASS[PLAIN])

    def make(course: Path) -> None:
        plain.make(course, classmates={})
        for number in range(size):
            plain.hand_in(course, PLAIN, models[number % len(models)], _student(number))

    return Class(_cached(f"plain-{size}", [ROOT / "tests" / "course" / "plain"], make), {PLAIN: size})


def lesson_class(names: Iterable[str], size: int) -> Class:
    """Return a course of our own layout in which `size` students handed in each of these lessons."""
    names = sorted(names)

    def make(course: Path) -> None:
        course.mkdir()
        shutil.copy(ROOT / "nbgrader_config.py", course)
        for name in names:
            shutil.copytree(
                ROOT / "solutions" / name, course / "solutions" / name,
                ignore=shutil.ignore_patterns("__pycache__"),
            )  # fmt: skip
            shutil.copytree(ROOT / "notebooks" / name, course / "notebooks" / name)
            _hand_in(course, name, size)
        opened = open_course(course)
        with Book(
            opened
        ) as book:  # as nbgrader's generate_assignment makes it, so the plain course has one, too
            for name in names:
                book.ensure_assignment(name, source_notebooks(opened, name))

    sources = [ROOT / "nbgrader_config.py"]
    sources += [ROOT / where / name for where in ("solutions", "notebooks") for name in names]
    numbers = "-".join(name.split("_")[0] for name in names)
    return Class(_cached(f"lessons-{numbers}-{size}", sources, make), dict.fromkeys(names, size))


def copy_of(made: Class, place: Path) -> Class:
    """Return a copy of a class that may be graded; the one in the cache stays as it is."""
    shutil.copytree(made.course, place)
    return Class(place, made.submissions)


def _student(number: int) -> str:
    return f"student{number:04}"


def _hand_in(course: Path, name: str, size: int) -> None:
    lesson = read_lesson(ROOT / "solutions" / name / f"{name}.py")
    release = course / "notebooks" / name
    released = with_outputs(json.loads((release / f"{name}.ipynb").read_text()), lesson)
    choices = _Choices(lesson)
    for number in range(size):
        folder = course / "submitted" / _student(number) / name
        shutil.copytree(release, folder)
        chance = random.Random(f"{name} {number}")  # noqa: S311 - a class, no secret
        if choices.samples and chance.random() < _SAMPLES:
            do_work(chance.choice(choices.samples), lesson, folder)
            continue
        answers = choices.of_a_student(chance)
        work = {
            **released,
            "cells": [_answered(cell, answers.get(_grade_id(cell))) for cell in released["cells"]],
        }
        (folder / f"{name}.ipynb").write_text(json.dumps(work, indent=1, ensure_ascii=False) + "\n")


def _answered(cell: dict[str, Any], answer: str | None) -> dict[str, Any]:
    return cell if answer is None else {**cell, "source": answer.splitlines(keepends=True)}


def _grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


class _Choices:
    """What may stand in each exercise of a lesson."""

    def __init__(self, lesson: Lesson) -> None:
        beside = lesson.path.with_name("samples.py")
        self.samples = [
            sample
            for sample in (read_samples(lesson) if beside.is_file() else ())
            if sample.foreseen.status == "graded" and not (sample.edits or sample.damage or sample.filename)
        ]
        self._own = {
            str(cells.grade_id(cell)): _without_markers(cell.source)
            for cell in lesson.notebook.cells
            if cells.is_solution(cell)
        }
        self._others: dict[tuple[str, str], list[str]] = {}
        for answer in read_answers(lesson):
            usable = not answer.alone and answer.status == "graded"
            if usable and (answer.exercise, answer.name) not in _TIMED_OUT:
                kind = answer.kind if answer.kind in {"right", "wrong"} else "unusable"
                self._others.setdefault((answer.exercise, kind), []).append(str(answer.source))

    def of_a_student(self, chance: random.Random) -> dict[str, str]:
        """Draw one student's answers; an exercise that is left out stays as it was released."""
        skill = chance.betavariate(*_SKILL)
        found = {}
        for exercise, own in self._own.items():
            if chance.random() < skill:
                others = self._others.get((exercise, "right"), [])
                found[exercise] = chance.choice(others) if others and chance.random() < _OTHER_WAY else own
                continue
            drawn = chance.random()
            kind = "wrong" if drawn < _WRONG else "unusable" if drawn < _WRONG + _UNUSABLE else "untouched"
            if others := self._others.get((exercise, kind), []):
                found[exercise] = chance.choice(others)
        return found


def _without_markers(source: str) -> str:
    return "\n".join(
        line for line in source.split("\n") if "### BEGIN SOL" not in line and "### END SOL" not in line
    )


def with_outputs(released: dict[str, Any], lesson: Lesson) -> dict[str, Any]:
    """Return a released notebook with the outputs that a run with right answers leaves in it."""
    from lessons import run_through  # noqa: PLC0415 - nbclient, for a class that is made for the first time

    shown = run_through(lesson)
    made = copy.deepcopy(released)
    for number, cell in enumerate(made["cells"]):
        if cell["cell_type"] == "code":
            cell["outputs"] = shown.get(cell["id"], [])
            cell["execution_count"] = number
    return made


def _cached(name: str, sources: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """Return a folder of the cache, made anew when what it is made of has changed."""
    text = hashlib.sha256(Path(__file__).read_bytes())
    for source in sources:
        files = sorted(source.rglob("*")) if source.is_dir() else [source]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                text.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    place = CACHE / f"{name}-{text.hexdigest()[:12]}"
    if not place.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob(f"{name}-" + "?" * 12):
            shutil.rmtree(old)
        fresh = CACHE / f".{place.name}.{os.getpid()}"
        make(fresh)
        fresh.rename(place)
    return place
