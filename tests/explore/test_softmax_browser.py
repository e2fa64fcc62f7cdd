"""softmax_temperature and softmax_jacobian in a real Chromium, without a kernel: by mouse, by keyboard, in both themes."""

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
Make = Callable[..., Explorable]


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
            viewport={"width": width, "height": 900},
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
    return page.get_by_role("status").inner_text().replace("\u2212", "-")


def vectors(page: Page) -> list[list[float]]:
    """Read every vector (a, b, ...) from the words under the figure."""
    found = re.findall(r"\(((?:[-\d.]+|nan)(?:, (?:[-\d.]+|nan))+)\)", words(page))
    return [[float(number) for number in text.split(", ")] for text in found]


def softmax(x: Any) -> Any:
    return np.exp(x) / np.exp(x).sum()


def drag(page: Page, name: str, by: float) -> None:
    """Take a bar by its end and move it by so many pixels, up being positive."""
    box = page.get_by_role("slider", name=name, exact=True).locator(".ag-grip").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - by, steps=4)
    page.mouse.up()


def test_dragging_a_logit_moves_its_share(show: Open) -> None:
    page = show(explore.softmax_temperature([1, 2, 3]))
    drag(page, "Logit 0", 40)
    logits, shares = vectors(page)
    plot = page.locator("svg").first.bounding_box()
    assert plot
    unit = plot["width"] / 280 * (220 - 32 - 24) / 10  # pixels on the screen: ten units between the margins
    assert abs(logits[0] - (1 + 40 / unit)) <= 0.05 + 1e-9
    assert logits[1:] == [2, 3]
    np.testing.assert_allclose(shares, softmax(logits), atol=5.1e-5)
    before = words(page)
    page.mouse.move(10, 800)  # let go: moving on changes nothing
    assert words(page) == before
    drag(page, "Logit 0", 500)
    assert vectors(page)[0][0] == 5  # the end of the plot


def test_arrow_keys_move_a_logit_and_stay_in_the_widget(show: Open) -> None:
    page = show(explore.softmax_temperature([1, 2, 3]))
    bar = page.get_by_role("slider", name="Logit 1", exact=True)
    bar.focus()
    for key in ["ArrowUp", "ArrowRight", "ArrowDown", "PageUp"]:
        page.keyboard.press(key)
    expect(bar).to_have_attribute("aria-valuenow", "3.1")
    logits, shares = vectors(page)
    assert logits == [1, 3.1, 3]
    np.testing.assert_allclose(shares, softmax(logits), atol=5.1e-5)
    page.keyboard.press("Home")
    expect(bar).to_have_attribute("aria-valuetext", "\u22122")
    page.keyboard.press("Control+ArrowUp")
    expect(bar).to_have_attribute("aria-valuetext", "\u22122")
    page.keyboard.press("Shift+Enter")
    assert page.evaluate("bubbled") == ["Control", "ArrowUp", "Enter"]


def test_the_shift_moves_the_logits_and_nothing_else(show: Open) -> None:
    page = show(explore.softmax_temperature([1, 2, 3], lock=["temperature"]))
    shares = [bar.get_attribute("height") for bar in page.locator(".ag-purple-fill").all()]
    page.get_by_label("Shift c").press("End")
    assert vectors(page)[1] == [1001, 1002, 1003]
    np.testing.assert_allclose(vectors(page)[2], softmax(np.array([1, 2, 3])), atol=5.1e-5)
    assert [bar.get_attribute("height") for bar in page.locator(".ag-purple-fill").all()] == shares
    expect(page.get_by_label("Temperature T")).to_be_disabled()


def test_without_the_maximum_subtracted_exp_overflows(show: Open) -> None:
    page = show(explore.softmax_temperature([1, 2, 3], shift=700))
    page.get_by_label("Subtract the maximum before exp").press("Space")
    np.testing.assert_allclose(vectors(page)[2], softmax(np.array([1, 2, 3])), atol=5.1e-5)
    expect(page.locator(".ag-edge")).to_be_hidden()
    for _ in range(7):
        page.get_by_label("Shift c").press("ArrowRight")
    np.testing.assert_array_equal(vectors(page)[2], [0, 0, np.nan])
    expect(page.locator(".ag-edge")).to_be_visible()
    expect(page.get_by_text("inf", exact=True)).to_be_visible()
    expect(page.get_by_text("nan", exact=True)).to_be_visible()
    page.get_by_label("Shift c").press("Home")
    assert np.isnan(vectors(page)[2]).all()
    expect(page.get_by_role("status")).to_contain_text("0 / 0 is nan")
    page.get_by_label("Subtract the maximum before exp").press("Space")
    np.testing.assert_allclose(vectors(page)[2], softmax(np.array([1, 2, 3])), atol=5.1e-5)


def test_both_limits_by_keyboard_and_by_mouse(show: Open) -> None:
    page = show(explore.softmax_temperature([1, 3, 3]))
    temperature = page.get_by_label("Temperature T")
    temperature.press("Home")
    assert vectors(page)[1] == [0, 0.5, 0.5]
    expect(page.get_by_role("status")).to_contain_text("2 logits tie")
    temperature.press("End")
    assert vectors(page)[1] == [0.3333] * 3
    plot = page.get_by_role("img", name="Entropy at temperature").bounding_box()
    assert plot
    page.mouse.click(plot["x"] + plot["width"] * (42 + 306 * 3.1 / 4.2) / 360, plot["y"] + 60)
    assert "T = 10:" in words(page)
    p = softmax(np.array([1, 3, 3]) / 10)
    assert f"Entropy {-(p * np.log(p)).sum():.4f}" in words(page)


