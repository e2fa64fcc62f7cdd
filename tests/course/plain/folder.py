"""The plain course as a folder of .ipynb files, made with jupytext and nbgrader alone."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import jupytext
import nbformat
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.nbgrader_setup import ensure_on_path

from .students import CLASS

if TYPE_CHECKING:
    from nbformat import NotebookNode

HERE = Path(__file__).parent
TEXT = ".py.txt"  # jupytext's percent format, out of the way of the tools that look at our own code
OURS = "from autograder.nbgrader_setup import configure\n\nc = get_config()\nconfigure(c)\n"
STOCK = "c = get_config()\n"


def notebook(text: Path) -> NotebookNode:
    """Read one assignment; what its cells' metadata leave out is filled in as nbgrader's editor would."""
    made: NotebookNode = jupytext.reads(text.read_text(), fmt="py:percent")
    made.metadata = nbformat.from_dict(
        {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    for number, cell in enumerate(made.cells):
        cell.id = f"cell-{number}"
        given = cell.metadata.get("nbgrader")
        if given:
            graded = given.get("grade", False)
            locked = (graded or given.get("task", False)) and not given.get("solution", False)
            default = {
                "schema_version": 3,
                "grade": False,
                "solution": False,
                "task": False,
                "locked": locked,
            }
            cell.metadata["nbgrader"] = nbformat.from_dict(default | given)
    return made


def stock_api(course: Path) -> NbGraderAPI:
    """Return nbgrader's own API on a course folder, as its commands would use it there."""
    ensure_on_path()
    config = Config()
    config.CourseDirectory.root = str(course)
    return NbGraderAPI(CourseDirectory(config=config), config=config)


def make(course: Path, *, config: str = STOCK, classmates: dict[str, list[str]] | None = None) -> Path:
    """Make the course, release it with stock nbgrader, and let its students hand in.

    Parameters
    ----------
    course
        A folder that does not exist yet.
    config
        The text of its nbgrader_config.py.
    classmates
        Students by assignment; everybody when None.
    """
    course.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(config)
    api = stock_api(course)
    for name, students in CLASS.items():
        folder = course / "source" / name
        folder.mkdir(parents=True)
        for path in sorted((HERE / name).iterdir()):
            if path.name.endswith(TEXT):
                nbformat.write(notebook(path), folder / f"{path.name.removesuffix(TEXT)}.ipynb")
            else:
                shutil.copy(path, folder)
        made = api.generate_assignment(name)
        assert made["success"], made.get("log")
        wanted = students if classmates is None else classmates.get(name, [])
        for student in wanted:
            hand_in(course, name, student, student)
    return course


def hand_in(course: Path, assignment: str, model: str, student: str) -> None:
    """Let `student` hand in what `model` of the class wrote."""
    target = course / "submitted" / student / assignment
    shutil.copytree(course / "release" / assignment, target)
    for path in target.glob("*.ipynb"):
        work = nbformat.read(path, as_version=4)
        nbformat.write(CLASS[assignment][model](copy.deepcopy(work)), path)
