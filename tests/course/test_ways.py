"""Right answers of every form: a helper, a class, a cache, another import; none of it costs anything.

Every way of `ways` is tried on some exercise of every lesson, each exercise written in several ways, in whole
notebooks with cells of the student's own between.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from nbformat.v4 import new_code_cell

from autograder.audit.foreseen import amiss
from autograder.lesson import notebook as cells
from autograder.lesson.answers import right

from .ways import MOODS, WAYS, Written, solved

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

    from .answering import Desk

pytestmark = pytest.mark.sandbox
LESSONS = ("01_activations", "02_softmax", "03_mlp_backprop", "04_cnn_shapes")
ROUNDS = {"01_activations": 4, "02_softmax": 5, "03_mlp_backprop": 2, "04_cnn_shapes": 4}
HARSH, MILD = ("every floating-point error raises", "every warning raises"), 2


def functions(notebook: NotebookNode) -> list[str]:
    """Return the exercises that ask for a function, in order."""
    return [
        name
        for cell in notebook.cells
        if cell.cell_type == "code" and cells.is_solution(cell)
        if (name := cells.grade_id(cell)) and solved(name, cell.source)
    ]


def chosen(notebook: NotebookNode, lesson: str, number: int) -> dict[str, str]:
    """Return which way each exercise is written in, in one round; over all rounds every way has its turn."""
    names, ways = functions(notebook), list(WAYS)
    first = 7 * LESSONS.index(lesson) + number * len(names)
    return {name: ways[(first + at) % len(ways)] for at, name in enumerate(names)}


def written(notebook: NotebookNode, ways: dict[str, str]) -> NotebookNode:
    """Return the notebook with its exercises written in these ways."""
    notebook = copy.deepcopy(notebook)
    found = []
    for cell in notebook.cells:
        name = cells.grade_id(cell)
        way = Written(cell.source)
        if name in ways and (one := solved(name, cell.source)):
            way = WAYS[ways[name]](one)
        cell.source = way.cell
        found += [*map(new_code_cell, way.before), cell, *map(new_code_cell, way.after)]
    notebook.cells = found
    return notebook


def with_mood(notebook: NotebookNode, *moods: str) -> NotebookNode:
    """Return the notebook with cells of the student's own below its first one of code."""
    notebook = copy.deepcopy(notebook)
    at = next(at for at, cell in enumerate(notebook.cells) if cell.cell_type == "code") + 1
    notebook.cells[at:at] = [new_code_cell(MOODS[mood]) for mood in moods]
    return notebook


def complaints(desk: Desk, notebook: NotebookNode, ways: dict[str, str]) -> list[str]:
    return [
        f"{name} ({ways.get(name.removeprefix('test_'), 'as it is')}): {one.score:g} of {one.max_score:g}: {one.message}"
        for name, one in desk.graded(notebook).items()
        if one.score < one.max_score or one.message
    ]


@pytest.mark.parametrize(
    ("lesson", "number"), [(lesson, number) for lesson in LESSONS for number in range(ROUNDS[lesson])]
)
def test_every_way_of_writing_it_earns_everything(
    desks: Callable[[str], Desk], lesson: str, number: int
) -> None:
    desk = desks(lesson)
    ways = chosen(desk.notebook, lesson, number)
    mild = [mood for mood in MOODS if mood not in HARSH]
    notebook = with_mood(written(desk.notebook, ways), mild[number % len(mild)])
    assert complaints(desk, notebook, ways) == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_errors_that_were_asked_for_cost_nothing(desks: Callable[[str], Desk], lesson: str) -> None:
    desk = desks(lesson)
    assert complaints(desk, with_mood(desk.notebook, *HARSH), {}) == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_way_has_its_turn_in_every_lesson(desks: Callable[[str], Desk], lesson: str) -> None:
    notebook = desks(lesson).notebook
    tried = {way for number in range(ROUNDS[lesson]) for way in chosen(notebook, lesson, number).values()}
    assert tried == set(WAYS)


CORNERS = {
    "01_activations": {
        "relu_grad": [
            f"def relu_grad(x):\n    return np.where(x == 0, {a}, x > 0)" for a in (0, 1, 0.5, 1e-9)
        ],
        "l1_grad": [
            f"def l1_grad(x):\n    return np.where(x == 0, {a}, np.where(x > 0, 1.0, -1.0))"
            for a in (-1, -0.25, 0, 1)
        ],
    },
    "03_mlp_backprop": {
        "relu_backward": [
            f"def relu_backward(dH, Z):\n    return dH * np.where(Z == 0, {a}, Z > 0)"
            for a in ("0.0", "0.5", "1.0", "np.linspace(0, 1, Z.size).reshape(Z.shape)")
        ],
    },
}


@pytest.mark.parametrize(
    ("lesson", "exercise"), [(lesson, name) for lesson in CORNERS for name in CORNERS[lesson]]
)
def test_every_slope_passes_at_a_corner(desks: Callable[[str], Desk], lesson: str, exercise: str) -> None:
    answers = [right(exercise, f"slope {i}", source) for i, source in enumerate(CORNERS[lesson][exercise])]
    for answer, graded in zip(answers, desks(lesson).grade(exercise, answers), strict=True):
        assert amiss(answer, graded) == ""


def test_a_slope_beyond_the_corner_does_not_pass(desks: Callable[[str], Desk]) -> None:
    answer = right("relu_grad", "too steep", "def relu_grad(x):\n    return np.where(x == 0, 1.01, x > 0)")
    (graded,) = desks("01_activations").grade("relu_grad", [answer])
    assert "at the corner any slope from 0 to 1" in graded.message


NUMBERS = {
    "a list": "it.tolist()",
    "float32": "it.astype(np.float32)",
    "longdouble": "it.astype(np.longdouble)",
    "a matrix": "np.asmatrix(it) if it.ndim == 2 else it",
    "read-only": "it.setflags(write=False) or it",
    "a masked array": "np.ma.masked_array(it)",
    "whole numbers": "it.astype(int) if np.all(it == it.astype(int)) else it",
}


@pytest.mark.parametrize("exercise", ["relu", "squared_l2_grad"])
def test_numbers_of_other_types_pass(desks: Callable[[str], Desk], exercise: str) -> None:
    body = "np.maximum(x, 0.0)" if exercise == "relu" else "2.0 * x"
    answers = [
        right(exercise, name, f"def {exercise}(x):\n    it = np.asarray({body})\n    return {text}")
        for name, text in NUMBERS.items()
    ]
    for answer, graded in zip(answers, desks("01_activations").grade(exercise, answers), strict=True):
        assert amiss(answer, graded) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("it.astype(object)", "dtype object"),
        ("it.astype(np.float16)", "Nearly right"),
        ("str(it)", "the text"),
    ],
)
def test_what_cannot_pass_is_named(desks: Callable[[str], Desk], text: str, said: str) -> None:
    answer = right(
        "squared_l2_grad", text, f"def squared_l2_grad(x):\n    it = np.asarray(2.0 * x)\n    return {text}"
    )
    (graded,) = desks("01_activations").grade("squared_l2_grad", [answer])
    assert graded.score < graded.possible
    assert said in graded.message
