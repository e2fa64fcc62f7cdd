"""After a mend, `autograder grade` shows which marks changed and why; with `--dry-run` before anything is written."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.grading.changes import Change, Mark, as_csv
from autograder.grading.changes_table import SHOWN, print_changes, summary

from .conftest import HELPER, SOLUTIONS, TESTS, cell, work
from .test_cli import grade, hand_in, make_course

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

sandboxed = pytest.mark.sandbox
STRICT = TESTS["double"].replace("double(-3) == -6", "double(-3) == -6 and type(double(1)) is int")
LAX = "assert halve(4) in (2, 4)"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a course once: ada has all 6 points, bob's halve and cy's double are wrong, dee's double gives floats."""
    course = make_course(tmp_path_factory.mktemp("changes") / "course")
    hand_in(course, "ada", work())
    hand_in(course, "bob", work({"halve": "def halve(x):\n    return x"}))
    hand_in(course, "cy", work({"double": "def double(x):\n    return x"}))
    hand_in(course, "dee", work({"double": "def double(x):\n    return 2.0 * x"}))
    done, entries = grade(course)
    assert {name: one["score"] for name, one in entries.items()} == {"ada": 6, "bob": 4, "cy": 4, "dee": 6}
    assert "raded before" not in done.stdout  # the first time, no mark can be another
    return course


@pytest.fixture
def course(made: Path, tmp_path: Path) -> Path:
    """Return a copy of it, in which the test of halve has been made laxer, and that of double stricter."""
    root = Path(shutil.copytree(made, tmp_path / "course"))
    mend(root, test_halve=LAX, test_double=STRICT)
    return root


def mend(course: Path, change: Callable[[NotebookNode], None] = lambda _: None, **sources: str) -> None:
    """Give cells of the lesson other sources."""
    path = course / "source" / "ps" / "ps.ipynb"
    notebook = nbformat.read(path, 4)
    for one in notebook.cells:
        one.source = sources.get(one.metadata.get("nbgrader", {}).get("grade_id", ""), one.source)
    change(notebook)
    nbformat.write(notebook, path)


def content(course: Path) -> dict[str, bytes]:
    """Return every file of a course, but for those that a test has asked for."""
    asked = {"marks.json", "changed.csv"}
    return {
        str(path): path.read_bytes()
        for path in course.rglob("*")
        if path.is_file() and path.name not in asked
    }


