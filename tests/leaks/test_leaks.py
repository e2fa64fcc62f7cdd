"""No page, notebook, message or line on the terminal shows a hidden test, a solution, or a folder of the machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from autograder.lesson.fitting import read_answers

from .conftest import LESSONS, STUDENTS, TROUBLE, Graded
from .secrets import inputs_in, places, shown_lines, shown_places, texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.sandbox
each = pytest.mark.parametrize("name", LESSONS)


def _read(graded: Graded, student: str) -> Iterator[tuple[str, str]]:
    """Yield (where, text) for all that is written about a student."""
    yield "the JSON", "\n".join(_all_texts(graded.entries[student]))
    for path in graded.files(student):
        yield path.relative_to(graded.root).as_posix(), texts_of(path)


def _all_texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _all_texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _all_texts(item)
    else:
        yield str(value)


@each
def test_the_class_is_wrong_in_every_exercise(graded: Callable[[str], Graded], name: str) -> None:
    """Otherwise nothing below would mean anything."""
    for student in (*STUDENTS, TROUBLE):
        cells = graded(name).entries[student]["cells"]
        assert [one for one, cell in cells.items() if cell["score"] < cell["max_score"]], student
        assert len([path for path in graded(name).files(student) if path.suffix in {".ipynb", ".html"}]) == 2
    assert graded(name).entries[TROUBLE]["status"] == "partial"
    assert graded(name).entries["zed"]["status"] == "rejected"


@each
def test_no_hidden_line_is_shown(graded: Callable[[str], Graded], name: str) -> None:
    one = graded(name)
    assert len(one.secrets.hidden) > 20
    for student in (*STUDENTS, TROUBLE):
        own = one.own(student)
        found = {
            where: lines
            for where, text in _read(one, student)
            if (lines := shown_lines(text, one.secrets.hidden, own))
        }
        assert found == {}, student
    assert shown_lines(one.console, one.secrets.hidden, "") == []


@each
def test_no_line_of_a_solution_is_shown(graded: Callable[[str], Graded], name: str) -> None:
    one = graded(name)
    assert len(one.secrets.solutions) > 20
    for student in (*STUDENTS, TROUBLE):
        own = one.own(student)
        found = {
            where: lines
            for where, text in _read(one, student)
            if (lines := shown_lines(text, one.secrets.solutions, own))
        }
        assert found == {}, student
    assert shown_lines(one.console, one.secrets.solutions, "") == []


@each
def test_no_folder_of_the_machine_is_named(graded: Callable[[str], Graded], name: str) -> None:
    one = graded(name)
    named = places(one.root)
    for student in (*STUDENTS, TROUBLE, "zed"):
        found = {where: shown for where, text in _read(one, student) if (shown := shown_places(text, named))}
        assert found == {}, student
    assert shown_places(one.console, named) == []


@each
def test_an_aspect_shows_one_hidden_case_at_most(graded: Callable[[str], Graded], name: str) -> None:
    one = graded(name)
    for student in (*STUDENTS, TROUBLE):
        for cell in one.cells(student):
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            for output in cell.get("outputs", []):
                for aspect in output.get("metadata", {}).get("autograder", {}).get("aspects", []):
                    shown = inputs_in(aspect["finding"] or {}, one.secrets.inputs.get(grade_id, ()))
                    assert shown <= 1, (student, grade_id, aspect)


def test_a_planted_leak_is_found(graded: Callable[[str], Graded], tmp_path: Any) -> None:
    """Each of the searches above finds what it looks for, in each kind of file."""
    one = graded("01_activations")
    secret, solution = sorted(one.secrets.hidden)[3], sorted(one.secrets.solutions)[3]
    planted = f"one\n  {secret}\n{solution} and {one.root}/x\n"
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": [{"source": planted.splitlines(keepends=True)}]}))
    (tmp_path / "a.json").write_text(json.dumps({"reason": planted}))
    (tmp_path / "a.html").write_text("<p>" + "".join(f"<b>{c}</b>" if c.isalpha() else c for c in planted))
    for path in tmp_path.iterdir():
        text = texts_of(path)
        assert shown_lines(text, one.secrets.hidden, "") == [secret], path.name
        assert solution in shown_lines(text, one.secrets.solutions, ""), path.name
        assert shown_places(text, places(one.root)), path.name
    two = ({"[1.5,-2.25,3]"}, {"[4.5,6.25,7]"})
    assert inputs_in({"verdict": "[1.5, -2.25, 3.] and [4.5, 6.25, 7.0]"}, tuple(map(frozenset, two))) == 2


def test_what_a_class_can_do_wrong_is_tried() -> None:
    kinds = {answer.kind for name in LESSONS for answer in read_answers(LESSONS[name])}
    assert {
        "wrong",
        "None",
        "wrong type",
        "wrong shape",
        "NaN",
        "raises",
        "prints",
        "unreadable line",
    } <= kinds
