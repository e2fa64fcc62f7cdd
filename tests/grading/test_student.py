"""Questions drawn from a student's id: the id that handed in decides, on both sides of the wall."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbformat.v4 import new_notebook

from autograder import check
from autograder.check import grading
from autograder.grading import marks
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Examiner, LessonSource
from autograder.sandbox.limits import Limits

from .conftest import cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

SETUP = "from autograder import check\ndef question(student):\n    return sum(map(ord, student))"
DRAWN = "student_id = check.student_id()\nmine = question(student_id)"
TEST = (
    "marks = check.marks(values=1, drawn=1)\n"
    "with marks.values:\n    check.equal(answer, 2 * question(check.student_id()), because='twice the number')\n"
    "with marks.drawn:\n    check.equal(mine, question(check.student_id()), because='a locked cell drew it')\n"
    "marks.total()"
)


def lesson(answer: str = "answer = 2 * mine") -> NotebookNode:
    cells = [cell("setup", SETUP, locked=True), cell("drawn", DRAWN, locked=True)]
    cells += [cell("answer", answer, solution=True), cell("test_answer", TEST, grade=True, points=2)]
    return new_notebook(cells=cells)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def examiner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examiner]:
    folder = tmp_path_factory.mktemp("student")
    made = Examiner(LessonSource(lesson(), folder, (folder, Path.cwd())), Limits(memory_mib=400))
    yield made
    made.close()


def earned(examiner: Examiner, student: str, answer: str = "answer = 2 * mine") -> float:
    work = lesson(answer)
    result = examiner.examine(ExamRequest(marks.plan(work), student=student))
    assert not result.error
    marks.write_outputs(work, result)
    return marks.outcomes(work, result)["test_answer"].score


@pytest.mark.sandbox
@pytest.mark.parametrize("student", ["ada", "björn", "o'hara; x", "x" * 200])
def test_the_notebook_and_its_tests_see_the_id_that_handed_in(examiner: Examiner, student: str) -> None:
    assert earned(examiner, student) == 2


@pytest.mark.sandbox
def test_anothers_answers_are_wrong(examiner: Examiner) -> None:
    adas = f"answer = {2 * sum(map(ord, 'ada'))}"
    assert (earned(examiner, "ada", adas), earned(examiner, "bob", adas)) == (2, 1)


@pytest.mark.sandbox
def test_a_claimed_id_changes_nothing(examiner: Examiner) -> None:
    claim = (
        "import os\nos.environ['AUTOGRADER_STUDENT'] = student_id = 'ada'\n"
        "check.student_id = lambda: 'ada'\nmine = question('ada')\nanswer = 2 * mine"
    )
    assert earned(examiner, "bob", claim) == 1  # `mine` is the trusted side's own


def test_outside_a_session_the_environment_says_who(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOGRADER_STUDENT", raising=False)
    monkeypatch.setenv("JUPYTERHUB_USER", "hub-ada")
    assert check.student_id() == "hub-ada"
    monkeypatch.setenv("AUTOGRADER_STUDENT", "ada")
    assert check.student_id() == "ada"
    with grading.session({}, student="bob"):
        assert check.student_id() == "bob"
    with grading.session({}):
        assert check.student_id() == "ada"


def test_without_a_login_name_there_is_still_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any) -> str:
        raise KeyError("getpwuid(): uid not found")

    for variable in ("AUTOGRADER_STUDENT", "JUPYTERHUB_USER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("getpass.getuser", nobody)
    assert check.student_id() == "student"
