"""What stands in a released cell for its solution, as plain data and a plain function.

The release itself is made by `autograder.lesson.stubs`, which is nbgrader's step. Grading needs to know a stub when it
sees one, for each submission, and without nbgrader's imports.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import msgspec

from autograder.lesson.sections import ClearSolutions

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from traitlets.config import Config


class Stubs(msgspec.Struct, frozen=True):
    """A course's stubs.

    Attributes
    ----------
    code, lines, value
        By language: for a statement, for lines inside brackets, for one value in round brackets.
    text
        In a cell of text.
    begin, end
        Words of the lines around a solution.
    """

    code: dict[str, str]
    lines: dict[str, str]
    value: dict[str, str]
    text: str
    begin: str
    end: str

    def stubbed(self, cell: NotebookNode, language: str) -> str:
        """Return the source of a cell that students write in, as they get it.

        Raises
        ------
        RuntimeError
            If its markers do not pair up.
        """
        written: str = cell.source
        found = self._replaced(cell, self.code[language])
        alone = re.search(r"\(\s*#[^\n]*" + re.escape(self.begin), written)
        lines = (self.value if alone else self.lines).get(language)
        if lines is None or cell.cell_type != "code" or reads(found) or not reads(written):
            return found
        return self._replaced(cell, lines)

    def _replaced(self, cell: NotebookNode, code: str) -> str:
        stub = code if cell.cell_type == "code" else self.text
        lines: list[str] = []
        inside = replaced = False
        for line in cell.source.split("\n"):
            if self.begin in line:
                if inside:
                    raise RuntimeError("encountered nested begin solution statements")
                inside = replaced = True
                indent = line[: len(line) - len(line.lstrip())]
                lines += [indent + one for one in stub.split("\n")]
            elif self.end in line:
                inside = False
            elif not inside:
                lines.append(line)
        if inside:
            raise RuntimeError("no end solution statement found")
        return "\n".join(lines) if replaced else stub


def stubs_of(config: Config | None) -> Stubs:
    """Return the stubs that a course's config sets."""
    found = ClearSolutions(config=config)
    return Stubs(
        dict(found.code_stub), dict(found.lines_stub), dict(found.value_stub), found.text_stub,
        found.begin_solution_delimeter, found.end_solution_delimeter,
    )  # fmt: skip


def language_of(notebook: NotebookNode, stubs: Stubs) -> str:
    """Return the language that a notebook's stubs are in.

    Raises
    ------
    ValueError
        If the course has no stub in it.
    """
    language: str = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if language not in stubs.code:
        raise ValueError(f"language '{language}' has not been specified in ClearSolutions.code_stub")
    return language


def reads(source: str) -> bool:
    """Whether this is Python as it stands; a cell with a magic in it is not."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True
