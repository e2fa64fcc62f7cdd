"""First help at a terminal: where a course stands and what comes next, a folder that is none, a name that nothing has."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from autograder.lesson.course import Course
    from autograder.lesson.release import BuildResult

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
    if not name:
        return ""
    there = sorted({*course.assignments(), *(assignment for assignment, _ in course.submissions())})
    if name in there:
        return ""
    has = ", ".join(there) or "none yet"
    return f"There is no assignment {name} in {course.root}.{closest(name, there)} There is: {has}."


def next_step(course: Course) -> str:
    """Say where a course stands, and what comes next."""
    if problem := why_no_course(course):
        return problem
    name = course.course_id or course.root.name
    lessons = [lesson for lesson in course.assignments() if any(course.source(lesson).iterdir())]
    if not lessons:
        return f"{name} has no lesson yet. Next: autograder new-exercise LESSON EXERCISE --new-lesson"
    here = f"{name} has {counted(len(lessons), 'lesson')}"
    if missing := [lesson for lesson in lessons if not any(course.release(lesson).glob("*.ipynb"))]:
        return f"{here}; not built: {', '.join(missing)}. Next: autograder build"
    if handed_in := course.submissions():
        return f"{here} and {counted(len(handed_in), 'hand-in')}{_after_handing_in(course, handed_in)}"
    first = lessons[0]
    return (
        f"{here}, built, and nothing is handed in. Next: nbgrader release_assignment {first}; when students have handed "
        f"in, nbgrader collect {first}, then autograder grade {first}"
    )


def _after_handing_in(course: Course, pairs: Sequence[tuple[str, str]]) -> str:
    if waiting := [pair for pair in pairs if not course.autograded(*pair).is_dir()]:
        return f"; {len(waiting)} not graded yet. Next: autograder grade {waiting[0][0]}"
    pages = {pair: course.path(course.feedback_directory, pair[1], pair[0]) for pair in pairs}
    if silent := [pair for pair, page in pages.items() if not page.is_dir()]:
        return f", graded. Next: autograder feedback {silent[0][0]}, autograder report {silent[0][0]}"
    return f", graded, with feedback. Next: nbgrader release_feedback {pairs[-1][0]}, autograder export"


def after_build(course: Course, built: BuildResult) -> str:
    """Say what comes after a build, of the lessons that it changed."""
    paths = (*built.written, *built.removed)
    changed = [
        name
        for name in built.assignments
        if any(path.is_relative_to(of(name)) for path in paths for of in (course.source, course.release))
    ]
    first, *others = changed or built.assignments[:1]
    then = f"nbgrader release_assignment {first}"
    if course.submissions(first):
        then = f"autograder grade {first} --dry-run, which shows whose marks would change"
    same = f". The same for {', '.join(others)}" if others else ""
    return f"Next: look at {course.release(first)} as a student; then {then}{same}"


def cells_added(assignment: str, names: Sequence[str]) -> str:
    """Say what came into the gradebook of a lesson that has marks, and how students get it."""
    return (
        f"Added to the gradebook of {assignment}: {', '.join(names)}. Every mark and comment there stays.\n"
        "Who has fetched the lesson already gets it only when it is released again:\n"
        f"  nbgrader release_assignment {assignment} --force\n"
        "They fetch it, do what is new and hand in again. Who does not is told that it came later, and has no points for "
        f"it. Next: autograder grade {assignment}, which says how many these are."
    )


def counted(count: int, what: str, many: str = "") -> str:
    """Return "1 page", "2,000 pages"; `many` is what more than one are called where that is not one with an s."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {many or what + 's'}"


def closest(name: str, there: Sequence[str]) -> str:
    """Return what was perhaps meant, as a sentence; nothing where nothing is like it."""
    like = difflib.get_close_matches(name, there, n=1)
    return f" Did you mean {like[0]}?" if like else ""


def _database(course: Course) -> Path | None:
    """Return the gradebook's file, where it is one."""
    scheme, _, file = course.db_url.partition(":///")
    return course.root / file if scheme.startswith("sqlite") and file else None
