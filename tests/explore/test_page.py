"""Every explorable on a page, as a student's phone or settings show it: narrow, without motion, beside others."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .page import page_of
from .scenes import SCENES, all_scenes, drag, made, moved

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

#: Parts that end beyond the screen. A drawing is cut where it ends; backprop's scrolls in a box of its own.
_OUTSIDE = """width => [...document.querySelectorAll(".ag-explore :not(svg *)")]
  .filter(part => part.getBoundingClientRect().right > width + 0.5 && !part.closest(".bp-scroll > *"))
  .map(part => `${part.tagName}.${part.getAttribute("class")} ends at ${part.getBoundingClientRect().right}`)"""
#: What is painted of every part, kept in the page; later, the parts of which it is no longer so.
_LOOK = """() => {
  const keys = ["display", "flexFlow", "gap", "flexGrow", "flexBasis", "gridTemplateColumns", "gridColumn", "alignItems",
    "margin", "padding", "border", "outline", "borderRadius", "minWidth", "maxWidth", "minHeight", "color", "background",
    "fill", "fillOpacity", "stroke", "strokeWidth", "strokeDasharray", "paintOrder", "font", "opacity", "visibility",
    "cursor", "overflowX", "whiteSpace", "textAlign", "pointerEvents", "animationName", "fontVariantNumeric"];
  const look = () => [...document.querySelectorAll(".ag-explore, .ag-explore *")].map(node => {
    const style = getComputedStyle(node);
    return [`${node.tagName}.${node.getAttribute("class")}`, keys.map(key => `${key}: ${style[key]}`)];
  });
  if (!window.looked) return void (window.looked = look());
  return look().flatMap(([name, now], i) =>
    now.flatMap((one, k) => one === window.looked[i][1][k] ? [] : [`${name}: ${window.looked[i][1][k]} -> ${one}`]));
}"""
_MOVES = """() => [...document.querySelectorAll(".ag-explore, .ag-explore *")].flatMap(node => {
  const { animationName, animationDuration, transitionDuration } = getComputedStyle(node);
  const all = [animationName === "none" ? "0s" : animationDuration, transitionDuration].join(",").split(",");
  return all.some(one => parseFloat(one) > 0) ? [`${node.tagName}.${node.getAttribute("class")}`] : [];
})"""


@pytest.fixture
def show(chromium: Browser) -> Iterator[Open]:
    """Open a scene on a page."""
    pages: list[Page] = []

    def show(scene: str, *, width: int = 900, clock: bool = False, **settings: Any) -> Page:
        page = chromium.new_page(viewport={"width": width, "height": 900}, **settings)
        pages.append(page)
        if clock:  # time goes on when the test says so
            page.clock.install()
        page.set_content(page_of(made(scene)))
        page.wait_for_selector("body[data-ready]")
        return page

    yield show
    for page in pages:
        page.close()


def words(page: Page) -> str:
    return re.sub(r"\s+", " ", page.locator(".ag-words").inner_text()).strip()


@pytest.mark.parametrize("scene", all_scenes())
def test_it_fits_a_phone(show: Open, scene: str) -> None:
    page = show(scene, width=360)
    assert page.evaluate(_OUTSIDE, 360) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("name", SCENES)
def test_with_reduced_motion_nothing_moves_by_itself(show: Open, name: str) -> None:
    shown = SCENES[name]
    page = show(shown.scene, clock=True, reduced_motion="reduce")
    page.clock.run_for(3000)  # what waits for a kernel gives up
    drag(page, page.locator(".ag-explore"), shown.drag)
    assert words(page) == " ".join(moved(shown.scene, shown.drag).split())
    for button in page.locator(".ag-explore button:visible").all():
        if button.inner_text() in {shown.runs, ""} or not button.is_enabled():
            continue
        button.click()
        page.clock.run_for(1000)  # a frame that was asked for is drawn
        assert page.evaluate("document.getAnimations().length") == 0
        assert page.evaluate(_MOVES) == []
        said, drawn = words(page), page.locator(".ag-figure").inner_html()
        page.clock.run_for(5000)
        assert (words(page), page.locator(".ag-figure").inner_html()) == (said, drawn), button.inner_text()


def test_motion_is_seen_where_it_is_not_reduced(show: Open) -> None:
    page = show(SCENES["conv_shapes"].scene, clock=True)
    assert page.evaluate(_MOVES) != []
    page.get_by_role("button", name="Sweep").click()
    said = words(page)
    page.clock.run_for(5000)
    assert words(page) != said


@pytest.mark.parametrize("name", SCENES)
def test_it_looks_the_same_beside_the_others(show: Open, name: str) -> None:
    page = show(SCENES[name].scene, clock=True, reduced_motion="reduce")
    page.clock.run_for(3000)
    page.evaluate(_LOOK)
    # Each brings its style sheet; the one that is shown last has the last word.
    page.add_style_tag(content="".join(str(made(other.scene)._css) for other in SCENES.values()))
    assert page.evaluate(_LOOK) == []


def test_the_page_follows_a_screen_that_turns(show: Open) -> None:
    page = show(SCENES["activations"].scene, width=740)
    plots = page.locator(".ag-plot")
    expect(plots).to_have_count(2)
    tops = [box["y"] for box in (plot.bounding_box() for plot in plots.all()) if box]
    page.set_viewport_size({"width": 360, "height": 740})
    turned = [box["y"] for box in (plot.bounding_box() for plot in plots.all()) if box]
    assert tops[0] == tops[1]
    assert turned[0] < turned[1]
