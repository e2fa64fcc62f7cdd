"""What a student added to a cell that is locked: kept when the cell is restored.

An answer written into a test cell, an import added to the setup cell: their owner counts on them. Statements that
bind a name which the lesson's own cell does not bind are kept, as text; everything else was a change of the
lesson's words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autograder.grading.exercises import bound
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.grading.exercises import Outline

_DEFINES = re.compile(r"(?:async[ \t]+)?def[ \t]|class[ \t]|from[ \t]|import[ \t]")
_CONTINUES = re.compile(r"[\s)\]}#]|else\b|elif\b|except\b|finally\b|$")


def additions(cell: NotebookNode, original: NotebookNode, lesson: Outline) -> str:
    """Return what a changed locked cell binds beyond its original, as the text of a cell.

    Of a test cell only definitions, imports and answers are kept: what else stands there tries things out.
    """
    if original.cell_type != "code":
        return ""
    own = bound(original.source)
    asked = {name for exercise in lesson.exercises.values() for name in exercise.asked}
    kept = []
    for statement in _statements(cell.source):
        names = bound(statement)
        if not names - own:
            continue
        code = statement.lstrip("\n")
        head = code.split("\n@", 1)[-1] if code.startswith("@") else code
        defines = bool(_DEFINES.match(head)) or head.startswith("@") or bool(_DEFINES.search("\n" + head))
        if not cells.is_test(original) or names & asked or (defines and "\n" in code) or _DEFINES.match(code):
            kept.append(statement.strip("\n"))
    return "\n".join(kept)


def _statements(source: str) -> list[str]:
    """Split a cell's text at the lines where a statement of the top level begins."""
    found: list[list[str]] = []
    decorated = False
    for line in source.split("\n"):
        if found and (decorated or _CONTINUES.match(line)):
            found[-1].append(line)
        else:
            found.append([line])
        decorated = line.startswith("@")
    return ["\n".join(lines) for lines in found]
