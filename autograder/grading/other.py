"""Another lesson's notebook under this one's name: told from what it holds, and refused."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from autograder.grading.exercises import Outline, outline
from autograder.grading.reading import UnreadableError
from autograder.grading.sources import SourceFailsError, read_sources
from autograder.lesson.stubbing import Stubs, stubs_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.lesson.course import Course

_FEW, _MOST = 0.5, 0.8  # shares of a lesson's exercises


class Others(msgspec.Struct, frozen=True):
    """The other lessons of a course, read when a submission looks as if it were one of them.

    Attributes
    ----------
    folders
        Their source folders by name.
    stubs
        The course's.
    """

    folders: dict[str, str]
    stubs: Stubs

    def outlines(self, name: str) -> tuple[Outline, ...]:
        """Return what one lesson's notebooks look like; nothing where they cannot be read."""
        folder = Path(self.folders[name])
        newest = max((path.stat().st_mtime_ns for path in folder.glob("*.*")), default=0)
        return _read(folder, name, newest, msgspec.json.encode(self.stubs))

    def load(self) -> None:
        """Read them all now: forks that come after need not."""
        for name in self.folders:
            self.outlines(name)


def others_of(course: Course, assignment: str) -> Others:
    """Return the lessons of a course beside this one."""
    names = [name for name in course.assignments() if name != assignment]
    return Others({name: str(course.source(name)) for name in names}, stubs_of(course.config))


def refuse_other_lessons(notebook: NotebookNode, lesson: Outline, others: Others, assignment: str) -> None:
    """Raise `UnreadableError` for a notebook that holds none of these exercises, or most of another lesson's."""
    here = lesson.present(notebook)
    if here >= _FEW:
        return
    for name in others.folders:
        for other in others.outlines(name):
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


@lru_cache(maxsize=64)
def _read(folder: Path, name: str, newest: int, stubs: bytes) -> tuple[Outline, ...]:  # noqa: ARG001 - a key
    wanted = msgspec.json.decode(stubs, type=Stubs)
    try:
        return tuple(outline(notebook, wanted) for notebook in read_sources(folder, name).values())
    except (SourceFailsError, OSError, ValueError):
        return ()
