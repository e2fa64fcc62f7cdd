"""Another lesson's notebook under this one's name: told from what it holds, and refused."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from autograder.grading.exercises import Outline, outline
from autograder.grading.pool import SourceFailsError
from autograder.grading.reading import UnreadableError
from autograder.grading.sources import source_notebooks

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

    from autograder.lesson.course import Course

_FEW, _MOST = 0.5, 0.8  # shares of a lesson's exercises


def refuse_other_lessons(
    notebook: NotebookNode, source: NotebookNode, course: Course, assignment: str
) -> None:
    """Raise `UnreadableError` for a notebook that holds none of these exercises, or most of another lesson's."""
    here = outline(source, course.config).present(notebook)
    if here >= _FEW:
        return
    for name in course.assignments():
        if name == assignment:
            continue
        for other in _outlines(course.source(name), name, course):
            if other.exercises and other.present(notebook) >= max(_MOST, here):
                raise UnreadableError(
                    f"this is the notebook of {name}, and not that of {assignment}. "
                    f"Hand in the notebook of {assignment}."
                )
    if here == 0:
        raise UnreadableError(
            f"the notebook holds none of the exercises of {assignment}. Hand in the notebook that you fetched "
            "for it, with your answers in it."
        )


def _outlines(folder: Path, name: str, course: Course) -> tuple[Outline, ...]:
    newest = max((path.stat().st_mtime_ns for path in folder.glob("*.*")), default=0)
    return _read(folder, name, newest, _Same(course))


class _Same:
    """A course as part of a key: any of the same folder is the same."""

    def __init__(self, course: Course) -> None:
        self.course = course

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.course.root == self.course.root

    def __hash__(self) -> int:
        return hash(self.course.root)


@lru_cache(maxsize=64)
def _read(folder: Path, name: str, newest: int, course: _Same) -> tuple[Outline, ...]:  # noqa: ARG001 - a key
    try:
        notebooks = source_notebooks(course.course, name).values()
        return tuple(outline(notebook, course.course.config) for notebook in notebooks)
    except (SourceFailsError, OSError, ValueError):
        return ()
