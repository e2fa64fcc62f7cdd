"""gradient_check in a real Chromium: on a page without a kernel, and in JupyterLab, where Python moves the point."""

import math
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from autograder import explore

from .jupyter import Server, notebook, run, serving
from .page import page_of

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def exp(x: Any) -> float:
    return float(np.exp(x[0]))


@pytest.fixture
def show(chromium: Browser) -> Iterator[Open]:
    """Open the explorable on a page; any error or request of the page fails the test."""
    pages: list[Page] = []
    trouble: list[str] = []

    def show(
        *functions: Any,
        width: int = 900,
        theme: Literal["light", "dark"] = "light",
        still: bool = False,
        **state: Any,
    ) -> Page:
        page = chromium.new_page(
            viewport={"width": width, "height": 700},
            color_scheme=theme,
            reduced_motion="reduce" if still else "no-preference",
        )
        pages.append(page)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request", lambda request: trouble.append(request.url) if "blob:" not in request.url else None
        )
        page.set_content(page_of(explore.gradient_check(*(functions or (exp, np.exp)), **state)))
        page.wait_for_selector("body[data-ready]")
        return page

    yield show
    for page in pages:
        page.close()
    assert trouble == []


def words(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def told(**state: Any) -> str:
    """Say what Python says of a state."""
    return explore.gradient_check(exp, np.exp, **state).describe()


def press(page: Page, exponent: float) -> None:
    """Press in the plot where the step is ten to this power, and let go a little beside it."""
    box = page.get_by_role("img", name="Error of the numerical gradient").bounding_box()
    assert box
    x = box["x"] + box["width"] * (46 + 362 * (exponent + 15.3) / 15.6) / 420
    page.mouse.move(x - 30, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(x, box["y"] + 120, steps=3)
    page.mouse.up()


def test_the_step_follows_the_mouse(show: Open) -> None:
    page = show()
    press(page, -11)
    assert words(page) == told(h=1e-11)
    page.mouse.move(60, 100)  # let go: moving on changes nothing
    assert words(page) == told(h=1e-11)


def test_all_of_it_by_keyboard_alone(show: Open) -> None:
    page = show(ask="Is <b>smaller</b> better?", still=True)
    expect(page.get_by_text("<b>smaller</b>")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("always")
    page.keyboard.press("Enter")
    assert page.evaluate("[model.get('prediction'), model.get('revealed')]") == ["always", True]
    expect(page.get_by_role("status")).to_be_focused()
    page.get_by_label("Step h").press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert words(page) == told(h=1e-6)
    page.get_by_label("Show the two errors").press("Space")
    expect(page.get_by_text("float64: 1/h")).to_be_visible()
    page.get_by_label("Step h").press("End")
    assert words(page) == told(h=1.0)
    assert page.evaluate("bubbled").count("ArrowLeft") == 0
    page.get_by_role("button", name="Reset").press("Enter")
    assert page.evaluate("['h', 'guides', 'prediction', 'revealed'].map(model.get)") == [
        1e-5,
        False,
        "",
        False,
    ]


def test_the_digits_beside_the_curve(show: Open) -> None:
    page = show(h=1e-11)
    rows = [row.inner_text() for row in page.locator(".ag-digits dd").all()]
    numbers = [float(row) for row in rows]
    ahead, behind = np.exp([1 + 1e-11, 1 - 1e-11])
    np.testing.assert_allclose(numbers, [ahead, behind, (ahead - behind) / 2e-11, math.e], rtol=1e-15)
    digits = [len(re.sub(r"\D", "", text)) for text in page.locator(".ag-same, .ag-right").all_inner_texts()]
    assert digits == [10, 10, 5, 16]


def test_the_points_sit_where_the_errors_are(show: Open) -> None:
    page = show()
    shown = explore.gradient_check(exp, np.exp)
    heights = [
        float(dot.get_attribute("cy") or "nan") for dot in page.locator("circle.ag-blue-fill").all()[:31]
    ]
    np.testing.assert_allclose(heights, 48 + 214 * (1.5 - np.log10(shown.errors)) / 18, atol=0.01)


def test_the_answer_is_hidden_until_it_is_revealed(show: Open) -> None:
    page = show(ask="How far off?", still=True)
    hidden = page.locator(".ag-answer")
    assert hidden.count() > 60
    assert not page.locator(".ag-answer:visible").count()
    assert "off by" not in words(page)
    labels = " ".join(label.get_attribute("aria-label") or "" for label in page.locator("[aria-label]").all())
    assert "e\u2212" not in labels
    page.get_by_label("Your prediction").fill("1e-5")
    page.keyboard.press("Enter")
    assert words(page) == told()
    expect(page.get_by_text("Predict, then reveal")).to_be_hidden()


def test_without_a_kernel_the_point_rests_and_says_why(show: Open) -> None:
    page = show()
    expect(page.get_by_label("Point x")).to_be_disabled()
    expect(page.get_by_text("Moving x needs Python.")).to_be_visible()
    assert words(page) == told()  # the curve that was measured when the cell ran
    expect(show(lock=["at"]).get_by_text("Moving x needs Python.")).to_have_count(0)


def test_an_array_has_no_point_to_move(show: Open) -> None:
    page = show(lambda x: np.sum(x**3), lambda x: 3 * x**2, x=np.array([1.0, 2.0]))
    expect(page.get_by_label("Point x")).to_have_count(0)
    assert words(page).startswith("h = 1e\u22125: the central difference")


def test_what_stops_it_is_said_in_its_place(show: Open) -> None:
    page = show(exp, np.exp, numerical=lambda _f, _x, _h: None)
    expect(page.get_by_text("Nothing measured yet")).to_be_visible()
    assert "Nothing measured. ValueError" in words(page) or "Nothing measured. TypeError" in words(page)


def test_what_is_locked_cannot_be_moved(show: Open) -> None:
    page = show(lock=["h", "at", "guides"])
    expect(page.locator("input:enabled:not(.ag-guess)")).to_have_count(0)
    press(page, -11)
    assert words(page) == told()


def test_it_follows_what_code_sets_and_lets_go_when_closed(show: Open) -> None:
    page = show()
    page.evaluate("model.set('h', 1e-3)")
    assert words(page) == told(h=1e-3)
    page.evaluate("close_view()")
    assert page.evaluate("model.listeners()") == 0


@pytest.mark.parametrize("width", [320, 500, 900])
def test_it_fits_a_narrow_screen(show: Open, width: int) -> None:
    page = show(width=width, ask="Does a smaller step always give a better gradient?")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator("svg").bounding_box()
    assert box
    assert box["width"] >= min(width, 360) - 60


LESSON = [
    """
    import pathlib, time
    import numpy as np
    from autograder import explore
    def f(x):
        while x[0] > 2.5 and not pathlib.Path("go").exists():
            time.sleep(0.01)
        return float(np.exp(x[0]))
    shown = explore.gradient_check(f, np.exp, 1.0)
    shown
    """,
    "shown.at = 0.5",
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as server:
        cells = [textwrap.dedent(cell) for cell in LESSON]
        (server.course / "check.ipynb").write_text(notebook(cells), encoding="utf-8")
        yield server


def test_in_a_notebook_python_moves_the_point(chromium: Browser, server: Server) -> None:
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(120_000)
    server.open(page, "lab", "check.ipynb")
    run(page, 0)
    said = page.locator(".ag-words")
    expect(said).to_have_text(told())
    point = page.get_by_label("Point x")
    expect(point).to_be_enabled()  # Python has answered
    point.press("ArrowRight")
    expect(said).to_have_text(told(x=1.1))
    run(page, 1)
    expect(said).to_have_text(told(x=0.5))
    expect(point).to_have_value("0.5")
    point.press("End")  # from here on f waits for a file
    expect(page.get_by_text("Python is measuring.")).to_be_visible()
    expect(said).to_have_text(told(x=0.5))  # not the old errors beside the new point
    (server.course / "go").touch()
    expect(said).to_have_text(re.compile("^x = 3, h = "))
    expect(page.get_by_text("Python is measuring.")).to_be_hidden()
    page.close()
