"""The last look before students' notebooks are written, for anything that only instructors may see.

nbgrader has already taken the secrets out. This is a second, independent look, and any doubt stops the build.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import nbformat

from autograder.lesson.notebook import Secret, grade_id, secret_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

    from autograder.lesson.source import Lesson

# nbgrader's rule for markers, and the same words as a comment in any letters.
_MARKER = re.compile(
    rb"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)"
    rb"|#\s*((?i:begin|end) +(?i:solution|hidden tests|mark scheme))\b"
)
_LESSON_SOURCE = re.compile(rb"^\s*#\s*%%.*nbgrader", re.MULTILINE)
_SECRET_FILES = {"samples.py", "answers.py", "equivalent.toml"}


def find_leaks(release: Path, lesson: Lesson | None = None) -> list[str]:
    """Look through one assignment's release folder.

    Parameters
    ----------
    release : Path
        The folder as students would get it.
    lesson : Lesson, optional
        Its source, when there is one: no block of its secrets may be found again.

    Returns
    -------
    list of str
        One line per leak, with the file and what to do; empty if all is well.
    """
    leaks: list[str] = []
    files = sorted(file for file in release.rglob("*") if file.is_file())
    for file in files:
        shown = file.relative_to(release.parent)
        content = file.read_bytes()
        marker = _MARKER.search(content)
        if marker:
            leaks.append(
                f"{shown}: has the marker `{marker.group().lstrip(b'# ').decode()}`. Take it out of what is released."
            )
        named = (
            file.name in _SECRET_FILES or file.name == f"{release.name}.py" or file.name.startswith("kept.")
        )
        if named or _LESSON_SOURCE.search(content):
            leaks.append(
                f"{shown}: is a lesson's source or is kept for grading. Add its name to CourseDirectory.ignore."
            )
    if lesson is not None:
        notebook = release / f"{lesson.name}.ipynb"
        if notebook in files:
            leaks += _secrets_again(notebook, lesson)
        else:
            leaks.append(f"{notebook.relative_to(release.parent)}: was not made. Report this as a bug.")
    return leaks


def _secrets_again(file: Path, lesson: Lesson) -> list[str]:
    """Hidden tests anywhere in the notebook, or a solution in its own cell."""
    released: NotebookNode = nbformat.read(file, as_version=4)
    everything = "\n".join(cell.source for cell in released.cells)
    by_id = {grade_id(cell): cell.source for cell in released.cells if grade_id(cell)}
    leaks = []
    for index, cell in enumerate(lesson.notebook.cells):
        for kind, block in secret_blocks(cell.source):
            where = by_id.get(grade_id(cell), "") if kind is Secret.SOLUTION else everything
            if block in where:
                leaks.append(
                    f"{lesson.path}:{lesson.line(index)}: its {kind.value.lower()} would be readable in "
                    f"{file.name}. Say it differently in the visible part."
                )
        if cell.get("outputs"):
            leaks.append(f"{lesson.path}:{lesson.line(index)}: has outputs. Report this as a bug.")
    return leaks
