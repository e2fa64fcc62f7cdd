"""Every exercise is graded for real with right, wrong and unusable answers, and each gets what was foreseen."""

from __future__ import annotations

import ast
import dataclasses
from functools import cache
from typing import TYPE_CHECKING
from zlib import crc32

import pytest
from our_lessons import all_lessons

from autograder.audit.foreseen import amiss
from autograder.audit.trials import Marked, Part
from autograder.lesson import notebook as cells
from autograder.lesson.answers import UNUSABLE, UNUSABLE_CHAIN, Answer, unusable, wrong
from autograder.lesson.fitting import AnswerError, aspects, fitting_answers, read_answers
from autograder.lesson.source import Lesson, read_lesson

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .answering import Desk

LESSONS = all_lessons()
GRADED = [name for name, lesson in LESSONS.items() if aspects(lesson)]
ANSWERED = [name for name in GRADED if LESSONS[name].path.with_name("answers.py").is_file()]
EXERCISES = [
    pytest.param(name, exercise, id=f"{name}-{exercise}")
    for name in ANSWERED
    for exercise in aspects(LESSONS[name])
]
graded_by = pytest.mark.sandbox

#: Bodies of functions that do nothing. Some of them leave arguments alone, or raise the error that is asked for.
IDLE = (
    "return given[0]",
    "return 0.0",
    "return []",
    "return np.zeros_like(given[0])",
    "return {**given[-1]} if isinstance(given[-1], dict) else given",
    "raise ValueError('no')",
)
#: What is a mistake that people make, and earns what is right in it.
MADE = {("grad_output", "return given[0]")}


@cache
def answers_of(name: str) -> tuple[Answer, ...]:
    return read_answers(LESSONS[name])


def answers_to(name: str, exercise: str) -> list[Answer]:
    return [answer for answer in answers_of(name) if answer.exercise == exercise]


@graded_by
@pytest.mark.parametrize("name", GRADED)
def test_the_reference_earns_everything_and_the_untouched_release_nothing(
    desks: Callable[[str], Desk], name: str
) -> None:
    desk = desks(name)
    assert desk.problems == []
    short = {name: one.message for name, one in desk.whole().items() if one.score < one.max_score}
    assert short == {}
    given = {name: one.score for name, one in desk.whole(untouched=True).items() if one.score}
    assert given == {}


@graded_by
@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_every_answer_gets_what_was_foreseen(desks: Callable[[str], Desk], name: str, exercise: str) -> None:
    said = desks(name).audited.said
    found = [line for answer in answers_to(name, exercise) if (line := amiss(answer, said(answer)))]
    assert found == [], "\n".join(found)


@graded_by
@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_an_answer_graded_alone_gets_the_same(desks: Callable[[str], Desk], name: str, exercise: str) -> None:
    # One of each exercise, so that every lesson shows that answers which share a run do not touch each other.
    answers = [a for a in answers_to(name, exercise) if not a.alone]
    if answers:
        answer, desk = answers[crc32(exercise.encode()) % len(answers)], desks(name)
        assert desk.alone(exercise, answer) == desk.audited.said(answer)


@graded_by
@pytest.mark.parametrize("name", ANSWERED)
def test_a_function_that_does_nothing_earns_nothing(desks: Callable[[str], Desk], name: str) -> None:
    paid = []
    for exercise in aspects(LESSONS[name]):
        (given,) = [c.source for c in LESSONS[name].notebook.cells if cells.grade_id(c) == exercise]
        if f"def {exercise}(" in given:
            idle = [body for body in IDLE if (exercise, body) not in MADE]
            bodies = [wrong(exercise, body, f"def {exercise}(*given, **named):\n    {body}") for body in idle]
            graded = zip(bodies, desks(name).grade(exercise, bodies), strict=True)
            paid += [f"{answer}: {result.parts}" for answer, result in graded if result.score]
    assert paid == []


@pytest.mark.parametrize("name", GRADED)
def test_every_lesson_has_answers(name: str) -> None:
    assert name in ANSWERED


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_every_exercise_is_answered_in_every_way(name: str, exercise: str) -> None:
    answers = answers_to(name, exercise)
    kinds = {answer.kind for answer in answers}
    chain = set(UNUSABLE_CHAIN) if exercise.startswith("derive_") else set(UNUSABLE)
    assert sum(answer.kind == "wrong" for answer in answers) >= 3
    assert chain <= kinds
    (reference,) = [cell.source for cell in LESSONS[name].notebook.cells if cells.grade_id(cell) == exercise]
    others = [answer for answer in answers if answer.kind == "right"]
    assert others
    for answer in others:
        assert ast.dump(ast.parse(str(answer.source))) != ast.dump(ast.parse(reference)), str(answer)


