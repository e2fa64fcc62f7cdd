"""A new exercise, written into a lesson: what `autograder new-exercise` does.

The lesson is a text source, or a notebook of a plain nbgrader course, or begun here. What is there stays as it is, and
either all files are written or none is. Nothing is run or built.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.lesson import new_answers
from autograder.lesson.new_files import put_in_place
from autograder.lesson.new_names import NewError, refuse_id, refuse_lesson
from autograder.lesson.new_notebook import into_notebook
from autograder.lesson.new_source import into_source
from autograder.lesson.new_text import Group, config_text, exercise_text, lesson_text, spots
from autograder.lesson.whereabouts import closest, why_no_course

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.lesson.course import Course
    from autograder.lesson.new_text import Kind

__all__ = ["Asked", "Made", "NewError", "begin_course", "new_exercise"]
CONFIG = "nbgrader_config.py"
LISTED = "docs/exercises.md"  # where this project keeps its list
_SANDBOXED = "SandboxedExecute"
TWO_LINES = "from autograder.nbgrader_setup import configure\n    configure(c)"


@dataclass(frozen=True)
class Asked:
    """What an author asks for.

    Attributes
    ----------
    lesson, name
        The lesson, and the exercise's id in it.
    kind
        What students write.
    after
        Below which exercise; at the end, before the closing part, where none is named.
    title
        Of its section; made from the id when empty.
    points
        What it is worth; as its kind has it when None.
    notebook
        Which of the lesson's notebooks, where there are several.
    begin
        Whether the lesson is a new one.
    """

    lesson: str
    name: str
    kind: Kind = "function"
    after: str = ""
    title: str = ""
    points: float | None = None
    notebook: str = ""
    begin: bool = False


@dataclass(frozen=True)
class Made:
    """What was written.

    Attributes
    ----------
    path
        The lesson's source.
    line
        Where the exercise begins in a text source; 0 in a notebook.
    spots
        (line, what to write there), in a text source.
    others
        Other files that were written.
    notes
        What the author should know.
    """

    path: Path
    line: int
    spots: tuple[tuple[int, str], ...]
    others: tuple[Path, ...]
    notes: tuple[str, ...]


def begin_course(folder: Path, asked: Asked) -> Path:
    """Write the nbgrader_config.py of a new course; return it. The folder is made if there is none.

    What is asked for is looked at first: a name that cannot be begins no course.

    Raises
    ------
    NewError
        If it is a course already, or cannot be written.
    """
    refuse_id(asked.name)
    refuse_lesson(asked.lesson, ())
    _points(asked)
    config = folder.expanduser().absolute() / CONFIG
    for there in (config, config.with_suffix(".json")):
        if there.exists():
            raise NewError(
                f"{config.parent} is a course already: {there.name} is there. Leave out --new-course."
            )
    course_id = re.sub(r"[^A-Za-z0-9_.-]+", "_", config.parent.name).strip("_") or "course"
    put_in_place({config: (None, f"{config_text(course_id)}\n".encode())})
    return config


def new_exercise(course: Course, asked: Asked) -> Made:
    """Write an exercise into a lesson of the course.

    Raises
    ------
    NewError
        If it cannot be; nothing is written then, and the message says what to do.
    """
    if problem := why_no_course(course):
        raise NewError(problem)
    refuse_id(asked.name)
    points = _points(asked)
    source = _source(course, asked)
    title = asked.title.strip() or _sentence(asked.name)
    group = Group(asked.name, asked.kind, title, points)
    answers = _answers_of(course, asked, source)
    before = _read(source)
    notes: list[str] = []
    if before is None:
        first = _first_number(asked.lesson)
        group = Group(asked.name, asked.kind, f"{first}.1 {title}" if first else title, points)
        exercise = exercise_text(group, ())
        text = lesson_text(
            f"{first}. {_lesson_title(asked.lesson)}" if first else _lesson_title(asked.lesson), exercise
        )
        after, line = f"{text}\n".encode(), text[: text.index(exercise)].count("\n") + 1
        found = spots(group, exercise, line)
    elif source.suffix == ".ipynb":
        after = into_notebook(source, before, group, asked.after, notes)
        line, found = 0, []
    else:
        after, line, found = into_source(source, before, group, asked.after, notes)
    changes = {source: (before, after)}
    if answers is not None:
        changes[answers] = _with_answers(answers, group, asked.lesson)
    put_in_place(changes)
    if (course.root / LISTED).is_file():
        notes.append(f"Every exercise has its row in {LISTED}: add one, in the lesson's order.")
    if not _is_set_up(course):
        notes.append(_how_to_set_up(course))
    return Made(source, line, tuple(found), tuple(path for path in changes if path != source), tuple(notes))


def _how_to_set_up(course: Course) -> str:
    why = "so nbgrader's own autograde would run hidden tests in the student's process. Grade with `autograder grade`, or"
    if (course.root / CONFIG).is_file():
        return f"{CONFIG} does not set up the sandbox, {why} add these lines:\n    {TWO_LINES}"
    return f"There is no {CONFIG}, {why} make one, with these lines:\n    c = get_config()\n    {TWO_LINES}"


def _answers_of(course: Course, asked: Asked, source: Path) -> Path | None:
    """Return the answers.py that gets entries: none for what a person reads, nor where nbgrader would release it."""
    path = source.with_name("answers.py")
    if asked.kind == "words" or source.suffix != ".py" or not (path.exists() or _is_set_up(course)):
        return None
    return path


def _points(asked: Asked) -> float:
    points = asked.points if asked.points is not None else {"value": 1.0, "words": 2.0}.get(asked.kind, 3.0)
    if not (math.isfinite(points) and points > 0):
        raise NewError(f"{points:g} points cannot be given. Take a number above 0, such as 3.")
    if float(f"{points / 2:g}") * 2 != points:
        raise NewError(f"{points} points are too fine to be split. Take a number such as 3 or 2.5.")
    return points


def _source(course: Course, asked: Asked) -> Path:
    """Find the lesson's source, or the place for a new one."""
    lessons = [name for name in course.assignments() if _notebooks(course, name)]
    folder = course.source(asked.lesson)
    where = course.root / course.source_directory
    if asked.begin:
        if asked.lesson in lessons or (folder.is_dir() and any(folder.iterdir())):
            raise NewError(f"{folder} is there already. Leave out --new-lesson to add to it.")
        refuse_lesson(asked.lesson, course.ignore)
        if asked.after:
            raise NewError("A new lesson has no exercise yet: leave out --after.")
        if not _is_set_up(course):
            raise NewError(
                f"A lesson's text holds its solutions, and nbgrader would release it with the rest. Add these lines to "
                f"{course.root / CONFIG} first; they keep it at home:\n    {TWO_LINES}"
            )
        return folder / f"{asked.lesson}.py"
    if asked.lesson not in lessons:
        has = ", ".join(lessons) or "none yet"
        raise NewError(
            f"There is no lesson {asked.lesson} in {where}.{closest(asked.lesson, lessons)} There is: {has}. "
            f"To begin it: --new-lesson."
        )
    there = _notebooks(course, asked.lesson)
    chosen = asked.notebook or (asked.lesson if asked.lesson in there else "")
    if not chosen and len(there) > 1:
        raise NewError(
            f"{folder} has several notebooks: {', '.join(there)}. Name one: --notebook {next(iter(there))}"
        )
    chosen = chosen or next(iter(there))
    if chosen not in there:
        raise NewError(
            f"There is no notebook {chosen} in {folder}.{closest(chosen, list(there))} There is: {', '.join(there)}."
        )
    return there[chosen]


