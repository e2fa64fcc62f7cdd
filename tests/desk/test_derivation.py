"""Derivations on the feedback page: MathML beside each tick, drawn by a real Chromium, readable without seeing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from autograder import check
from autograder.check import grading
from autograder.desk import outputs
from autograder.desk.feedback import write_feedback
from autograder.desk.redact import Redactor

from .graded_course import TEST_RELU, check_cell, lesson, reported, solution
from .test_browser import CONTRAST, browser, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from autograder.check import Report

    from .graded_course import Desk

__all__ = ["browser"]  # a fixture

LINEAR = check.Derivation(
    gradient=("X", "sum(i, sum(h, dY[i, h] * (X @ W)[i, h]))"),
    entry="i, j",
    last="matrix",
    given="X (N, D); W (D, H); dY (N, H)",
)
CHAINS = {
    "right": ["sum(n, sum(h, dY[n, h] * delta(n, i) * W[j, h]))", "sum(h, dY[i, h] * W[j, h])", "dY @ W.T"],
    "wrong": ["sum(h, dY[i, h] * W[j, h])", "2 * sum(h, dY[i, h] * W[j, h])", "dY @ W"],
    "unread": ["sum(h, dY[i, h] * W[j, h])", "<script>window.ran=1</script> $x$", "dY @ W.T"],
}


def graded(chain: list[str]) -> Report:
    marks = check.marks("derive_linear_dX", values=2, steps=1)
    with grading.session({}) as session:
        with marks.values:
            check.derives(chain, LINEAR)
        with marks.steps:
            check.small_steps(chain, LINEAR)
        marks.total()
    return session.reports[0]


def notebook(*kinds: str) -> Any:
    cells = []
    for kind in kinds:
        cells.append(solution(f"derive_{kind}", f"derive_{kind} = {CHAINS[kind]!r}"))
        cells.append(check_cell(f"test_derive_{kind}", TEST_RELU, 3, reported(graded(CHAINS[kind]))))
    return lesson(*cells)


@pytest.mark.parametrize("kind", CHAINS)
def test_the_card_of_a_chain_has_mathml_and_no_tex_delimiters(kind: str) -> None:
    card = outputs.card(graded(CHAINS[kind]))
    assert card.count("<math") == sum(1 for line in graded(CHAINS[kind]).chains[0].lines if line.latex)
    assert r"\(" not in card
    assert "<script" not in card


def test_the_reason_in_the_table_is_the_line_that_is_wrong() -> None:
    said = outputs.verdict(reported(graded(CHAINS["wrong"])), "", Redactor())
    assert "line 2" in said.reason
    assert said.reason.startswith("values: at ")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chain_is_drawn_and_can_be_read_in_light_and_dark(
    desk: Desk, browser: Browser, scheme: str
) -> None:
    desk.hand_in("ada", notebook(*CHAINS))
    (path,) = write_feedback(desk.course)
    page, asked = opened(browser, path, color_scheme=scheme)
    cards = page.locator("section[aria-label='Checks of derive_linear_dX']")
    assert cards.count() == len(CHAINS)
    first = cards.first.locator("tr")
    assert first.count() == 3
    assert [row.locator("td").last.inner_text().split() for row in first.all()] == [["✓", "follows"]] * 3
    for formula in cards.first.locator("math").all():
        box = formula.bounding_box()
        assert box
        assert box["width"] > 20
        assert box["height"] > 8
    images = cards.first.get_by_role("img", name="dY @ W.T")
    assert images.count() == 1
    worst = page.evaluate(CONTRAST)
    assert worst["ratio"] >= 4.5, json.dumps(worst)
    assert page.evaluate("window.ran") is None
    assert asked == []
    page.close()


@pytest.mark.browser
def test_a_chain_fits_a_phone(desk: Desk, browser: Browser) -> None:
    desk.hand_in("ada", notebook(*CHAINS))
    (path,) = write_feedback(desk.course)
    page, _ = opened(browser, path, viewport={"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.close()
