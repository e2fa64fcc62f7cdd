"""relu_gradients in a real Chromium, on a page without a kernel: by mouse and by keyboard, in both themes."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from autograder import explore

from .page import page_of

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def show(chromium: Browser) -> Iterator[Open]:
    """Open the explorable on a page; any error or request of the page fails the test."""
    pages: list[Page] = []
    trouble: list[str] = []

    def show(
        *, width: int = 900, theme: Literal["light", "dark"] = "light", still: bool = False, **state: Any
    ) -> Page:
        page = chromium.new_page(
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            reduced_motion="reduce" if still else "no-preference",
        )
        pages.append(page)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request", lambda request: trouble.append(request.url) if "blob:" not in request.url else None
        )
        page.set_content(page_of(explore.relu_gradients(**state)))
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
    return explore.relu_gradients(**state).describe()


def press(page: Page, plot: str, x: float, to: float) -> None:
    """Press in a plot and move along it, places given in its own pixels across."""
    box = page.get_by_role("img", name=plot).bounding_box()
    assert box
    scale, y = box["width"] / 360, box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + x * scale, y)
    page.mouse.down()
    page.mouse.move(box["x"] + to * scale, y, steps=3)
    page.mouse.up()


def test_the_bias_follows_the_mouse(show: Open) -> None:
    page = show(depth=1)
    press(page, "Histogram", 200, 36 + 314 * 4 / 12)  # where -2 is
    assert words(page) == told(depth=1, bias=-2.0)
    expect(page.get_by_text("20 units, 11 dead")).to_be_visible()
    page.mouse.move(300, 200)  # let go: moving on changes nothing
    assert words(page) == told(depth=1, bias=-2.0)


def test_a_layer_is_chosen_among_the_norms(show: Open) -> None:
    page = show(function="sigmoid")
    press(page, "Norm of the gradient", 100, 40 + 308 * (3.4 + 3.5) / 13.4)
    assert words(page) == told(function="sigmoid", layer=4)
    press(page, "Norm of the gradient", 340, 45)  # among the names
    assert words(page) == told(function="sigmoid", layer=1)


def test_all_of_it_by_keyboard_alone(show: Open) -> None:
    page = show(bias=-1.0, ask="How many are <b>dead</b>?", still=True)
    expect(page.get_by_text("<b>dead</b>")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("none")
    page.keyboard.press("Enter")
    assert page.evaluate("[model.get('prediction'), model.get('revealed')]") == ["none", True]
    expect(page.get_by_role("status")).to_be_focused()
    page.get_by_label("Bias b").press("ArrowLeft")
    page.get_by_label("Weights w").press("ArrowRight")
    page.get_by_label("Layer shown").press("End")
    page.get_by_role("radio", name="ReLU", exact=True).press("ArrowRight")
    expect(page.get_by_role("radio", name="Leaky ReLU")).to_be_checked()
    assert words(page) == told(function="leaky", weight=1.1, bias=-1.1, layer=10)
    assert page.evaluate("bubbled").count("ArrowRight") == 0
    page.get_by_role("button", name="Reset").press("Enter")
    assert page.evaluate("['bias', 'layer', 'prediction', 'revealed'].map(model.get)") == [-1, 1, "", False]


def test_the_answer_is_hidden_until_it_is_revealed(show: Open) -> None:
    page = show(bias=-2.0, ask="How many are dead?", still=True)
    hidden = page.locator(".ag-answer")
    assert hidden.count() > 15
    assert [hidden.nth(i).is_visible() for i in range(hidden.count())] == [False] * hidden.count()
    assert "dead" not in words(page)
    labels = " ".join(label.get_attribute("aria-label") or "" for label in page.locator("[aria-label]").all())
    assert not re.search(r"\d dead|mean|Tanh", labels)
    expect(page.get_by_text("Predict, then reveal")).to_have_count(2)
    page.get_by_label("Your prediction").fill("11")
    page.keyboard.press("Enter")
    assert words(page) == told(bias=-2.0)
    expect(page.get_by_text("Predict, then reveal").first).to_be_hidden()
    expect(page.get_by_role("img", name="11 dead")).to_be_visible()


def test_the_mask_shows_every_slope(show: Open) -> None:
    page = show(bias=-2.0)
    shown = explore.relu_gradients(bias=-2.0)
    drawn = [path.get_attribute("d") or "" for path in page.locator(".ag-blue-fill[fill-opacity]").all()]
    assert [path.count("M") for path in drawn] == [0] * 7 + [int(shown.slopes.sum())]
    crosses = page.locator(".ag-cross").get_attribute("d") or ""
    assert crosses.count("M") == shown.dead
    counts = (page.locator(".ag-all").get_attribute("d") or "").count("M")
    assert counts == (page.locator(".ag-all").get_attribute("d") or "").count("Z") > 8


def test_the_norms_are_drawn_where_they_belong(show: Open) -> None:
    page = show(function="sigmoid")
    norms = explore.relu_gradients("sigmoid").gradient_norms
    heights = [float(dot.get_attribute("cy") or "nan") for dot in page.locator("circle").all()]
    np.testing.assert_allclose(heights, 30 + 194 * (4.5 - np.log10(norms)) / 15.5, atol=0.01)


def test_the_others_follow_the_chosen_one(show: Open) -> None:
    page = show()
    label = page.locator("[aria-label^='Norm of the gradient']")
    expect(label).to_have_attribute("aria-label", re.compile("ReLU 0.02, .*Sigmoid 4.4e\u22127"))
    page.get_by_label("Weights w").press("End")
    expect(label).to_have_attribute("aria-label", re.compile("ReLU 1.2e3, Leaky ReLU .*Sigmoid 1.3e\u22123"))
    ends = [path.get_attribute("d") or "" for path in page.locator(".ag-norm-other").all()]
    tops = [float(end[1:].split("L")[0].split()[1]) for end in ends]
    norms = [
        explore.relu_gradients(name, 3.0).gradient_norms[0] for name in ("leaky", "tanh", "sigmoid", "sin")
    ]
    np.testing.assert_allclose(sorted(tops), sorted(30 + 194 * (4.5 - np.log10(norms)) / 15.5), atol=0.051)


def test_one_layer_alone_has_no_norms_and_no_layer_to_choose(show: Open) -> None:
    page = show(depth=1)
    expect(page.locator("svg")).to_have_count(2)
    expect(page.get_by_label("Layer shown")).to_have_count(0)


def test_what_is_locked_cannot_be_moved(show: Open) -> None:
    page = show(lock=["function", "weight", "bias", "layer"])
    expect(page.locator("input:enabled:not(.ag-guess)")).to_have_count(0)
    press(page, "Histogram", 100, 300)
    press(page, "Norm of the gradient", 200, 300)
    assert words(page) == told()


def test_it_follows_what_code_sets_and_lets_go_when_closed(show: Open) -> None:
    page = show()
    page.evaluate("model.set('weight', 1.4142)")
    assert words(page) == told(weight=1.4142)
    page.evaluate("close_view()")
    assert page.evaluate("model.listeners()") == 0


@pytest.mark.parametrize("width", [320, 500, 900])
def test_it_fits_a_narrow_screen(show: Open, width: int) -> None:
    page = show(
        function="sin", ask="What happens to the gradient on its way back?", revealed=False, width=width
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for plot in page.locator("svg").all():
        box = plot.bounding_box()
        assert box
        assert box["width"] >= min(width, 360) - 60


def test_focus_is_seen_and_motion_can_be_turned_off(show: Open) -> None:
    page = show(still=True)
    page.keyboard.press("Tab")
    style = "(node, name) => getComputedStyle(node)[name]"
    assert page.locator(":focus").evaluate(style, "outlineWidth") == "3px"
    assert page.locator(".ag-answer").first.evaluate(style, "transitionDuration") == "0s"
