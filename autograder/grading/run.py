"""A class through grading: what is handed in, on as many workers as there are cores, into one gradebook."""

from __future__ import annotations

import os
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import msgspec

from autograder.grading.gradebook import Book
from autograder.grading.outcome import Outcome
from autograder.grading.pool import Pool
from autograder.grading.preprocessors import limits_of
from autograder.grading.sources import lesson_source, readable, source_notebooks, unusable_id
from autograder.grading.submission import Assignment, Graded, grade_submission
from autograder.sandbox.holder import bwrap_path

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from concurrent.futures import Future

    from autograder.lesson.course import Course


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
    if missing:
        raise NothingToGradeError(f"{', '.join(sorted(missing))} handed in nothing; looked in {where}")
    if not found:
        what = assignment or "any assignment"
        raise NothingToGradeError(
            f"nothing handed in for {what}; looked in {where}. Collect first: nbgrader collect"
        )
    return found


def grade(
    course: Course, pairs: Iterable[tuple[str, str]], *, jobs: int | None = None, unsafe: bool = False,
    progress: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:  # fmt: skip
    """Grade submissions; one outcome for each, in the order of `pairs`.

    Parameters
    ----------
    course
        Its config decides folders, gradebook and limits.
    pairs
        (assignment, student), as from `to_grade`.
    jobs
        Submissions at a time; as many as there are cores when None.
    unsafe
        Do without a sandbox; every outcome says so.
    progress
        Called with each outcome as it is there.

    Raises
    ------
    NoSandboxError, SourceFailsError
        Before anything is graded: no wall can be built, or a lesson's source does not run.
    """
    if not unsafe:
        bwrap_path()
    asked = list(pairs)
    outcomes = {(name, student): _nameless(name, student) for name, student in asked if unusable_id(student)}
    todo = [pair for pair in asked if pair not in outcomes]
    pool = Pool(keep=max(4, len({a for a, _ in todo})))
    limits = limits_of(course.config)
    assignments: dict[str, Assignment] = {}
    with Book(course) as book, ThreadPoolExecutor(max_workers=jobs or os.cpu_count() or 1) as workers:
        try:
            for name in sorted({assignment for assignment, _ in todo}):
                notebooks = source_notebooks(course, name)
                book.ensure_assignment(name, notebooks)
                sources = {
                    key: lesson_source(course, name, nb, unsafe=unsafe) for key, nb in notebooks.items()
                }
                assignments[name] = Assignment(course, name, sources, book.checksums, limits)
            waiting: set[Future[Graded]] = {
                workers.submit(grade_submission, assignments[assignment], student, pool)
                for assignment, student in todo
            }
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    graded = future.result()
                    outcome = graded.outcome
                    late = book.record(
                        outcome.assignment, outcome.student, graded.notebooks, graded.timestamp
                    )
                    if late:
                        outcome = msgspec.structs.replace(outcome, mends=[*outcome.mends, late])
                    outcomes[outcome.assignment, outcome.student] = outcome
                    progress(outcome)
        finally:
            for future in waiting if "waiting" in locals() else ():
                future.cancel()
            pool.close()
    return [outcomes[pair] for pair in asked]


def _nameless(assignment: str, student: str) -> Outcome:
    """Return the outcome of a submission whose folder has no name that a gradebook can hold."""
    return Outcome(readable(student), assignment, "rejected", 0.0, 0.0, reason=unusable_id(student))
