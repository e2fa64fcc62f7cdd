"""Whoever is graded before an honest student, in the same process, changes nothing for them, and earns nothing by lies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading.outcome import Handin, Work
from autograder.grading.pool import ExaminerProcess, LessonSource, Question
from autograder.grading.setting import alone
from autograder.lesson.notebook import strip_hidden
from autograder.lesson.stubbing import stubs_of
from autograder.sandbox import wire
from autograder.sandbox.limits import Limits

from .course import _nbgrader, with_ids
from .in_a_row import ANSWERS, IN_A_ROW, SETUP, TESTS, Before

if TYPE_CHECKING:
    from nbformat import NotebookNode

pytestmark = pytest.mark.sandbox
HONEST = Before("honest", "nothing", earns=float(len(ANSWERS)))


def lesson() -> NotebookNode:
    cells = [new_code_cell(SETUP, metadata=_nbgrader("setup", locked=True))]
    for name, answer in ANSWERS.items():
        solution = f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"
        test = _nbgrader(f"test_{name}", grade=True, locked=True, points=1.0)
        cells.append(new_code_cell(solution, metadata=_nbgrader(name, solution=True)))
        cells.append(new_code_cell(TESTS[name], metadata=test))
    return with_ids(new_notebook(cells=cells))


def handed_in(row: Before) -> Handin:
    notebook = nbformat.from_dict(lesson())
    for cell in notebook.cells:
        name = cell.metadata["nbgrader"]["grade_id"]
        cell.source = row.answers.get(name, ANSWERS.get(name, strip_hidden(cell.source)))
    return Handin("ps", "somebody", {"": nbformat.writes(notebook).encode()})


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Grade an honest student first and after each of the others, as many as may be in one process."""
    folder = tmp_path_factory.mktemp("row")
    limits = Limits(cell_seconds=2, call_seconds=1, test_seconds=10, memory_mib=400)
    setting = alone(LessonSource(lesson(), folder, (folder, Path.cwd())), limits)
    examiner = ExaminerProcess(msgspec.structs.replace(setting, stubs=stubs_of(None)))
    found = []
    try:
        examiner.wait()
        assert examiner.problems == []
        asked = [HONEST, *(one for row in IN_A_ROW for one in (row, HONEST))]
        for connection in [examiner.ask(Question(handin=handed_in(row))) for row in asked]:
            with connection:
                said, payload = wire.receive(connection)
                assert not said
                found.append(bytes(payload))
    finally:
        examiner.close()
    return found


def test_the_honest_earn_all(answers: list[bytes]) -> None:
    outcome = msgspec.msgpack.decode(answers[0], type=Work).graded.outcome
    assert outcome.score == HONEST.earns, outcome.cells


@pytest.mark.parametrize("row", IN_A_ROW, ids=lambda row: row.name)
def test_nobody_feels_who_was_graded_before(answers: list[bytes], row: Before) -> None:
    assert answers[2 * IN_A_ROW.index(row) + 2] == answers[0]


@pytest.mark.parametrize("row", IN_A_ROW, ids=lambda row: row.name)
def test_a_lie_earns_what_its_honest_part_earns(answers: list[bytes], row: Before) -> None:
    outcome = msgspec.msgpack.decode(answers[2 * IN_A_ROW.index(row) + 1], type=Work).graded.outcome
    assert outcome.score == row.earns, outcome.cells
