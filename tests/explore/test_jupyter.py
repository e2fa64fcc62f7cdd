"""Every explorable in real JupyterLab and in Notebook 7, with a kernel: moved by keyboard and mouse, read in Python.

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
from .scenes import SCENES, Drag, Move, drag, made, moved

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
ALL = f"""
from IPython.display import display
import numpy as np
from autograder import explore
display({", ".join(f"explore.{one.scene}" for one in SCENES.values())})
"""
#: Boxes around an explorable that would have to be scrolled sideways to see all of it, and parts that stand out.
_TOO_WIDE = """boxes => boxes.flatMap(box => {
  const found = [];
  for (let at = box; at; at = at.parentElement)
    if (at.scrollWidth > at.clientWidth + 1)
      found.push(`${box.ariaLabel}: ${at.className} holds ${at.scrollWidth} in ${at.clientWidth}`);
  for (const part of box.querySelectorAll(":scope > *"))
    if (part.scrollWidth > box.clientWidth + 1) found.push(`${box.ariaLabel}: ${part.className}`);
  return found;
})"""


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
    place.page.set_default_timeout(120_000)
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


def wait_until_told(page: Page, reads: str) -> None:
    """Wait until Python has read this."""
    page.wait_for_function(
        "start => document.querySelector('.jp-OutputArea textarea')?.value.startsWith(start)",
        arg=f"read {reads}\n",
    )


def first_value(by: Move | Drag, scene: str) -> str:
    """Say what Python reads before anything is moved."""
    return f"{float(eval(by.reads, {'shown': made(scene)})):.6g}"  # noqa: S307 (our own text)


def show(page: Page, cell: int, source: str, how_many: int = 1) -> None:
    """Run a cell of explorables, and nothing else stands on the page."""
    set_source(page, cell, source)
    page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    expect(page.locator(".ag-explore")).to_have_count(0)
    run(page, cell)
    expect(page.locator(".ag-explore")).to_have_count(how_many)


def check_that_it_moves(place: Place, name: str, by: Move | Drag, reads: str) -> None:
    """Show a scene, move it, and hold what stands on the page against Python; then reset it."""
    page, scene = place.page, SCENES[name].scene
    show(page, 0, CELL.format(scene=scene, reads=reads))
    words, start = page.locator(".ag-words"), first_value(by, scene)
    wait_until_told(page, start)
    before = flat(words.inner_text())
    assert told(page).split(" ", 2)[2] == before
    if isinstance(by, Move):
        page.get_by_role(by.role, name=by.name, exact=True).press(by.key)
    else:
        drag(page, page.locator(".ag-explore"), by)
    wait_until_told(page, f"{by.value:.6g}")
    after = flat(words.inner_text())
    assert after != before
    assert told(page).split(" ", 2)[2] == after, "the kernel computes what the page shows"
    assert after == flat(moved(scene, by)), "and so does NumPy, from what was moved"
    page.get_by_role("button", name="Reset", exact=True).click()
    wait_until_told(page, start)
    assert flat(words.inner_text()) == before
    assert active(page) == 0, "Jupyter's own cell did not move"
    assert place.trouble == []


@pytest.mark.parametrize("name", SCENES)
def test_moved_by_keyboard_it_says_what_python_computes(place: Place, name: str) -> None:
    check_that_it_moves(place, name, SCENES[name].move, SCENES[name].move.reads)


@pytest.mark.parametrize("name", SCENES)
def test_moved_by_mouse_it_says_what_python_computes(place: Place, name: str) -> None:
    check_that_it_moves(place, name, SCENES[name].drag, SCENES[name].drag.reads)


def test_axe_finds_nothing_serious_in_the_outputs_in_either_theme(place: Place) -> None:
    show(place.page, 1, ALL, len(SCENES))
    assert serious(place.page) == []
    change = "(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })"
    place.page.evaluate(change, "JupyterLab Dark")
    place.page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    dark = serious(place.page, rules=("color-contrast",))
    place.page.evaluate(change, "JupyterLab Light")
    place.page.wait_for_selector("body[data-jp-theme-light='true']", state="attached")
    assert dark == []


def test_in_a_narrow_window_nothing_stands_out(place: Place) -> None:
    show(place.page, 1, ALL, len(SCENES))
    wide = place.page.viewport_size
    assert wide
    # Lab's own panels leave a notebook no room on a phone; what a phone gets is Notebook 7.
    narrow = 800 if "/lab/" in place.page.url else 360
    place.page.set_viewport_size({"width": narrow, "height": 740})
    boxes = place.page.locator(".ag-explore")
    place.page.wait_for_function(
        "width => document.querySelector('.ag-explore').getBoundingClientRect().right <= width", arg=narrow
    )
    too_wide = boxes.evaluate_all(_TOO_WIDE)
    place.page.set_viewport_size(wide)
    assert too_wide == []


def test_no_request_left_this_machine(place: Place, server: Server) -> None:
    show(place.page, 1, ALL, len(SCENES))
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
