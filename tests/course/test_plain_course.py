"""A plain nbgrader course is graded here as stock nbgrader grades it, cell by cell, wherever the work is honest.

But for what is fairer here: a warning costs nothing, and an error costs once.
"""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from nbgrader.api import Gradebook

from .conftest import command
from .plain import folder
from .plain.students import ALIKE, CLASS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sandbox
Marks = dict[tuple[str, str], dict[str, Any]]
PAIRS = [(assignment, student) for assignment, students in ALIKE.items() for student in students]
UNFAIR = "test_normalise"
# What stock nbgrader takes points for, since an earlier cell was wrong: with a right one there it is right.
FOLLOWS = {
    ("ps1", "broken"): {"test_sum_of_squares": "squares", "test_compose": "squares"},
    ("ps2", "raising"): {"test_warm": "read_temperatures"},
}


@dataclass(frozen=True)
class Graded:
    """A graded course: what its gradebook holds, and what `--json` said where that was asked for."""

    marks: Marks
    entries: dict[tuple[str, str], dict[str, Any]]


def read(course: Path) -> Marks:
    """Return every row of the gradebook: marks, whether a person is asked, and nbgrader's own comments."""
    found: Marks = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        for assignment in book.assignments:
            for submission in assignment.submissions:
                rows = found.setdefault((assignment.name, submission.student.id), {})
                for notebook in submission.notebooks:
                    for grade in notebook.grades:
                        asked = bool(grade.needs_manual_grade)
                        rows[grade.name] = (grade.auto_score, grade.max_score, grade.manual_score, asked)
                    for comment in notebook.comments:
                        rows[f"comment on {comment.name}"] = comment.auto_comment
    return found


@dataclass(frozen=True)
class Three:
    """The same submissions, graded in three ways."""

    stock: Graded
    under_nbgrader: Graded
    by_command: Graded


@pytest.fixture(scope="session")
def three(tmp_path_factory: pytest.TempPathFactory) -> Three:
    """Release with stock nbgrader, let everybody hand in, and grade thrice: ours beside stock, to save time."""
    courses = [tmp_path_factory.mktemp("plain") / "course" for _ in range(3)]
    folder.make(courses[0])
    for course in courses[1:]:
        shutil.copytree(courses[0], course)
    with ThreadPoolExecutor(1) as beside:
        ours = beside.submit(lambda: (under_nbgrader(courses[1]), by_command(courses[2])))
        return Three(stock(courses[0]), *ours.result())


def stock(course: Path) -> Graded:
    """Grade with nothing of ours: nbgrader's own Execute, a real kernel."""
    api = folder.stock_api(course)
    for assignment in CLASS:
        result = api.autograde(assignment, "*")
        assert result["success"], result.get("log")
    return Graded(read(course), {})


def under_nbgrader(course: Path) -> Graded:
    """Grade with `nbgrader autograde`, the course's config being `configure(c)` and nothing else."""
    (course / "nbgrader_config.py").write_text(folder.OURS)
    for assignment in CLASS:
        done = command("nbgrader", "autograde", assignment, "--create", at=course)
        assert done.returncode == 0, done.stderr
    return Graded(read(course), {})


def by_command(course: Path) -> Graded:
    """Grade with `autograder grade`, which has to make the gradebook itself."""
    (course / "gradebook.db").unlink()
    done = command("autograder", "grade", "--course", course, "--json", course / "marks.json", at=course)
    assert done.returncode == 0, done.stderr
    entries = json.loads((course / "marks.json").read_text())
    return Graded(read(course), {(entry["assignment"], entry["student"]): entry for entry in entries})


@pytest.mark.parametrize("pair", PAIRS, ids="/".join)
def test_marks_are_those_of_stock_nbgrader(three: Three, pair: tuple[str, str]) -> None:
    stock = three.stock.marks[pair]
    once = {name: (stock[name][1], *stock[name][1:]) for name in FOLLOWS.get(pair, {})}
    assert three.under_nbgrader.marks[pair] == stock | once
    assert three.by_command.marks[pair] == stock | once


def test_an_error_costs_once_and_the_json_says_why(three: Three) -> None:
    said = {
        (pair, name): cell["message"]
        for pair, entry in three.by_command.entries.items()
        for name, cell in entry["cells"].items()
        if "in the place of yours" in cell["message"]
    }
    assert said.keys() == {(pair, name) for pair, names in FOLLOWS.items() for name in names}
    for (pair, name), message in said.items():
        assert three.stock.marks[pair][name][0] == 0
        assert message.startswith(f"graded with a right `{FOLLOWS[pair][name]}` in the place of yours")


@pytest.mark.parametrize("pair", PAIRS, ids="/".join)
def test_the_json_says_what_the_gradebook_holds(three: Three, pair: tuple[str, str]) -> None:
    entry, rows = three.by_command.entries[pair], three.by_command.marks[pair]
    assert entry["status"] == "graded"
    graded = {name: row for name, row in rows.items() if not name.startswith("comment on ")}
    assert {name: cell["max_score"] for name, cell in entry["cells"].items()} == {
        name: row[1] for name, row in graded.items()
    }
    assert {name: cell["score"] for name, cell in entry["cells"].items()} == {
        name: row[0] or 0 for name, row in graded.items()
    }


def test_the_class_is_worth_comparing(three: Three) -> None:
    """Right answers earn everything, the untouched release nothing, and much lies between."""
    totals = {
        pair: sum(row[0] or 0 for row in rows.values() if isinstance(row, tuple))
        for pair, rows in three.stock.marks.items()
    }
    assert totals["ps1", "right"] == totals["ps1", "helpers"] == totals["ps1", "order"] == 32
    assert totals["ps1", "untouched"] == totals["ps2", "untouched"] == 0
    assert len({totals[pair] for pair in PAIRS}) > 6


def test_a_warning_costs_a_right_answer_its_points_in_stock_nbgrader_and_none_here(three: Three) -> None:
    warned = ("ps1", "warned")
    assert three.stock.marks[warned][UNFAIR][0] == 0
    for ours in (three.under_nbgrader, three.by_command):
        assert ours.marks[warned] == three.stock.marks[warned] | {UNFAIR: (2, 2, None, False)}


def test_marks_of_tests_that_ran_beside_student_code_are_flagged(three: Three) -> None:
    cells = three.by_command.entries["ps1", "right"]["cells"]
    assert cells["test_stack"]["message"].startswith("[run inside the sandbox]")
    assert [name for name, cell in cells.items() if "inside the sandbox" in cell["message"]] == ["test_stack"]


def test_every_lost_mark_has_a_reason(three: Three) -> None:
    for entry in three.by_command.entries.values():
        for name, cell in entry["cells"].items():
            if cell["status"] == "none":
                assert cell["message"], (entry["student"], name)
