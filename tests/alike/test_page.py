"""The page in a real Chromium: what students wrote stays text, everybody can read it, and it fits a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk.test_browser import NAME, SCRIPT, browser, opened
from explore.axe import serious

from autograder.alike.write import write_similar

from .classroom import LESSON, ORIGINAL, hand_in, own_cell, renamed

__all__ = ["browser"]  # the fixture

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from autograder.lesson.course import Course

pytestmark = pytest.mark.browser


@pytest.fixture
def page_of(course: Course) -> Path:
    """Write the page on a class with copies, hostile ones among them."""
    hand_in(course, "ada", ORIGINAL)
    hand_in(course, "bo", {name: renamed(source) for name, source in ORIGINAL.items()})
    for student in ("eve", NAME.replace("/", "_")):
        # The same in both, and in each line something of one's own: marked or not, it is text.
        hostile = f"<b>{student[:3]}</b> </pre></details>{SCRIPT}\n'''{NAME}'''\nprint('\u202e {SCRIPT}')\n"
        hostile += "a" * 3_000 + f"\nprint('the end') {student[:3]}0 <u>{student[:3]}1</u> {student[:3]}2\n"
        hand_in(course, student, {"softplus": hostile}, own_cell(hostile, "markdown"))
    hand_in(course, "torn", {}).write_text(SCRIPT)
    return write_similar(course, LESSON).page


def test_it_runs_nothing_and_fetches_nothing(browser: Browser, page_of: Path) -> None:
    page, asked = opened(browser, page_of, bypass_csp=True)
    assert page.evaluate("window.ran") is None
    assert asked == []
    assert page.locator("section.two").count() == 2
    assert page.locator(".side mark").count() > 20
    assert page.locator("img, script, .side b, .side u").count() == 0
    shown = " ".join(page.locator(".side pre").all_text_contents())
    assert "<b>eve</b> </pre></details><script>" in shown
    assert "eve0 <u>eve1</u> eve2" in shown
    assert "\u202e" not in page.content()
    page.close()


@pytest.mark.parametrize(("width", "theme"), [(1200, "light"), (360, "dark")])
def test_everybody_can_read_it(browser: Browser, page_of: Path, width: int, theme: str) -> None:
    page, _ = opened(
        browser, page_of, viewport={"width": width, "height": 800}, color_scheme=theme, bypass_csp=True
    )
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page, "body") == []
    left, right = page.locator(".side").first.locator("pre").all()
    one, other = left.bounding_box(), right.bounding_box()
    assert one is not None
    assert other is not None
    # Side by side where there is room for it, below each other where not.
    assert (one["y"] == other["y"]) == (width > 1000)
    page.close()
