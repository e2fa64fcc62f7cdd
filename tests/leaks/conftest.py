"""One class for each lesson, with wrong answers of every kind, graded once by the real commands."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from our_lessons import the_lesson

from autograder.lesson import notebook as cells
from autograder.lesson.course import open_course
from autograder.lesson.fitting import aspects, read_answers

from .secrets import ROOT, Secrets, secrets_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.lesson.answers import Answer
    from autograder.lesson.source import Lesson

COURSE = open_course(ROOT)
LESSONS = {name: lesson for name in COURSE.assignments() if aspects(lesson := the_lesson(name))}
STUDENTS = ("ada", "bob", "cy", "dee")
TROUBLE = "eve"

#: What a student's cell can find out about the machine, said in every way that is kept.
PROWL = """\
import os, sys, traceback, warnings, logging
print(os.getcwd(), sys.prefix, sys.base_prefix, sys.executable, np.__file__, sys.path, check.__file__)
warnings.warn(f"in {sys.prefix}")
logging.warning("in %s", np.__file__)
try:
    np.linalg.inv(np.zeros((2, 2)))
except Exception:
    traceback.print_exc()
{name: getattr(module, "__file__", "") for name, module in sys.modules.items() if "grader" in name or name == "numpy"}"""
#: Wrong in ways that no list of answers has; each takes any arguments.
BODIES = (
    "raise ValueError(f'{np.__file__} and {__import__(chr(115) + chr(121) + chr(115)).prefix}')",
    "return np.__file__",
    "return [__import__('os').environ, __import__('sys').path, {'a': print}]",
    "return np.linalg.inv(np.zeros((2, 2)))",
    "import warnings; warnings.warn(np.__file__); return open(np.__file__ + 'x')",
    "return __import__('sys')._getframe(1)",
    "return {one!r}(*args, **named)",
)
HANGS, CRASHES = "while True: pass", "import os; os._exit(1)"


@dataclass(frozen=True)
class Graded:
    """What came out of one lesson's class."""

    lesson: Lesson
    root: Path
    secrets: Secrets
    entries: dict[str, dict[str, Any]]
    console: str

    def files(self, student: str) -> list[Path]:
        """Return every file that grading wrote for a student."""
        folders = [self.root / step / student for step in ("autograded", "feedback")]
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()]

    def own(self, student: str) -> str:
        """Return what the student wrote."""
        path = self.root / "submitted" / student / self.lesson.name / f"{self.lesson.name}.ipynb"
        return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)

    def cells(self, student: str) -> list[Any]:
        path = self.root / "autograded" / student / self.lesson.name / f"{self.lesson.name}.ipynb"
        return list(nbformat.read(path, as_version=4).cells)


def _chosen(answers: list[Answer], exercise: str, student: int) -> Answer:
    """Choose an answer so that the class has them from all over the list, another for each student."""
    at = crc32(exercise.encode()) + student * max(1, len(answers) // len(STUDENTS))
    return answers[at % len(answers)]


def _troubled(exercise: str, number: int, source: str) -> str:
    if "def " not in source:
        return f"{exercise} = [np.__file__, {{'a': np.__file__}}, __import__('sys').path]"
    body = HANGS if number == 1 else CRASHES if number == 2 else BODIES[number % len(BODIES)]
    return f"def {exercise}(*args, **named):\n    {body.replace('{one!r}', exercise)}"


def _hand_in(lesson: Lesson, root: Path) -> None:
    wrong: dict[str, list[Answer]] = {name: [] for name in aspects(lesson)}
    for answer in read_answers(lesson):
        if answer.kind != "right" and answer.status == "graded":
            wrong[answer.exercise].append(answer)
    for number, student in enumerate((*STUDENTS, TROUBLE)):
        notebook = nbformat.read(COURSE.release(lesson.name) / f"{lesson.name}.ipynb", as_version=4)
        for at, name in enumerate(wrong):
            (cell,) = [c for c in notebook.cells if cells.grade_id(c) == name]
            troubled = student == TROUBLE or not wrong[name]
            cell.source = (
                _troubled(name, at, cell.source)
                if troubled
                else str(_chosen(wrong[name], name, number).source)
            )
        notebook.cells.append(new_code_cell(PROWL, id="prowl"))
        folder = root / "submitted" / student / lesson.name
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{lesson.name}.ipynb")
    broken = root / "submitted" / "zed" / lesson.name
    broken.mkdir(parents=True)
    (broken / f"{lesson.name}.ipynb").write_text('{"cells": [}')


def _command(root: Path, *words: str) -> str:
    done = subprocess.run(
        [Path(sys.executable).parent / "autograder", *words], cwd=root, check=False, capture_output=True, text=True,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(Path.home()), "COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Graded]:
    """Grade a lesson's class when it is first asked for."""
    known: dict[str, Graded] = {}

    def grade(name: str) -> Graded:
        if name not in known:
            lesson, root = LESSONS[name], tmp_path_factory.mktemp("leaks") / "course"
            shutil.copytree(ROOT / "solutions" / name, root / "solutions" / name)
            (root / "assets").mkdir()
            shutil.copy(ROOT / "assets" / "digits.npz", root / "assets")
            limits = "c.SandboxedExecute.call_seconds = 1\nc.SandboxedExecute.hung_calls = 1\n"
            (root / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text() + limits)
            _hand_in(lesson, root)
            said = _command(root, "grade", name, "--jobs", "2", "--json", "grades.json")
            _command(root, "feedback", name)  # which ends by telling the teacher where the pages are
            entries = {entry["student"]: entry for entry in json.loads((root / "grades.json").read_text())}
            release = nbformat.read(COURSE.release(name) / f"{name}.ipynb", as_version=4)
            known[name] = Graded(lesson, root, secrets_of(lesson.notebook, release), entries, said)
        return known[name]

    return grade
