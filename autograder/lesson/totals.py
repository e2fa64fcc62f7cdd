"""What a test cell says of its marks, read without running it: that it hands them over, and that they add up."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from nbformat import NotebookNode


def faults(cell: NotebookNode) -> list[tuple[str, str]]:
    """Return (message, advice) for what is wrong with a test cell that uses `check.marks`; others are left alone."""
    if not cells.is_test(cell):
        return []
    try:
        tree = ast.parse(cell.source)
    except (SyntaxError, ValueError):  # told when it is run
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = [call for call in calls if ast.unparse(call.func) == "check.marks"]
    if not made:
        return []
    name = cells.grade_id(cell)
    found = []
    if not any(isinstance(call.func, ast.Attribute) and call.func.attr == "total" for call in calls):
        found.append((f"test `{name}` never calls marks.total()", "Make it the cell's last line."))
    points, together = cells.points(cell), _together(made)
    if points is not None and together is not None and abs(points - together) > 1e-9:  # noqa: PLR2004 - rounding
        found.append(
            (
                f"the aspects of `{name}` add up to {together:g}, and its cell has {points:g} points",
                'Make them equal: in `check.marks(...)`, or in its header\'s "points".',
            )
        )
    return found


def _together(made: list[ast.Call]) -> float | None:
    """Add up the points of all aspects; None where that is not plain to see."""
    if len(made) != 1:
        return None
    values = [word.value for word in made[0].keywords if word.arg]
    numbers = [value.value for value in values if isinstance(value, ast.Constant)]
    plain = [number for number in numbers if isinstance(number, int | float)]
    return float(sum(plain)) if len(plain) == len(made[0].keywords) and plain else None
