"""What every submission of an assignment is graded with, as plain data: it can be sent, and nothing in it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from autograder.grading.other import Others  # noqa: TC001 - a field of what is decoded
from autograder.lesson import node
from autograder.lesson.stubbing import Stubs  # noqa: TC001 - a field of what is decoded

if TYPE_CHECKING:
    from autograder.grading.sources import LessonSource
    from autograder.sandbox.limits import Limits


class Setting(msgspec.Struct, frozen=True):
    """An assignment as its graders see it.

    Attributes
    ----------
    notebooks
        The instructor's version of each notebook, as JSON, by name.
    folder, hidden, assets, unsafe
        As in `autograder.grading.sources.LessonSource`; `assets` is empty where there are none.
    limits
        Of one notebook, from `Limits.as_dict`.
    root
        The course's folder, which no page names.
    ignore
        Globs of file names that are never copied.
    checksums
        Of the cells as they were released, by notebook and grade id.
    stubs
        What stands in a released cell for its solution.
    others
        The other lessons of the course.
    """

    assignment: str
    notebooks: dict[str, str]
    folder: str
    hidden: list[str]
    assets: str
    unsafe: bool
    limits: dict[str, Any]
    root: str = ""
    ignore: list[str] = []
    checksums: dict[str, dict[str, str]] = {}
    stubs: Stubs | None = None
    others: Others | None = None


def alone(source: LessonSource, limits: Limits) -> Setting:
    """Return the setting that examines one notebook, named "", and mends none: nothing is known of a course."""
    return Setting(
        assignment=source.folder.name,
        notebooks={"": node.writes(source.notebook)},
        folder=str(source.folder),
        hidden=[str(path) for path in source.hidden],
        assets=str(source.assets or ""),
        unsafe=source.unsafe,
        limits=limits.as_dict(),
    )
