"""The report in a real Chromium: it runs and fetches nothing, everybody can read it, and it fits a phone and paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from explore.axe import serious

from autograder.desk.report import write_report

from .graded_course import ASSIGNMENT, lesson, reported
from .test_browser import NAME, SCRIPT, browser, opened
from .test_report import a_class, chained, marked

__all__ = ["browser"]  # the fixture

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from .graded_course import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def report(desk: Desk) -> Path:
    """Write the report on a class of hostile and ordinary students that fills every section."""
    a_class(desk, wrong=4, right=6)
    for number in range(3):
        work = marked(reported(chained(SCRIPT)), [], autograder={"status": "partial", "reason": NAME})
        desk.hand_in(f"{number}{NAME}", work, first_name=SCRIPT, last_name="A very long name " * 8)
    desk.hand_in("ed", lesson(autograder={"sandboxed": False}))
    (written,) = write_report(desk.course, ASSIGNMENT)
    return written.page


def test_it_runs_nothing_and_fetches_nothing(browser: Browser, report: Path) -> None:
    page, asked = opened(browser, report, bypass_csp=True)
    assert page.evaluate("window.ran") is None
    assert asked == []
    assert page.locator("svg.figure").count() >= 4
    page.close()


@pytest.mark.parametrize(("width", "theme"), [(1200, "light"), (360, "dark")])
def test_everybody_can_read_it(browser: Browser, report: Path, width: int, theme: str) -> None:
    page, _ = opened(
        browser, report, viewport={"width": width, "height": 800}, color_scheme=theme, bypass_csp=True
    )
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page, "body") == []
    # What is drawn is read at its size: no letter below 9 pixels.
    least = page.evaluate(
        "Math.min(...[...document.querySelectorAll('.figure text')].map((one) =>"
        " parseFloat(getComputedStyle(one).fontSize) * one.ownerSVGElement.getScreenCTM().a))"
    )
    assert least >= 9
    page.close()


def test_on_paper_it_is_black_on_white(browser: Browser, report: Path) -> None:
    page, _ = opened(browser, report, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.figure text')).fill") in {
        "rgb(0, 0, 0)",
        "rgb(68, 68, 68)",
    }
    page.close()
