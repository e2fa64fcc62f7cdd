"""The judge held to its table, and the manual held to both."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from autograder import check
from autograder.check import CheckFailed

from . import manual
from .table import Row, Section, sections

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet

TABLE = sections()


def found(row: Row, statement: check.Derivation) -> tuple[str, str]:
    """Return the verdict on a row in the table's words, and all that a student is told."""
    marks = check.marks(values=1, steps=1)
    with marks.values:
        check.derives(list(row.chain), statement)
    with marks.steps:
        check.small_steps(list(row.chain), statement)
    report = marks._report()
    (chain,) = report.chains
    values, steps = report.aspects
    told = str(report)
    if "not written yet" in told:
        return "unwritten", told
    for kind in ("unread", "wrong", "far", "unjudged"):
        for number, line in enumerate(chain.lines, 1):
            if line.mark == kind and line.note:
                want = "passed" if kind == "far" else "failed"
                assert (values.status, steps.status) == (want, "failed"), told
                return f"{kind} {number}", told
    if values.status == "failed":
        return "end", told
    return ("missing" if steps.status == "failed" else "right"), told


def _cases() -> list[ParameterSet]:
    cases = []
    for section in TABLE:
        for number, row in enumerate(section.rows, 1):
            marks = [pytest.mark.xfail(reason=row.known, strict=True)] if row.known else []
            cases.append(pytest.param(section, row, id=f"{section.title}, row {number}", marks=marks))
    return cases


@pytest.mark.parametrize(("section", "row"), _cases())
def test_row(section: Section, row: Row) -> None:
    verdict, told = found(row, section.statement)
    assert verdict == row.verdict, told
    for text in row.says:
        assert text in told


def test_the_manual_shows_this_table() -> None:
    message = "write it anew: cd tests && python -m derive.manual"
    assert manual.written().strip() == manual.table(TABLE).strip(), message


def test_the_table_is_large_and_has_every_kind() -> None:
    kinds = Counter(row.verdict.split()[0] for section in TABLE for row in section.rows)
    assert sum(kinds.values()) >= 150
    assert min(kinds[kind] for kind in ("right", "wrong", "far", "unread", "end", "missing")) >= 1


def test_sections_have_titles_of_their_own() -> None:
    assert max(Counter(section.title for section in TABLE).values()) == 1


def test_every_row_says_why() -> None:
    assert [row for section in TABLE for row in section.rows if not row.why] == []


@pytest.mark.parametrize("row", [row for section in TABLE for row in section.rows][:1])
def test_an_untrue_row_would_be_seen(row: Row) -> None:
    section = TABLE[0]
    assert found(row, section.statement)[0] == "right"
    with pytest.raises(CheckFailed):
        check.derives([*row.chain, "x"], section.statement)
