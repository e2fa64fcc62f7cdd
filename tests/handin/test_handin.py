"""Whatever is handed in is graded as far as it can be, or refused in words that say what to do; the class goes on."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbgrader.api import Gradebook, MissingEntry

from autograder.grading.handin import find_notebooks, read_bytes
from autograder.grading.reading import UnreadableError

from . import course
from .cells import CELLS
from .course import FULL, NAME, HandIn
from .files import FILES
from .programs import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator

CLASS = [*CELLS, *PROGRAMS, *FILES]
each = pytest.mark.parametrize("one", CLASS, ids=lambda one: one.student)
sandboxed = pytest.mark.sandbox


@dataclass(frozen=True)
class Graded:
    """What came out: the course folder, the JSON by student, and what was said on the terminal."""

    root: Path
    entries: dict[str, dict[str, Any]]
    console: str

    def page(self, student: str) -> str:
        """Return the words of a student's page."""
        page = self.root / "feedback" / student / NAME / f"{NAME}.html"
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.read_text("utf-8"))).split())


def command(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=root, check=False, capture_output=True, text=True,
        env={"PATH": path, "HOME": str(root.parent), "COLUMNS": "160", "PYTHONUTF8": "1"},
    )  # fmt: skip


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    root = tmp_path_factory.mktemp("handed") / "course"
    course.make(root, CLASS)
    done = command(root, "autograder.cli", "grade", NAME, "--jobs", "2", "--json", str(root / "grades.json"))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    pages = command(root, "autograder.cli", "feedback", NAME)
    assert pages.returncode == 0, pages.stderr[-2000:]
    entries = json.loads((root / "grades.json").read_text("utf-8"))
    return Graded(root, {entry["student"]: entry for entry in entries}, done.stdout + done.stderr)


@sandboxed
def test_everybody_has_an_entry(graded: Graded) -> None:
    assert set(graded.entries) == {one.student for one in CLASS}


@sandboxed
@each
def test_it_earns_what_was_foreseen(graded: Graded, one: HandIn) -> None:
    entry = graded.entries[one.student]
    assert entry["status"] == ("rejected" if one.rejected else "graded"), entry["reason"]
    scores = {name.removeprefix("test_"): cell["score"] for name, cell in entry["cells"].items()}
    assert {name: scores[name] for name in FULL} == one.scores, (entry["mends"], entry["cells"])
    assert entry["max_score"] == sum(FULL.values()) + 1


@sandboxed
@each
def test_it_says_what_was_mended_or_why_not(graded: Graded, one: HandIn) -> None:
    entry, page = graded.entries[one.student], graded.page(one.student)
    for words in one.rejected:
        assert words in entry["reason"]
        assert " ".join(words.split()) in page
    for words in one.says:
        assert any(words in mend for mend in entry["mends"]), entry["mends"]
        assert words in page
    if one.rejected:
        assert "again" in entry["reason"] or "Hand in" in entry["reason"] or "hand in" in entry["reason"]
        assert "not your fault" not in entry["reason"]
    elif one.quiet:
        assert len(entry["mends"]) == len(one.says), entry["mends"]


@sandboxed
@each
def test_what_is_kept_is_a_sound_notebook(graded: Graded, one: HandIn) -> None:
    folder = graded.root / "autograded" / one.student / NAME
    if one.rejected:
        assert [path.name for path in folder.glob("*.ipynb")] == []
        return
    notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    nbformat.validate(notebook)
    ids = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert len(ids) == len(set(ids))
    points = [cell.metadata.nbgrader.get("points") for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert sum(filter(None, points)) == sum(FULL.values()) + 1


@sandboxed
def test_nothing_but_the_table_is_said_on_the_terminal(graded: Graded) -> None:
    assert "Warning" not in graded.console
    assert "Traceback" not in graded.console
    assert str(graded.root) not in graded.console.replace(str(graded.root / "grades.json"), "")
    assert "site-packages" not in graded.console


@sandboxed
def test_the_gradebook_has_the_same_marks(graded: Graded) -> None:
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db", "handed") as book:
        for one in CLASS:
            if not one.rejected:
                assert book.find_submission(NAME, one.student).score == sum(one.scores.values()), one.student


@sandboxed
def test_nbgraders_own_command_gives_the_same_marks_as_far_as_it_gets(tmp_path: Path) -> None:
    tried = [one for one in CLASS if one.stock]
    root = tmp_path / "course"
    course.make(root, tried)
    command(root, "nbgrader", "generate_assignment", NAME)
    command(root, "nbgrader", "autograde", NAME, "--create")
    found: dict[str, Any] = {}
    with Gradebook(f"sqlite:///{root}/gradebook.db", "handed") as book:
        for one in tried:
            try:
                grades = book.find_submission_notebook(NAME, NAME, one.student).grades
                found[one.student] = {
                    g.name.removeprefix("test_"): g.auto_score for g in grades if g.name != "why"
                }
            except MissingEntry:
                found[one.student] = None
    kept = {
        one.student: (root / "autograded" / one.student / NAME / f"{NAME}.ipynb").is_file() for one in tried
    }
    assert {one.student: kept[one.student] for one in tried} == {
        one.student: one.stock == "same" for one in tried
    }
    wanted = {one.student: one.scores for one in tried if one.stock == "same"}
    assert {name: found[name] for name in wanted} == wanted


@pytest.fixture
def as_somebody() -> Iterator[Path]:
    """Give a folder of somebody else's; root lays its rights down, whom no permission keeps out."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:  # pytest's own are closed to others
        folder = Path(made)
        folder.chmod(0o755)
        (folder / f"{NAME}.ipynb").write_bytes(b"{}")
        (folder / f"{NAME}.ipynb").chmod(0)
        was = os.geteuid()
        if was == 0:
            os.seteuid(1)
        yield folder
        os.seteuid(was)


def test_a_file_that_nobody_may_read_is_told_as_such(as_somebody: Path) -> None:
    found, _ = find_notebooks(as_somebody, [NAME])
    with pytest.raises(UnreadableError, match="its permissions keep the grader out"):
        read_bytes(found[NAME])


def test_a_folder_that_nobody_may_read_is_told_as_such(as_somebody: Path) -> None:
    os.seteuid(0) if os.getuid() == 0 else None
    as_somebody.chmod(0)
    os.seteuid(1) if os.getuid() == 0 else None
    try:
        with pytest.raises(UnreadableError, match="the folder that was handed in cannot be opened"):
            find_notebooks(as_somebody, [NAME])
    finally:
        os.seteuid(os.getuid())
        as_somebody.chmod(0o755)