def test_dragging_dy_against_its_average(show: Open) -> None:
    page = show(explore.softmax_jacobian([0, 0.5, 1], [1, 0, 0]))
    drag(page, "Upstream dy 1", 30)
    logits, shares, _, dy, dx = vectors(page)
    assert dy[1] > 0.3
    s = softmax(np.array(logits))
    np.testing.assert_allclose(shares, s, atol=5.1e-5)
    np.testing.assert_allclose(dx, (np.diag(s) - np.outer(s, s)).T @ dy, atol=5.1e-5)


def test_the_table_by_keyboard(show: Open) -> None:
    page = show(explore.softmax_jacobian([0, 0.5, 1], [1, 0, 0]))
    page.get_by_role("slider", name="Logit 2").press("ArrowUp")
    s = softmax(np.array([0, 0.5, 1.1]))
    texts = [text.replace("\u2212", "-") for text in page.locator(".ag-entry").all_text_contents()]
    cells = np.array([float(text) for text in texts])
    np.testing.assert_allclose(cells[:9].reshape(3, 3), np.diag(s) - np.outer(s, s), atol=5.1e-4)
    assert texts[9:] == ["0.000"] * 3
    expect(page.locator(".ag-mark")).to_be_visible()  # the column of the logit that moves
    page.get_by_role("slider", name="Number of logits n").press("End")
    expect(page.locator(".ag-mark")).to_be_hidden()
    expect(page.get_by_role("status")).to_contain_text("3,999,999,000,000 operations and 8 TB")


MAKES: list[Make] = [explore.softmax_temperature, explore.softmax_jacobian]
FULL: list[tuple[Make, list[Any]]] = [(MAKES[0], [[1, 2, 3]]), (MAKES[1], [[1, 2, 3], [1, 0, -1]])]


@pytest.mark.parametrize(("make", "arguments"), FULL)
def test_all_of_it_by_keyboard_alone(show: Open, make: Make, arguments: list[Any]) -> None:
    page = show(make(*arguments, ask="What do you <b>expect</b>?"), still=True)
    expect(page.get_by_text("<b>expect</b>")).to_be_visible()
    hidden = page.locator(".ag-answer")
    assert hidden.count() > 5
    assert [hidden.nth(i).is_visible() for i in range(hidden.count())] == [False] * hidden.count()
    for label in page.locator("[aria-label]").all():  # the text alternatives keep the answer too
        assert not re.search(r"0\.\d{4}.*sum|Exponentials \(", label.get_attribute("aria-label") or "")
    page.keyboard.press("Tab")
    page.keyboard.type("no change")
    page.keyboard.press("Enter")
    assert page.evaluate("[model.get('prediction'), model.get('revealed')]") == ["no change", True]
    expect(page.get_by_role("status")).to_be_focused()
    expect(hidden.first).to_be_visible()
    before = words(page)
    page.get_by_role("slider", name="Logit 0").press("ArrowUp")
    assert words(page) != before
    page.get_by_role("button", name="Reset").press("Enter")
    expect(page.get_by_label("Your prediction")).to_have_value("")
    assert page.evaluate("model.get('logits')") == [1, 2, 3]


@pytest.mark.parametrize(("make", "arguments"), FULL)
def test_what_is_locked_cannot_be_moved(show: Open, make: Make, arguments: list[Any]) -> None:
    page = show(make(*arguments, lock=list(make().controls)))
    expect(page.locator("input:enabled:not(.ag-guess), g[role=slider]")).to_have_count(0)
    expect(page.get_by_label("Subtract the maximum")).to_have_count(0 if make is MAKES[1] else 1)
    expect(page.get_by_text("Subtract the maximum before exp")).to_be_hidden()


@pytest.mark.parametrize(("make", "arguments"), FULL)
def test_it_follows_code_and_lets_go_when_closed(show: Open, make: Make, arguments: list[Any]) -> None:
    page = show(make(*arguments))
    page.evaluate("model.set('logits', [0.123, -7, 15])")
    np.testing.assert_allclose(vectors(page)[1], softmax(np.array([0.123, -7, 15])), atol=5.1e-5)
    page.evaluate("close_view()")
    assert page.evaluate("model.listeners()") == 0


@pytest.mark.parametrize(("make", "arguments"), FULL)
@pytest.mark.parametrize("width", [320, 500, 900])
def test_it_fits_a_narrow_screen(show: Open, make: Make, arguments: list[Any], width: int) -> None:
    page = show(make(*arguments, ask="What moves?", revealed=False), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for plot in page.locator("svg").all():
        box = plot.bounding_box()
        assert box
        assert box["width"] >= min(width, 280) - 60  # its numbers can still be read


@pytest.mark.parametrize(("make", "arguments"), FULL)
def test_focus_is_seen_and_motion_can_be_turned_off(show: Open, make: Make, arguments: list[Any]) -> None:
    page = show(make(*arguments), still=True)
    page.keyboard.press("Tab")
    ring = page.locator(":focus .ag-ring")
    assert ring.evaluate("(node) => getComputedStyle(node).strokeWidth") == "3px"
    assert ring.evaluate("(node) => getComputedStyle(node).stroke") != "none"
    answer = page.locator(".ag-answer").first
    assert answer.evaluate("(node) => getComputedStyle(node).transitionDuration") == "0s"
