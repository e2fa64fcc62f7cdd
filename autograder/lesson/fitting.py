"""Reads the answers that lie beside a lesson's source, and says which of them do not fit it."""

from __future__ import annotations

import ast
import runpy
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.lesson import notebook as cells
from autograder.lesson.answers import Answer
from autograder.lesson.samples import Known, known_mistakes
from autograder.lesson.whereabouts import closest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from autograder.lesson.source import Lesson


class AnswerError(ValueError):
    """An answer that does not fit its lesson; the message names it."""


def read_answers(lesson: Lesson) -> tuple[Answer, ...]:
    """Read the answers that lie beside a lesson's source, with the text of each known mistake filled in.

    Raises
    ------
    AnswerError
        If there are none, or some do not fit the lesson; the message names each.
    """
    found, problems = fitting_answers(lesson)
    if problems:
        raise AnswerError("\n".join(problems))
    return found


def fitting_answers(lesson: Lesson) -> tuple[tuple[Answer, ...], tuple[str, ...]]:
    """Read the answers that fit their lesson, and say of each of the others what is wrong with it.

    Raises
    ------
    AnswerError
        If none can be read at all.
    """
    path = lesson.path.with_name("answers.py")
    listed = _listed(path)
    possible = aspects(lesson)
    known = known_mistakes(lesson)
    found: list[Answer] = []
    problems: list[str] = []
    names = [(answer.exercise, answer.kind, answer.name) for answer in listed if isinstance(answer, Answer)]
    for number, answer in enumerate(listed, 1):
        if not isinstance(answer, Answer):
            what = f"entry {number} of ANSWERS is a {type(answer).__name__} and no answer"
            problems.append(
                f"{path}: {what}. {'Put * before it.' if isinstance(answer, list) else 'Mend it.'}"
            )
        elif problem := _misfit(answer, possible, known, lesson.name):
            problems.append(f"{path}: {answer}: {problem}")
        elif names.count((answer.exercise, answer.kind, answer.name)) > 1:
            problems.append(f"{path}: more than once: {answer}")
        elif isinstance(source := answer.source, Known):
            found.append(replace(answer, source=known[answer.exercise][source.mistake], known=source.mistake))
        else:
            found.append(answer)
    return tuple(found), tuple(dict.fromkeys(problems))


def _misfit(
    answer: Answer,
    possible: Mapping[str, Mapping[str, float]],
    known: Mapping[str, Mapping[str, str]],
    lesson: str,
) -> str:
    """Say why an answer does not fit its lesson; nothing where it does."""
    if answer.exercise not in possible:
        return f"{lesson} has no such exercise.{closest(answer.exercise, [*possible])}"
    parts, marks = possible[answer.exercise], dict(answer.marks or {})
    for aspect, points in marks.items():
        if not 0 <= points <= parts.get(aspect, -1):
            return f"{aspect}={points:g} is none of {dict(parts)}."
    if answer.kind == "wrong" and parts and marks == parts:
        return "full marks are foreseen for a wrong answer."
    there = [*known.get(answer.exercise, {})]
    for name in [answer.source.mistake] if isinstance(answer.source, Known) else []:
        if name not in there:
            has = ", ".join(map(repr, there)) or "none"
            return f"no mistake {name!r} in {lesson}.{closest(name, there)} {answer.exercise} has: {has}."
    return ""


def _listed(path: Path) -> list[object]:
    if not path.is_file():
        raise AnswerError(f"{path} is not there: the answers to a lesson are listed in it, as ANSWERS.")
    try:
        return list(runpy.run_path(str(path))["ANSWERS"])
    except Exception as error:
        raise AnswerError(f"{path} cannot be run: {type(error).__name__}: {error}") from error


def aspects(lesson: Lesson) -> dict[str, dict[str, float]]:
    """Return each exercise's aspects and their points, as its test cell names them, in the lesson's order."""
    tests = {
        cells.grade_id(cell): (at, cell)
        for at, cell in enumerate(lesson.notebook.cells)
        if cells.is_test(cell)
    }
    return {
        name: _aspects(lesson, *tests[f"test_{name}"])
        for cell in lesson.notebook.cells
        if (name := cells.grade_id(cell)) is not None and f"test_{name}" in tests
    }


def _aspects(lesson: Lesson, at: int, cell: NotebookNode) -> dict[str, float]:
    """Read ``check.marks("title", values=2, shapes=1)`` in a test cell."""
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        line = lesson.line(at, (error.lineno or 1) - 1)
        raise AnswerError(
            f"{lesson.path}:{line}: {cells.grade_id(cell)} is no Python: {error.msg}. Mend it."
        ) from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "check.marks":
            return {word.arg: float(ast.literal_eval(word.value)) for word in node.keywords if word.arg}
    return {}
