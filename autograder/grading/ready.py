"""An assignment made ready for work in one process: its notebooks read, its outlines made, its data at hand."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.exercises import outline
from autograder.grading.mend import mend
from autograder.grading.other import others_of, refuse_other_lessons
from autograder.grading.places import remember
from autograder.grading.setting import Setting
from autograder.grading.sources import extra_files, lesson_source
from autograder.lesson import node
from autograder.lesson import notebook as cells
from autograder.lesson.stubbing import stubs_of
from autograder.sandbox.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

    from autograder.lesson.course import Course


def setting_of(
    course: Course, assignment: str, notebooks: Mapping[str, NotebookNode], limits: Limits, *,
    checksums: Mapping[tuple[str, str], Mapping[str, str]], unsafe: bool = False,
) -> Setting:  # fmt: skip
    """Return the setting of an assignment in a course."""
    first = lesson_source(course, assignment, next(iter(notebooks.values())), unsafe=unsafe)
    return Setting(
        assignment=assignment,
        notebooks={name: node.writes(notebook) for name, notebook in notebooks.items()},
        folder=str(first.folder),
        hidden=[str(path) for path in first.hidden],
        assets=str(first.assets or ""),
        unsafe=unsafe,
        limits=limits.as_dict(),
        root=str(course.root),
        ignore=list(course.ignore),
        checksums={name: dict(checksums.get((assignment, name), {})) for name in notebooks},
        stubs=stubs_of(course.config),
        others=others_of(course, assignment),
    )


class Ready:
    """A setting made ready; forks share what is made here."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.limits = Limits(**setting.limits)
        self.sources: dict[str, NotebookNode] = {
            name: node.reads(text) for name, text in setting.notebooks.items()
        }
        self._outlines = {name: outline(source, setting.stubs) for name, source in self.sources.items()}
        room = self.limits.disk_mib << 19  # half of it: the other half is the student's
        self.own = dict(extra_files(Path(setting.folder), setting.ignore, room)[0]) if setting.root else {}
        if setting.root:
            remember(Path(setting.root))
            from autograder.grading.rehearsal import rehearse  # noqa: PLC0415 - the examiner's alone: imports NumPy

            for name, source in self.sources.items():
                rehearse(source, self._outlines[name], partial(self.mend, name))

    def mend(self, name: str, notebook: NotebookNode) -> list[str]:
        """Set a hand-in's notebook right in place; return what was mended, in words for the student.

        Raises
        ------
        UnreadableError
            If it is another lesson's.
        """
        lesson = self._outlines[name]
        if self.setting.others is not None:
            refuse_other_lessons(notebook, lesson, self.setting.others, self.setting.assignment)
        notes = mend(notebook, lesson)
        checksums = self.setting.checksums.get(name, {})
        for cell in notebook.cells:
            if known := checksums.get(cells.grade_id(cell) or ""):
                cell.metadata["nbgrader"]["checksum"] = known
        return notes
