"""The sites in a real Chromium: explorables move by keyboard and mouse, formulas are set, nothing is asked of others."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from explore.axe import serious
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from .site import LESSONS, SITES, read_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.browser
expect.set_options(timeout=120_000)  # a busy machine is no failure

PAGES = [f"lessons/{name}.html" for name in LESSONS] + [
    "explorables.html",
    "index.html",
    "manual/derivations.html",
]
_SET = "() => window.MathJax?.startup.promise.then(() => true) ?? true"
_STATES = 'script[type="application/vnd.jupyter.widget-view+json"]'


@contextmanager
def opened(
    chromium: Browser, address: str, **settings: object
) -> Iterator[tuple[Page, list[str], list[str]]]:
    """Open a page and let it settle; yields it, all that it asked for, and all errors that it met."""
    context = chromium.new_context(**settings)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(120_000)
    asked: list[str] = []
    errors: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    page.on("request", lambda request: asked.append(request.url))
    page.on("console", hear)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    if settings.get("java_script_enabled", True):
        page.wait_for_function(_SET)
        expect(page.locator(".ag-explore")).to_have_count(page.locator(_STATES).count())
    yield page, asked, errors
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_on_a_phone_asks_its_own_server_alone_and_meets_no_error(
    chromium: Browser, address: str, path: str
) -> None:
    narrow = {"width": 360, "height": 740}
    with opened(chromium, f"{address}/{path}", viewport=narrow) as (page, asked, errors):
        page.wait_for_load_state("networkidle")
        foreign = [url for url in asked if urlsplit(url).scheme not in {"data", "blob"}]
        assert {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in foreign} == {address}
        assert errors == []
        assert page.locator("mjx-merror").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= narrow["width"], "it scrolls sideways"


@pytest.mark.parametrize("name", sorted(SITES))
def test_a_site_opens_from_its_folder_without_a_server(chromium: Browser, build_log: str, name: str) -> None:
    assert build_log
    home = SITES[name].as_uri()
    with opened(chromium, f"{home}/lessons/01_activations.html") as (page, asked, errors):
        assert all(url.startswith((home, "data:", "blob:")) for url in asked)
        assert errors == []
        expect(page.locator(".ag-explore")).not_to_have_count(0)
        assert page.locator("mjx-container").count() > 50


def test_an_explorable_in_a_lesson_moves_by_mouse_and_reveals(chromium: Browser, address: str) -> None:
    with opened(chromium, f"{address}/lessons/00_start_here.html") as (page, _, errors):
        box = page.locator(".ag-explore").first
        point = box.get_by_role("slider", name="Point x", exact=True)
        before = point.input_value()
        place = point.bounding_box()
        assert place
        point.click(position={"x": place["width"] * 0.1, "y": place["height"] / 2})
        assert float(point.input_value()) < float(before)
        box.get_by_role("textbox").fill("0")
        box.get_by_role("button", name="Reveal").click()
        expect(box.locator(".ag-words")).to_contain_text("slope")
        expect(box.locator(".ag-words")).not_to_contain_text("hidden")
        assert errors == []


def test_the_keys_of_an_explorable_do_not_turn_the_page(chromium: Browser, address: str) -> None:
    with opened(chromium, f"{address}/lessons/01_activations.html") as (page, _, _errors):
        page.locator(".ag-explore input[type=range]:enabled").first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        assert page.url == f"{address}/lessons/01_activations.html"


def test_the_dark_theme_reaches_the_explorables_and_the_cards(chromium: Browser, address: str) -> None:
    luminance = """one => {
      for (let at = one; at; at = at.parentElement) {
        const [r, g, b, a] = getComputedStyle(at).backgroundColor.match(/[\\d.]+/g).map(Number);
        if (a !== 0) return (r + g + b) / 3;
      }
      return 255;
    }"""
    for theme, dark in (("dark", True), ("light", False)):
        with opened(chromium, f"{address}/lessons/00_start_here.html", color_scheme=theme) as (
            page,
            _,
            _errors,
        ):
            for what in ("body", ".ag-explore", ".cell_output section", ".cell_input"):
                shade = page.locator(what).first.evaluate(luminance)
                assert (shade < 90) is dark, f"{what}: {shade} in the {theme} theme"


def test_without_javascript_a_still_picture_stands_in_its_place(chromium: Browser, address: str) -> None:
    with opened(chromium, f"{address}/explorables.html", java_script_enabled=False) as (page, _, _errors):
        pictures = page.locator(".cell_output svg[role=img]")
        assert pictures.count() == page.locator(_STATES).count()
        for number in range(pictures.count()):
            assert pictures.nth(number).is_visible()
            assert pictures.nth(number).get_attribute("aria-label")


@pytest.mark.parametrize("path", ["explorables.html", "lessons/00_start_here.html", "index.html"])
def test_axe_finds_nothing_serious_in_a_page_in_either_theme(
    chromium: Browser, address: str, path: str
) -> None:
    with opened(chromium, f"{address}/{path}", color_scheme="light") as (page, _, _errors):
        assert serious(page, "main") == []
        page.emulate_media(color_scheme="dark")
        page.wait_for_selector("html[data-theme=dark]")
        assert serious(page, "main", rules=("color-contrast",)) == []


def test_folded_code_opens_by_keyboard(chromium: Browser, address: str) -> None:
    with opened(chromium, f"{address}/lessons/01_activations.html") as (page, _, _errors):
        fold = page.locator("details.hide:has-text('Show the check')").first
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(fold).to_contain_text("check.marks")
        assert fold.evaluate("one => one.open")


def test_the_search_finds_a_word_of_a_lesson(chromium: Browser, address: str) -> None:
    with opened(chromium, f"{address}/search.html?q=subgradient") as (page, asked, _errors):
        expect(page.locator("#search-results a").first).to_be_visible()
        assert all(url.startswith((address, "data:", "blob:")) for url in asked)


def test_there_is_a_page_to_look_at_for_each_file(build_log: str) -> None:
    assert build_log
    files = {str(file.relative_to(SITES["html"])) for file in read_pages(SITES["html"])}
    assert set(PAGES) <= files
