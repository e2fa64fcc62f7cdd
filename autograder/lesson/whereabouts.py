"""First help at a terminal: a folder that is no course, a name that no assignment has. Each with what to do."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from autograder.lesson.course import Course

_CONFIGS = ("nbgrader_config.py", "nbgrader_config.json")


def why_no_course(course: Course) -> str:
    """Say why this folder is hardly a course; nothing where it has a config, a gradebook or a folder of one."""
    steps = (
        course.source_directory,
        course.submitted_directory,
        course.autograded_directory,
        course.release_directory,
    )
    places = [course.root / name for name in (*_CONFIGS, *steps)]
    if any(place.exists() for place in places) or (_database(course) or course.root / "-").exists():
        return ""
    return (
        f"{course.root} is no course: it has no {_CONFIGS[0]}, and no {steps[0]}/ or {steps[1]}/. Go to the "
        "course's folder, or name it: --course DIR. To begin a course here: "
        "autograder new-exercise LESSON EXERCISE --new-course"
    )


def unknown_assignment(course: Course, name: str) -> str:
    """Say that there is no such assignment, and which there are; nothing where there is one."""
    there = sorted({*course.assignments(), *(assignment for assignment, _ in course.submissions())})
    if name in there:
        return ""
    has = ", ".join(there) or "none yet"
    return f"There is no assignment {name} in {course.root}.{closest(name, there)} There is: {has}."


def closest(name: str, there: Sequence[str]) -> str:
    """Return what was perhaps meant, as a sentence; nothing where nothing is like it."""
    like = difflib.get_close_matches(name, there, n=1)
    return f" Did you mean {like[0]}?" if like else ""


def _database(course: Course) -> Path | None:
    """Return the gradebook's file, where it is one."""
    scheme, _, file = course.db_url.partition(":///")
    return course.root / file if scheme.startswith("sqlite") and file else None
