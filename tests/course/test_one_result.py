"""A function that returns one of its results alone is told so, and not what the test cell stumbled over then."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from our_lessons import all_lessons

from autograder.lesson import notebook as cells
from autograder.lesson.answers import wrong
from autograder.lesson.fitting import aspects

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answering import Desk

LESSONS = all_lessons()


def of_several() -> list[tuple[str, str, str, list[int], int]]:
    """List the exercises with several results, each looked at by itself.

    Returns
    -------
    list of tuple
        Lesson, name, reference, which results can be told from the whole, and how many there are. A result that
        is a tuple (a cache) is left out.
    """
    found = []
    for lesson, read in LESSONS.items():
        sources = {cells.grade_id(cell): cell.source for cell in read.notebook.cells}
        for name in aspects(read):
            source = sources[name]
            if f"def {name}(" not in source or "part=" not in sources[f"test_{name}"]:
                continue
            returns = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Return)]
            values = [value.body if isinstance(value, ast.IfExp) else value for value in returns]
            for value in values:
                if isinstance(value, ast.Tuple):
                    told = [i for i, one in enumerate(value.elts) if not isinstance(one, ast.Tuple)]
                    found.append((lesson, name, source, told, len(value.elts)))
    return found


SEVERAL = of_several()


def test_there_are_such_exercises_in_the_lessons_on_backpropagation() -> None:
    names = {name for _, name, *_ in SEVERAL}
    assert {"softmax_cross_entropy", "two_layer_forward", "two_layer_backward", "conv2d_backward"} <= names


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("lesson", "exercise", "source", "told", "n"), SEVERAL, ids=[f"{row[0]}-{row[1]}" for row in SEVERAL]
)
def test_one_of_several_results_alone_is_named_as_such(
    desks: Callable[[str], Desk], lesson: str, exercise: str, source: str, told: list[int], n: int
) -> None:
    whole = source.replace(f"def {exercise}(", f"def all_of_{exercise}(")
    answers = [
        wrong(
            exercise,
            f"result {i} alone",
            f"{whole}\n\ndef {exercise}(*args, **named):\n    return all_of_{exercise}(*args, **named)[{i}]",
        )
        for i in told
    ]
    for answer, graded in zip(answers, desks(lesson).grade(exercise, answers), strict=True):
        assert f"expected {n} results" in graded.message, f"{answer}: {graded.message}"
        for misleading in ["raised", "expected shape"]:
            assert misleading not in graded.message, f"{answer}: {graded.message}"
