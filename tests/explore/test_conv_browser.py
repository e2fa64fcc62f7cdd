"""conv_shapes and receptive_field in a real Chromium, without a kernel: by mouse, by keyboard, in both themes."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from autograder import explore
from autograder.explore._explorable import Explorable

from .page import page_of

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
CONV, POOL = {"kind": "conv", "k": 3}, {"kind": "pool", "k": 2}


@pytest.fixture
def show(chromium: Browser) -> Iterator[Open]:
    """Open an explorable on a page; any error or request of the page fails the test."""
    pages: list[Page] = []
    trouble: list[str] = []

    def show(
        shown: Explorable,
        *,
        width: int = 900,
        theme: Literal["light", "dark"] = "light",
        still: bool = False,
    ) -> Page:
        page = chromium.new_page(
            viewport={"width": width, "height": 950},
            color_scheme=theme,
            reduced_motion="reduce" if still else "no-preference",
        )
        pages.append(page)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request", lambda request: trouble.append(request.url) if "blob:" not in request.url else None
        )
        page.set_content(page_of(shown))
        page.wait_for_selector("body[data-ready]")
        return page

    yield show
    for page in pages:
        page.close()
    assert trouble == []


def words(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def test_dragging_the_kernel_moves_it_by_strides(show: Open) -> None:
    page = show(explore.conv_shapes((3, 8, 11), n_kernels=4, s=2, p=1))
    cell = page.locator(".ag-c-now").bounding_box()
    assert cell
    x, y = middle(page, ".ag-c-kernel")
    drag(page, (x, y), (x + 4.2 * cell["width"], y + 1.8 * cell["height"]))
    assert "Place 9 of 24: row 1, column 2 of the output looks at rows 2 to 4 and columns 4 to 6" in words(
        page
    )
    assert page.evaluate("model.get('place')") == 8
    page.mouse.move(10, 10)  # let go: moving on changes nothing
    assert page.evaluate("model.get('place')") == 8
    x, y = middle(page, ".ag-c-out")
    drag(page, middle(page, ".ag-c-now"), (x + 5, y + 5))  # or by the output
    assert "row 2, column 3" in words(page)


def test_a_row_is_dragged_along_itself_or_down_its_places(show: Open) -> None:
    page = show(explore.conv_shapes(8, s=2))
    x, y = middle(page, ".ag-c-kernel")
    drag(page, (x, y), (x + 500, y))
    assert "Place 3 of 3: pixels 4 to 6" in words(page)
    drag(page, middle(page, ".ag-c-now"), middle(page, ".ag-c-out"))
    assert "Place 2 of 3: pixels 2 to 4" in words(page)


def test_arrow_keys_move_the_kernel_across_and_down(show: Open) -> None:
    page = show(explore.conv_shapes((1, 6, 7), k=3))
    page.get_by_role("slider", name="Place").focus()
    for key in ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp"]:
        page.keyboard.press(key)
    assert "row 1, column 1 of the output" in words(page)
    page.keyboard.press("End")
    assert "Place 20 of 20: row 3, column 4" in words(page)
    page.keyboard.press("ArrowDown")  # there is no row below
    assert "Place 20 of 20" in words(page)
    page.keyboard.press("Control+s")
    assert page.evaluate("bubbled") == ["Control", "s"]


def test_every_setting_counts_as_numpy_does(show: Open) -> None:
    page = show(explore.conv_shapes((2, 9, 12), n_kernels=3))
    setting = {"k": 3, "s": 1, "p": 0, "d": 1}
    labels = {"k": "Kernel size k", "s": "Stride s", "p": "Padding p", "d": "Dilation d"}
    for name in ["s", "p", "d", "k", "s", "p"]:
        page.get_by_label(labels[name], exact=True).press("ArrowRight")
        setting[name] += 1
        span = (setting["k"] - 1) * setting["d"] + 1
        image = np.zeros((9 + 2 * setting["p"], 12 + 2 * setting["p"]))
        places = np.lib.stride_tricks.sliding_window_view(image, (span, span))
        rows, columns = places[:: setting["s"], :: setting["s"]].shape[:2]
        assert f"Output (3, {rows}, {columns})" in words(page)
        formula = page.get_by_role("math").nth(1)
        assert f"+ 1 = {columns} left over" in str(formula.get_attribute("aria-label"))
        assert f"Parameters: 3\u00b72\u00b7{setting['k']}\u00b7{setting['k']} =" in words(page)
    page.get_by_label("A bias for each kernel").check()
    assert f"= {3 * (2 * setting['k'] ** 2 + 1)}." in words(page)
    page.get_by_role("button", name="Reset").click()
    assert "Output (3, 7, 10)" in words(page)


def test_a_kernel_that_does_not_fit_says_why_and_fits_again(show: Open) -> None:
    page = show(explore.conv_shapes(4, k=4))
    page.get_by_label("Kernel size k").press("ArrowRight")
    assert "does not fit: from its first weight to its last it spans 5" in words(page)
    expect(page.get_by_text("0, but it does not fit")).to_be_visible()
    expect(page.get_by_role("slider", name="Place")).to_be_disabled()
    expect(page.get_by_text("the kernel hangs over the edge")).to_be_visible()
    assert page.locator(".ag-c-out").get_attribute("d") == ""
    page.get_by_label("Padding p").press("ArrowRight")
    assert "2 places, so o = 2" in words(page)
    expect(page.get_by_role("slider", name="Place")).to_be_enabled()


def test_the_answer_is_hidden_until_it_is_revealed_by_keyboard(show: Open) -> None:
    page = show(explore.conv_shapes(8, s=2, ask="How many <b>places</b>?"), still=True)
    expect(page.get_by_text("<b>places</b>")).to_be_visible()
    answers = page.locator(".ag-answer")
    assert not any(answers.nth(i).is_visible() for i in range(answers.count()))
    assert "hidden until you predict it" in words(page)
    before = page.locator(".ag-c-taps").get_attribute("d")
    x, y = middle(page, ".ag-c-kernel")
    drag(page, (x, y), (x + 300, y))  # nobody counts the places by dragging
    assert page.locator(".ag-c-taps").get_attribute("d") == before
    page.keyboard.press("Tab")
    page.get_by_label("Your prediction").fill("4")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_text("You predicted: 4")).to_be_visible()
    assert "3 places, so o = 3" in words(page)
    expect(page.get_by_role("math")).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("math")).to_be_hidden()


def test_it_sweeps_over_every_place_and_stops(show: Open) -> None:
    page = show(explore.conv_shapes((1, 5, 6), s=2))
    page.evaluate("window.seen = []; model.on('change:place', () => seen.push(model.get('place')))")
    page.get_by_role("button", name="Sweep").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_role("button", name="Sweep")).to_be_visible()
    assert page.evaluate("seen") == [1, 2, 3]
    page.get_by_role("button", name="Sweep").click()  # from the end it begins anew
    page.get_by_role("button", name="Stop").click()
    assert "Place 1 of 4" in words(page)


def test_with_reduced_motion_the_button_goes_one_place_on(show: Open) -> None:
    page = show(explore.conv_shapes(5, s=2), still=True)
    button = page.get_by_role("button", name="Next place")
    for place in [2, 1, 2]:
        button.click()
        assert f"Place {place} of 2" in words(page)


def test_locked_and_hidden_controls(show: Open) -> None:
    page = show(explore.conv_shapes(8, lock=["k", "place"], hide=["p", "d"]))
    expect(page.get_by_label("Kernel size k")).to_be_disabled()
    expect(page.get_by_role("slider", name="Place")).to_be_disabled()
    expect(page.get_by_role("button", name="Sweep")).to_be_disabled()
    assert page.get_by_label("Padding p").count() == page.get_by_label("Dilation d").count() == 0
    x, y = middle(page, ".ag-c-kernel")
    drag(page, (x, y), (x + 300, y))
    assert "Place 1 of 6" in words(page)
    expect(page.get_by_role("math")).not_to_contain_text("2p")


def test_the_field_follows_table_buttons_keys_and_mouse(show: Open) -> None:
    page = show(explore.receptive_field([CONV, CONV]))
    assert "sees r = 5 pixels" in words(page)
    page.get_by_label("s of layer 1").press("ArrowUp")
    assert "sees r = 7 pixels" in words(page)
    page.get_by_label("d of layer 2").fill("3")
    assert "sees r = 15 pixels" in words(page)
    page.get_by_label("d of layer 2").fill("33")  # no such layer: the last good number stays
    page.keyboard.press("Tab")
    expect(page.get_by_label("d of layer 2")).to_have_value("3")
    page.get_by_role("button", name="Add pooling").click()
    assert re.search(r"layer 3 sees r = 17 pixels.*j = 4 pixels", words(page), re.DOTALL)
    page.get_by_role("slider", name="From layer").press("ArrowLeft")
    page.get_by_role("slider", name="From layer").press("ArrowLeft")
    assert "layer 1 sees r = 3 pixels" in words(page)
    drag(page, middle(page, ".ag-point"), middle(page, ".ag-f-said"))
    assert "One pixel of the image sees r = 1 pixel." in words(page)
    page.get_by_role("button", name="Remove the highest").click()
    assert "layer 2 sees r = 15" in words(page)
    page.get_by_role("button", name="Reset").click()
    assert "layer 2 sees r = 5 pixels" in words(page)


def test_before_the_reveal_nothing_shows_how_far_it_sees(show: Open) -> None:
    page = show(explore.receptive_field([CONV, POOL, CONV], ask="How many pixels?", lock=["layers"]))
    answers = page.locator(".ag-answer")
    assert not any(answers.nth(i).is_visible() for i in range(answers.count()))
    assert page.locator(".ag-f-others").get_attribute("d") == ""
    expect(page.get_by_label("k of layer 1")).to_be_disabled()
    page.get_by_label("Your prediction").fill("8")
    page.keyboard.press("Enter")
    expect(page.locator(".ag-f-said")).to_have_text("r = 8")


SCENES: dict[str, Callable[[], Any]] = {
    "row": lambda: explore.conv_shapes(8, s=2, ask="How many?", revealed=False),
    "layer": lambda: explore.conv_shapes((3, 32, 32), n_kernels=6, k=5, bias=True),
    "field": lambda: explore.receptive_field([{**CONV, "s": 3}] * 4),
}


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("width", [320, 560])
def test_it_fits_a_narrow_screen(show: Open, width: int, scene: str) -> None:
    page = show(SCENES[scene](), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scene", SCENES)
def test_it_follows_what_code_sets_and_lets_go_when_closed(show: Open, scene: str) -> None:
    page = show(SCENES[scene](), theme="dark")
    page.evaluate("model.set('revealed', true); model.set('place', 1); model.set('level', 1)")
    assert ("layer 1" if scene == "field" else "Place 2 of") in words(page)
    ground = page.locator(".ag-explore").evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground)[:3])) < 64
    page.evaluate("close_view()")
    assert page.evaluate("model.listeners()") == 0