def _notebooks(course: Course, lesson: str) -> dict[str, Path]:
    """Return what an author writes of a lesson, by name: its text, or plain notebooks."""
    folder = course.source(lesson)
    found = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    text = folder / f"{lesson}.py"
    return {**found, lesson: text} if text.is_file() else found


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.exists() else None
    except OSError as error:
        raise NewError(f"{path} cannot be read: {error.strerror}. Nothing was written.") from error


def _with_answers(path: Path, group: Group, lesson: str) -> tuple[bytes | None, bytes]:
    before = _read(path)
    if before is None:
        return None, new_answers.begun(group, lesson).encode()
    try:
        text = before.decode()
    except UnicodeDecodeError as error:
        raise NewError(f"{path} is no UTF-8 text. Save it as such; nothing was written.") from error
    newline = "\r\n" if "\r\n" in text else "\n"
    return before, new_answers.added(group, text.replace("\r\n", "\n"), path).replace("\n", newline).encode()


def _is_set_up(course: Course) -> bool:
    return _SANDBOXED in str(course.config.Autograde.get("autograde_preprocessors", ""))


def _sentence(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _first_number(lesson: str) -> str:
    """Return the number of a lesson that is called 05_attention; nothing where it has none."""
    match = re.match(r"0*(\d+)[_.-]", lesson)
    return match[1] if match else ""


def _lesson_title(lesson: str) -> str:
    return _sentence(re.sub(r"^\d+[_.-]+", "", lesson).replace("-", "_")) or lesson
