"""`make lab`: a lesson opens, runs and is validated in JupyterLab, and nothing is sent to the network."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Page, expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
expect.set_options(timeout=120_000)  # a busy machine is no failure
READY = "window.jupyterapp && window.jupyterapp.restored.then(() => true)"
# Kernel connected and idle: the sign that Lab itself shows in the status bar comes from the same place.
IDLE = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const kernel = panel?.sessionContext?.session?.kernel;
  return kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"

CELLS = [
    "import sys\nprint(sys.executable)",
    "import numpy as np, matplotlib.pyplot as plt\nplt.plot(np.tanh(np.linspace(-3, 3)))\nplt.show()",
    "import ipywidgets\nipywidgets.FloatSlider(description='shift')",
    "from IPython.display import Math\nMath(r'e^{x+c}')",
    "print('the', 'end')",
]
EMPTY: dict[str, object] = {"execution_count": None, "metadata": {}, "outputs": []}


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address with the token, its process, the log of whom its Pythons called."""

    url: str
    process: psutil.Process
    talk: Path


def local(address: str) -> bool:
    """Tell whether an address is this machine's own."""
    if address in {"", "None", "localhost"}:  # no address: this machine, in a look-up for listening
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(address).is_loopback or ipaddress.ip_address(address).is_unspecified
    return False


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy notebooks/, so that Lab saves there, and add a small notebook that runs to its end."""
    folder = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder)
    cells = [
        {"cell_type": "code", "id": f"cell-{i}", "source": text, **EMPTY} for i, text in enumerate(CELLS)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    small = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    (folder / "small.ipynb").write_text(json.dumps(small), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def lab(lessons: Path) -> Iterator[Lab]:
    """Start the script of `make lab` on a free port."""
    talk = lessons.parent / "talk.log"
    talk.touch()
    started = subprocess.Popen(
        [
            sys.executable,
            str(ROOT / "tools" / "lab.py"),
            "--folder",
            str(lessons),
            "--no-browser",
            "--port=0",
            "--expose-app-in-browser",
            f"--LabApp.workspaces_dir={lessons.parent / 'workspaces'}",
        ],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent / "quiet"), "TALK_LOG": str(talk)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stderr is not None
    printed = []
    url = ""
    for line in started.stderr:
        printed.append(line)
        if "/lab?token=" in line and "://127.0.0.1" in line and "ServerApp" not in line:
            url = line.strip()
            break
    if not url:
        pytest.fail("no address was printed:\n" + "".join(printed))
    # The rest of what it prints goes on being read: a full pipe would stop the server.
    drain = subprocess.Popen(["cat"], stdin=started.stderr, stdout=subprocess.DEVNULL)  # noqa: S607
    process = psutil.Process(started.pid)
    try:
        yield Lab(url, process, talk)
    finally:
        family = process.children(recursive=True)
        started.terminate()
        psutil.wait_procs([process], timeout=10)
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        started.kill()
        started.wait()
        drain.wait()


@dataclass(frozen=True)
class Visit:
    """An open browser page and every address that it asked for."""

    page: Page
    asked: list[str]

    def elsewhere(self) -> list[str]:
        """List the requests that were not for this machine."""
        return [
            url
            for url in self.asked
            if urlsplit(url).scheme not in {"data", "blob"} and not local(urlsplit(url).hostname or "")
        ]


@pytest.fixture(scope="module")
def visit() -> Iterator[Visit]:
    """Open a real Chromium that resolves no name: what would leave the machine is seen, and goes nowhere."""
    arguments = [
        "--disable-background-networking",
        "--disable-component-update",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        context = browser.new_context()
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.set_default_timeout(120_000)
        yield Visit(page, asked)
        browser.close()


def open_notebook(visit: Visit, lab: Lab, name: str) -> None:
    """Open a notebook of the lessons and wait until its kernel is idle."""
    address = urlsplit(lab.url)
    visit.page.goto(f"http://{address.netloc}/lab/tree/{name}?{address.query}")
    visit.page.wait_for_function(READY)
    visit.page.wait_for_function(IDLE)


def outside(lab: Lab) -> list[str]:
    """List every attempt of the server or a kernel to reach another machine, and every socket open to one."""
    attempts = lab.talk.read_text(encoding="utf-8").splitlines()
    found = [line for line in attempts if not local(line.split(" ", 1)[1].strip("b'\""))]
    for process in [lab.process, *lab.process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            found += [str(one) for one in process.net_connections() if one.raddr and not local(one.raddr.ip)]
    return found


@pytest.mark.browser
def test_a_notebook_runs_in_the_projects_python_and_nothing_leaves_the_machine(
    lab: Lab, visit: Visit
) -> None:
    open_notebook(visit, lab, "small.ipynb")
    visit.page.evaluate(RUN_ALL)
    page = visit.page
    page.get_by_text("the end", exact=True).wait_for()
    assert page.locator(".jp-OutputArea-output").first.inner_text().strip() == sys.executable
    page.locator(".jp-RenderedImage img").wait_for()
    page.locator(".widget-slider").wait_for()
    page.locator("mjx-container").wait_for()
    expect(page.get_by_text("Would you like to get notified")).to_have_count(0)
    assert len(visit.asked) > 10, "the browser's requests were not seen"
    assert visit.elsewhere() == []
    assert lab.talk.stat().st_size > 0, "the server's connections were not seen"
    assert outside(lab) == []


@pytest.mark.browser
def test_even_when_lab_is_asked_for_what_others_would_know_it_asks_nobody(lab: Lab, visit: Visit) -> None:
    """The features through which JupyterLab's server calls out, each used on purpose."""
    open_notebook(visit, lab, "small.ipynb")
    for feature in ["news", "update", "extensions?query=numpy&page=1&per_page=5"]:
        status = visit.page.evaluate("async address => (await fetch(address)).status", f"/lab/api/{feature}")
        assert status == 200, "the feature was not there to be tried"
        assert outside(lab) == [], feature


@pytest.mark.browser
def test_the_validate_button_answers_and_nothing_leaves_the_machine(lab: Lab, visit: Visit) -> None:
    open_notebook(visit, lab, "small.ipynb")
    visit.page.get_by_role("button", name="Validate").click()
    expect(visit.page.locator(".jp-Dialog")).to_contain_text("Success")
    visit.page.locator(".jp-Dialog .jp-mod-accept").click()
    assert visit.elsewhere() == []
    assert outside(lab) == []


@pytest.mark.browser
def test_the_assignment_list_finds_the_exchange(lab: Lab, visit: Visit) -> None:
    open_notebook(visit, lab, "small.ipynb")
    visit.page.evaluate("() => window.jupyterapp.commands.execute('nbgrader:open-assignment-list')")
    # Either nothing is released yet, or it can be fetched; where there is no exchange, an error stands here.
    answer = visit.page.get_by_text(re.compile(r"There are no assignments to fetch|^Fetch$"))
    expect(answer.first).to_be_visible()
    assert visit.elsewhere() == []
    assert outside(lab) == []


def test_work_on_a_lesson_is_never_overwritten(tmp_path: Path) -> None:
    lab = runpy.run_path(str(ROOT / "tools" / "lab.py"))
    mine = tmp_path / "00_start_here" / "00_start_here.ipynb"
    mine.parent.mkdir()
    mine.write_text("my work", encoding="utf-8")
    lab["fresh_lessons"](tmp_path)
    assert mine.read_text(encoding="utf-8") == "my work"
    assert (tmp_path / "01_activations" / "01_activations.ipynb").is_file()
