"""What stands in a released notebook where the solution was.

nbgrader puts a statement that raises in its place. Inside brackets, where a student writes lines of their own
between given ones or one value alone, a statement is a syntax error; there a comment stands instead.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nbgrader.preprocessors import ClearSolutions as _ClearSolutions
from traitlets import Dict

from autograder.lesson.stubbing import reads

if TYPE_CHECKING:
    from nbformat import NotebookNode


class ClearSolutions(_ClearSolutions):  # type: ignore[misc]
    """nbgrader's step, which also knows a region inside brackets. Set up as ``c.ClearSolutions``."""

    code_stub: Any  # what nbgrader calls the statement
    lines_stub = Dict(
        {"python": "# YOUR LINES HERE"}, help="The text that replaces a solution inside brackets, by language"
    ).tag(config=True)
    value_stub = Dict(
        {"python": "# YOUR ANSWER HERE"}, help="The same, for one value alone in round brackets"
    ).tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        """Replace the cell's solution; inside brackets, where a statement has no place, by a comment."""
        written = cell.source
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        alone = re.search(r"\(\s*#[^\n]*" + re.escape(self.begin_solution_delimeter), written)
        lines = (self.value_stub if alone else self.lines_stub).get(resources["language"])
        if lines is None or cell.cell_type != "code" or reads(cell.source) or not reads(written):
            return cell, resources
        statement = self.code_stub
        self.code_stub = {**statement, resources["language"]: lines}
        try:
            cell.source = written
            return super().preprocess_cell(cell, resources, cell_index)  # type: ignore[no-any-return]
        finally:
            self.code_stub = statement
