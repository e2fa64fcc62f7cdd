"""A new exercise in a lesson's text source: lines are put between lines, and every other line stays as it was."""

from __future__ import annotations

import ast
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.lesson.new_names import CellError, NewError, bound_names, refuse_taken
from autograder.lesson.new_place import Place, find_place, heading_for
from autograder.lesson.new_text import USES, Group, exercise_text, setup_text, spots
from autograder.lesson.slips import read_slips
from autograder.lesson.source import Lesson, SourceError, read_lesson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

UNNUMBERED = "Its heading has no number: the headings below have theirs. Number them as you like."


def into_source(
    path: Path, before: bytes, group: Group, after: str, notes: list[str]
) -> tuple[bytes, int, list[tuple[int, str]]]:
    """Return a source with an exercise added, the line where it begins, and what to write at which line.

    Raises
    ------
    NewError
        If the source has errors, or no room for such an exercise.
    """
    lesson = _read(path)
    cells = lesson.notebook.cells
    refuse_taken(group.name, cells, path.name)
    place = find_place(cells, group_after(after), path.name)
    place = place if _can_be_cut(lesson, place) else Place(place.cell)
    bound = bound_above(lesson, place)
    heading, unnumbered = heading_for(group.heading, cells, place)
    notes += [UNNUMBERED] if unnumbered else []
    group = Group(group.name, group.kind, heading, group.points)
    missing = [name for name in USES[group.kind] if name not in bound]
    setup = f"{setup_text(f'setup_{group.name}', missing)}\n\n" if missing else ""
    exercise = exercise_text(group, bound)
    head, tail = _cut(lesson, place)
    gap = 2 if _ends_in_definition(lesson, place) else 1
    lines = [*head, *[""] * (gap if head else 0), *(setup + exercise).split("\n")]
    first = len(lines) - exercise.count("\n")
    if tail:
        lines += [*[""] * (2 if _begins_with_definition(lesson, place) else 1), *tail]
    text = "\n".join(lines) + "\n"
    newline = "\r\n" if b"\r\n" in before else "\n"
    _proof(path, text)
    return text.replace("\n", newline).encode(), first, spots(group, exercise, first)


def group_after(after: str) -> str:
    """Return the exercise that was named, without what people copy around it."""
    return after.strip().strip("`'\"")


def _read(path: Path) -> Lesson:
    """Read a source that has no slip and no cell that cannot be read."""
    try:
        lesson = read_lesson(path)
    except SourceError as error:
        raise NewError(f"{error}\nNothing was written.") from error
    found = [str(slip) for slip in read_slips(lesson)]
    for at, cell in enumerate(lesson.notebook.cells):
        if cell.cell_type == "code":
            try:
                bound_names(cell.source)
            except CellError as error:
                found.append(
                    f"{path}:{lesson.line(at, error.offset)}: this cell is no Python: {error}. Mend it."
                )
    if found:
        raise NewError("\n".join([*found, f"Nothing was written: mend {path.name} first, then ask again."]))
    return lesson


def bound_above(lesson: Lesson, place: Place) -> set[str]:
    """Return the names that the cells above a place bind."""
    return names_of_cells(lesson.notebook.cells[: place.cell])


def names_of_cells(cells: Sequence[NotebookNode]) -> set[str]:
    """Return the names that code cells bind; one that is no Python binds none."""
    found: set[str] = set()
    for cell in cells:
        if cell.cell_type == "code":
            try:
                found |= bound_names(cell.source)
            except CellError:
                continue
    return found


def _can_be_cut(lesson: Lesson, place: Place) -> bool:
    """Whether a cell of text is written with # in front of each line, and not between quotes."""
    return not place.offset or lesson.text[lesson.line(place.cell, place.offset) - 1].startswith("#")


def _cut(lesson: Lesson, place: Place) -> tuple[list[str], list[str]]:
    """Return the lines above and below a place, without the blank ones between."""
    lines = list(lesson.text)
    if place.cell >= len(lesson.headers):
        at = len(lines)
    elif place.offset:
        at = lesson.line(place.cell, place.offset) - 1
    else:
        at = lesson.headers[place.cell] - 1
    head, tail = lines[:at], lines[at:]
    while head and head[-1].strip() in ({"", "#"} if place.offset else {""}):
        head.pop()
    return head, ["# %% [markdown]", *tail] if place.offset else tail


def _ends_in_definition(lesson: Lesson, place: Place) -> bool:
    cell = lesson.notebook.cells[place.cell - 1] if place.cell and not place.offset else None
    body = _body(cell)
    return bool(body) and isinstance(body[-1], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _begins_with_definition(lesson: Lesson, place: Place) -> bool:
    cell = (
        lesson.notebook.cells[place.cell] if place.cell < len(lesson.headers) and not place.offset else None
    )
    body = _body(cell)
    return bool(body) and isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _body(cell: NotebookNode | None) -> list[ast.stmt]:
    if cell is None or cell.cell_type != "code":
        return []
    try:
        return ast.parse(str(cell.source)).body
    except SyntaxError:
        return []


def _proof(path: Path, text: str) -> None:
    """Read what would be written: whatever the source was like, it must be one afterwards."""
    with tempfile.TemporaryDirectory(prefix="autograder-new-") as folder:
        draft = Path(folder, path.name)
        draft.write_text(text, encoding="utf-8")
        slips = read_slips(read_lesson(draft))
    if slips:
        said = "; ".join(f"line {slip.line}: {slip.message}" for slip in slips)
        raise NewError(f"There is no room for it in {path}: {said}. Nothing was written.")
