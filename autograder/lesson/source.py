"""A lesson's text source, read: NAME.py in jupytext percent format becomes a notebook with nbgrader metadata.

The same text always gives the same notebook, byte for byte: cell ids come from grade ids or from the cell's
text. Nothing is judged here; `slips` does that, with the line numbers kept here.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jupytext
import nbformat
from jupytext.cell_reader import DoublePercentScriptCellReader
from jupytext.header import header_to_metadata_and_cell

from autograder.lesson.notebook import grade_id

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

_NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
_JUPYTEXT_NOISE = (
    "cell_marker",
    "incorrectly_encoded_metadata",
    "lines_to_end_of_cell_marker",
    "lines_to_next_cell",
    "noskipline",
    "skipline",
)
_HEADER = re.compile(r"^\s*#\s*%%")
_SCHEMA = 3
_LONGEST_ID = 64


class SourceError(Exception):
    """A lesson source that cannot be read at all. The message starts with its file."""


@dataclass(frozen=True)
class Lesson:
    """One lesson, as its author wrote it.

    Attributes
    ----------
    name : str
        Name of the assignment: the folder's, and the source's without ``.py``.
    path : Path
        The text source.
    text : tuple of str
        Its lines.
    notebook : NotebookNode
        The instructor's notebook, solutions and hidden tests included.
    headers : tuple of int
        For each cell, the line of its ``# %%`` header, counted from 1.
    firsts : tuple of int
        For each cell, the line where its source begins.
    """

    name: str
    path: Path
    text: tuple[str, ...]
    notebook: NotebookNode
    headers: tuple[int, ...]
    firsts: tuple[int, ...]

    def line(self, cell: int, offset: int = 0) -> int:
        """Line in the text source of line `offset` (from 0) of a cell's source."""
        return self.firsts[cell] + offset

    def notebook_text(self) -> str:
        """Return the instructor's notebook as the exact text of its .ipynb file."""
        text: str = nbformat.writes(self.notebook, version=4)
        return text + "\n"


def read_lesson(path: Path) -> Lesson:
    """Read a lesson source.

    Parameters
    ----------
    path : Path
        ``.../NAME/NAME.py``.

    Returns
    -------
    Lesson
        With nbgrader's metadata written out in full from its short form.

    Raises
    ------
    SourceError
        If the file is not text, or not a notebook for jupytext.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}:1: cannot be read: {error}. Save it as UTF-8 text.") from error
    try:
        notebook = jupytext.reads(text, fmt="py:percent")
        starts = _cell_starts(text)
    except Exception as error:
        first = str(error).strip().split("\n", 1)[0]
        raise SourceError(
            f"{path}:1: jupytext cannot read it: {first}. Mend the header at its top."
        ) from error
    if len(starts) != len(notebook.cells):
        raise SourceError(
            f"{path}:1: cells and lines do not match. Check its `# %%` lines and triple quotes."
        )
    lines = text.splitlines()
    for cell in notebook.cells:
        _complete(cell)
    _name_cells(notebook.cells)
    notebook.metadata = nbformat.from_dict(_NOTEBOOK_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    firsts = [_first_line(lines, start, cell) for start, cell in zip(starts, notebook.cells, strict=True)]
    return Lesson(
        name=path.stem,
        path=path,
        text=tuple(lines),
        notebook=notebook,
        headers=tuple(start + 1 for start in starts),
        firsts=tuple(first + 1 for first in firsts),
    )


def _cell_starts(text: str) -> list[int]:
    """Find the line (from 0) where each cell starts, walking with jupytext's own reader."""
    lines = text.splitlines()
    _, _, header_cell, position = header_to_metadata_and_cell(lines, "#", "", ".py")
    starts = [0] if header_cell else []
    while position < len(lines):
        starts.append(position)
        reader = DoublePercentScriptCellReader({"extension": ".py", "format_name": "percent"}, "python")
        _, length = reader.read(lines[position:])
        position += length
    return starts


def _first_line(lines: list[str], start: int, cell: NotebookNode) -> int:
    """Find where a cell's source begins: below its header, and below the quotes of a quoted markdown cell."""
    first = start + 1 if start < len(lines) and _HEADER.match(lines[start]) else start
    quoted = cell.cell_type != "code" and first < len(lines) and lines[first].lstrip("rR") in {'"""', "'''"}
    return first + 1 if quoted else first


def _complete(cell: NotebookNode) -> None:
    """Write nbgrader's short form out in full, and take away what only jupytext needs."""
    for name in _JUPYTEXT_NOISE:
        cell.metadata.pop(name, None)
    short = cell.metadata.get("nbgrader")
    if not isinstance(short, dict):
        return
    solution, task = short.get("solution", False), short.get("task", False)
    grade = short.get("grade", False)
    full: dict[str, Any] = {
        "grade": grade,
        "locked": bool((grade or task) and not solution),
        "schema_version": _SCHEMA,
        "solution": solution,
        "task": task,
        **short,
    }
    cell.metadata["nbgrader"] = nbformat.from_dict(full)


def _name_cells(cells: list[NotebookNode]) -> None:
    """Give each cell an id that depends on its grade id or its text alone; twins are counted."""
    taken: set[str] = set()
    for cell in cells:
        name = grade_id(cell)
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        stem = re.sub(r"[^A-Za-z0-9_-]", "-", name)[: _LONGEST_ID - 4] if name else digest
        chosen, count = stem, 1
        while chosen in taken:
            count += 1
            chosen = f"{stem}-{count}"
        taken.add(chosen)
        cell.id = chosen
