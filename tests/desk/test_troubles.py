"""Where a page, a table or the gradebook cannot be written or read: one line that names it and says what to do."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from .graded_course import ASSIGNMENT, lesson, nbf, solution

if TYPE_CHECKING:
    from .graded_course import Desk

ROOT = Path(__file__).resolve().parents[2]
NO_RIGHTS = "--bounding-set=-dac_override,-dac_read_search"  # root, who may else write everywhere


def command(course: Path, *words: str, largest: int | None = None) -> tuple[int, str]:
    """Run a command without root's leave to pass over rights; return its code and what it said, on one line.

    Parameters
    ----------
    largest
        Bytes of the largest file that it may write, which is the nearest to a full disk that everybody can make.
    """

    def limit() -> None:
        if largest is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    alone = ["/usr/bin/setpriv", NO_RIGHTS] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*alone, sys.executable, "-m", "autograder.cli", *words, "--course", course],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,  # before the command's own threads
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    said = " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in said, said
    return done.returncode, said


def test_a_full_disk_at_feedback_names_the_page_and_leaves_no_wrong_one(desk: Desk) -> None:
    filling = nbf.new_markdown_cell("words " * 20_000)
    long = nbf.new_notebook(cells=[filling])
    desk.hand_in("ada", long)
    course, page = desk.course.root, desk.page("ada")
    code, said = command(course, "feedback", largest=100_000)
    assert code == 1
    assert f"{page} cannot be used: File too large." in said
    assert said.endswith("and run the same command again.")
    # Neither a page that says that the notebook could not be read, nor a draft.
    assert [path.name for path in page.parent.parent.rglob("*") if path.is_file()] == []
    code, said = command(course, "feedback")
    assert code == 0
    assert f"Next: nbgrader release_feedback {ASSIGNMENT} puts them" in said
    assert "words words" in page.read_text()


@pytest.mark.parametrize("words", [("feedback",), ("report",)], ids=lambda it: it[0])
def test_a_folder_that_cannot_be_written_is_named(desk: Desk, words: tuple[str, ...]) -> None:
    desk.hand_in("ada")
    course = desk.course.root
    folder = course / ("feedback" if words[0] == "feedback" else "reports")
    folder.mkdir(mode=0o555)
    code, said = command(course, *words)
    assert code == 1
    assert re.search(
        rf"{folder}\S* cannot be used: Permission denied\. Set right who may read and write", said
    )


def test_the_report_says_what_comes_next(desk: Desk) -> None:
    desk.hand_in("ada")
    code, said = command(desk.course.root, "report")
    assert code == 0
    assert said.endswith(
        f"Next: autograder similar {ASSIGNMENT}, who wrote alike; autograder export, the grades."
    )


def test_a_report_on_nobody_says_where_the_course_stands(desk: Desk) -> None:
    folder = desk.course.source("ps9")
    folder.mkdir(parents=True)
    nbformat.write(lesson(), folder / "ps9.ipynb")
    code, said = command(desk.course.root, "report", "ps9")
    assert code == 0
    assert "1 report on 0 graded submissions" in said
    assert "autograder similar" not in said
    assert "Next: autograder build" in said


def test_a_notebook_that_cannot_be_built_is_named(tmp_path: Path) -> None:
    code, said = command(tmp_path, "new-exercise", "hw1", "center", "--new-course")
    assert code == 0, said
    release = tmp_path / "release/hw1"
    release.mkdir(parents=True)
    release.chmod(0o555)
    code, said = command(tmp_path, "build")
    assert code == 1
    assert f"{release}/hw1.ipynb cannot be used: Permission denied. Set right who may" in said
    release.chmod(0o755)
    for source in (tmp_path / "source/hw1", *(tmp_path / "source/hw1").iterdir()):
        source.chmod(0o555 if source.is_dir() else 0o444)
    code, said = command(tmp_path, "build", "--check")  # what may only be read can be compared
    assert code == 1
    assert "out of step" in said


def test_what_stands_in_the_place_of_a_folder_is_named(desk: Desk) -> None:
    desk.hand_in("ada")
    (desk.course.root / "numbers").write_text("")
    code, said = command(desk.course.root, "report", "--csv", str(desk.course.root / "numbers"))
    assert code == 1
    assert (
        f"{desk.course.root}/numbers cannot be used: File exists. Something else stands in its place" in said
    )


def test_grade_looks_where_its_files_go_before_it_grades(desk: Desk) -> None:
    code, said = command(desk.course.root, "grade", "--json", str(desk.course.root / "nowhere/marks.json"))
    assert code == 1
    assert f"marks.json cannot be written: there is no folder {desk.course.root}/nowhere." in said


@pytest.mark.sandbox
def test_a_gradebook_that_cannot_be_written_stops_grade_with_what_to_do(desk: Desk) -> None:
    desk.hand_in("ada")
    desk.book.close()
    course, own = desk.course.root, nbf.new_notebook(cells=[solution("relu", "relu = abs")])
    for folder in (desk.course.source(ASSIGNMENT), desk.course.submitted(ASSIGNMENT, "ada")):
        folder.mkdir(parents=True)
        nbformat.write(lesson() if "ada" not in folder.parts else own, folder / f"{ASSIGNMENT}.ipynb")
    (course / "gradebook.db").chmod(0o444)
    code, said = command(course, "grade")
    assert code == 1
    why = "attempt to write a readonly database. Set right who may write it, and the folder that it is in."
    assert f"the gradebook {course}/gradebook.db cannot be used: {why} Run the same command again" in said


@pytest.mark.parametrize("words", [("feedback",), ("report",), ("export",)], ids=lambda it: it[0])
@pytest.mark.parametrize("trouble", ["rights", "other", "torn"])
def test_a_gradebook_that_cannot_be_read_is_named_and_not_taken_for_empty(
    desk: Desk, words: tuple[str, ...], trouble: str
) -> None:
    desk.hand_in("ada")
    desk.book.close()
    book = desk.course.root / "gradebook.db"
    if trouble == "rights":
        book.chmod(0)
    elif trouble == "other":
        book.write_bytes(b"not a database " * 1000)
    else:
        os.truncate(book, book.stat().st_size // 3)
    code, said = command(desk.course.root, *words)
    assert code == 1
    why = {
        "rights": "unable to open",
        "other": "file is not a database",
        "torn": "database disk image is malformed",
    }
    mend = "Set right who may read" if trouble == "rights" else "`autograder doctor --quick` looks"
    assert re.search(rf"{book} cannot be used: {why[trouble]}.*\. {mend}", said)
    assert not (desk.course.root / "feedback").exists()
