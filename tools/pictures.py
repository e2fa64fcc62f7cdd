"""Take the README's pictures anew: a lesson in a real JupyterLab, a feedback page, explorables, in a real Chromium.

Run it after `make demo`, with the project's own Python: `.venv/bin/python tools/pictures.py`, or with the names of some:
`lesson`, `feedback`, `explorables`. It needs Chromium and the development tools (`make dev browser`), and writes
assets/pictures/.
"""
# ruff: noqa: INP001 (a script, not a package; tests/ is found first)

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from explore.page import page_of

from autograder import explore

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "assets" / "pictures"
LESSON = "01_activations"
STUDENT = "emil"  # of the demo's class: wrong in three ways that have names
_FIGURE = """.ag-controls, .ag-kernel, .ag-explore > .ag-button, .ag-buttons, .ag-formulas, .ag-explore > .ag-words {
  display: none !important;
}"""
EXERCISE = "softplus"
NAIVE = "def softplus(x):\n    return np.log(1 + np.exp(x))\n"
IDLE = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
SHOW_CELL = """(id) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  const index = notebook.widgets.findIndex((cell) => cell.model.id === id);
  notebook.activeCellIndex = index;
  return notebook.scrollToItem(index, "start");
}"""


def attempt(folder: Path) -> None:
    """Write the lesson with one exercise done as most people first do it."""
    released = json.loads((ROOT / "notebooks" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    for cell in released["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == EXERCISE:
            cell["source"] = NAIVE
    (folder / LESSON).mkdir()
    (folder / LESSON / f"{LESSON}.ipynb").write_text(json.dumps(released), encoding="utf-8")


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """Start `make lab`'s own script on a folder; give its address."""
    command = [
        sys.executable,
        str(ROOT / "tools" / "lab.py"),
        "--folder",
        str(folder),
        "--no-browser",
        "--port=0",
    ]
    command += ["--expose-app-in-browser", f"--LabApp.workspaces_dir={folder / 'workspaces'}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            lines = iter(server.stderr or ())
            yield next(line.strip() for line in lines if "/lab?token=" in line and "ServerApp" not in line)
        finally:
            server.terminate()


def take_lesson(page: Page) -> None:
    """Take the check below the exercise, with its card."""
    with tempfile.TemporaryDirectory() as scratch:
        attempt(Path(scratch))
        with lab(Path(scratch)) as address:
            base, _, token = address.partition("/lab?")
            page.goto(f"{base}/lab/tree/{LESSON}/{LESSON}.ipynb?{token}")
            page.wait_for_function(IDLE)
            page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
            page.evaluate(RUN_ALL)
            page.evaluate(SHOW_CELL, EXERCISE)
            card = page.locator(".jp-OutputArea-output", has_text=EXERCISE).filter(has_text="stability").first
            card.wait_for()
            page.wait_for_function(IDLE)
            card.scroll_into_view_if_needed()
            page.screenshot(path=PICTURES / "lesson.png")


def take_feedback(page: Page) -> None:
    """Take the page that a student of the demo's class gets back."""
    file = ROOT / "demo" / "feedback" / STUDENT / LESSON / f"{LESSON}.html"
    if not file.is_file():
        sys.exit("No feedback pages in demo/: run `make demo` first.")
    page.goto(file.as_uri())
    page.screenshot(path=PICTURES / "feedback.png")


def take_explorables(page: Page) -> None:
    """Take some explorables as they stand in a lesson."""
    trained = explore.training(hidden=8, rate=1.0, creases=True)
    trained.advance(150)
    shown = {
        "backprop": explore.backprop("batch", step=3),
        "conv_shapes": explore.conv_shapes((3, 8, 11), n_kernels=4, k=3, s=2, p=1, place=8),
        "training": trained,
    }
    for name, explorable in shown.items():
        page.set_viewport_size({"width": 780, "height": 900})
        page.set_content(page_of(explorable))
        page.wait_for_selector("body[data-ready]")
        page.add_style_tag(content=_FIGURE)
        file = PICTURES / f"{name}.png"
        page.locator(".ag-explore").screenshot(path=file)
        Image.open(file).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)


def main() -> None:
    """Take all, or those named."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    arguments = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.set_default_timeout(120_000)
        take = {"lesson": take_lesson, "feedback": take_feedback, "explorables": take_explorables}
        for name in sys.argv[1:] or take:
            take[name](page)
        browser.close()


if __name__ == "__main__":
    main()
