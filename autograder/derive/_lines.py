"""A line on its way to the judge: its text, its tree, how it is typeset, its entries, or why it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.derive._build import build
from autograder.derive._indices import Misfit
from autograder.derive._latex import latex
from autograder.derive._read import MAX_CHARACTERS, Unreadable, read
from autograder.derive._table import Table, table

if TYPE_CHECKING:
    import ast

    from autograder.derive._prepared import Prepared


@dataclass
class Read:
    """A line on its way: what was read, and what stood in the way."""

    number: int
    text: str
    latex: str = ""
    table: Table | None = None
    tree: ast.expr | None = None
    says: str = ""
    misfit: bool = False


def read_line(ready: Prepared, number: int, text: object) -> Read:
    """Read a line, or keep why it cannot be read."""
    shown = text if isinstance(text, str) else "" if text is None or text is ... else type(text).__name__
    line = Read(number, shown if len(shown) <= MAX_CHARACTERS else shown[:80] + "...")
    try:
        line.tree = read(text)
        arrays = frozenset(
            name for name in (*ready.scope.variables, *ready.scope.lets) if ready.scope.shape(name)
        )
        alone = len(ready.scope.variables) == 1 and not arrays and not ready.scope.lets
        line.latex = latex(line.tree, arrays, partial=not alone)
        line.table = table(ready.scope, build(ready.scope, line.tree))
    except Unreadable as error:
        line.says = error.under(line.text)
        line.misfit = isinstance(error, Misfit)
    return line
