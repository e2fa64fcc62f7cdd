"""A second run grades what is new or changed, and brings the gradebook in step with the rest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.grading import kept

from .conftest import TESTS, lesson, work
from .test_cli import grade, hand_in, make_course

pytestmark = pytest.mark.sandbox
WRONG = {"halve": "def halve(x):\n    return x"}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a course with two graded students, once: ada has 6 points, bob 4."""
    course = make_course(tmp_path_factory.mktemp("rerun") / "course")
    hand_in(course, "ada", work())
    hand_in(course, "bob", work(WRONG))
    assert points(grade(course)[1]) == {"ada": 6, "bob": 4}
    return course


@pytest.fixture
def graded(made: Path, tmp_path: Path) -> Path:
    """Return a copy of that course of one's own."""
    return Path(shutil.copytree(made, tmp_path / "course"))


def points(entries: dict[str, dict[str, float]]) -> dict[str, float]:
    return {name: entry["score"] for name, entry in entries.items()}


def written(course: Path) -> dict[str, int]:
    """Return when each student's graded notebook was written."""
    files = (course / "autograded").glob("*/ps/ps.ipynb")
    return {file.parts[-3]: file.stat().st_mtime_ns for file in files}


def rewritten(course: Path, before: dict[str, int]) -> set[str]:
    return {name for name, when in written(course).items() if before.get(name) != when}


def in_gradebook(course: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {one.student.id: one.score for one in book.assignment_submissions("ps")}


def test_what_has_not_changed_is_not_graded_again_and_told_as_before(graded: Path) -> None:
    before, told = written(graded), json.loads((graded / "marks.json").read_text())
    grade(graded)
    assert rewritten(graded, before) == set()
    assert json.loads((graded / "marks.json").read_text()) == told


def test_again_grades_all(graded: Path) -> None:
    before = written(graded)
    assert points(grade(graded, "--again")[1]) == {"ada": 6, "bob": 4}
    assert rewritten(graded, before) == {"ada", "bob"}


def test_what_is_new_or_handed_in_again_is_graded(graded: Path) -> None:
    before = written(graded)
    hand_in(graded, "cy", work())
    (graded / "submitted" / "bob" / "ps" / "ps.ipynb").write_text(nbformat.writes(work()))
    assert points(grade(graded)[1]) == {"ada": 6, "bob": 6, "cy": 6}
    assert rewritten(graded, before) == {"bob", "cy"}


@pytest.mark.parametrize(
    ("file", "text"),
    [("source/ps/data.csv", "1,2"), ("nbgrader_config.py", "\nc.SandboxedExecute.call_seconds = 0.7\n")],
    ids=["the lesson's data", "the limits"],
)
def test_what_marks_hang_on_has_all_of_them_graded_again(graded: Path, file: str, text: str) -> None:
    before = written(graded)
    with (graded / file).open("a") as opened:
        opened.write(text)
    grade(graded)
    assert rewritten(graded, before) == {"ada", "bob"}


def test_a_test_that_the_teacher_mends_changes_marks(graded: Path) -> None:
    fairer = TESTS["halve"].replace("halve(4) == 2", "True").replace("halve(3) == reference_half(3)", "True")
    notebook = lesson()
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_halve":
            cell.source = fairer
    nbformat.write(notebook, graded / "source" / "ps" / "ps.ipynb")
    assert points(grade(graded)[1]) == {"ada": 6, "bob": 6}


def test_a_graded_notebook_that_was_deleted_is_made_again(graded: Path) -> None:
    (graded / "autograded" / "bob" / "ps" / "ps.ipynb").unlink()
    before = written(graded)
    grade(graded)
    assert rewritten(graded, before) == {"bob"}


def test_a_lost_gradebook_is_filled_again_without_grading(graded: Path) -> None:
    before = written(graded)
    (graded / "gradebook.db").unlink()
    grade(graded)
    assert rewritten(graded, before) == set()
    assert in_gradebook(graded) == {"ada": 6, "bob": 4}


def test_what_a_person_gave_stays(graded: Path) -> None:
    with Gradebook(f"sqlite:///{graded}/gradebook.db") as book:
        mark = book.find_grade("test_halve", "ps", "ps", "bob")
        mark.manual_score = 1.5
        book.db.commit()
    grade(graded)
    assert in_gradebook(graded)["bob"] == 5.5


def waiting(course: Path) -> dict[str, set[str]]:
    """Return the cells of each student that wait for a person."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {
            one.student.id: {
                mark.name for notebook in one.notebooks for mark in notebook.grades if mark.needs_manual_grade
            }
            for one in book.assignment_submissions("ps")
        }


def mark_by_hand(course: Path, student: str) -> None:
    """Give points as formgrader does, which takes the cell off the list of what waits."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        mark = book.find_grade("test_halve", "ps", "ps", student)
        mark.manual_score, mark.needs_manual_grade = 1.5, False
        book.db.commit()


@pytest.mark.parametrize("options", [(), ("--again",)], ids=["nothing changed", "all graded again"])
def test_what_a_person_marked_waits_for_nobody_again(graded: Path, options: tuple[str, ...]) -> None:
    mark_by_hand(graded, "bob")
    grade(graded, *options)
    assert waiting(graded) == {"ada": set(), "bob": set()}


def test_what_a_person_marked_waits_again_where_the_work_or_the_tests_marks_are_others(graded: Path) -> None:
    for student in ("ada", "bob"):
        mark_by_hand(graded, student)
    (graded / "submitted" / "ada" / "ps" / "ps.ipynb").write_text(
        nbformat.writes(work({"answer": "answer = 6 * 7"}))
    )
    grade(graded)
    assert waiting(graded) == {"ada": {"test_halve"}, "bob": set()}
    (graded / "submitted" / "bob" / "ps" / "ps.ipynb").write_text(nbformat.writes(work()))
    grade(graded)
    assert waiting(graded) == {"ada": {"test_halve"}, "bob": {"test_halve"}}


def test_what_grading_itself_failed_at_is_tried_again(graded: Path) -> None:
    file = graded / "autograded" / "bob" / "ps" / kept.KEPT
    data = json.loads(file.read_text())
    assert data["fingerprint"]
    file.write_text(json.dumps(data | {"fingerprint": ""}))  # as it is written then
    before = written(graded)
    grade(graded)
    assert rewritten(graded, before) == {"bob"}


def test_a_student_cannot_hand_in_what_is_kept(graded: Path) -> None:
    stolen = (graded / "autograded" / "ada" / "ps" / kept.KEPT).read_bytes()
    (graded / "submitted" / "bob" / "ps" / kept.KEPT).write_bytes(stolen)
    assert points(grade(graded)[1]) == {"ada": 6, "bob": 4}
    own = json.loads((graded / "autograded" / "bob" / "ps" / kept.KEPT).read_text())
    assert own["graded"]["outcome"]["student"] == "bob"
