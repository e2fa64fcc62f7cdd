"""Questions of one's own in lesson 04: 500 ids, no question without a real answer, no two sheets alike.

The lesson's own cells are run, and its own hidden test gives the right answers.
"""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from autograder.check import grading
from autograder.lesson import notebook as cells
from autograder.lesson.source import read_lesson

SOURCE = Path(__file__).parents[2] / "solutions/04_cnn_shapes/04_cnn_shapes.py"
NEEDED = (
    "setup", "effective_kernel_size", "conv_output_size", "conv_output_shape", "pool_output_shape",
    "trace_shapes", "conv_parameter_count", "solve_kernel_size", "questions",
)  # fmt: skip
IDS = (
    [f"student{n:03d}" for n in range(200)]
    + [str(2026_0000 + n) for n in range(200)]
    + [f"{name}.{n}@example.org" for n in range(50) for name in ("ada", "björn")]
)
KEYS = ("a", "a_total", "b", "c", "d", "e")
#: How often one answer is the same for two ids, over all pairs; from 1 in 1000 to 1 in 20.
SHARED = {"a": 0.0, "a_total": 0.0028, "b": 0.0017, "c": 0.016, "d": 0.0284, "e": 0.0045}


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    """Run what the sheets need of the lesson, and take `answers_to` out of the hidden test."""
    named = {cells.grade_id(cell): cell.source for cell in read_lesson(SOURCE).notebook.cells}
    hidden: list[ast.stmt] = [
        node
        for node in ast.parse(named["test_shape_answers"]).body
        if isinstance(node, ast.FunctionDef) and node.name == "answers_to"
    ]
    namespace: dict[str, Any] = {}
    for source in [*(named[name] for name in NEEDED), "from autograder.check import reference"]:
        exec(source, namespace)  # noqa: S102 - our own lesson
    exec(compile(ast.Module(hidden, []), str(SOURCE), "exec"), namespace)  # noqa: S102
    return namespace


@pytest.fixture(scope="module")
def sheets(lesson: dict[str, Any]) -> list[dict[str, Any]]:
    return [lesson["shape_questions"](student) for student in IDS]


@pytest.fixture(scope="module")
def answers(lesson: dict[str, Any], sheets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with grading.session(reference=lesson):
        return [lesson["answers_to"](sheet) for sheet in sheets]


def test_there_are_500_ids_and_each_has_a_sheet_of_its_own(sheets: list[dict[str, Any]]) -> None:
    assert len(set(IDS)) == 500
    assert len({sheet["sheet"] for sheet in sheets}) == 500


def test_an_id_has_the_same_sheet_on_every_machine(lesson: dict[str, Any]) -> None:
    # Written down once: hashing must not depend on the platform, the day or Python's hash seed.
    sheet = lesson["shape_questions"]("ada")
    assert sheet == lesson["shape_questions"](" ada\n")
    assert sheet["sheet"] == "fe1c-559a"
    assert (sheet["image"], sheet["c"]) == ((1, 38, 49), {"i": 88, "o": 5})


def test_every_image_keeps_a_height_and_a_width_to_the_end(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        for channels, height, width in answer["a"]:
            assert channels > 1
            assert min(height, width) >= 2
            assert height != width  # or exchanging them would pass


def test_three_layers_are_three_different_questions(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        first, second, third = answer["a"]
        assert first[0] == second[0] < third[0]
        assert first[1:] != second[1:] != third[1:]


def test_every_kernel_question_has_an_answer_worth_finding(
    sheets: list[dict[str, Any]], answers: list[dict[str, Any]]
) -> None:
    for sheet, answer in zip(sheets, answers, strict=True):
        assert [len(answer[key]) for key in "cde"] == [1, 1, sheet["e"]["s"]]
        assert min(answer["c"] + answer["d"] + answer["e"]) >= 3
        assert len(answer["e"]) > 1  # the floor leaves several
        assert sheet["d"]["d"] > 1
        assert 2 <= sheet["d"]["o"] < sheet["d"]["i"]
        for key in "cde":
            setting = {"s": 1, "p": 0, "d": 1, **sheet[key]}
            for k in answer[key]:  # laid down and counted, without the lesson's formula
                taps = range(0, k * setting["d"], setting["d"])
                row = setting["i"] + 2 * setting["p"]
                places = [x for x in range(0, row, setting["s"]) if x + taps[-1] < row]
                assert len(places) == setting["o"]


def test_no_two_ids_have_the_same_answers(answers: list[dict[str, Any]]) -> None:
    assert len({repr(answer) for answer in answers}) == 500


def test_two_ids_rarely_share_even_three_of_the_six_answers(answers: list[dict[str, Any]]) -> None:
    # Each answer alone may coincide, since there are only so many kernel sizes.
    pairs = 500 * 499 // 2
    shared = {
        key: sum(n * (n - 1) // 2 for n in Counter(repr(answer[key]) for answer in answers).values()) / pairs
        for key in KEYS
    }
    assert shared == pytest.approx(SHARED, abs=0.0005)
    most = max(
        sum(one[key] == other[key] for key in KEYS) for one, other in itertools.combinations(answers, 2)
    )
    assert most <= 3
