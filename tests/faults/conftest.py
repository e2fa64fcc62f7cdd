"""A small class whose grading is broken off in many ways, and the marks that it has when nothing is."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psutil
import pytest
from grading.conftest import work
from grading.test_cli import hand_in, make_course

from autograder.grading.gradebook import Book
from autograder.grading.sources import source_notebooks
from autograder.lesson.course import open_course

SLOWLY = "import time; time.sleep(0.4)\n"  # so that there is somebody to kill
ANSWERS: dict[str, dict[str, str]] = {
    "ada": {},
    "bob": {"halve": "def halve(x):\n    return x"},
    "cy": {"double": "def double(x):\n    return x"},
    "dee": {"answer": "answer = 41"},
    "eve": {"double": "import os; os._exit(0)"},
    "fay": {"halve": "raise ValueError('no')"},
}


@pytest.fixture(scope="session")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a course in which everybody has handed in, and the gradebook knows nobody yet."""
    root = make_course(tmp_path_factory.mktemp("faults") / "course")
    for student, answers in ANSWERS.items():
        hand_in(root, student, work({**answers, "answer": SLOWLY + answers.get("answer", "answer = 42")}))
    hand_in(root, "guy", b"{ broken")
    opened = open_course(root)
    with Book(opened) as book:
        book.ensure_assignment("ps", source_notebooks(opened, "ps"))
    return root


@pytest.fixture
def course(handed_in: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(handed_in, tmp_path / "course"))


@pytest.fixture(scope="session")
def undisturbed(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Marks:
    """Return what a run comes to that nothing disturbs."""
    root = Path(shutil.copytree(handed_in, tmp_path_factory.mktemp("undisturbed") / "course"))
    with Run(root) as run:
        assert run.end() == 0, run.told
    found = marks(root)
    assert {entry["student"]: entry["score"] for entry in found.entries}["ada"] == 6
    return found


@dataclass(frozen=True)
class Marks:
    """What a course's JSON says, and what its gradebook holds."""

    entries: list[dict[str, Any]]
    rows: list[tuple[Any, ...]]


def marks(root: Path) -> Marks:
    """Read what a run has left, having looked that it left nothing half done."""
    assert not list((root / "autograded").glob("*/.ps.*"))
    with closing(sqlite3.connect(root / "gradebook.db")) as book:
        rows = book.execute(
            "select student.id, base_cell.name, auto_score, manual_score, needs_manual_grade from grade "
            "join submitted_notebook on grade.notebook_id = submitted_notebook.id "
            "join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id "
            "join student on student_id = student.id join base_cell on cell_id = base_cell.id "
            "order by student.id, base_cell.name"
        ).fetchall()
    return Marks(json.loads((root / "marks.json").read_text()), rows)


@dataclass
class Run:
    """`autograder grade` on a course, and the processes that it consists of."""

    root: Path
    options: tuple[str, ...] = ()
    told: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "autograder.cli", "grade", "--course", str(self.root),
                "--json", str(self.root / "marks.json"), *self.options,
            ],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self._seen: set[psutil.Process] = set()
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and see that nothing of it outlives it."""
        self.processes()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        _, alive = psutil.wait_procs(self._seen, timeout=30)
        assert not alive

    def end(self) -> int:
        """Wait for its end; return its exit code."""
        told, _ = self.process.communicate(timeout=300)
        self.told += told.splitlines()
        return self.process.returncode

    def until(self, words: str) -> str:
        """Read what it tells up to a line with these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.append(line)
            if words in line:
                return line
        raise AssertionError(f"it never said {words!r}: {self.told}")

    def processes(self) -> dict[str, list[psutil.Process]]:
        """Return its processes by what they are."""
        found: dict[str, list[psutil.Process]] = {"main": [], "examiner": [], "fork": [], "template": []}
        try:
            main = psutil.Process(self.process.pid)
            found["main"] = [main]
            for child in main.children():
                found["examiner"].append(child)
                for below in child.children():
                    found["template" if below.name() == "ag-template" else "fork"].append(below)
            self._seen.update(main.children(recursive=True))
        except psutil.Error:
            pass
        return found

    def find(self, kind: str, after: int, wait: float = 0.0) -> psutil.Process | None:
        """Return a process of a kind, so many seconds after so many are graded; none if the run ends before."""
        while self.process.poll() is None:
            if len(list((self.root / "autograded").glob("*/ps/.autograder.json"))) >= after:
                self._pause(wait)
                for found in self.processes()[kind]:
                    return found
            self._pause(0.002)
        return None

    def kill_one(self, kind: str, after: int, wait: float) -> bool:
        """Kill such a process; return whether there was one."""
        victim = self.find(kind, after, wait)
        if victim is not None:
            victim.kill()
        return victim is not None

    def _pause(self, seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
