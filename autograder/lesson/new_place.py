"""Where a new exercise goes: below another one and all that belongs to it, or at the end, before the closing part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.lesson import notebook as cells
from autograder.lesson.new_names import NewError
from autograder.lesson.whereabouts import closest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

_HEADING = re.compile(r"^#{1,3} \S")
_NUMBERED = re.compile(r"^## (?:(?P<part>\d+)\.)?(?P<number>\d+)(?P<dot>\.?) ")
_FENCE = ("```", "~~~")


@dataclass(frozen=True)
class Place:
    """A place between two cells, or inside a cell of text.

    Attributes
    ----------
    cell : int
        New cells come before this one; one more than there are for the end.
    offset : int
        Not 0: this cell is cut in two before that line of it, and new cells come between.
    """

    cell: int
    offset: int = 0


def find_place(notebook: Sequence[NotebookNode], after: str, where: str) -> Place:
    """Find the place below an exercise; at the end, where none is named.

    All that follows belongs to the exercise up to the next heading. If another exercise comes before that, nobody can tell
    whose the text between is, and the place is directly below the test.

    Raises
    ------
    NewError
        If there is no such exercise; the message lists those that are there.
    """
    graded = [at for at, cell in enumerate(notebook) if cells.is_graded(cell)]
    if after:
        last = _last_cell(notebook, after, where)
    elif graded:
        last = graded[-1]
    else:
        closing = len(notebook) - 1
        return Place(closing if closing > 0 and headings(notebook[closing])[:1] == [0] else len(notebook))
    for at in range(last + 1, len(notebook)):
        cell = notebook[at]
        found = headings(cell)
        if found:
            return Place(at, found[0] if cells.grade_id(cell) is None else 0)
        if cells.is_solution(cell) or cells.is_graded(cell):
            return Place(last + 1)
    return Place(len(notebook))


def headings(cell: NotebookNode) -> list[int]:
    """Return the lines of a cell of text, from 0, that are headings of sections."""
    if cell.cell_type != "markdown":
        return []
    found, inside = [], False
    for number, line in enumerate(cell.source.split("\n")):
        if line.lstrip().startswith(_FENCE):
            inside = not inside
        elif not inside and _HEADING.match(line):
            found.append(number)
    return found


def _last_cell(notebook: Sequence[NotebookNode], name: str, where: str) -> int:
    """Find the last cell of an exercise: its test, or the answer that a person reads."""
    places = {cells.grade_id(cell): at for at, cell in enumerate(notebook)}
    there = [
        grade_id
        for cell in notebook
        if (grade_id := cells.grade_id(cell)) and (cells.is_solution(cell) or cells.is_task(cell))
    ]
    if name not in there and name.removeprefix("test_") not in there and name not in places:
        raise NewError(
            f"There is no exercise {name} in {where}.{closest(name, there)} It has: {', '.join(there) or 'none'}."
        )
    bare = name if name in places else name.removeprefix("test_")
    return max(places[bare], places.get(f"test_{bare}", -1))


def heading_for(title: str, notebook: Sequence[NotebookNode], place: Place) -> tuple[str, bool]:
    """Return the heading's text, with the next number where the lesson numbers its headings.

    Returns
    -------
    str, bool
        And whether a number could not be given, since those below have theirs.
    """
    above, below = _numbers(notebook, place, above=True), _numbers(notebook, place, above=False)
    if not above or below:
        return title, bool(above and below)
    last = above[-1]
    part = f"{last['part']}." if last["part"] else ""
    return f"{part}{int(last['number']) + 1}{last['dot']} {title}", False


def _numbers(notebook: Sequence[NotebookNode], place: Place, *, above: bool) -> list[re.Match[str]]:
    found = []
    for at, cell in enumerate(notebook):
        lines = cell.source.split("\n")
        for number in headings(cell):
            is_above = at < place.cell or (at == place.cell and number < place.offset)
            match = _NUMBERED.match(lines[number])
            if match and is_above is above:
                found.append(match)
    return found
