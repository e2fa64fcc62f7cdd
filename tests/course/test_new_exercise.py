"""What `autograder new-exercise` writes is a whole exercise: built, graded and audited as it stands, for each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.audit.auditing import audit
from autograder.audit.foreseen import amiss
from autograder.cli import app
from autograder.grading.run import grade, to_grade
from autograder.lesson.course import open_course
from autograder.lesson.fitting import read_answers
from autograder.lesson.generate import BuildError
from autograder.lesson.release import build
from autograder.lesson.source import read_lesson

from .answering import Desk
from .conftest import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.sandbox
KINDS = {
    "column_means": "function",
    "derive_shift": "derivation",
    "product_shape": "value",
    "explain_it": "words",
}
GRADED = [name for name, kind in KINDS.items() if kind != "words"]


def new_exercise(course: Path, lesson: str, name: str, *options: str) -> str:
    """Run the command; return what it said."""
    words = ["new-exercise", lesson, name, *options, "--course", str(course)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Begin a course with an exercise of each kind, and build it."""
    made = tmp_path_factory.mktemp("new") / "stats101"
    for at, (name, kind) in enumerate(KINDS.items()):
        new_exercise(made, "hw1", name, "--kind", kind, *([] if at else ["--new-course"]))
    assert build(made).assignments == ("hw1",)
    return made


@pytest.fixture(scope="module")
def desk(course: Path) -> Iterator[Desk]:
    opened = open_course(course)
    made = Desk(opened, read_lesson(opened.source("hw1") / "hw1.py"))
    yield made
    made.close()


def test_the_reference_earns_everything_and_the_stub_nothing(desk: Desk) -> None:
    assert {name: (one.score, one.max_score) for name, one in desk.whole().items()} == {
        "test_column_means": (3, 3),
        "test_derive_shift": (3, 3),
        "test_product_shape": (1, 1),
    }
    assert {one.score for one in desk.whole(untouched=True).values()} == {0}


@pytest.mark.parametrize("name", GRADED)
def test_its_answers_earn_what_they_foresee(desk: Desk, course: Path, name: str) -> None:
    listed = read_answers(read_lesson(course / "source" / "hw1" / "hw1.py"))
    answers = [answer for answer in listed if answer.exercise == name]
    assert sum(answer.kind == "wrong" for answer in answers) >= 3
    found = [
        line
        for answer, graded in zip(answers, desk.grade(name, answers), strict=True)
        if (line := amiss(answer, graded))
    ]
    assert found == [], "\n".join(found)


def test_an_audit_finds_nothing_to_add(course: Path) -> None:
    (found,) = audit(open_course(course), jobs=2)
    assert found.sound
    for one in found.exercises:
        assert {judged.state for judged in one.mutants} == {"killed"}, one.name
        assert (one.remarks, one.faults) == ((), ())
    assert [(known.name, known.named) for known in found.exercises[0].mistakes] == [("rounded down", True)]


def test_points_are_as_asked_and_split_between_the_aspects(tmp_path: Path) -> None:
    new_exercise(tmp_path / "c", "hw1", "one", "--new-course", "--points", "1")
    new_exercise(tmp_path / "c", "hw1", "two", "--points", "4.5")
    text = (tmp_path / "c/source/hw1/hw1.py").read_text()
    assert 'check.marks("one", values=0.5, shapes=0.5)' in text
    assert 'check.marks("two", values=3.5, shapes=1)' in text
    assert build(tmp_path / "c").assignments == ("hw1",)


def test_a_plain_course_with_notebooks_of_its_own_gets_cells_and_grades_them(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    source = plain / "solutions" / "ps1" / "problems.ipynb"
    source.parent.mkdir(parents=True)
    (plain / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.source_directory = "solutions"\n'
    )
    own = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        cells=[nbformat.v4.new_markdown_cell("# Problem set 1"), nbformat.v4.new_code_cell("import math")],
    )
    nbformat.write(own, source)
    said = new_exercise(plain, "ps1", "column_means")
    assert "configure(c)" in said
    new_exercise(plain, "ps1", "product_shape", "--kind", "value", "--after", "column_means")
    assert not source.with_name("answers.py").exists()  # nbgrader would release it
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nbformat.read(source, 4).cells]
    assert ids == [
        None, None, "setup_column_means", None, "column_means", "test_column_means",
        None, "product_shape", "test_product_shape",
    ]  # fmt: skip
    build(plain)
    for student, notebook in {"ada": source, "eve": plain / "release" / "ps1" / "problems.ipynb"}.items():
        folder = plain / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        (folder / "problems.ipynb").write_bytes(notebook.read_bytes())
    opened = open_course(plain)
    marks = {one.student: one.score for one in grade(opened, to_grade(opened, None, []))}
    assert marks == {"ada": 4, "eve": 0}


def test_nbgraders_button_says_what_to_do_where_a_lesson_gained_an_exercise_and_was_not_built(
    tmp_path: Path,
) -> None:
    course = tmp_path / "late"
    new_exercise(course, "hw1", "first", "--new-course")
    build(course)
    new_exercise(course, "hw1", "second")
    folder = course / "submitted" / "ada" / "hw1"
    folder.mkdir(parents=True)
    (folder / "hw1.ipynb").write_bytes((course / "release" / "hw1" / "hw1.ipynb").read_bytes())
    done = command("nbgrader", "autograde", "hw1", "--create", at=course)
    assert done.returncode == 1
    assert "nbgrader db assignment remove hw1 --force" in done.stderr
    assert command("nbgrader", "db", "assignment", "remove", "hw1", "--force", at=course).returncode == 0
    build(course)
    done = command("nbgrader", "autograde", "hw1", "--create", at=course)
    assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        graded = book.find_submission_notebook("hw1", "hw1", "ada").grades
        assert {grade.name: grade.max_score for grade in graded} == {"test_first": 3, "test_second": 3}


def test_a_lesson_that_has_marks_is_told_that_its_cells_stay(tmp_path: Path) -> None:
    course = tmp_path / "marked"
    new_exercise(course, "hw1", "first", "--new-course")
    build(course)
    folder = course / "submitted" / "ada" / "hw1"
    folder.mkdir(parents=True)
    (folder / "hw1.ipynb").write_bytes((course / "release" / "hw1" / "hw1.ipynb").read_bytes())
    opened = open_course(course)
    assert [one.score for one in grade(opened, to_grade(opened, None, []))] == [0]
    new_exercise(course, "hw1", "second")
    before = (course / "release" / "hw1" / "hw1.ipynb").read_bytes()
    with pytest.raises(BuildError, match="hw1 is graded already") as caught:
        build(course)
    assert "Traceback" not in str(caught.value)
    assert (course / "release" / "hw1" / "hw1.ipynb").read_bytes() == before
    words = str(caught.value).rpartition(": ")[2].split()
    assert command(*words, at=course).returncode == 0
    assert build(course).assignments == ("hw1",)
