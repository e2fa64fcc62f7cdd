"""activations in a real Chromium, on a page without a kernel: by mouse and by keyboard, in both themes."""

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
    """Open an explorable on a page; any error or request of the page fails the test."""
    pages: list[Page] = []
    trouble: list[str] = []

    def show(
        *arguments: Any,
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
        page.set_content(page_of(explore.activations(*arguments, **state)))
        page.wait_for_selector("body[data-ready]")
        return page

    yield show
    for page in pages:
        page.close()
    assert trouble == []


def numbers(page: Page) -> tuple[float, float, float]:
    """Read x, f(x) and the slope from the words under the figure."""
    words = page.get_by_role("status").inner_text().replace("\u2212", "-")
    found = re.match(r"\w+ at x = (\S+): f\(x\) = (\S+), slope f\u2032\(x\) = (\S+)\.", words)
    assert found, words
    x, y, slope = map(float, found.groups())
    return x, y, slope


def drag(page: Page, plot: int, start: float, to: float) -> None:
    """Press in a plot and move along it, from and to fractions of its width."""
    box = page.locator("svg").nth(plot).bounding_box()
    assert box
    page.mouse.move(box["x"] + start * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + to * box["width"], box["y"] + 0.4 * box["height"], steps=5)
    page.mouse.up()


@pytest.mark.parametrize("plot", [0, 1])
def test_dragging_moves_the_point_in_either_plot(show: Open, plot: int) -> None:
    page = show("sigmoid", x=-3)
    drag(page, plot, 0.3, 0.75)
    x, y, slope = numbers(page)
    fraction = (0.75 * 360 - 36) / 314  # the plot's own pixels: 36 before the axis, 314 of it
    assert abs(x - (-6 + 12 * fraction)) <= 0.05 + 1e-9
    expected = 1 / (1 + np.exp(-x))
    np.testing.assert_allclose([y, slope], [expected, expected * (1 - expected)], atol=5.1e-5)
    page.mouse.move(10, 300)  # let go: moving on changes nothing
    assert numbers(page)[0] == x


def test_the_point_sits_on_its_curve(show: Open) -> None:
    page = show("tanh", x=1.5)
    point = page.locator(".ag-blue-fill")
    x, y = (float(point.get_attribute(name) or "nan") for name in ("cx", "cy"))
    assert x == pytest.approx(36 + 314 * 7.5 / 12)
    assert y == pytest.approx(30 + 194 * (1.25 - np.tanh(1.5)) / 2.5)


def test_arrow_keys_move_the_point_and_stay_in_the_widget(show: Open) -> None:
    page = show("tanh", x=0.2)
    page.get_by_label("Point x").focus()
    for key in ["ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp"]:
        page.keyboard.press(key)
    x, y, slope = numbers(page)
    assert x == 0.4
    np.testing.assert_allclose([y, slope], [np.tanh(0.4), 1 / np.cosh(0.4) ** 2], atol=5.1e-5)
    page.keyboard.press("End")
    assert numbers(page)[0] == 6
    page.keyboard.press("Control+s")
    page.keyboard.press("Shift+Enter")
    assert page.evaluate("bubbled") == ["Control", "s", "Enter"]


def test_all_of_it_by_keyboard_alone(show: Open) -> None:
    page = show("softplus", x=0, h=0.2, ask="How far is softplus above ReLU at 0?")
    press = page.keyboard.press
    press("Tab")
    page.keyboard.type("about 0.7")
    press("Enter")
    assert page.evaluate("[model.get('prediction'), model.get('revealed')]") == ["about 0.7", True]
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_text("You predicted: about 0.7")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("0.6931 above ReLU")
    press("Shift+Tab")  # reset
    press("Shift+Tab")  # the probe
    press("ArrowLeft")
    press("Shift+Tab")  # the sharpness
    press("End")
    expect(page.get_by_role("status")).to_contain_text("0.0347 above ReLU")
    press("Shift+Tab")  # the point
    press("Shift+Tab")  # the function
    press("ArrowLeft")
    expect(page.get_by_role("radio", name="Tanh")).to_be_checked()
    expect(page.get_by_role("status")).to_contain_text("Central difference with h = 0.1: 0.9967")
    expect(page.get_by_label("Sharpness")).to_be_hidden()
    page.get_by_role("button", name="Reset").press("Enter")
    expect(page.get_by_role("radio", name="Softplus")).to_be_checked()
    expect(page.get_by_label("Your prediction")).to_have_value("")


def test_the_answer_is_hidden_until_it_is_revealed(show: Open) -> None:
    page = show("relu", x=2, ask="How steep is <b>ReLU</b> here?", still=True)
    expect(page.get_by_text("<b>ReLU</b>")).to_be_visible()
    hidden = page.locator(".ag-tangent, .ag-orange-fill, .ag-interval, .ag-curve.ag-orange")
    assert [hidden.nth(i).is_visible() for i in range(hidden.count())] == [False] * 4
    expect(page.get_by_role("status")).to_have_text(re.compile("hidden until you predict it"))
    page.get_by_role("button", name="Reveal").click()
    assert not page.evaluate("model.get('revealed')")  # nothing has been predicted yet
    expect(page.get_by_label("Your prediction")).to_be_focused()
    page.keyboard.type(" ")
    page.get_by_role("button", name="Reveal").click()
    assert not page.evaluate("model.get('revealed')")
    page.keyboard.type("1")
    page.get_by_role("button", name="Reveal").click()
    assert numbers(page) == (2, 2, 1)
    expect(page.locator(".ag-orange-fill")).to_be_visible()
    expect(page.get_by_role("button", name="Reveal")).to_be_hidden()


def test_at_the_corner_there_is_a_line_to_choose(show: Open) -> None:
    page = show("relu", x=0.3)
    drag(page, 0, 0.6, (36 + 157) / 360)
    page.get_by_label("Line at the corner").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status")).to_contain_text("ReLU at x = 0: f(x) = 0.0000.")
    expect(page.get_by_role("status")).to_contain_text("no slope. The dashed line has slope 0.05; with any")
    expect(page.get_by_text("[0, 1]", exact=True)).to_be_visible()
    expect(page.locator(".ag-fan")).to_be_visible()


def test_a_hidden_corner_shows_neither_fan_nor_slope_nor_slider(show: Open) -> None:
    page = show("relu", x=0.1, corner="hidden")
    assert numbers(page) == (0.1, 0.1, 1)
    page.get_by_label("Point x").press("ArrowLeft")
    expect(page.get_by_role("status")).to_contain_text("The graph has a corner here.")
    for answer in [".ag-fan", ".ag-tangent", ".ag-orange-fill", ".ag-interval", ".ag-note"]:
        expect(page.locator(answer)).to_be_hidden()
    expect(page.get_by_label("Line at the corner")).to_be_hidden()
    page.get_by_label("Point x").press("ArrowRight")
    assert numbers(page) == (0.1, 0.1, 1)
    expect(page.locator(".ag-tangent")).to_be_visible()


def test_the_probe_is_there_only_where_the_lesson_speaks_of_it(show: Open) -> None:
    expect(show("tanh").get_by_label("Probe step h")).to_be_hidden()
    page = show("tanh", h=0.1)
    page.get_by_label("Probe step h").press("Home")  # off, and still there to turn on again
    expect(page.get_by_label("Probe step h")).to_be_visible()


def test_what_is_locked_cannot_be_moved(show: Open) -> None:
    page = show("relu", x=1, lock=["x", "function"])
    expect(page.get_by_label("Point x")).to_be_disabled()
    expect(page.get_by_role("radio", name="Tanh")).to_be_disabled()
    drag(page, 0, 0.3, 0.9)
    assert numbers(page)[0] == 1


def test_it_follows_what_code_sets_and_lets_go_when_closed(show: Open) -> None:
    page = show("relu")
    page.evaluate("model.set('x', -1.234)")
    assert numbers(page) == (-1.234, 0, 0)
    page.evaluate("close_view()")
    assert page.evaluate("model.listeners()") == 0


def contrast(page: Page, selector: str, name: str) -> float:
    """Return how a colour of an element stands out from the explorable's ground, as WCAG counts it."""

    def luminance(colour: str) -> float:
        channels = np.array([int(c) for c in re.findall(r"\d+", colour)[:3]]) / 255
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    read = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"
    light, dark = sorted(
        (
            luminance(page.evaluate(read, [selector, name])),
            luminance(page.evaluate(read, [".ag-explore", "backgroundColor"])),
        ),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_stand_out_in_both_themes(show: Open, theme: Literal["light", "dark"]) -> None:
    page = show("relu", h=1, theme=theme)
    for selector, name in [
        (".ag-explore", "color"),
        (".ag-grid text", "fill"),
        (".ag-curve.ag-blue", "stroke"),
        (".ag-tangent", "stroke"),
        (".ag-secant", "stroke"),
    ]:
        assert contrast(page, selector, name) >= 4.5, selector


@pytest.mark.parametrize("width", [320, 500, 900])
def test_it_fits_a_narrow_screen(show: Open, width: int) -> None:
    page = show("softplus", h=1, width=width, ask="What happens as the sharpness grows?", revealed=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_focus_is_seen_and_motion_can_be_turned_off(show: Open) -> None:
    style = "(node, name) => getComputedStyle(node)[name]"
    page = show("relu", still=True)
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate(style, "outlineWidth") == "3px"
    assert page.locator(".ag-tangent").evaluate(style, "transitionDuration") == "0s"
    assert show("relu").locator(".ag-tangent").evaluate(style, "transitionDuration") == "0.25s"
