"""A lesson that a student has finished stays a small file: every figure, card and widget in it, under a megabyte.

The notebook is the student's with the reference for answers, run in a real kernel and kept as a front end keeps it:
with all outputs, and with the state of its widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbclient import NotebookClient
from our_lessons import the_lesson

from autograder.grading.sources import extra_files
from autograder.lesson import notebook as cells
from autograder.lesson.course import open_course

from .conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTE = 1_000_000
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*/*.ipynb"))
_STATE = "application/vnd.jupyter.widget-state+json"
_VIEW = "application/vnd.jupyter.widget-view+json"


def finished(name: str, folder: Path) -> nbformat.NotebookNode:
    """Run a lesson with its reference, beside the files that come with it."""
    course = open_course(ROOT)
    notebook = the_lesson(name).notebook
    for cell in notebook.cells:
        cell.source = cells.strip_hidden(cell.source)
    for path, data in extra_files(course.release(name), course.ignore, 1 << 30)[0]:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    NotebookClient(
        notebook, timeout=600, store_widget_state=True, resources={"metadata": {"path": str(folder)}}
    ).execute()
    return notebook


@pytest.mark.parametrize("name", LESSONS)
def test_a_finished_lesson_is_under_a_megabyte(name: str, tmp_path: Path) -> None:
    notebook = finished(name, tmp_path)
    shown = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    pictures = sum("image/png" in data for data in shown)
    widgets = [data[_VIEW]["model_id"] for data in shown if _VIEW in data]
    assert pictures == code.count("explore.Picture("), "a figure was not drawn"
    assert len(widgets) == code.count("explore.") - pictures, "an explorable was not shown"
    assert set(widgets) <= set(notebook.metadata["widgets"][_STATE]["state"]), (
        "the state of a widget is not kept"
    )
    assert len(nbformat.writes(notebook).encode()) < MEGABYTE
