"""The audit of the course's own lessons: docs/audit.md holds what it says, and nothing is left to mend.

What was said to each answer is looked at in `test_answers`, which asks for the same audit.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from our_lessons import the_lesson
from rich.console import Console

from autograder.audit.report import marks, print_lesson, table
from autograder.lesson.course import open_course
from autograder.lesson.fitting import aspects

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.audit.findings import AuditedLesson

    from .answering import Desk

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
COURSE = open_course(ROOT)
LESSONS = [name for name in COURSE.assignments() if aspects(the_lesson(name))]


def listed(name: str) -> str:
    """Return a lesson's table as the page has it."""
    begin, end = marks(name)
    return PAGE.partition(begin)[2].partition(end)[0].strip()


def told(lesson: AuditedLesson) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_lesson(console, lesson)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


@pytest.mark.sandbox
@pytest.mark.parametrize("name", LESSONS)
def test_no_mutant_lives_again_and_no_mistake_is_misnamed(desks: Callable[[str], Desk], name: str) -> None:
    lesson = desks(name).audited.lesson
    again = f"`autograder audit {name} --write docs/audit.md` writes the table anew, if this is meant:"
    assert table(lesson) == listed(name), f"{again}\n{told(lesson)}"
    assert [line for one in lesson.exercises for line in one.unforeseen] == []


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_stands_in_the_page_with_nothing_left_to_mend(name: str) -> None:
    *_, total = listed(name).split("\n")
    words = [word.strip(" *") for word in total.strip("|").split("|")]
    made, killed, same, alive, mistakes, caught, named, variants, passed = map(int, words[1:])
    assert killed + same == made > 0
    assert (alive, caught, named, passed) == (0, mistakes, mistakes, variants)