def in_gradebook(course: Path) -> dict[tuple[str, str], float | None]:
    """Return the automatic points of each student and cell."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {
            (one.student.id, mark.name): mark.auto_score
            for one in book.assignment_submissions("ps")
            for notebook in one.notebooks
            for mark in notebook.grades
        }


def totals(course: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {one.student.id: one.score for one in book.assignment_submissions("ps")}


def changed(entries: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {student: one["changed"] for student, one in entries.items() if "changed" in one}


@sandboxed
def test_a_dry_run_writes_nothing_and_says_what_the_run_then_does(course: Path) -> None:
    before, points, sums = content(course), in_gradebook(course), totals(course)
    done, foreseen = grade(course, "--dry-run", "--changes", str(course / "changed.csv"))
    assert done.returncode == 0, done.stderr
    assert content(course) == before
    assert "Nothing was written" in done.stdout
    told, rows = changed(foreseen), (course / "changed.csv").read_text()
    assert {student: (one["before"], one["after"]) for student, one in told.items()} == {
        "bob": (4, 6),
        "dee": (6, 4),
    }
    assert told["bob"]["cells"]["test_halve"]["why"] == "its test was changed"
    assert "the assertion does not hold" in told["bob"]["cells"]["test_halve"]["was"]
    assert told["dee"]["cells"]["test_double"]["now"] == "AssertionError: negative numbers too"

    done, entries = grade(course, "--changes", str(course / "changed.csv"))
    assert changed(entries) == told
    assert (course / "changed.csv").read_text() == rows
    # The gradebook agrees with the table: where it says nothing, nothing is another than it was.
    after = in_gradebook(course)
    table = {(row["student"], row["exercise"]): row for row in csv.DictReader(rows.splitlines())}
    assert {key for key in points if points[key] != after[key]} == set(table)
    assert all(
        (points[key], after[key]) == (float(row["before"]), float(row["after"])) for key, row in table.items()
    )
    for row in table.values():
        assert (sums[row["student"]], totals(course)[row["student"]]) == (
            float(row["total before"]),
            float(row["total after"]),
        )
    assert "1 up, 1 down, 2 the same; largest change -2 (dee, ps)" in done.stdout
    assert "its test was changed" in done.stdout


@sandboxed
def test_what_a_person_gave_stays_and_the_table_says_so(course: Path) -> None:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        mark = book.find_grade("test_halve", "ps", "ps", "bob")
        mark.manual_score = 1.5
        comment = book.find_comment("halve", "ps", "ps", "bob")
        comment.manual_comment = "nearly"
        book.db.commit()
    done, entries = grade(course)
    told = changed(entries)["bob"]
    assert (told["before"], told["after"]) == (5.5, 5.5)
    found = told["cells"]["test_halve"]
    assert (found["before"], found["after"], found["by_hand"]) == (0, 2, 1.5)
    assert "1.5 by hand" in done.stdout
    assert "what being late costs: bob 5.5." in done.stdout
    assert (entries["bob"]["score"], entries["bob"]["total"]) == (6, 5.5)
    assert "total" not in entries["ada"]
    assert "0 up, 1 down, 3 the same" in done.stdout
    assert totals(course)["bob"] == 5.5
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        assert book.find_comment("halve", "ps", "ps", "bob").comment == "nearly"


@sandboxed
def test_each_cause_is_told_from_the_others(made: Path, tmp_path: Path) -> None:
    course = Path(shutil.copytree(made, tmp_path / "course"))
    (course / "submitted" / "cy" / "ps" / "ps.ipynb").write_text(nbformat.writes(work()))
    _, entries = grade(course, "--dry-run")
    assert {student: one["why"] for student, one in changed(entries).items()} == {"cy": ["handed in again"]}

    mend(
        course,
        halve=SOLUTIONS["halve"].replace("x / 2", "x / 2.0"),
        setup=f"import numpy as np\nreference_half = abs\n{HELPER}",
    )
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("\nc.SandboxedExecute.call_seconds = 0.7\n")
    _, entries = grade(course, "--dry-run")
    found = {student: one["cells"]["test_halve"]["why"] for student, one in changed(entries).items()}
    assert found["ada"] == "its reference halve was changed; other limits or another way to grade"
    assert found["cy"].endswith("; handed in again; other limits or another way to grade")
    assert changed(entries)["ada"]["why"] == [
        "the lesson's reference halve and other code of the lesson",
        "other limits or another way to grade",
    ]


@sandboxed
def test_a_lesson_that_gained_and_lost_an_exercise(course: Path) -> None:
    def other(notebook: NotebookNode) -> None:
        notebook.cells = notebook.cells[:-2]
        notebook.cells.append(cell("sign", "### BEGIN SOLUTION\nsign = 1\n### END SOLUTION", solution=True))
        notebook.cells.append(cell("test_sign", "assert sign == 1", grade=True, locked=True, points=1))

    mend(course, other)
    before = content(course)
    done, entries = grade(course, "--dry-run")
    assert content(course) == before
    assert "`autograder grade` will refuse this: the cells of ps are others" in done.stdout
    assert str(course / "gradebook.db") in done.stdout
    cells = changed(entries)["ada"]["cells"]
    assert {name: (one["before"], one["after"]) for name, one in cells.items()} == {"test_answer": (2, None)}
    assert cells["test_answer"]["why"] == "it is no longer in the lesson"

    done, _ = grade(course)
    assert done.returncode == 1
    assert "nbgrader db assignment remove ps --force" in done.stderr
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        book.remove_assignment("ps")
    done, after = grade(course)
    assert changed(after) == changed(entries)
    assert "it is no longer in the lesson" in " ".join(done.stdout.replace("│", " ").split())


@sandboxed
def test_a_dry_run_needs_no_leave_to_write(course: Path) -> None:
    with closing(sqlite3.connect(course / "gradebook.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        other.execute("update grade set auto_score = 0")
        done, entries = grade(course, "--dry-run")
        other.execute("rollback")
    assert "Waiting" not in done.stdout
    assert set(changed(entries)) == {"bob", "dee"}


@sandboxed
def test_a_dry_run_waits_for_a_gradebook_that_cannot_be_read(course: Path) -> None:
    from autograder.grading import run  # noqa: PLC0415
    from autograder.lesson.course import open_course  # noqa: PLC0415

    opened, found, said = open_course(course), list[Change](), threading.Event()
    with closing(
        sqlite3.connect(course / "gradebook.db", isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("begin exclusive")
        waiting = threading.Thread(
            target=run.grade,
            args=(opened, [("ps", "bob")]),
            kwargs={"dry": True, "changed": found.append, "say": lambda _: said.set()},
        )
        waiting.start()
        assert said.wait(60)
        other.execute("rollback")
        waiting.join()
    assert [(one.student, one.before, one.after) for one in found] == [("bob", 4, 6)]


@sandboxed
def test_a_dry_run_on_dask_says_the_same_and_writes_nothing(course: Path) -> None:
    pytest.importorskip("distributed")
    before = content(course)
    _, here = grade(course, "--dry-run", "--student", "dee")
    done, there = grade(course, "--dry-run", "--student", "dee", "--engine", "dask", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert there == here
    assert content(course) == before


@sandboxed
def test_nothing_changed_says_so_and_a_gradebook_out_of_step_is_told(made: Path, tmp_path: Path) -> None:
    course = Path(shutil.copytree(made, tmp_path / "course"))
    done, entries = grade(course, "--dry-run")
    assert "Graded before: 4, of which 0 were graded again. 0 up, 0 down, 4 the same" in done.stdout
    assert changed(entries) == {}
    with closing(sqlite3.connect(course / "gradebook.db")) as book:
        book.execute("update grade set auto_score = 1 where auto_score = 0")
        book.commit()
    _, entries = grade(course)
    found = {student: (one["before"], one["after"], one["why"]) for student, one in changed(entries).items()}
    why = ["not graded again: the gradebook had other marks than this grader gave"]
    assert found == {"bob": (5, 4, why), "cy": (5, 4, why)}


@sandboxed
def test_what_being_late_costs_now_is_told(course: Path) -> None:
    config = (course / "nbgrader_config.py").open("a")
    config.write(
        "\nc.AssignLatePenalties.plugin_class = 'autograder.grading.late_days.LateDays'\n"
        "c.LateDays.share_per_day = 0.5\n"
    )
    config.close()
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        book.update_or_create_assignment("ps", duedate="2026-03-01 12:00:00 UTC")
    (course / "submitted" / "ada" / "ps" / "timestamp.txt").write_text("2026-03-01 18:00:00 UTC")
    done, entries = grade(course, "--student", "ada", "--dry-run")
    told = changed(entries)["ada"]
    assert (told["before"], told["after"], told["penalty_after"], told["cells"]) == (6, 3, 3, {})
    assert "late" in done.stdout


def many(count: int) -> list[Change]:
    """Return as many submissions with a mark that fell, rose, or was given by hand."""
    return [
        Change(
            "ps", f"s{number:03}", 4, 4 + gained, ["the lesson's test test_a"],
            {"test_a": Mark(2, 2 + gained, None, "its test was changed", "was wrong", "")}, is_regraded=True,
        )
        for number in range(count)
        for gained in [(-1, 2, 0.5)[number % 3]]
    ]  # fmt: skip


def test_a_long_class_is_cut_and_says_where_the_whole_is(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console  # noqa: PLC0415

    print_changes(Console(width=100), many(300), new=3)
    shown = capsys.readouterr().out
    assert shown.count("its test was changed") == SHOWN + 1  # and one for the exercise
    assert "260 more changed marks: `--changes FILE.csv`" in shown
    assert "200 up, 100 down, 0 the same; largest change +2 (s001, ps). 3 graded for the first time." in shown
    # those who lose come first
    assert shown.index("s000") < shown.index("s003") < shown.index("260 more")


def test_a_summary_counts_what_does_not_count() -> None:
    one = Change("ps", "bob", 5, 5, ["asked"], {"test_a": Mark(0, 2, 1.5)}, is_regraded=True)
    assert summary([one]).startswith("Graded before: 1, of which 1 was graded again. ")
    assert summary([one, one]).startswith("Graded before: 2, of which 2 were graded again. ")
    assert summary([one]).endswith(
        "0 up, 0 down, 1 the same. 1 mark that a person gave stays: the total does not follow the tests there."
    )


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    said = "=HYPERLINK('http://example.org')"
    one = Change("ps", "@ada", 5, 4, ["asked"], {"test_a": Mark(2, -1, None, "its test", said, "")})
    row = list(csv.reader(as_csv([one]).splitlines()))[1]
    assert row == ["ps", "'@ada", "test_a", "2", "-1", "", "5", "4", "its test", f"'{said}", ""]


def test_json_of_changes_is_json() -> None:
    from autograder.grading.changes import entries  # noqa: PLC0415
    from autograder.grading.outcome import Outcome  # noqa: PLC0415

    told = entries(
        [Outcome("s000", "ps", "graded", 3, 6), Outcome("x", "ps", "graded", 6, 6)],
        many(1),
        {("ps", "x"): 5.5},
    )
    assert json.loads(json.dumps(told))[0]["changed"]["cells"]["test_a"]["after"] == 1
    assert "changed" not in told[1]
    assert [one.get("total") for one in told] == [None, 5.5]
