"""A lesson that gains cells after it was graded: they are added, and nothing that the gradebook has is lost."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import app
from autograder.grading.run import StoppedError, grade, to_grade
from autograder.lesson.course import open_course

from .conftest import command
from .test_new_exercise import new_exercise

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.grading.outcome import Outcome

pytestmark = pytest.mark.sandbox
SOURCE = "source/hw1/hw1.py"
NOWHERE = "`second` is not defined: no cell above defines it"
LATER_TEST = "its exercise came into the lesson after this notebook was released, so `second` is not defined"


def build(course: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["build", "hw1", *options, "--course", str(course)])
    return result.exit_code, " ".join(result.output.split())


def graded(course: Path) -> dict[str, Outcome]:
    opened = open_course(course)
    return {one.student: one for one in grade(opened, to_grade(opened, None, []))}


def in_the_book(course: Path, student: str) -> dict[str, tuple[float | None, float | None, bool]]:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        notebook = book.find_submission_notebook("hw1", "hw1", student)
        return {
            one.name: (one.auto_score, one.manual_score, one.needs_manual_grade) for one in notebook.grades
        }


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Have two students graded, and a person's points and comment for one; then three exercises are added."""
    course = tmp_path_factory.mktemp("marked") / "stats101"
    new_exercise(course, "hw1", "first", "--new-course")
    assert build(course)[0] == 0
    for student, notebook in (("ada", "source/hw1/hw1.ipynb"), ("bo", "release/hw1/hw1.ipynb")):
        folder = course / "submitted" / student / "hw1"
        folder.mkdir(parents=True)
        shutil.copy(course / notebook, folder / "hw1.ipynb")
    assert {name: one.score for name, one in graded(course).items()} == {"ada": 3, "bo": 0}
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        book.find_grade("test_first", "hw1", "hw1", "bo").manual_score = 1.5
        book.find_comment("first", "hw1", "hw1", "bo").manual_comment = "by the board"
        book.db.commit()
    new_exercise(course, "hw1", "second")
    new_exercise(course, "hw1", "third", "--kind", "words")
    return course


@pytest.fixture
def course(marked: Path, tmp_path: Path) -> Path:
    return shutil.copytree(marked, tmp_path / "stats101")


def test_without_being_asked_nothing_is_added(course: Path) -> None:
    before = (course / "gradebook.db").read_bytes()
    code, said = build(course)
    assert (code, (course / "gradebook.db").read_bytes()) == (1, before)
    assert "autograder build hw1 --add-cells" in said
    with pytest.raises(StoppedError, match="autograder build hw1 --add-cells takes them in"):
        graded(course)


def test_new_cells_are_added_and_every_mark_and_comment_stays(course: Path) -> None:
    before = {student: in_the_book(course, student) for student in ("ada", "bo")}
    assert build(course, "--add-cells")[0] == 0
    for student, marks in before.items():
        new = {"test_second": (None, None, True), "third": (None, None, True)}
        assert in_the_book(course, student) == marks | new
    done = graded(course)
    assert (done["ada"].score, done["ada"].max_score, done["bo"].score) == (3, 8, 0)
    assert done["ada"].cells["test_second"].message.startswith("`second` is not defined")
    assert in_the_book(course, "ada")["test_second"] == (0, None, False)
    assert in_the_book(course, "bo")["test_first"][:2] == (0, 1.5)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        comments = {
            one.name: one.comment for one in book.find_submission_notebook("hw1", "hw1", "bo").comments
        }
        assert comments["first"] == "by the board"
        assert set(comments) == {"first", "second", "third"}
        assert book.find_submission("hw1", "bo").score == 1.5
        assert book.find_assignment("hw1").max_score == 8


def test_nbgraders_own_commands_go_on(course: Path) -> None:
    assert build(course, "--add-cells")[0] == 0
    for words in (["generate_assignment", "hw1", "--force"], ["autograde", "hw1", "--force"], ["export"]):
        done = command("nbgrader", *words, at=course)
        assert done.returncode == 0, done.stderr
    header, *rows = (line.split(",") for line in (course / "grades.csv").read_text().splitlines())
    at = [header.index(name) for name in ("student_id", "max_score", "score")]
    assert sorted([row[place] for place in at] for row in rows) == [
        ["ada", "8.0", "3.0"],
        ["bo", "8.0", "1.5"],
    ]
    for student, said in (
        ("ada", NOWHERE),
        ("bo", LATER_TEST),
    ):  # ada's notebook is the author's, of no release
        assert said in (course / "autograded" / student / "hw1" / "hw1.ipynb").read_text()


def test_a_cell_that_went_is_refused_all_the_same(course: Path) -> None:
    text = (course / SOURCE).read_text()
    (course / SOURCE).write_text(text.replace('"test_first"', '"test_erst"').replace('"first"', '"erst"'))
    before = (course / "gradebook.db").read_bytes()
    code, said = build(course, "--add-cells")
    assert (code, (course / "gradebook.db").read_bytes()) == (1, before)
    assert "a cell of it went" in said


def test_a_lesson_without_marks_is_built_as_ever(course: Path) -> None:
    (course / "gradebook.db").unlink()
    assert build(course, "--add-cells")[0] == 0
    assert build(course)[0] == 0


LATER = "second and third came into the lesson after this notebook was released: 5 points more"


def test_who_handed_in_before_is_told_that_the_cells_came_later(course: Path) -> None:
    code, said = build(course, "--add-cells")
    assert code == 0
    assert (
        "Added to the gradebook of hw1: second, test_second, third. Every mark and comment there stays."
        in said
    )
    assert "nbgrader release_assignment hw1 --force" in said
    bo = course / "submitted/bo/hw1/hw1.ipynb"  # whose notebook is the release before
    before = graded(course)["bo"]
    assert [note for note in before.mends if note.startswith(LATER)] == before.mends
    assert before.cells["test_second"].message.startswith(LATER_TEST)
    result = CliRunner().invoke(app, ["grade", "hw1", "--student", "bo", "--course", str(course)])
    assert "1 hand-in of hw1 is of an older release, without second and third" in " ".join(
        result.output.split()
    )
    shutil.copy(course / "release/hw1/hw1.ipynb", bo)
    assert graded(course)["bo"].mends == []
    notebook = nbformat.read(bo, 4)
    notebook.cells = [one for one in notebook.cells if one.id != "second"]
    nbformat.write(notebook, bo)
    assert graded(course)["bo"].mends == ["second is missing: its cell had been deleted"]
