"""The page in a real Chromium: hostile work runs nothing and fetches nothing, and formulas are drawn."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from autograder.desk.feedback import write_feedback

from .graded_course import ASSIGNMENT, lesson, nbf, solution
from .test_prose import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from .graded_course import Desk

pytestmark = pytest.mark.browser

CALLS = "window.ran=1;fetch('https://evil.example/f')"
SCRIPT = f"<script>{CALLS}</script>"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{CALLS}">{SCRIPT}<image href="https://evil.example/i"/></svg>'
NAME = f"<img src=https://evil.example/n onerror={CALLS}>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


def opened(browser: Browser, path: Path, **options: Any) -> tuple[Page, list[str]]:
    """Open a file and return it with the addresses that it asked for beyond itself."""
    return opened_url(browser, path.as_uri(), "file:", **options)


def opened_url(browser: Browser, url: str, own: str, **options: Any) -> tuple[Page, list[str]]:
    """Open a page and return it with the addresses that it asked for and that do not start with `own`."""
    page = browser.new_page(**options)
    asked: list[str] = []

    def note(route: Route) -> None:
        # A request that the policy stops never comes as far as here.
        asked.append(route.request.url)
        route.abort()

    page.route(lambda url: not url.startswith((own, "data:")), note)
    page.goto(url, wait_until="networkidle")
    return page, asked


def hostile_notebook() -> Any:
    data = [
        {"text/html": SCRIPT + NAME + SVG + "<iframe src=https://evil.example></iframe>"},
        {"image/svg+xml": SVG},
        {"text/markdown": SCRIPT + NAME},
        {"text/latex": f"$\\text{{{SCRIPT}}}$"},
        {"application/javascript": CALLS},
        {"image/png": f'"><{NAME[1:]}'},
        {"text/plain": SCRIPT},
        {
            "text/html": "<style>*{background:url(https://evil.example/s)}</style><b style='background:url(//e.x)'>"
        },
    ]
    outputs = [nbf.new_output("display_data", data=item, metadata={}) for item in data]
    outputs.append(nbf.new_output("stream", name="stdout", text=SCRIPT))
    outputs.append(nbf.new_output("error", ename=SCRIPT, evalue=NAME, traceback=[SCRIPT, NAME]))
    outputs[4]["metadata"] = {"image/png": {"alt": f'"><{NAME[1:]}'}}
    cells = [
        nbf.new_markdown_cell(source.replace("alert(1)", "window.ran=1"))
        for source in [*HOSTILE, SCRIPT, NAME]
    ]
    cells.append(solution("sign", SCRIPT + f"\n'''</pre>{SCRIPT}'''", outputs))
    cells.append(nbf.new_raw_cell(SCRIPT))
    return lesson(*cells, autograder={"status": "partial", "reason": SCRIPT, "mends": [NAME]})


@pytest.mark.parametrize("policy", [True, False], ids=["as written", "even without its policy"])
def test_hostile_work_runs_nothing_and_fetches_nothing(desk: Desk, browser: Browser, policy: bool) -> None:
    student = "<img src=x onerror=window.ran=1>"
    desk.hand_in(student, hostile_notebook(), first_name=SCRIPT, last_name=NAME)

    def comment(book: Any) -> None:
        book.find_comment("sign", ASSIGNMENT, ASSIGNMENT, student).manual_comment = SCRIPT + NAME

    desk.change(comment)
    (path,) = write_feedback(desk.course)
    if not policy:
        # The sanitiser must hold alone; the policy is the second wall.
        path.write_text(path.read_text().replace("Content-Security-Policy", "x-policy"))
    page, asked = opened(browser, path)
    for link in page.query_selector_all("main a:not([href^='#'], [href^='http']), summary, details"):
        link.dispatch_event("click")
    assert page.evaluate("window.ran") is None
    assert asked == []
    assert page.query_selector_all("script, iframe, object, form, base, svg, [onerror], [onload]") == []
    page.close()


def test_the_policy_stops_a_script_that_the_sanitiser_would_miss(desk: Desk, browser: Browser) -> None:
    desk.hand_in("ada")
    (path,) = write_feedback(desk.course)
    path.write_text(path.read_text().replace("</main>", SCRIPT + NAME + "</main>"))
    page, asked = opened(browser, path)
    assert page.evaluate("window.ran") is None
    assert asked == []
    page.close()


def test_formulas_are_drawn_as_two_dimensional_maths(desk: Desk, browser: Browser) -> None:
    desk.hand_in("ada")
    (path,) = write_feedback(desk.course)
    page, asked = opened(browser, path)
    over, under = (page.locator("mfrac").first.locator(f"> *:nth-child({n})").bounding_box() for n in (1, 2))
    assert over is not None
    assert under is not None
    assert under["y"] >= over["y"] + over["height"]
    rows = [row.bounding_box() for row in page.locator("mtr").all()]
    assert len(rows) == 2
    assert page.locator("annotation").first.is_hidden()
    assert asked == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_in_light_and_dark(desk: Desk, browser: Browser, scheme: str) -> None:
    desk.hand_in("ada", lesson(autograder={"mends": ["a copied cell was left out"]}))
    (path,) = write_feedback(desk.course)
    page, _ = opened(browser, path, color_scheme=scheme)
    worst = page.evaluate(CONTRAST)
    assert worst["ratio"] >= 4.5, json.dumps(worst)
    page.close()


def test_a_phone_shows_the_whole_width_and_paper_needs_no_screen(desk: Desk, browser: Browser) -> None:
    long_line = nbf.new_code_cell("x = " + "1 + " * 100 + "1")
    desk.hand_in("ada", lesson(long_line))
    (path,) = write_feedback(desk.course)
    page, _ = opened(browser, path, viewport={"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.pdf().startswith(b"%PDF")
    page.close()


def test_headings_and_landmarks_lead_through_the_page(desk: Desk, browser: Browser) -> None:
    desk.hand_in("ada")
    (path,) = write_feedback(desk.course)
    page, _ = opened(browser, path)
    assert page.evaluate("document.documentElement.lang") == "en"
    assert (
        page.locator("main").count()
        == page.locator("h1").count()
        == page.locator("nav[aria-label]").count()
        == 1
    )
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert page.locator("img:not([alt])").count() == 0
    for link in page.locator("nav a").all():
        assert page.locator(link.get_attribute("href") or "").count() == 1
    page.close()


#: The least contrast between any piece of text and what lies behind it, by WCAG's formula.
CONTRAST = """() => {
  const rgba = (text) => {
    const n = text.match(/[\\d.]+/g).map(Number);
    return n.length < 4 ? [...n, 1] : n;
  };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = (c) => c.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) =>
    e ? over(rgba(getComputedStyle(e).backgroundColor), ground(e.parentElement)) : [255, 255, 255, 1];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let worst = { ratio: 99 };
  for (let node; node = walker.nextNode();) {
    const e = node.parentElement;
    if (!node.data.trim() || !e.checkVisibility() || e.closest('[aria-hidden=true]')) continue;
    const [a, b] = [light(rgba(getComputedStyle(e).color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst.ratio) worst = { ratio, text: node.data.trim(), tag: e.outerHTML.slice(0, 80) };
  }
  return worst;
}"""
