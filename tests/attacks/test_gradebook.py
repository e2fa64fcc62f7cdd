"""The gradebook and what lists it: students whose ids are attacks, and who each hand honest work in."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import sync_playwright
from rich.console import Console
from servers import end

from autograder.desk.feedback import write_feedback
from autograder.grading.run import grade, to_grade
from autograder.grading.table import print_table
from autograder.lesson.course import Course, open_course

from . import course
from .test_pages import active

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.grading.outcome import Outcome

pytestmark = pytest.mark.sandbox

IDS = {
    "sql": "'; DROP TABLE student;--",
    "sql-quotes": 'x" OR "1"="1',
    "markup": "<img src=x onerror=window.ran=1>",
    "attribute": '" onmouseover=window.ran=1 x="',
    "template": "{{7*7}}{% raw %}${7*7}#{7*7}",
    "format": "%s%n%x{0.__class__}",
    "formula": "=HYPERLINK(1)",
    "option": "--force",
    "newline": "new\nline",
    "terminal": "\x1b]0;planted\x07\x1b[2J",
    "turned": "\u202emada",
    "spaces": " adam ",
    "dots": "a..b",
    "exchange": "bob+ps1+2026-01-01",
    "glob": "[a-z]*?",
}  # fmt: skip
REFUSED = {"bytes": os.fsdecode(b"bad\xff\xfe"), "long": "a" * 200}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, dict[str, Outcome]]:
    root = tmp_path_factory.mktemp("ids") / "course"
    canaries = course.Canaries.fresh()
    course.make(root, root.parent / "exchange", canaries)
    notebook = nbformat.writes(course.submission(canaries, course.HONEST))
    for student in ("adam", *IDS.values(), *REFUSED.values()):
        folder = os.fsencode(root / "submitted") + b"/" + os.fsencode(student) + b"/ps1"
        os.makedirs(folder)  # noqa: PTH103 - a name of any bytes
        Path(os.fsdecode(folder), "ps1.ipynb").write_text(notebook)
    opened = open_course(root)
    pairs = to_grade(opened, "ps1", [])
    outcomes = grade(opened, pairs, jobs=2)
    return opened, {student: outcome for (_, student), outcome in zip(pairs, outcomes, strict=True)}


@pytest.mark.parametrize("kind", ["adam", *IDS])
def test_whoever_is_called_so_has_the_marks_that_were_earned(
    book: tuple[Course, dict[str, Outcome]], kind: str
) -> None:
    student = IDS.get(kind, kind)
    opened, outcomes = book
    assert (outcomes[student].student, outcomes[student].score) == (student, course.FULL)
    with Gradebook(opened.db_url, opened.course_id) as gradebook:
        assert gradebook.find_submission("ps1", student).score == course.FULL
        assert len(gradebook.students) == len(IDS) + 1


@pytest.mark.parametrize("kind", REFUSED)
def test_an_id_that_no_gradebook_can_hold_is_refused_alone(
    book: tuple[Course, dict[str, Outcome]], kind: str
) -> None:
    outcome = book[1][REFUSED[kind]]
    assert (outcome.status, outcome.score) == ("rejected", 0)
    assert "Rename it" in outcome.reason


def test_the_table_of_grades_is_one_row_each_and_orders_the_terminal_nothing(
    book: tuple[Course, dict[str, Outcome]],
) -> None:
    screen = io.StringIO()
    print_table(Console(file=screen, width=200), list(book[1].values()))
    shown = screen.getvalue()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    assert sum(line.startswith("│") for line in shown.split("\n")) == len(book[1])


def test_pages_lie_in_their_own_folders_and_run_nothing(book: tuple[Course, dict[str, Outcome]]) -> None:
    opened, _ = book
    pages = write_feedback(opened)
    assert sorted(path.parts[-3] for path in pages) == sorted(["adam", *IDS.values()])
    assert {path.parents[2] for path in pages} == {opened.root / opened.feedback_directory}
    assert {name for path in pages for name in active(path.read_text())} <= {"meta"}


@contextlib.contextmanager
def served(root: Path) -> Iterator[str]:
    """Start a Jupyter server with formgrader in a course folder, and give its address."""
    home = root.parent / "home"
    (home / "jupyter").mkdir(parents=True)
    (home / "jupyter" / "jupyter_server_config.py").write_text(
        'c.ServerApp.jpserver_extensions = {"nbgrader.server_extensions.formgrader": True}\n'
        "c.IdentityProvider.token = ''\nc.ServerApp.allow_root = True\nc.ServerApp.port = 0\n"
        "c.ServerApp.open_browser = False\n"
    )
    places = {"JUPYTER_CONFIG_DIR": str(home / "jupyter"), "JUPYTER_DATA_DIR": str(home), "HOME": str(home)}
    words = [sys.executable, "-m", "jupyter_server"]
    with subprocess.Popen(
        words, cwd=root, env={**os.environ, **places}, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        lines = iter(server.stderr.readline, "")
        address = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+/", line)))
        reader = threading.Thread(target=lambda: list(lines), daemon=True)  # nobody may wait for a full pipe
        reader.start()
        try:
            yield address
        finally:
            end(server)
            reader.join()


@pytest.mark.browser
def test_formgraders_lists_run_nothing(book: tuple[Course, dict[str, Outcome]]) -> None:
    ran = []
    with served(book[0].root) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = chromium.new_page()
        for place in ("manage_students", "manage_submissions/ps1", "gradebook/ps1", "gradebook/ps1/ps1"):
            page.goto(f"{address}formgrader/{place}", wait_until="networkidle")
            assert page.locator("tbody tr").count() > len(IDS) or "gradebook" in place
            if page.evaluate("window.ran") is not None:
                ran.append(place)
        chromium.close()
    assert ran == []
