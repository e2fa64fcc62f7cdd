"""A new exercise in a notebook of a plain nbgrader course: cells are put between cells."""

from __future__ import annotations

import copy
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from autograder.lesson.new_names import NewError, refuse_taken
from autograder.lesson.new_place import Place, find_place, heading_for
from autograder.lesson.new_source import UNNUMBERED, group_after, names_of_cells
from autograder.lesson.new_text import USES, Group, exercise_text, setup_text
from autograder.lesson.source import read_lesson

if TYPE_CHECKING:
    from nbformat import NotebookNode

_FORMAT = 4
_WITH_IDS = 5  # the minor version from which cells have ids
_SCHEMA = 3


def into_notebook(path: Path, before: bytes, group: Group, after: str, notes: list[str]) -> bytes:
    """Return a notebook with an exercise added.

    Raises
    ------
    NewError
        If it cannot be read, is of an old format, or has no room for such an exercise.
    """
    notebook = _read(path, before)
    cells = notebook.cells
    refuse_taken(group.name, cells, path.name)
    place = find_place(cells, group_after(after), path.name)
    bound = names_of_cells(cells[: place.cell])
    heading, unnumbered = heading_for(group.heading, cells, place)
    notes += [UNNUMBERED] if unnumbered else []
    group = Group(group.name, group.kind, heading, group.points)
    missing = [name for name in USES[group.kind] if name not in bound]
    text = exercise_text(group, bound)
    if missing:
        text = f"{setup_text(f'setup_{group.name}', missing)}\n\n{text}"
    new = _cells(text, with_ids=notebook.nbformat_minor >= _WITH_IDS)
    if place.offset:
        cells[place.cell : place.cell + 1] = _halves(cells[place.cell], place, notebook.nbformat_minor)
        place = Place(place.cell + 1)
    cells[place.cell : place.cell] = new
    notes.append(
        f"It is in {path.name}. If that is open in JupyterLab, close it there without saving, and open it again."
    )
    written: str = nbformat.writes(notebook)
    return f"{written}\n".encode()


def _read(path: Path, before: bytes) -> NotebookNode:
    try:
        notebook: NotebookNode = nbformat.reads(before.decode(), nbformat.NO_CONVERT)
    except Exception as error:
        first = str(error).strip().split("\n", 1)[0][:200]
        raise NewError(f"{path} is no notebook that can be read: {first}. Nothing was written.") from error
    if notebook.nbformat != _FORMAT:
        raise NewError(
            f"{path} is of an old format ({notebook.nbformat}). Open it in JupyterLab and save it, then ask again."
        )
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if language != "python":
        raise NewError(f"{path} is in {language}; new exercises are in Python. Nothing was written.")
    for cell in notebook.cells:
        schema = cell.metadata.get("nbgrader", {}).get("schema_version", _SCHEMA)
        if schema != _SCHEMA:
            raise NewError(f"{path} is of an older nbgrader. Run first: nbgrader update {path}")
    return notebook


def _cells(text: str, *, with_ids: bool) -> list[NotebookNode]:
    """Make the cells of a text, as a lesson's source would give them."""
    with tempfile.TemporaryDirectory(prefix="autograder-new-") as folder:
        draft = Path(folder, "new.py")
        draft.write_text(f"{text}\n", encoding="utf-8")
        found: list[NotebookNode] = read_lesson(draft).notebook.cells
    for cell in found:
        if with_ids:
            cell.id = uuid.uuid4().hex[:8]
        else:
            cell.pop("id", None)
    return found


def _halves(cell: NotebookNode, place: Place, minor: int) -> list[NotebookNode]:
    """Cut a cell of text in two."""
    lines = cell.source.split("\n")
    second = copy.deepcopy(cell)
    cell.source = "\n".join(lines[: place.offset]).rstrip()
    second.source = "\n".join(lines[place.offset :])
    if minor >= _WITH_IDS:
        second.id = uuid.uuid4().hex[:8]
    return [cell, second]
