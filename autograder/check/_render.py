"""The card: a report as HTML for notebooks and pages, and as plain text elsewhere.

The HTML stands alone: inline styles, no script, nothing fetched. Text takes the page's own colour, so it
reads in light and dark; a status is a word first, then a sign, then a colour (blue and orange, which
colour-blind readers tell apart). Everything is escaped: verdicts quote what students wrote.
"""

from __future__ import annotations

import re
import textwrap
from html import escape
from typing import TYPE_CHECKING

from autograder.check import _typeset
from autograder.check._finding import NOT_WRITTEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from autograder.check._chain import Chain
    from autograder.check._finding import Comparison, Finding
    from autograder.check._report import AspectResult, Report

WIDTH = 100
SAME_ERROR = "same error as above"
MORE_CASES = "Grading tries more cases than the ones here."

_BLUE = "#0072b2"
_ORANGE = "#d55e00"
_GREY = "#808080"
_SIGNS = {"passed": ("✓", _BLUE), "failed": ("✗", _ORANGE), "unchecked": ("○", _GREY)}
_LINE = "var(--jp-border-color2, rgba(128, 128, 128, 0.4))"
_SHADE = "rgba(213, 94, 0, 0.16)"
_MONO = "font-family:var(--jp-code-font-family, monospace)"


def points(value: float) -> str:
    """Return points without a needless fraction: 3, 0.5."""
    return f"{value:.6g}"


def headline(report: Report) -> str:
    """Return the one line that sums a report up."""
    if report.student_side and all(aspect.status != "failed" for aspect in report.aspects):
        return "every check here passes" if _checked(report) else "checked when graded"
    return f"{points(report.earned)} of {points(report.points)}"


def state(aspect: AspectResult, *, student_side: bool) -> str:
    """Return an aspect's status in words."""
    if aspect.status == "unchecked":
        if aspect.waits:
            return f"waits for {aspect.waits}"
        return "checked when graded" if student_side else "not checked"
    return aspect.status


def as_text(report: Report) -> str:
    """Return the card as plain text, wrapped for a terminal."""
    title = f"{report.title}   " if report.title else ""
    lines = [f"{title}{headline(report)}"]
    for chain in report.chains:
        lines += _typeset.as_text(chain, WIDTH, titled=len(report.chains) > 1)
    names = max((len(aspect.name) for aspect in report.aspects), default=0) + 3
    for aspect in report.aspects:
        unchecked = aspect.status == "unchecked"
        marks = "-" if unchecked and report.student_side else points(aspect.earned)
        head = f"  {aspect.name:<{names}}{marks}/{points(aspect.points)}"
        said = [state(aspect, student_side=report.student_side)] if unchecked and report.student_side else []
        if aspect.finding:
            repeated = aspect.name in report.repeated
            said += (
                [again(aspect.finding)] if repeated else [told(report, aspect.finding), aspect.finding.hint]
            )
        said += aspect.notes
        indent = " " * (len(head) + 2)
        body = [line for part in said if part for line in textwrap.wrap(part, max(WIDTH - len(indent), 40))]
        lines.append(f"{head}  {body[0]}" if body else head)
        lines += [indent + line for line in body[1:]]
    if _has_more(report):
        lines.append(f"  {MORE_CASES}")
    return "\n".join(lines)


def again(finding: Finding) -> str:
    """Return the short word for a finding that stands above already."""
    return NOT_WRITTEN if finding.verdict == NOT_WRITTEN else SAME_ERROR


def told(report: Report, finding: Finding) -> str:
    """Return a finding's words, or where they stand already: beside a line of a derivation."""
    for chain in report.chains:
        for number, line in enumerate(chain.lines, 1):
            if line.note and finding.what in {line.note, f"{chain.title}: {line.note}"}:
                return f"see line {number}" + (f" of {chain.title}" if len(report.chains) > 1 else "")
    return finding.what


def as_html(report: Report, formula: Callable[[str], str] = _typeset.mathjax) -> str:
    """Return the card as one self-contained piece of HTML; `formula` turns LaTeX into HTML."""
    label = escape(f"Checks of {report.title}" if report.title else "Checks")
    title = f"<strong>{escape(report.title)}</strong> &nbsp; " if report.title else ""
    items = "".join(_item(aspect, report) for aspect in report.aspects)
    chains = "".join(
        _typeset.as_html(chain, formula, _prose, titled=len(report.chains) > 1) for chain in report.chains
    )
    failed = any(aspect.status != "passed" for aspect in report.aspects)
    if report.student_side:
        failed = any(aspect.status == "failed" for aspect in report.aspects)
    more = f'<p style="margin:6px 0 0 0;font-size:90%">{MORE_CASES}</p>' if _has_more(report) else ""
    body = (
        f'<p style="margin:0 0 6px 0">{title}{escape(headline(report))}</p>{chains}'
        f'<ul style="list-style:none;margin:0;padding:0">{items}</ul>{more}'
    )
    return _card(label, _ORANGE if failed else _BLUE, body)


