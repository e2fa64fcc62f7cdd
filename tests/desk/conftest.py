"""The course that these tests hand in to."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from autograder.lesson.course import open_course
from autograder.nbgrader_setup import ensure_on_path

from .graded_course import ASSIGNMENT, DUE, POINTS, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty gradebook once: nbgrader starts a whole process for each new database."""
    ensure_on_path()
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with Gradebook(f"sqlite:///{path}") as book:
        book.add_assignment(ASSIGNMENT, duedate=DUE)
        book.add_notebook(ASSIGNMENT, ASSIGNMENT)
        for name, points in POINTS.items():
            book.add_grade_cell(name, ASSIGNMENT, ASSIGNMENT, max_score=points, cell_type="code")
            book.add_solution_cell(name.removeprefix("test_"), ASSIGNMENT, ASSIGNMENT)
    return path


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gradebook: Path) -> Iterator[Desk]:
    """Open a course folder with one assignment, whose config is the one our own courses use."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    root = tmp_path / "course"
    root.mkdir()
    shutil.copy(gradebook, root / "gradebook.db")
    (root / "nbgrader_config.py").write_text(
        "from autograder.nbgrader_setup import configure\n"
        "c = get_config()\n"
        "c.CourseDirectory.course_id = 'backprop'\n"
        f"c.Exchange.root = {str(tmp_path / 'exchange')!r}\n"
        "configure(c)\n"
    )
    opened = Desk(open_course(root))
    yield opened
    opened.book.close()