SQUARE = """
# %% nbgrader={"grade_id": "square", "solution": true}
def square(x):
    return x * x

# %% nbgrader={"grade_id": "test_square", "grade": true, "points": 3}
marks = check.marks("square", values=2, shapes=1)
@mistake("the cube", "One factor too many.")
def square(x):
    return x**3
marks.total()
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    path = tmp_path / "squares" / "squares.py"
    path.parent.mkdir()
    path.write_text(SQUARE)
    return read_lesson(path)


def write(lesson: Lesson, answers: str) -> None:
    words = "from autograder.lesson.answers import *\nfrom autograder.lesson.samples import Known\n"
    lesson.path.with_name("answers.py").write_text(f"{words}ANSWERS = [{answers}]")


def test_answers_are_read_with_the_text_of_known_mistakes(lesson: Lesson) -> None:
    write(
        lesson,
        "wrong('square', 'cubed', Known('the cube'), marks={'shapes': 1}), right('square', 'power', 'x')",
    )
    cubed, power = read_answers(lesson)
    assert cubed.source == "def square(x):\n    return x**3"
    assert (cubed.mistake, cubed.marks, power.marks) == ("the cube", {"shapes": 1}, None)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ("right('sqare', 'a', '')", "squares has no such exercise"),
        (
            "wrong('square', 'a', Known('the cubes'))",
            "no mistake 'the cubes' in squares. Did you mean the cube",
        ),
        ("[right('square', 'a', '')]", r"entry 1 of ANSWERS is a list and no answer. Put \* before it"),
        ("wrong('square', 'a', '', marks={'speed': 1})", "speed=1 is none of"),
        ("wrong('square', 'a', '', marks={'shapes': 2})", "shapes=2 is none of"),
        ("wrong('square', 'a', '', marks={'values': 2, 'shapes': 1})", "full marks are foreseen"),
        ("right('square', 'a', ''), right('square', 'a', '')", "more than once: square, right \\(a\\)"),
    ],
)
def test_an_answer_that_does_not_fit_its_lesson_is_named(lesson: Lesson, answers: str, said: str) -> None:
    write(lesson, answers)
    with pytest.raises(AnswerError, match=said):
        read_answers(lesson)


def test_one_that_does_not_fit_leaves_the_others_read(lesson: Lesson) -> None:
    slip = "wrong('square', 'a', Known('a typo')), right('sqare', 'b', '')"
    write(lesson, f"{slip}, wrong('square', 'cubed', Known('the cube'))")
    found, problems = fitting_answers(lesson)
    assert [answer.name for answer in found] == ["cubed"]
    typo, exercise = problems
    assert "square, wrong (a): no mistake 'a typo' in squares. square has: 'the cube'." in typo
    assert "sqare, right (b): squares has no such exercise. Did you mean square?" in exercise


def test_a_lesson_without_answers_is_named(lesson: Lesson) -> None:
    with pytest.raises(AnswerError, match=r"answers\.py is not there"):
        read_answers(lesson)


def test_unusable_answers_define_what_is_asked_for() -> None:
    answers = {answer.kind: str(answer.source) for answer in unusable("softmax", arguments="x, T=1.0")}
    assert tuple(answers) == UNUSABLE
    assert answers["NaN"] == "def softmax(x, T=1.0):\n    return np.full(np.shape(x), np.nan)"
    for source in answers.values():
        ast.parse(source)


GRADED_SO = Marked(
    2.0, 3.0, ("the cube",), "shapes: changed", (Part("values", 2.0, 2.0), Part("shapes", 0.0, 1.0))
)
FORESEEN = wrong("square", "in place", "", marks={"values": 2}, says="changed", mistake="the cube")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, None),
        ({"says": ()}, None),
        ({"mistake": None}, None),
        ({"marks": {"values": 2, "shapes": 1}}, "shapes earns 0, foreseen 1 of 1"),
        ({"marks": None}, "shapes earns 0, foreseen 1 of 1"),
        ({"marks": {}}, "values earns 2, foreseen 0 of 2"),
        ({"says": ("nan",)}, "does not say 'nan'"),
        ({"mistake": ""}, "is recognised as 'the cube', foreseen no known mistake"),
        ({"mistake": "a typo"}, "is recognised as 'the cube', foreseen 'a typo'"),
        ({"status": "partial"}, "status graded, foreseen partial"),
    ],
)
def test_every_kind_of_difference_is_seen(change: dict[str, object], said: str | None) -> None:
    found = amiss(dataclasses.replace(FORESEEN, **change), GRADED_SO)  # type: ignore[arg-type]
    assert found == ("" if said is None else f"square, wrong (in place): {said} [told: shapes: changed]")
