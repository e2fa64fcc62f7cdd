"""activations in real JupyterLab, with a kernel: what the hand moves, Python reads, and the reverse."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .jupyter import active, notebook, run, serving, set_source

pytestmark = pytest.mark.browser

SHOW = """
from autograder import explore
shown = explore.activations("sigmoid", x=0.5, ask="How steep?")
shown
"""
READ = """
import ipywidgets
read = ipywidgets.Label()
def tell(change):
    read.value = f"read {shown.x} {shown.slope:.4f} {shown.prediction}"
shown.observe(tell)
read
"""
SET = "shown.x = -2.0"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start JupyterLab and give the address of a lesson in it."""
    with serving(tmp_path_factory.mktemp("lab")) as server:
        (server.course / "lesson.ipynb").write_text(notebook([SHOW, READ, SET]), encoding="utf-8")
        yield f"{server.address}/lab/tree/lesson.ipynb?token=lesson"


@pytest.fixture
def lesson(chromium: Browser, lab: str) -> Iterator[Page]:
    """Open the lesson in Lab, with an idle kernel and its first cell run."""
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(120_000)
    page.goto(lab)
    page.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    )
    run(page, 0)
    page.wait_for_selector(".ag-explore")
    yield page
    page.close()


def test_hand_and_code_move_the_same_point(lesson: Page, tmp_path: Path) -> None:
    words = lesson.locator(".ag-words")
    run(lesson, 1)  # from now on a label shows what Python reads
    lesson.get_by_label("Your prediction").fill("A quarter")
    lesson.keyboard.press("Enter")
    expect(words).to_contain_text("slope f\u2032(x) = 0.2350")

    lesson.get_by_label("Point x").focus()
    for _ in range(3):
        lesson.keyboard.press("ArrowRight")
    expect(words).to_contain_text("x = 0.8: f(x) = 0.6900, slope f\u2032(x) = 0.2139")
    assert active(lesson) == 0  # the arrows moved the point, not Lab's cell
    expect(lesson.get_by_text("read 0.8 0.2139 A quarter")).to_be_visible()

    box = lesson.locator(".ag-plot").first.bounding_box()
    assert box
    lesson.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    lesson.mouse.down()
    lesson.mouse.move(box["x"] + box["width"] * (36 + 314 * 9 / 12) / 360, box["y"] + 60, steps=4)
    lesson.mouse.up()
    expect(words).to_contain_text("x = 3: f(x) = 0.9526, slope f\u2032(x) = 0.0452")
    expect(lesson.get_by_text("read 3.0 0.0452 A quarter")).to_be_visible()

    run(lesson, 2)
    expect(words).to_contain_text("x = \u22122: f(x) = 0.1192, slope f\u2032(x) = 0.1050")
    lesson.evaluate("jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })")
    lesson.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    ground = lesson.locator(".ag-explore").evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground)[:3])) < 64
    lesson.screenshot(path=tmp_path / "dark.png")


def test_a_vector_moved_by_hand_is_read_in_python(lesson: Page) -> None:
    show = (
        "from autograder import explore\n"
        "shown = explore.softmax_temperature(logits=[1, 2, 3], lock=['temperature'], ask='What moves?')\nshown"
    )
    tell = READ.replace(
        'f"read {shown.x} {shown.slope:.4f} {shown.prediction}"',
        'f"read {shown.logits} {shown.shift} {shown.probabilities.round(4)}"',
    )
    for cell, source in enumerate([show, tell.strip(), "shown.max_trick = False\nshown.logits = [0, 0, 5]"]):
        set_source(lesson, cell, source)
    run(lesson, 0)
    lesson.wait_for_selector(".ag-columns")
    run(lesson, 1)
    lesson.get_by_label("Your prediction").fill("Nothing")
    lesson.keyboard.press("Enter")
    lesson.get_by_role("slider", name="Logit 0").focus()
    lesson.keyboard.press("ArrowUp")
    lesson.get_by_label("Shift c").press("End")
    assert active(lesson) == 0
    expect(lesson.locator(".ag-words")).to_contain_text("shifted by 1000 to (1001.1, 1002, 1003)")
    expect(lesson.get_by_text("read [1.1, 2.0, 3.0] 1000.0 [0.0986 0.2424 0.659 ]")).to_be_visible()
    run(lesson, 2)
    expect(lesson.locator(".ag-words")).to_contain_text("exp(1005) is more than a float64 can hold")
    lesson.get_by_role("button", name="Reset").click()
    expect(lesson.locator(".ag-words")).to_contain_text(
        "Logits (1, 2, 3), T = 1. The probabilities are hidden"
    )
