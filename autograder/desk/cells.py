"""One cell of a graded notebook as HTML: what it holds, what it put out, what its checks say.

A cell that was drawn before, with the same mark and comment, is not drawn again: in a class most are alike.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from autograder.desk import outputs, prose
from autograder.desk.notebook import Kept
from autograder.desk.templating import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.desk.marks import CellMark, Marks
    from autograder.desk.notebook import Cell
    from autograder.desk.redact import Redactor

#: Code that the lesson gives is folded away when it has more lines than this.
LONG = 12

_NOTHING = Markup("")
_SILENT = outputs.Verdict("", _NOTHING)
_PLACE = "\0"  # stands for a cell's anchor until it is put into a page; ours comes first in the cell's HTML
_LARGE = 1 << 16
_PLAIN = Markup("<p><em>[What this cell put out is not shown: the notebook holds too much.]</em></p>")


@dataclass(frozen=True)
class CellView:
    """A cell in its place on a page.

    Parameters
    ----------
    anchor
        Its id.
    mark
        Its points; None for a cell without.
    reason
        One line on what its checks found.
    html
        All of it.
    """

    anchor: str
    mark: CellMark | None
    reason: str
    html: Markup


@dataclass(frozen=True)
class _Drawing:
    """A cell, ready for its template. `kind` is prose, code, answer (the student's own) or check (a test cell)."""

    kind: str
    name: str
    body: Markup
    is_text: bool
    folded: bool
    results: Sequence[Markup]
    mark: CellMark | None
    verdict: outputs.Verdict
    withheld: bool
    comment: Markup
    anchor: str = _PLACE


_DRAWN: Kept[tuple[str, str]] = Kept(4096)


def weight(cell: Cell) -> int:
    """Return how many characters of a student's a cell holds, pictures aside: what it costs to draw."""
    if cell.locked or cell.is_check:
        return 0
    pictures = 0
    if b'"image/' in cell.raw:
        data = cell.json()
        bundles = [
            *(data.get("attachments") or {}).values(),
            *(o.get("data") for o in data.get("outputs", ())),
        ]
        pictures = sum(
            len(json.dumps(shown))
            for bundle in bundles
            if isinstance(bundle, dict)
            for kind, shown in bundle.items()
            if kind.startswith("image/")
        )
    return len(cell.raw) - pictures


def draw(
    number: int, cell: Cell, marks: Marks | None, redactor: Redactor, *, plainly: bool = False
) -> CellView:
    """Draw the cell that is `number` on its page; `plainly` as it was written, without what it put out."""
    mark = marks.cells.get(cell.grade_id) if marks and cell.counts else None
    comment = marks.comments.get(cell.grade_id, "") if marks and cell.is_answer else ""
    plainly = plainly and not cell.is_check
    if plainly or len(cell.raw) > _LARGE:  # would fill the memory, and nobody else has them
        reason, html = _draw(cell, mark, comment, redactor, plainly=plainly)
    else:
        key = cell.raw, mark, comment, redactor.secrets
        reason, html = _DRAWN.get(key, lambda: _draw(cell, mark, comment, redactor))
    anchor = f"cell-{number}"
    return CellView(anchor, mark, reason, Markup(html.replace(_PLACE, anchor, 1)))  # noqa: S704  drawn above


def _draw(
    cell: Cell, mark: CellMark | None, comment: str, redactor: Redactor, *, plainly: bool = False
) -> tuple[str, str]:
    data = cell.json()
    kind = "answer" if cell.is_answer else "prose"
    results, verdict = list[Markup](), _SILENT
    if plainly:
        kind = "code" if cell.kind == "code" and kind == "prose" else kind
        text = redactor.text(cell.text)
        body = escape(prose.cut(text)) if cell.kind == "code" else prose.preformatted(text)
        results = [_PLAIN] if data.get("outputs") else []
    elif cell.kind == "markdown":
        body = prose.markdown(cell.text, dict(data.get("attachments") or {}))
    elif cell.kind == "raw":
        body = prose.preformatted(cell.text)
    elif cell.is_check:
        kind = "check"
        body = prose.python(cell.text)
        verdict = outputs.verdict(data.get("outputs", ()), cell.text, redactor)
    else:
        kind = "answer" if kind == "answer" else "code"
        body = prose.python(redactor.text(cell.text))
        results = outputs.shown(data.get("outputs", ()), redactor)
    drawing = _Drawing(
        kind=kind,
        name=cell.exercise,
        body=body,
        is_text=cell.kind != "code",
        folded=cell.locked and cell.source.count("\n") > LONG,
        results=results,
        mark=mark,
        verdict=verdict,
        withheld=bool(cell.hidden),
        comment=prose.markdown(comment) if comment else _NOTHING,
    )
    return verdict.reason, render("cell.html.j2", cell=drawing)
