"""What a notebook cell is to nbgrader, and which of its lines a student must not see.

Plain functions over nbformat cells; nothing is read or written here. The rule for markers is nbgrader's own:
a line is a marker if the words stand anywhere in it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode


class Secret(enum.Enum):
    """A kind of region that never reaches a student; the value is the words of its markers."""

    SOLUTION = "SOLUTION"
    HIDDEN_TESTS = "HIDDEN TESTS"
    MARK_SCHEME = "MARK SCHEME"


_WORDS = tuple(f"{edge} {kind.value}" for edge in ("BEGIN", "END") for kind in Secret)


@dataclass(frozen=True)
class Region:
    """Lines `begin` to `end`, both markers included, counted from 0."""

    kind: Secret
    begin: int
    end: int


@dataclass(frozen=True)
class MarkerFault:
    """A marker that does not pair up, at a line counted from 0."""

    line: int
    message: str
    advice: str


def grade_id(cell: NotebookNode) -> str | None:
    """Return the cell's grade id, or None for a cell nbgrader does not know."""
    name = _nbgrader(cell).get("grade_id")
    return name if isinstance(name, str) and name else None


def points(cell: NotebookNode) -> float | None:
    """Points of a graded cell, or None if it has none or they are no number."""
    value = _nbgrader(cell).get("points")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except OverflowError:  # a number of four hundred digits is nobody's points
        return None


def is_solution(cell: NotebookNode) -> bool:
    """Tell whether a student writes in this cell."""
    return bool(_nbgrader(cell).get("solution", False))


def is_graded(cell: NotebookNode) -> bool:
    """Tell whether the cell carries points, by a test or by hand."""
    return bool(_nbgrader(cell).get("grade", False)) or is_task(cell)


def is_test(cell: NotebookNode) -> bool:
    """Tell whether this is a test cell: code that is graded by running it."""
    return bool(cell.cell_type == "code" and _nbgrader(cell).get("grade", False) and not is_solution(cell))


def is_task(cell: NotebookNode) -> bool:
    """Tell whether this is one of nbgrader's task cells, which a person marks."""
    return bool(_nbgrader(cell).get("task", False))


def is_marked_by_hand(cell: NotebookNode) -> bool:
    """Tell whether a person gives the points: an answer graded by reading it, or a task."""
    return is_task(cell) or (is_solution(cell) and is_graded(cell))


def is_locked(cell: NotebookNode) -> bool:
    """Tell whether nbgrader restores the cell's source before grading."""
    if is_solution(cell):
        return False
    return is_graded(cell) or bool(_nbgrader(cell).get("locked", False))


def tags(cell: NotebookNode) -> frozenset[str]:
    """Return the cell's Jupyter tags."""
    return frozenset(str(tag) for tag in cell.metadata.get("tags", ()))


def scan(source: str) -> tuple[list[Region], list[MarkerFault]]:
    """Find every secret region of a cell, and every marker that does not pair up.

    A region that is never closed runs to the end of the cell, so that nothing of it can be taken for visible.
    """
    regions: list[Region] = []
    faults: list[MarkerFault] = []
    if not any(word in source for word in _WORDS):
        return regions, faults
    lines = source.split("\n")
    opened: tuple[Secret, int] | None = None
    for number, line in enumerate(lines):
        if "BEGIN " not in line and "END " not in line:
            continue
        for kind in Secret:
            if f"BEGIN {kind.value}" in line:
                if opened is None:
                    opened = (kind, number)
                else:
                    faults.append(_nested(kind, number, opened[0]))
            elif f"END {kind.value}" in line:
                if opened is not None and opened[0] is kind:
                    regions.append(Region(kind, opened[1], number))
                    opened = None
                else:
                    faults.append(_unopened(kind, number))
    if opened is not None:
        kind, begin = opened
        regions.append(Region(kind, begin, len(lines) - 1))
        faults.append(
            MarkerFault(
                begin,
                f"`BEGIN {kind.value}` is never closed",
                f"Add `### END {kind.value}` in the same cell.",
            )
        )
    return regions, faults


def strip_hidden(source: str) -> str:
    """Source without its hidden tests and marking schemes: what feedback may show."""
    return _without(source, {Secret.HIDDEN_TESTS, Secret.MARK_SCHEME})


def hidden_lines(source: str) -> frozenset[int]:
    """Line numbers, from 1 as in a traceback, that `strip_hidden` takes away."""
    regions, _ = scan(source)
    return frozenset(
        number + 1
        for region in regions
        if region.kind is not Secret.SOLUTION
        for number in range(region.begin, region.end + 1)
    )


def secret_blocks(source: str) -> list[tuple[Secret, str]]:
    """Return the text between the markers of each region that has any, without blank lines around it."""
    lines = source.split("\n")
    found = []
    for region in scan(source)[0]:
        block = "\n".join(lines[region.begin + 1 : region.end]).strip()
        if block:
            found.append((region.kind, block))
    return found


def _without(source: str, kinds: set[Secret]) -> str:
    hidden = {
        number
        for region in scan(source)[0]
        if region.kind in kinds
        for number in range(region.begin, region.end + 1)
    }
    if not hidden:
        return source
    return "\n".join(line for number, line in enumerate(source.split("\n")) if number not in hidden)


def _nested(kind: Secret, line: int, outer: Secret) -> MarkerFault:
    return MarkerFault(
        line,
        f"`BEGIN {kind.value}` inside a region opened by `BEGIN {outer.value}`",
        f"Close the outer region with `### END {outer.value}` first; regions do not nest.",
    )


def _unopened(kind: Secret, line: int) -> MarkerFault:
    return MarkerFault(
        line,
        f"`END {kind.value}` closes nothing",
        f"Add `### BEGIN {kind.value}` above it in the same cell, or take this line away.",
    )


def _nbgrader(cell: NotebookNode) -> Mapping[str, Any]:
    found = cell["metadata"].get("nbgrader")
    return found if isinstance(found, dict) else {}
