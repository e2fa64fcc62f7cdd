"""backprop in a real Chromium, without a kernel: stepped, pointed at and changed by mouse and by keyboard."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

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
        form: str = "column",
        step: int = 1,
        *,
        width: int = 900,
        theme: Literal["light", "dark"] = "light",
        still: bool = False,
        **state: Any,
    ) -> Page:
        page = chromium.new_page(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce" if still else "no-preference",
        )
        pages.append(page)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request", lambda request: trouble.append(request.url) if "blob:" not in request.url else None
        )
        page.set_content(page_of(explore.backprop(form, step, **state)))
        page.wait_for_selector("body[data-ready]")
        return page

    yield show
    for page in pages:
        page.close()
    assert trouble == []


def words(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def number(page: Page, name: str) -> Locator:
    """Find a number of the net that can be changed, by its name in code."""
    return page.get_by_role("spinbutton", name=name)


def cells(page: Page, look: str) -> list[str]:
    """Read the numbers that are lit as used, or as the result."""
    return [
        text.replace("\u2212", "-") for text in page.locator(f"text[data-look={look}]").all_text_contents()
    ]


def test_arrow_keys_step_forward_and_back(show: Open) -> None:
    page = show()
    page.get_by_role("radio", name="Forward 1 of 4: h_a").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Backward 3 of 6: d_hs")).to_be_focused()
    assert words(page) == explore.backprop(step=7).describe()
    page.keyboard.press("ArrowUp")
    assert words(page) == explore.backprop(step=6).describe()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Backward 6 of 6: dx")).to_be_checked()  # not round to the first
    assert page.evaluate("bubbled") == []  # Jupyter would have moved to another cell


def test_a_mouse_steps_by_the_buttons_and_by_the_listing(show: Open) -> None:
    page = show("batch")
    expect(page.get_by_role("button", name="Back")).to_be_disabled()
    page.get_by_role("button", name="Next").click()
    assert words(page).startswith("Forward 2 of 4: H of shape (4, 3)")
    page.locator(".bp-step", has_text="3").nth(1).click()
    assert words(page) == explore.backprop("batch", 7).describe()
    page.get_by_role("button", name="Back").click()
    assert words(page) == explore.backprop("batch", 6).describe()


def test_a_step_lights_up_what_its_entry_is_made_of(show: Open) -> None:
    page = show(step=7)
    assert cells(page, "result") == ["0.4"]
    assert sorted(cells(page, "used")) == sorted(["0.2", "0.2", "-0.6", "0.2", "1", "2", "0", "-1"])
    assert page.locator(".bp-lit").count() == 8  # four edges, each to its weight and on from it
    page.get_by_label("Entry").press("ArrowRight")
    assert cells(page, "result") == ["-0.8"]
    assert "d_hs[1] = 0.2\u00b7(\u22121)" in words(page)
    page = show(step=4, entry=4)  # the loss
    assert (cells(page, "used"), page.locator(".bp-lit").count()) == (["0.4"], 1)


def test_formulas_come_with_their_dimensions_once_they_are_reached(show: Open) -> None:
    page = show("batch", 6)
    assert page.locator(".bp-dims").all_inner_texts() == [
        f"{a}\u00d7{b}" for a, b in [(3, 2), (3, 4), (4, 2), (1, 2), (1, 4), (4, 2)]
    ]
    listed = page.locator(".bp-step .bp-right")
    shown = [listed.nth(i).is_visible() for i in range(listed.count())]
    assert shown == [True] * 8 + [False] * 5  # steps 4, 6 and 9 find two arrays each


def test_pointing_at_a_number_works_out_that_entry(show: Open) -> None:
    page = show("batch", 6)
    number(page, "W2[1, 0]").click()
    assert (
        "dW2[1, 0] = 2\u00b70.25 + 3\u00b7(\u22120.75) + 4\u00b70.25 + 1\u00b7(\u22120.75) = \u22121.5."
        in words(page)
    )
    number(page, "b2[1]").focus()
    assert "db2[1] = " in words(page)
    page = show("column", 3)
    page.locator(".bp-chip", has_text="0.693").locator("rect").last.click(position={"x": 60, "y": 10})
    assert "o_a[2] = 0\u00b70.5 + 2\u00b70.5 \u2212 0.3069 = 0.6931." in words(page)


def test_a_weight_is_changed_by_keyboard_and_everything_follows(show: Open) -> None:
    page = show(step=10)
    number(page, "x[0]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(number(page, "W1[0, 0]")).to_be_focused()
    for key in ["ArrowUp", "ArrowUp", "PageUp", "ArrowDown"]:
        page.keyboard.press(key)
    expect(number(page, "W1[0, 0]")).to_have_attribute("aria-valuenow", "2.1")
    moved = explore.backprop(step=10, entry=2)  # on the way it passed x[2], an entry of this step
    moved.W1 = [[2.1, 0, 2], [2, 1, 3]]
    assert words(page) == moved.describe()
    slope = moved.gradients["W1"][0, 0]
    said = number(page, "W1[0, 0]").get_attribute("aria-valuetext") or ""
    assert float(said.replace("\u2212", "-").split()[-1]) == pytest.approx(slope, abs=5e-5)
    page.get_by_role("button", name="Reset").click()
    assert words(page) == explore.backprop(step=10).describe()


def test_a_weight_is_dragged(show: Open) -> None:
    page = show("batch", 10)
    box = number(page, "W2[0, 1]").bounding_box()
    assert box
    x, y = box["x"] + 20, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 25, steps=5)
    page.mouse.up()
    np.testing.assert_allclose(page.evaluate("model.get('W2')"), [[0.0, 1.5], [1.0, 0.0], [-1.0, 0.0]])
    page.mouse.move(x, y - 90)  # let go: moving on changes nothing
    moved = explore.backprop("batch", 10)
    moved.W2 = [[0, 1.5], [1, 0], [-1, 0]]
    assert words(page) == moved.describe()
    number(page, "W2[0, 1]").focus()
    for _ in range(30):
        page.keyboard.press("PageUp")
    assert page.evaluate("model.get('W2')[0][1]") == 20


def test_all_numbers_are_one_stop_of_the_tab_key(show: Open) -> None:
    page = show()
    assert page.locator("[role=spinbutton][tabindex='0']").count() == 1
    stops = []
    for _ in range(5):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate("document.activeElement.getAttribute('role') ?? document.activeElement.type")
        )
    assert stops == ["spinbutton", "button", "range", "radio", "button"]  # Back is disabled at the start


def test_the_answer_is_hidden_until_it_is_predicted(show: Open) -> None:
    page = show(step=7, ask="How does the loss move with <b>h_s</b>?")
    expect(page.get_by_text("<b>h_s</b>")).to_be_visible()
    assert page.get_by_text("?", exact=True).count() == 2  # in the place of the two numbers
    assert "Hidden until you predict it" in words(page)
    assert page.locator(".bp-dims").count() == 0
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    expect(page.get_by_role("radio", name="Backward 4 of 6")).to_be_disabled()
    number(page, "b1[0]").focus()
    page.keyboard.press("ArrowUp")
    assert "gradient" not in (number(page, "b1[0]").get_attribute("aria-valuetext") or "")
    page.get_by_role("button", name="Reset").click()
    page.get_by_label("Your prediction").fill("0.4 and -0.8")
    page.keyboard.press("Enter")
    assert words(page) == explore.backprop(step=7).describe()
    expect(page.get_by_role("button", name="Next")).to_be_enabled()


def test_what_is_locked_cannot_be_moved(show: Open) -> None:
    page = show(step=6, lock=["step", "W2", "x"])
    for name in ["Next", "Back"]:
        expect(page.get_by_role("button", name=name)).to_be_disabled()
    expect(page.get_by_role("radio", name="Forward 1")).to_be_disabled()
    assert number(page, "W2[0, 0]").count() == 0
    expect(number(page, "W1[0, 0]")).to_have_attribute("tabindex", "0")


def test_it_follows_what_code_sets_and_lets_go_when_closed(show: Open) -> None:
    page = show(step=4)
    page.evaluate("model.set('y', 0)")
    assert "L is 1.6094" in words(page)
    page.evaluate("model.set('entry', 99)")
    assert "L = \u2212ln 0.2 = 1.6094." in words(page)
    page.evaluate("close_view()")
    assert page.evaluate("model.listeners()") == 0


@pytest.mark.parametrize("width", [320, 500, 900])
def test_it_fits_a_narrow_screen_and_shows_where_the_step_works(show: Open, width: int) -> None:
    page = show("batch", 1, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for step in (4, 5, 10):
        page.evaluate("(step) => model.set('step', step)", step)
        expect(page.locator("rect[data-look=result]")).to_be_in_viewport()


def luminance(colour: str) -> float:
    channels = np.array([int(c) for c in re.findall(r"\d+", colour)[:3]]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("step", [3, 7])
def test_colours_stand_out_in_both_themes(show: Open, theme: Literal["light", "dark"], step: int) -> None:
    page = show(step=step, theme=theme)
    read = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"
    ground = luminance(page.evaluate(read, [".ag-explore", "backgroundColor"]))
    for selector, name in [
        (".bp-number.bp-blue", "fill"),
        (".bp-number.bp-orange", "fill"),
        (".bp-lit", "stroke"),
        (".bp-half[data-look=result]", "fill"),  # its number has the ground's colour
        (".bp-shape", "fill"),
        (".bp-tag", "color"),
    ]:
        dark, light = sorted((ground, luminance(page.evaluate(read, [selector, name]))))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, selector


def test_motion_can_be_turned_off_and_focus_is_seen(show: Open) -> None:
    moves = "node => getComputedStyle(node).animationName"
    assert show(step=7).locator(".bp-lit").first.evaluate(moves) == "bp-flow"
    page = show(step=7, still=True)
    assert page.locator(".bp-lit").first.evaluate(moves) == "none"
    width = "(node) => getComputedStyle(node.querySelector('.bp-pill')).strokeWidth"
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate(width) == "3.5px"
    page.get_by_label("Entry").focus()
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate("node => getComputedStyle(node).outlineWidth") == "3px"


def test_a_lit_number_stays_in_its_half(show: Open) -> None:
    """Both halves of a cell are lit, and both numbers have a minus and three decimals."""
    net = {
        "W1": np.array([[1.0, 0.0, 2.0], [2.0, 1.0, 3.0]]),
        "b1": np.array([-1.576, 0.618]),
        "W2": np.array([[1.0, -1.0], [2.0, 0.0], [0.0, 2.0], [-1.0, 3.0]]),
        "b2": np.array([0.0, -1.0, -0.307, -1.0]),
    }
    page = show(step=8, x=[1.0, 2.0, -1.0], y=2, params=net)
    wide = page.evaluate(
        """() => [...document.querySelectorAll('.bp-number:is([data-look="used"], [data-look="result"])')]
            .map(text => [text.textContent, text.getComputedTextLength()])"""
    )
    half = page.evaluate("() => Number(document.querySelector('.bp-half').getAttribute('width'))")
    assert any(len(said) == len("-0.394") for said, _ in wide)
    assert [said for said, width in wide if width > half] == []
