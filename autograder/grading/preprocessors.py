"""nbgrader's side of the grader: two preprocessors that put it under ``nbgrader autograde`` and formgrader.

`Mend` runs first of the sanitising steps, `SandboxedExecute` stands where nbgrader's `Execute` stood. A course
takes them over with `autograder.nbgrader_setup.configure`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.grading import marks
from autograder.grading.exercises import outline
from autograder.grading.folder import refuse_links
from autograder.grading.gradebook import Book
from autograder.grading.later import came_with
from autograder.grading.limits import LimitSettings, limits_of
from autograder.grading.mend import mend
from autograder.grading.other import others_of, refuse_other_lessons
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Pool, SourceFailsError
from autograder.grading.reading import UnreadableError
from autograder.grading.sources import extra_files, lesson_source, readable, source_notebooks
from autograder.grading.withhold import withhold
from autograder.lesson.course import Course, open_course
from autograder.lesson.stubbing import stubs_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Mend", "SandboxedExecute", "limits_of"]
_pool = Pool()


def _course(preprocessor: NbGraderPreprocessor) -> Course:
    """Find the course that nbgrader is working on: the converter above holds its directory."""
    above = preprocessor
    while above is not None and getattr(above, "coursedir", None) is None:
        above = above.parent
    return open_course(above.coursedir.root if above is not None else ".")


def _source(course: Course, resources: Any) -> NotebookNode:
    names = resources["nbgrader"]
    notebooks = source_notebooks(course, names["assignment"])
    if names["notebook"] not in notebooks:
        raise SourceFailsError(
            f"{course.source(names['assignment'])} has no notebook {names['notebook']}: grading runs its tests from there."
        )
    return notebooks[names["notebook"]]


class Mend(NbGraderPreprocessor):  # type: ignore[misc]
    """Sets right what was copied, deleted or changed in a submission, before nbgrader looks at it."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Mend the notebook in place."""
        course, names = _course(self), resources["nbgrader"]
        handed_in = course.submitted(names["assignment"], names["student"])
        # nbgrader has followed every link by now, and copied what it led to
        for path in (handed_in, *handed_in.rglob("*")):
            refuse_links(path, course.root / course.submitted_directory)
        source = _source(course, resources)
        with Book(course) as book:  # the lesson may have gained cells since its release
            book.ensure_assignment(names["assignment"], source_notebooks(course, names["assignment"]))
        if not nb.cells:
            raise UnreadableError("the notebook has no cells")
        lesson = outline(source, stubs_of(course.config))
        refuse_other_lessons(nb, lesson, others_of(course, names["assignment"]), names["assignment"])
        with_it = came_with(nb)
        notes = mend(nb, lesson)
        for note in notes:
            self.log.warning(note)
        nb.metadata["autograder"] = {"mends": notes}  # in the place of what a student may have put there
        if with_it is not None:
            nb.metadata["autograder"]["cells"] = sorted(with_it & lesson.known.keys())
        return nb, resources


class SandboxedExecute(LimitSettings, NbGraderPreprocessor):  # type: ignore[misc]
    """Runs a submission in the sandbox and its tests outside of it.

    Its settings are `autograder.grading.limits.LimitSettings`.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Examine the notebook and write the outputs."""
        course = _course(self)
        names = resources["nbgrader"]
        source = lesson_source(course, names["assignment"], _source(course, resources))
        limits = self.limits()
        examiner = _pool.get(source, limits)
        folder = course.autograded(names["assignment"], names["student"])  # nbgrader has put the files there
        files, _ = extra_files(folder, course.ignore, limits.disk_mib << 19)
        plan = marks.plan(nb)
        if self.pictures:
            plan = [
                type(cell)(cell.index, cell.kind, cell.source, cell.grade_id, pictures=True) for cell in plan
            ]
        result = examiner.examine(ExamRequest(plan, files, readable(names["student"])))
        if result.error:
            raise RuntimeError(f"{names['student']}, {names['assignment']}: {result.error}")
        marks.write_outputs(nb, result, came_with(nb))
        withhold(nb)
        record = nb.metadata.setdefault("autograder", {})
        record["status"] = "partial" if marks.is_cut_short(result) else "graded"
        record["sandboxed"] = True
        record["notes"] = result.notes
        return nb, resources
