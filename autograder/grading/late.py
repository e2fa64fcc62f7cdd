"""How late a submission is, and what the course's own policy takes for it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from autograder.grading.extra_time import read_extra_time

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from autograder.lesson.course import Course

#: Where a course can say what being late costs. Without any of them it costs nothing, and nobody is asked.
_SECTIONS = (
    "AssignLatePenalties", "LateSubmissionPlugin", "BasePlugin",
    "NbGraderPreprocessor", "Preprocessor", "NbConvertBase", "LoggingConfigurable", "Configurable",
)  # fmt: skip
_UNITS = ((86400, "days"), (3600, "hours"), (60, "minutes"))


class LatePolicy:
    """nbgrader's plugin for late submissions, as the course's config names it; loaded for the first late one.

    Raises
    ------
    ExtraTimeError
        If the course's file of extra time cannot be read.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._extra = read_extra_time(course.root)
        self.asks = any(course.config.get(section) for section in _SECTIONS)

    def extra_time(self, student: str, assignment: str) -> timedelta | None:
        """Return the extra time that the course grants; None where its file says nothing."""
        return self._extra.of(student, assignment)

    def penalty(self, student: str, score: float, seconds: float) -> float | None:
        """Return what a notebook of so many points loses; None for nothing."""
        if not self.asks:
            return None
        with self._course.entered():
            wanted = self._plugin.late_submission_penalty(student, score, seconds)
        return None if wanted is None else float(min(max(wanted, 0), score))

    @cached_property
    def _plugin(self) -> Any:
        from autograder.grading.register import late_policy  # noqa: PLC0415 - imports nbgrader

        return late_policy(self._course)


def seconds_late(timestamp: datetime | None, due: datetime | None, extension: timedelta | None) -> float:
    """Return how late a submission is, as nbgrader counts it."""
    if timestamp is None or due is None:
        return 0.0
    if extension is not None:
        due += extension
    return max(0.0, (timestamp - due).total_seconds())


def lateness(seconds: float, penalty: float) -> str:
    """Say how late a submission is and what that costs; nothing of one that is in time."""
    if seconds <= 0:
        return ""
    for length, unit in _UNITS:
        if seconds >= 2 * length:  # from two on, the unit is in the plural
            words = f"{int(seconds / length)} {unit}"
            break
    else:
        words = "less than two minutes"
    return f"handed in {words} late" + (f", which costs {penalty:g} points" if penalty else "")
