"""Formgrader in a real browser: it shows the marks that `autograder grade` gave, and its own button grades here."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import expect, sync_playwright
from servers import end

from .conftest import command
from .plain import folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = [pytest.mark.sandbox, pytest.mark.browser]
expect.set_options(timeout=120_000)  # a busy machine is no failure
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
GRADED = {"ps1": ["right", "partly", "untouched"], "ps2": ["right"]}
FOLDERS = ["CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"]


@dataclass
class Formgrader:
    """A served course: a page to look at it with, what our JSON said, what the page asked the network for."""

    page: Page
    address: str
    course: Path
    entries: dict[tuple[str, str], dict[str, Any]]
    outside: list[str] = field(default_factory=list)

    def open(self, place: str) -> Page:
        self.page.goto(f"{self.address}/formgrader/{place}")
        return self.page

    def row(self, words: str) -> list[str]:
        """Return the cells of the one table row that holds these words."""
        row = self.page.locator("tbody tr", has=self.page.get_by_text(words, exact=True))
        row.wait_for()
        return [cell.strip() for cell in row.locator("td").all_inner_texts()]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Grade a few with our command; "warned" has handed in and waits."""
    made = tmp_path_factory.mktemp("formgrader") / "course"
    folder.make(made, config=folder.OURS, classmates=GRADED)
    done = command("autograder", "grade", "--course", made, "--json", made / "marks.json", at=made)
    assert done.returncode == 0, done.stderr
    folder.hand_in(made, "ps1", "warned", "warned")
    with Gradebook(f"sqlite:///{made / 'gradebook.db'}") as book:
        book.add_student("warned")
    return made


@pytest.fixture(scope="module")
def server(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a Jupyter server with formgrader on the course, with settings of its own; give its address."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={course}",
        "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}",
    ]  # fmt: skip
    environment = os.environ | {f"JUPYTER_{name}": str(home / name) for name in FOLDERS} | {"HOME": str(home)}
    running = subprocess.Popen(words, cwd=course, env=environment, stderr=subprocess.PIPE, text=True)
    assert running.stderr
    said = []
    for line in running.stderr:
        said.append(line)
        if f"127.0.0.1:{port}/" in line:
            break
    else:
        pytest.fail("".join(said))
    threading.Thread(target=running.stderr.read, daemon=True).start()  # a full pipe would stop the server
    yield f"http://127.0.0.1:{port}"
    end(running)


@pytest.fixture(scope="module")
def formgrader(course: Path, server: str) -> Iterator[Formgrader]:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: install chromium, or set CHROMIUM to where it is")
    flags = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    said = json.loads((course / "marks.json").read_text())
    entries = {(entry["assignment"], entry["student"]): entry for entry in said}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.set_default_timeout(120_000)
        shown = Formgrader(page, server, course, entries)

        def note(request: Any) -> None:
            if not request.url.startswith((server, "data:")):
                shown.outside.append(request.url)

        page.on("request", note)
        yield shown
        browser.close()


@pytest.mark.parametrize("student", GRADED["ps1"])
def test_the_list_of_submissions_shows_our_totals(formgrader: Formgrader, student: str) -> None:
    formgrader.open("manage_submissions/ps1")
    entry = formgrader.entries["ps1", student]
    _, name, _, status, score, *_ = formgrader.row(student)
    assert (name, status) == (student, "graded")
    assert score == f"{entry['score']:g} / {entry['max_score']:g}"


def test_a_submission_of_two_notebooks_waits_for_a_person_and_shows_our_total(formgrader: Formgrader) -> None:
    formgrader.open("manage_submissions/ps2")
    entry = formgrader.entries["ps2", "right"]
    _, _, _, status, score, *_ = formgrader.row("right")
    assert (status, score) == ("needs manual grading", f"{entry['score']:g} / {entry['max_score']:g}")


@pytest.mark.parametrize("student", GRADED["ps1"])
def test_a_submissions_own_page_shows_our_mark_at_every_test(formgrader: Formgrader, student: str) -> None:
    with Gradebook(f"sqlite:///{formgrader.course / 'gradebook.db'}") as book:
        place = book.find_submission_notebook("problems", "ps1", student).id
    page = formgrader.open(f"submissions/{place}")
    cells = formgrader.entries["ps1", student]["cells"]
    expect(page.locator("input.score")).to_have_count(len(cells))
    for name, cell in cells.items():
        expect(page.locator(f"input.score[id={name}]")).to_have_attribute("placeholder", f"{cell['score']:g}")
    if student == "partly":
        page.screenshot(
            path=os.environ.get("FORMGRADER_PICTURE", formgrader.course / "page.png"), full_page=True
        )
        expect(page.locator("body")).to_contain_text("AssertionError")
        expect(page.locator("body")).not_to_contain_text("the the end")


def test_the_gradebook_lists_every_notebook_with_our_mark(formgrader: Formgrader) -> None:
    page = formgrader.open("gradebook/ps1/problems")
    page.locator("tbody tr").nth(2).wait_for()
    shown = [row.locator("td").all_inner_texts()[2].strip() for row in page.locator("tbody tr").all()]
    ours = [formgrader.entries["ps1", student] for student in GRADED["ps1"]]
    assert sorted(shown) == sorted(f"{entry['score']:g} / {entry['max_score']:g}" for entry in ours)


def test_its_autograde_button_grades_behind_the_wall(formgrader: Formgrader) -> None:
    page = formgrader.open("manage_submissions/ps1")
    assert formgrader.row("warned")[3] == "needs autograding"
    row = page.locator("tbody tr", has=page.get_by_text("warned", exact=True))
    row.locator(".autograde a").click()
    expect(page.locator(".modal-body")).to_contain_text("Successfully autograded", timeout=120_000)
    page.screenshot(path=os.environ.get("FORMGRADER_PICTURE_2", formgrader.course / "button.png"))
    page.locator(".modal-footer button").first.click()
    page.reload()
    score = formgrader.row("warned")[4]
    assert score == "32 / 32"  # stock nbgrader takes 2 points off for the warning
    graded = nbformat.read(formgrader.course / "autograded" / "warned" / "ps1" / "problems.ipynb", 4)
    assert graded.metadata.autograder.sandboxed is True


def test_its_autograde_button_repeats_our_marks(formgrader: Formgrader) -> None:
    page = formgrader.open("manage_submissions/ps1")
    before = formgrader.row("partly")
    page.locator("tbody tr", has=page.get_by_text("partly", exact=True)).locator(".autograde a").click()
    expect(page.locator(".modal-body")).to_contain_text("Successfully autograded", timeout=120_000)
    page.reload()
    assert formgrader.row("partly") == before


def test_nothing_was_asked_of_the_network(formgrader: Formgrader) -> None:
    assert formgrader.outside == []
