"""nbgrader's own doors: generate_feedback, release_feedback and formgrader's submission view."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbgrader
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.utils import notebook_hash
from servers import end
from traitlets.config import Config

from autograder.desk.feedback import write_feedback

from .graded_course import ASSIGNMENT, lesson, nbf
from .test_browser import SCRIPT, browser, hostile_notebook, opened_url

__all__ = ["browser"]  # the fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from .graded_course import Desk


def nbgrader_command(desk: Desk, *arguments: str) -> str:
    environment = {**os.environ, "JUPYTER_PLATFORM_DIRS": "1"}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=desk.course.root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_stock_command_writes_the_same_page(desk: Desk) -> None:
    desk.hand_in("ada", penalty=0.5)
    (path,) = write_feedback(desk.course)
    ours = path.read_text()
    path.unlink()
    nbgrader_command(desk, "generate_feedback", ASSIGNMENT, "--force")
    assert path.read_text() == ours


def test_formgraders_button_writes_the_same_page(desk: Desk) -> None:
    desk.hand_in("ada")
    (path,) = write_feedback(desk.course)
    ours = path.read_text()
    path.unlink()
    with desk.course.entered():
        api = NbGraderAPI(desk.course.coursedir(), config=desk.course.config)
        result = api.generate_feedback(ASSIGNMENT, "ada")
    assert result["success"], result
    assert path.read_text() == ours


def test_release_feedback_takes_graded_and_rejected_pages(desk: Desk) -> None:
    desk.hand_in("ada")
    submitted = desk.course.submitted(ASSIGNMENT, "bo")
    submitted.mkdir(parents=True)
    (submitted / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    (submitted / "submission_secret.txt").write_text("secret of bo")
    rejected = desk.course.autograded(ASSIGNMENT, "bo")
    rejected.mkdir(parents=True)
    (rejected / "rejected.json").write_text('{"reason": "not JSON"}')
    pages = write_feedback(desk.course)
    desk.course.exchange.mkdir(mode=0o777)
    desk.course.exchange.chmod(0o777)
    nbgrader_command(desk, "release_feedback", ASSIGNMENT)
    released = desk.course.exchange / "backprop" / "feedback"
    for student, page in zip(("ada", "bo"), pages, strict=True):
        name = notebook_hash(secret=f"secret of {student}", notebook_id=ASSIGNMENT)
        assert (released / f"{name}.html").read_text() == page.read_text()


def test_work_that_came_by_another_way_stops_nobodys_feedback(desk: Desk) -> None:
    for student in ("ada", "bo", "cleo"):
        folder = desk.hand_in(student)
        if student == "bo":
            (folder / "timestamp.txt").unlink()
        if student != "cleo":
            (folder / "submission_secret.txt").unlink()
    pages = write_feedback(desk.course)
    desk.course.exchange.mkdir(mode=0o777)
    desk.course.exchange.chmod(0o777)
    said = nbgrader_command(desk, "release_feedback", ASSIGNMENT)
    (released,) = (desk.course.exchange / "backprop" / "feedback").iterdir()
    assert released.read_text() == pages[2].read_text()
    for page, student in zip(pages[:2], ("ada", "bo"), strict=True):
        assert f"{student} did not hand in through the exchange" in said
        assert f"Send it: {page.parent}" in said
    said = nbgrader_command(desk, "release_feedback", ASSIGNMENT, "--student", "cleo")
    assert "did not hand in" not in said


def formgrader_view(desk: Desk, nb: Any) -> str:
    """Draw formgrader's submission view as its server extension does: its settings first, the course's on top."""
    templates = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [str(templates)]
    config.merge(desk.course.config)
    resources = {
        "assignment_id": ASSIGNMENT, "notebook_id": ASSIGNMENT, "submission_id": "1", "index": 0, "total": 1,
        "base_url": "", "student": "ada", "last_name": "L", "first_name": "A", "notebook_path": "x",
    }  # fmt: skip
    exporter: Any = HTMLExporter
    html, _ = exporter(config=config).from_notebook_node(nb, resources=resources)
    return str(html)


def test_formgrader_draws_formulas_and_cards_without_the_network(desk: Desk) -> None:
    html = formgrader_view(desk, lesson())
    assert "cdnjs" not in html
    assert "MathJax.Hub.Queue" not in html
    assert "<mfrac>" in html
    assert '<section aria-label="Checks of relu"' in html
    assert "A known slip gives just this: np.max for np.maximum." in html
    assert 'class="score tabbable" id="test_relu"' in html


def test_formgrader_runs_no_student_script(desk: Desk) -> None:
    hostile = hostile_notebook()
    hostile.cells.append(nbf.new_code_cell("1", metadata={"tags": [SCRIPT]}))
    html = formgrader_view(desk, hostile)
    stock = formgrader_view(desk, lesson())
    assert html.count("<script") == stock.count("<script")
    assert html.count("<iframe") == html.count("onload=alert") == 0


@contextlib.contextmanager
def formgrader(desk: Desk) -> Iterator[str]:
    """Start a Jupyter server with formgrader in the course folder, and give its address."""
    home = desk.course.root.parent
    settings = home / "jupyter" / "jupyter_server_config.py"
    settings.parent.mkdir()
    settings.write_text(
        'c.ServerApp.jpserver_extensions = {"nbgrader.server_extensions.formgrader": True}\n'
        "c.IdentityProvider.token = ''\nc.ServerApp.allow_root = True\nc.ServerApp.port = 0\n"
        "c.ServerApp.open_browser = False\n"
    )
    environment = {**os.environ, "JUPYTER_DATA_DIR": str(home), "JUPYTER_RUNTIME_DIR": str(home / "run")}
    command = [sys.executable, "-m", "jupyter_server"]
    with (
        (home / "server.log").open("w+") as log,
        subprocess.Popen(
            command, cwd=desk.course.root, env=environment, stderr=subprocess.PIPE, text=True
        ) as server,
    ):
        assert server.stderr is not None
        lines = iter(server.stderr.readline, "")
        address = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+/", line)))
        # Nobody may wait for a full pipe to be read.
        reader = threading.Thread(target=lambda: log.writelines(lines), daemon=True)
        reader.start()
        try:
            yield address
        finally:
            end(server)
            reader.join()


@pytest.mark.browser
def test_formgrader_shows_hostile_work_and_still_works(desk: Desk, browser: Browser) -> None:
    desk.hand_in("ada", hostile_notebook())
    with Gradebook(desk.course.db_url) as book:
        submission = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "ada").id
    with formgrader(desk) as address:
        page, asked = opened_url(browser, f"{address}formgrader/submissions/{submission}/", address)
        assert page.evaluate("window.ran") is None
        assert asked == []
        score = page.locator("#test_relu")
        assert score.get_attribute("placeholder") == "1"
        with page.expect_response(lambda response: response.request.method == "PUT"):
            score.fill("2.5")
            score.press("Tab")
        page.reload(wait_until="networkidle")
        assert score.input_value() == "2.5"
        page.close()
