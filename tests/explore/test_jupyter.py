"""Every explorable in real JupyterLab and in Notebook 7, with a kernel: mounted, moved by keyboard, read in Python.

One server and one page of each serve all tests here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .axe import serious
from .jupyter import Server, active, elsewhere, notebook, run, serving, set_source
from .scenes import SCENES

pytestmark = pytest.mark.browser

CELL = """
from IPython.display import display
import ipywidgets
import numpy as np
from autograder import explore
shown = explore.{scene}
told = ipywidgets.Textarea(layout=dict(display="none"))
def tell(change=None):
    told.value = f"read {{float({reads}):.6g}}\\n{{shown.describe()}}"
shown.observe(tell)
tell()
display(shown, told)
"""


@dataclass(frozen=True)
class Place:
    """An open notebook in Lab or in Notebook 7, and every address that its page asked for."""

    page: Page
    asked: list[str]
    trouble: list[str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("jupyter")) as server:
        for name in ("lab", "notebook"):
            (server.course / f"{name}.ipynb").write_text(notebook(["", ""]), encoding="utf-8")
        yield server


@pytest.fixture(scope="module", params=["lab", "notebook"])
def place(request: pytest.FixtureRequest, chromium: Browser, server: Server) -> Iterator[Place]:
    context = chromium.new_context(viewport={"width": 1200, "height": 1000})
    place = Place(context.new_page(), [], [])
    context.on("request", lambda request: place.asked.append(request.url))
    place.page.on("websocket", lambda socket: place.asked.append(socket.url))
    place.page.on("pageerror", lambda error: place.trouble.append(str(error)))
    place.page.set_default_timeout(30_000)
    server.open(place.page, request.param, f"{request.param}.ipynb")
    place.trouble.clear()  # errors of its own start, before there is an explorable
    yield place
    context.close()


def flat(text: str) -> str:
    """Return words without their line breaks: a browser breaks them where it likes."""
    return re.sub(r"\s+", " ", text).strip()


def told(page: Page) -> str:
    """Return what Python last read, from a field that is not seen."""
    return flat(page.locator(".jp-OutputArea textarea").input_value())


@pytest.mark.parametrize("name", SCENES)
def test_moved_by_keyboard_it_says_what_python_computes(place: Place, name: str) -> None:
    page, move = place.page, SCENES[name].move
    set_source(page, 0, CELL.format(scene=SCENES[name].scene, reads=move.reads))
    page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    expect(page.locator(".ag-explore")).to_have_count(0)
    run(page, 0)
    words = page.locator(".ag-words")
    expect(words).to_have_count(1)
    before = flat(words.inner_text())
    assert told(page).split(" ", 2)[2] == before
    page.get_by_role(move.role, name=move.name, exact=True).press(move.key)
    page.wait_for_function(
        "start => document.querySelector('.jp-OutputArea textarea').value.startsWith(start)",
        arg=f"read {move.value:.6g}\n",
    )
    after = flat(words.inner_text())
    assert after != before
    assert told(page).split(" ", 2)[2] == after
    assert active(page) == 0, "the key moved the explorable, not Jupyter's cell"
    assert place.trouble == []


@pytest.mark.parametrize("name", SCENES)
def test_axe_finds_nothing_serious_in_the_output(place: Place, name: str) -> None:
    set_source(place.page, 0, CELL.format(scene=SCENES[name].scene, reads=SCENES[name].move.reads))
    place.page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    expect(place.page.locator(".ag-explore")).to_have_count(0)
    run(place.page, 0)
    assert serious(place.page) == []


def test_no_request_left_this_machine(place: Place, server: Server) -> None:
    assert any("/api/kernels" in url for url in place.asked), "the page's requests were not seen"
    assert elsewhere(place.asked) == []
    assert server.talk.stat().st_size > 0, "the server's connections were not seen"
    assert server.called_elsewhere() == []


def test_a_request_that_leaves_is_seen(tmp_path: Path) -> None:
    talk = tmp_path / "talk.log"
    talk.write_text("socket.connect '127.0.0.1'\nsocket.getaddrinfo b'example.org'\n", encoding="utf-8")
    assert Server("", tmp_path, talk).called_elsewhere() == ["socket.getaddrinfo b'example.org'"]
    there = ["https://example.org/a.js", "wss://example.org/"]
    assert elsewhere(["http://127.0.0.1:8888/lab", "ws://localhost:1/", "data:text/css,", *there]) == there
