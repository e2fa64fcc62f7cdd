"""A derivation in real JupyterLab: typeset by its MathJax, ticks beside it, and nothing else taken for a formula."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from servers import end

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser
expect.set_options(timeout=120_000)  # a busy machine is no failure

CELL = r"""
from autograder import check
statement = check.Derivation(start="log(sigmoid(x))", end="-softplus(-x)", given="x real")
hostile = r"$\href{javascript:window.ran=1}{x}$ \(x^2\) <img src=x onerror=window.ran=1>"
chain = ["log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "log(1 + exp(-x))", hostile]
marks = check.marks("derive_log_sigmoid", values=2, steps=1)
with marks.values:
    check.derives(chain, statement)
with marks.steps:
    check.small_steps(chain, statement)
marks.total()
"""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Open a notebook with one cell in a JupyterLab of its own, and run it."""
    home = tmp_path_factory.mktemp("lab")
    (home / "course").mkdir()
    notebook(home / "course" / "lesson.ipynb")
    folders = ["CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"]
    environment = os.environ | {f"JUPYTER_{name}": str(home / name) for name in folders} | {"HOME": str(home)}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=lesson"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += [f"--ServerApp.root_dir={home / 'course'}"]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert server.stderr
    said = []
    for line in server.stderr:  # until it says that it listens, or ends
        said.append(line)
        if f"127.0.0.1:{port}/lab" in line:
            break
    else:
        pytest.fail("".join(said))
    threading.Thread(target=server.stderr.read, daemon=True).start()  # a full pipe would stop the server
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1200, "height": 900})
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{port}/lab/tree/lesson.ipynb?token=lesson")
            page.wait_for_function(
                "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
            )
            page.evaluate("jupyterapp.commands.execute('notebook:run-cell')")
            page.wait_for_selector("section mjx-container")
            yield page
            browser.close()
    finally:
        end(server)


def notebook(path: Path) -> None:
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "one",
        "metadata": {},
        "source": CELL,
        "outputs": [],
        "execution_count": None,
    }
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.write_text(
        json.dumps({"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})
    )


def test_each_line_that_was_read_is_typeset_and_nothing_else_is(lesson: Page) -> None:
    card = lesson.get_by_label("Checks of derive_log_sigmoid")
    expect(card.locator("mjx-container")).to_have_count(3)
    assert card.locator("mjx-mfrac").count() == 1
    formula = card.get_by_role("img", name="log(1 / (1 + exp(-x)))")
    box = formula.locator("mjx-mfrac").bounding_box()
    assert box
    assert box["height"] > 25  # a fraction stands two lines high
    expect(card).not_to_contain_text(r"\displaystyle")
    expect(card).to_contain_text(
        r"$\href{javascript:window.ran=1}{x}$ \(x^2\) <img src=x onerror=window.ran=1>"
    )
    assert lesson.evaluate("window.ran") is None


def test_each_line_has_its_mark_in_words(lesson: Page) -> None:
    rows = lesson.get_by_label("Checks of derive_log_sigmoid").locator("tr:has(th)")
    marks = [row.locator("td").last.inner_text().strip() for row in rows.all()]
    assert marks == ["", "✓ follows", "✗ does not follow", "✗ cannot be read"]


def test_the_counter_example_stands_under_its_line(lesson: Page) -> None:
    card = lesson.get_by_label("Checks of derive_log_sigmoid")
    third = card.locator("tr:has(th)").nth(2).bounding_box()
    note = card.get_by_text("line 2 is").bounding_box()
    fourth = card.locator("tr:has(th)").nth(3).bounding_box()
    assert third
    assert note
    assert fourth
    assert third["y"] < note["y"] < fourth["y"]
