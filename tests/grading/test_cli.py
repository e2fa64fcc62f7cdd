"""`autograder grade`, as a teacher runs it: what it writes, how it ends, what it says when there is nothing to do."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from .conftest import lesson, work

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

pytestmark = pytest.mark.sandbox


def make_course(folder: Path) -> Path:
    """Make a course with one assignment, `ps`, in nbgrader's default folders."""
    (folder / "source" / "ps").mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(
        "from autograder.nbgrader_setup import configure\nc = get_config()\nconfigure(c)\n"
    )
    nbformat.write(lesson(), folder / "source" / "ps" / "ps.ipynb")
    return folder


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return make_course(tmp_path / "course")


def hand_in(course: Path, student: str, notebook: NotebookNode | bytes) -> None:
    folder = course / "submitted" / student / "ps"
    folder.mkdir(parents=True)
    data = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
    (folder / "ps.ipynb").write_bytes(data)


def grade(course: Path, *options: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """Run the command; return how it ended and the entries of its JSON by student."""
    file = course / "marks.json"
    command = [
        sys.executable,
        "-m",
        "autograder.cli",
        "grade",
        "--course",
        str(course),
        "--json",
        str(file),
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    entries = json.loads(file.read_text()) if file.exists() else []
    return done, {entry["student"]: entry for entry in entries}


def test_every_submission_has_an_entry_and_the_command_ends_with_0(course: Path) -> None:
    hand_in(course, "ada", work())
    hand_in(course, "bob", b"{ broken")
    hand_in(course, "cy", work({"double": "import os; os._exit(0)"}))
    done, entries = grade(course)
    assert done.returncode == 0, done.stderr
    assert {name: (e["status"], e["score"]) for name, e in entries.items()} == {
        "ada": ("graded", 6),
        "bob": ("rejected", 0),
        "cy": ("partial", 4),
    }
    assert "not a readable notebook" in entries["bob"]["reason"]
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        assert {s.student.id: s.score for s in book.assignment_submissions("ps")} == {
            "ada": 6,
            "bob": 0,
            "cy": 4,
        }
        assert book.find_submission(
            "ps", "bob"
        ).needs_manual_grade  # a person looks at what could not be read


def test_grading_again_gives_the_same_marks(course: Path) -> None:
    hand_in(course, "ada", work({"halve": "def halve(x):\n    return x"}))
    first, second = (grade(course)[1] for _ in range(2))
    assert first == second


def test_one_student_alone_can_be_graded(course: Path) -> None:
    for name in ("ada", "bob"):
        hand_in(course, name, work())
    _, entries = grade(course, "--student", "bob")
    assert list(entries) == ["bob"]


def test_with_nothing_handed_in_it_says_where_it_looked(course: Path) -> None:
    done, _ = grade(course)
    assert done.returncode == 1
    assert f"nothing handed in for any assignment; looked in {course}/submitted" in done.stderr


def test_a_notebook_beside_the_lessons_folders_is_named(course: Path) -> None:
    (course / "submitted" / "bob").mkdir(parents=True)
    (course / "submitted" / "bob" / "ps.ipynb").write_text(nbformat.writes(work()))
    said = "submitted/bob/ps.ipynb lies outside a lesson's folder and is not graded: put such a notebook into submitted/"
    done, _ = grade(course)
    assert done.returncode == 1
    assert "put each notebook into submitted/STUDENT/ASSIGNMENT" in done.stderr
    assert f"{said}STUDENT/ASSIGNMENT" in done.stderr
    hand_in(course, "ada", work())
    done, entries = grade(course)
    assert f"{said}STUDENT/ASSIGNMENT.\n" in done.stdout
    assert set(entries) == {"ada"}


def test_a_student_who_handed_nothing_in_is_named(course: Path) -> None:
    hand_in(course, "ada", work())
    done, _ = grade(course, "--student", "eve")
    assert done.returncode == 1
    assert "eve handed in nothing" in done.stderr
    assert "Did you mean" not in done.stderr
    done, _ = grade(course, "--student", "ada1")
    assert done.stderr.strip().endswith("Did you mean ada?")


def test_without_a_sandbox_every_mark_says_so(course: Path) -> None:
    hand_in(course, "ada", work())
    done, entries = grade(course, "--unsafe-no-sandbox")
    assert "student code runs as you" in done.stderr
    assert (entries["ada"]["score"], entries["ada"]["sandboxed"]) == (6, False)
    assert "this mark could have been forged" in entries["ada"]["mends"][0]
    graded = nbformat.read(course / "autograded" / "ada" / "ps" / "ps.ipynb", 4)
    assert graded.metadata.autograder.sandboxed is False


def test_limits_are_the_courses_own(course: Path) -> None:
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.SandboxedExecute.call_seconds = 0.5\n")
    hand_in(course, "ada", work({"double": "def double(x):\n    while True: pass"}))
    _, entries = grade(course)
    assert "double had not returned after 0.5 s" in entries["ada"]["cells"]["test_double"]["message"]
