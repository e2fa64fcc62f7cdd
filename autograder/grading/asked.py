"""What a run is asked to grade: who has handed in what, and what lies where no run looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.grading.folders import readable

if TYPE_CHECKING:
    from collections.abc import Collection

    from autograder.lesson.course import Course

_NAMED = 5


class NothingToGradeError(ValueError):
    """Nothing is handed in that fits what was asked for; the message says where it was looked for."""


def to_grade(course: Course, assignment: str | None, students: Collection[str]) -> list[tuple[str, str]]:
    """Return the (assignment, student) pairs to grade, sorted.

    Raises
    ------
    NothingToGradeError
        If there are none, or a student asked for has handed nothing in.
    """
    found = [pair for pair in course.submissions(assignment) if not students or pair[1] in students]
    missing = set(students) - {student for _, student in found}
    where = course.root / course.submitted_directory
    if found and not missing:
        return found
    hint = f". {told}" if (told := misplaced(course, assignment)) else ""
    if missing:
        raise NothingToGradeError(f"{', '.join(sorted(missing))} handed in nothing; looked in {where}{hint}")
    what = assignment or "any assignment"
    place = course.submitted(assignment or "ASSIGNMENT", "STUDENT").relative_to(course.root)
    raise NothingToGradeError(
        f"nothing handed in for {what}; looked in {where}. Collect first: nbgrader collect. Without an exchange, "
        f"put each notebook into {place}{hint}"
    )


def misplaced(course: Course, assignment: str | None = None) -> str:
    """Say which notebooks lie beside the lessons' folders, where no run takes them from; nothing where none does."""
    example = course.submitted(assignment or "ASSIGNMENT", "STUDENT")
    if example.parent.name != "STUDENT":
        return ""  # a course with folders of another shape
    found = sorted(example.parent.parent.glob("*/*.ipynb"))
    if not found:
        return ""
    names = ", ".join(readable(str(path.relative_to(course.root))) for path in found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    lie = (
        "lies outside a lesson's folder and is"
        if len(found) == 1
        else "lie outside a lesson's folder and are"
    )
    return f"{names}{more} {lie} not graded: put such a notebook into {example.relative_to(course.root)}"
