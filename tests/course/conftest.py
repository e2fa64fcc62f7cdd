"""A sample class that has handed in, once for all tests here: release, fetch, submit and collect are real."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from our_lessons import the_lesson

from autograder.desk.demo import hand_in
from autograder.lesson.course import Course, open_course

from .answering import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autograder.lesson.samples import Sample
    from autograder.lesson.source import Lesson

ROOT = Path(__file__).parents[2]
LESSON = "01_activations"


def command(name: str, *words: str | Path, at: Path) -> subprocess.CompletedProcess[str]:
    """Run one of the virtual environment's commands, as a terminal would."""
    here = Path(sys.executable).parent
    path = os.pathsep.join([str(here), os.environ.get("PATH", os.defpath)])
    return subprocess.run(
        [here / name, *words], cwd=at, env={**os.environ, "PATH": path, "COLUMNS": "120"},
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip


@dataclass(frozen=True)
class HandedIn:
    """A course with everything collected and nothing graded."""

    course: Course
    lesson: Lesson
    samples: tuple[Sample, ...]


@pytest.fixture(scope="session")
def project() -> Course:
    return open_course(ROOT)


@pytest.fixture(scope="session")
def lesson() -> Lesson:
    return the_lesson(LESSON)


@pytest.fixture(scope="session")
def desks(project: Course) -> Iterator[Callable[[str], Desk]]:
    """Have one examiner for each lesson, started when it is first asked for."""
    started: dict[str, Desk] = {}

    def desk(name: str) -> Desk:
        if name not in started:
            started[name] = Desk(project, the_lesson(name))
        return started[name]

    yield desk
    for one in started.values():
        one.close()


@pytest.fixture(scope="session")
def handed_in(project: Course, lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> HandedIn:
    course, classes = hand_in(project, tmp_path_factory.mktemp("class") / "course")
    return HandedIn(course, lesson, classes[LESSON])
