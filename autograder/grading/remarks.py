"""What a lesson's cells say to whoever reads them: docstrings and comments, in which other exercises are named.

They call nothing. Students hand them in as they got them; where words are searched for what an exercise uses, these
are left out.
"""

from __future__ import annotations

import ast
import io
import tokenize
from typing import TYPE_CHECKING

from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from nbformat import NotebookNode

_DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def remarks_of(source: NotebookNode) -> dict[str, tuple[str, ...]]:
    """Return the docstrings and the lines of comment of each cell that students write in, by its grade id."""
    found = {}
    for cell in source.cells:
        name = cells.grade_id(cell)
        if name is not None and cell.cell_type == "code" and cells.is_solution(cell):
            found[name] = (*_docstrings(cell.source), *_comments(cell.source))
    return found


def without(source: str, remarks: tuple[str, ...]) -> str:
    """Return a cell without these, where they stand in it as they are."""
    lines = {remark for remark in remarks if remark.startswith("#")}
    for remark in remarks:
        if remark not in lines:
            source = source.replace(remark, "", 1)
    return "\n".join(line for line in source.split("\n") if line.strip() not in lines)


def _docstrings(source: str) -> list[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # a magic, say
        return []
    found = [
        ast.get_source_segment(source, node.body[0]) or ""
        for node in ast.walk(tree)
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None
    ]
    return [text for text in found if text.startswith(('"""', "'''"))]


def _comments(source: str) -> list[str]:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    return [t.string for t in tokens if t.type == tokenize.COMMENT and t.line.strip() == t.string]
