"""The card: plain text for a terminal, HTML for a notebook; nothing a student wrote is markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from autograder import check
from autograder.check import AspectResult, Finding, Report, grading

SOFTMAX = Report(
    "softmax",
    (
        AspectResult("values", 2, 2, "passed"),
        AspectResult("shapes", 1, 1, "passed", notes=("RuntimeWarning: overflow; points kept",)),
        AspectResult(
            "stability",
            1,
            0,
            "failed",
            Finding(
                "expected [0.50, 0.50], got [nan, nan]",
                "row 1 of [[-1000, -1000], [1000, 1001]]",
                "Give one row the logits -1000: which maximum does it see?",
                "one maximum for the whole batch",
            ),
        ),
    ),
    3,
    4,
    student_side=False,
)


def test_plain_text() -> None:
    assert str(SOFTMAX) == (
        "softmax   3 of 4\n"
        "  values      2/2\n"
        "  shapes      1/1  RuntimeWarning: overflow; points kept\n"
        "  stability   0/1  at row 1 of [[-1000, -1000], [1000, 1001]]: "
        "expected [0.50, 0.50], got [nan, nan]\n"
        "                   A known slip gives just this: one maximum for the whole batch. Give one row the\n"
        "                   logits -1000: which maximum does it see?"
    )


class Page(HTMLParser):
    """Reads a card strictly: every tag closed in order, and what tags and attributes there are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


ALLOWED = {"section", "p", "strong", "em", "ul", "li", "span", "div", "code",
           "table", "caption", "thead", "tbody", "tr", "th", "td"}  # fmt: skip


def test_the_card_says_statuses_in_words_and_has_headings() -> None:
    marks = check.marks("relu", values=1, shapes=1)
    with marks.values:
        check.close(np.array([1.0, 2.0]), [1, 3])
    page = Page(marks._report()._repr_html_())
    assert set(page.tags) <= ALLOWED
    for words in (
        "relu",
        "values: failed, 0 of 1 point",
        "shapes: checked when graded",
        "expected",
        "differs",
    ):
        assert words in re.sub(r"\s+", " ", page.text)
    assert page.attributes <= {"class", "style", "aria-label", "aria-hidden", "scope"}
    assert page.tags.count("th") == 4


def test_the_table_tells_same_from_near() -> None:
    marks = check.marks("sigmoid", values=1, truth=1)
    with marks.values:
        check.close(np.array([0.5, 0.8807971, 1.000003]), [0.5, 0.880797, 1.0])
    with marks.truth:
        check.close(np.array([True, False]), [1.0, 1.0])
    cells = re.findall(r"<td[^>]*>([^<]*)</td></tr>", marks._report()._repr_html_())
    assert cells == ["same", "within tolerance", "differs", "same", "differs"]


def test_one_error_is_told_once() -> None:
    marks = check.marks("relu", values=1, shapes=1, corner=1)

    def relu(x: np.ndarray) -> object:
        return max(0, x)

    with marks.values:
        check.close(relu(np.array([-1.0, 2.0])), [0, 2])
    with marks.shapes:
        check.matches(relu, np.abs, check.cases.reals())  # another call, the same error
    with marks.corner:
        check.close(1.0, 0.0)
    report = marks._report()
    assert report.repeated == {"shapes"}
    for card in (str(report), Page(report._repr_html_()).text):
        assert card.count("truth value") == 1
        assert card.count("same error as above") == 1
        assert "expected 0, got 1" in card
    data = report.as_dict()["aspects"]
    assert "truth value" in data[1]["finding"]["verdict"]
    assert data[1]["finding"]["case"] == "x = [-1.5, 2]"


hostile = st.text(st.sampled_from("<>&\"'`/ab=\n\x00{}()"), max_size=30)


@given(hostile, hostile, hostile, hostile)
def test_nothing_a_student_wrote_is_markup(title: str, verdict: str, case: str, note: str) -> None:
    table = check.Comparison(("x", "expected", "got"), ((verdict, case, note),), (True,))
    finding = Finding(verdict, case, note, title, table)
    report = Report(
        title, (AspectResult("values", 1, 0, "failed", finding, (note,)),), 0, 1, student_side=True
    )
    page = Page(report._repr_html_())
    assert set(page.tags) <= ALLOWED
    assert page.attributes <= {"class", "style", "aria-label", "aria-hidden", "scope"}
    assert str(report)


def test_both_forms_for_jupyter() -> None:
    bundle = SOFTMAX._repr_mimebundle_()
    assert bundle == {"text/html": SOFTMAX._repr_html_(), "text/plain": str(SOFTMAX)}


def test_an_aspect_can_wait_for_another() -> None:
    marks = check.marks("mlp_forward", h_a=1, h_s=1)
    with marks.h_a:
        check.equal(1, 2)
    marks.h_s.waits_for("h_a")
    report = marks._report()
    assert "waits for h_a" in str(report)
    assert "waits for h_a" in report._repr_html_()
    assert "checked when graded" not in str(report)
    assert report.earned == 0
    with grading.session({}) as session:
        marks.total()
    assert "waits" not in str(session.reports[0])


def test_what_is_not_written_is_not_called_an_error() -> None:
    finding = check.Finding(
        "not written yet", advice="There is no line of your own yet.", error="not written yet"
    )
    parts = tuple(check.AspectResult(name, 1, 0, "failed", finding) for name in ("values", "steps"))
    for card in (
        str(check.Report("chain", parts, 0, 2, student_side=True)),
        check.Report("chain", parts, 0, 2, student_side=True)._repr_html_(),
    ):
        assert card.count("not written yet") == 2
        assert "same error" not in card