def chain_card(chain: Chain, words: Iterable[str]) -> str:
    """Return a card with a derivation alone, and sentences on it."""
    failed = any(line.mark not in {"right", "start"} for line in chain.lines)
    said = "".join(f'<p style="margin:2px 0">{_prose(text)}</p>' for text in words)
    drawn = _typeset.as_html(chain, _typeset.mathjax, _prose, whose="Line by line") if chain.lines else ""
    return _card("Derivation", _ORANGE if failed or not chain.lines else _BLUE, drawn + said)


def _card(label: str, edge: str, body: str) -> str:
    return (
        f'<section class="{_typeset.IGNORE}" aria-label="{label}" style="border:1px solid {_LINE};'
        f"border-left:5px solid {edge};border-radius:3px;padding:8px 12px;margin:4px 0;max-width:60em;"
        "color:inherit;text-align:left;"
        f'font-family:var(--jp-ui-font-family, sans-serif);line-height:1.45">{body}</section>'
    )


def _has_more(report: Report) -> bool:
    """Whether grading tries more than a student sees: not for a derivation, which is judged whole, nor for a form."""
    return report.student_side and not report.chains and _checked(report)


def _checked(report: Report) -> bool:
    return any(aspect.status != "unchecked" for aspect in report.aspects)


def _item(aspect: AspectResult, report: Report) -> str:
    student_side = report.student_side
    sign, colour = _SIGNS[aspect.status]
    hidden = aspect.status == "unchecked" and student_side
    marks = points(aspect.points) if hidden else f"{points(aspect.earned)} of {points(aspect.points)}"
    unit = "point" if marks in {"1", "1 of 1"} or marks.endswith(" of 1") else "points"
    finding = _finding(aspect.finding, told(report, aspect.finding)) if aspect.finding else ""
    if aspect.finding and aspect.name in report.repeated:
        finding = f'<p style="margin:2px 0">{again(aspect.finding)}</p>'
    notes = "".join(
        f'<p style="margin:2px 0 0 0;font-size:90%">Note: {_prose(note)}</p>' for note in aspect.notes
    )
    return (
        f'<li style="margin:0;padding:5px 0;border-top:1px solid {_LINE}">'
        f'<span aria-hidden="true" style="color:{colour};font-weight:bold">{sign}</span> '
        f"<strong>{escape(aspect.name)}</strong>: {state(aspect, student_side=student_side)}, {marks} {unit}"
        f'<div style="margin-left:1.3em">{finding}{notes}</div></li>'
    )


def _finding(finding: Finding, words: str) -> str:
    what = f'<p style="margin:2px 0">{_prose(words)}</p>'
    table = _comparison(finding.comparison) if finding.comparison else ""
    hint = f'<p style="margin:2px 0"><em>{_prose(finding.hint)}</em></p>' if finding.hint else ""
    return what + table + hint


def _comparison(table: Comparison) -> str:
    cell = f"text-align:left;padding:1px 10px 1px 6px;border:1px solid {_LINE};white-space:pre;color:inherit"
    # The last column says in words what the shading says in colour.
    columns = [*table.columns, ""]
    head = "".join(
        f'<th scope="col" style="{cell};font-weight:bold">{escape(name) or "same?"}</th>' for name in columns
    )
    body = []
    for row, differs in zip(table.rows, table.differs, strict=True):
        shade = f";background:{_SHADE}" if differs else ";background:transparent"
        texts = "".join(f'<td style="{cell};{_MONO}{shade}">{escape(text)}</td>' for text in row)
        word = "differs" if differs else _same(*row[-2:])
        body.append(f'<tr style="background:transparent">{texts}<td style="{cell}{shade}">{word}</td></tr>')
    rest = f'<p style="margin:0;font-size:90%">and {table.omitted} more</p>' if table.omitted else ""
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;margin:4px 0;font-size:90%;'
        f'color:inherit"><caption style="text-align:left;font-size:90%">Side by side</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>{rest}"
    )


def _same(expected: str, got: str) -> str:
    """Say how far two equal values are equal: to the last digit shown, or within the tolerance."""
    truth = re.search("True|False", expected + got)  # True stands for 1
    return "same" if expected == got or truth else "within tolerance"


def _prose(text: str) -> str:
    """Escape a sentence and set its `backticked` parts as code."""
    return re.sub(r"`([^`\n]+)`", rf'<code style="{_MONO};color:inherit">\1</code>', escape(text))
