"""One submission's page: the autograded notebook and its marks in, one self-contained HTML document out.

Decides what is said and in what order; how it looks is in `templates/`. Files and folders are in `feedback`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from autograder.desk import outputs, prose
from autograder.desk.redact import Redactor, plain, visible, without_paths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograder.desk.marks import CellMark, Marks


#: Code that the lesson gives is folded away when it has more lines than this.
LONG = 12

_NOTHING = Markup("")
_SILENT = outputs.Verdict("", _NOTHING)


@dataclass(frozen=True)
class Row:
    """One line of the table of exercises."""

    name: str
    anchor: str
    mark: CellMark | None
    reason: str


@dataclass(frozen=True)
class CellView:
    """One cell, ready to draw. `kind` is prose, code, answer (the student's own) or check (a test cell)."""

    kind: str
    anchor: str
    name: str = ""
    body: Markup = _NOTHING
    is_text: bool = False
    folded: bool = False
    results: Sequence[Markup] = ()
    mark: CellMark | None = None
    verdict: outputs.Verdict = _SILENT
    withheld: bool = False
    comment: Markup = _NOTHING


@dataclass(frozen=True)
class Notices:
    """What the reader should know before the table: how the submission was handled."""

    status: str
    reason: str
    mends: Sequence[str]
    notes: Sequence[str] = ()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("autograder.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = points
    environment.filters["lateness"] = lateness
    return environment


def render_page(
    nb: Mapping[str, Any], *, assignment: str, notebook: str, student: str, marks: Marks | None
) -> str:
    """Return the feedback page of one autograded notebook.

    Parameters
    ----------
    nb : Mapping
        The notebook as nbformat 4 keeps it, a ``NotebookNode`` or plain dicts. It is not changed.
    assignment, notebook, student : str
        Their ids.
    marks : Marks or None
        From the gradebook; None when it does not know the submission.
    """
    cells: Sequence[Any] = nb["cells"]
    sources = [_source(cell) for cell in cells]
    redactor = Redactor.for_sources(sources)
    views = [
        _view(number, cell, source, marks, redactor)
        for number, (cell, source) in enumerate(zip(cells, sources, strict=True))
    ]
    return (
        _environment()
        .get_template("feedback.html.j2")
        .render(
            assignment=assignment,
            title=assignment if notebook == assignment else f"{assignment}: {notebook}",
            student=student,
            full_name=marks.name if marks else "",
            marks=marks,
            notices=_notices(nb),
            rows=_rows(cells, views, marks),
            cells=views,
            missing=_missing(cells, marks),
        )
    )


def render_rejected(*, assignment: str, student: str, full_name: str, reason: str) -> str:
    """Return the page of a submission that could not be graded: why, and what to do."""
    return (
        _environment()
        .get_template("rejected.html.j2")
        .render(
            assignment=assignment,
            title=assignment,
            student=student,
            full_name=full_name,
            reason=without_paths(plain(reason)).strip() or "The file could not be read.",
        )
    )


def points(value: float) -> str:
    """Return points without a needless fraction: 3, 0.5, 1.33."""
    return f"{round(value, 2):g}"


def lateness(seconds: float) -> str:
    """Return a span of time in its two largest units: "1 day 2 hours"."""
    minutes = max(1, round(seconds / 60))
    units = (("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60))
    parts = [f"{count} {name}{'' if count == 1 else 's'}" for name, count in units if count]
    return " ".join(parts[:2])


def _source(cell: Any) -> str:
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)


def _nbgrader(cell: Any) -> Mapping[str, Any]:
    found = cell.get("metadata", {}).get("nbgrader", {})
    return found if isinstance(found, dict) else {}


def _grade_id(cell: Any) -> str:
    return str(_nbgrader(cell).get("grade_id", ""))


def _exercise(grade_id: str) -> str:
    return grade_id.removeprefix("test_").removeprefix("test-")


def _is_check(cell: Any) -> bool:
    own = _nbgrader(cell)
    return bool(own.get("grade")) and not own.get("solution") and cell["cell_type"] == "code"


def _is_answer(cell: Any) -> bool:
    own = _nbgrader(cell)
    return bool(own.get("solution") or own.get("task"))


def _counts(cell: Any) -> bool:
    own = _nbgrader(cell)
    return bool(own.get("grade") or own.get("task"))


def _view(number: int, cell: Any, source: str, marks: Marks | None, redactor: Redactor) -> CellView:
    grade_id = _grade_id(cell)
    text, hidden = visible(source)
    mark = marks.cells.get(grade_id) if marks and _counts(cell) else None
    comment = marks.comments.get(grade_id, "") if marks and _is_answer(cell) else ""
    kind = "answer" if _is_answer(cell) else "prose"
    body, results, verdict = _NOTHING, list[Markup](), _SILENT
    if cell["cell_type"] == "markdown":
        body = prose.markdown(text, dict(cell.get("attachments") or {}))
    elif cell["cell_type"] == "raw":
        body = prose.preformatted(text)
    elif _is_check(cell):
        kind = "check"
        body = prose.python(text)
        verdict = outputs.verdict(cell.get("outputs", ()), text, redactor)
    else:
        kind = "answer" if kind == "answer" else "code"
        body = prose.python(redactor.text(text))
        results = outputs.shown(cell.get("outputs", ()), redactor)
    return CellView(
        kind=kind,
        anchor=f"cell-{number + 1}",
        name=_exercise(grade_id),
        body=body,
        folded=bool(_nbgrader(cell).get("locked")) and source.count("\n") > LONG,
        is_text=cell["cell_type"] != "code",
        results=results,
        mark=mark,
        verdict=verdict,
        withheld=bool(hidden),
        comment=prose.markdown(comment) if comment else Markup(""),
    )


def _rows(cells: Sequence[Any], views: Sequence[CellView], marks: Marks | None) -> list[Row]:
    """Pair each graded cell with the answer it marks: the solution cell of the same name."""
    answers = {
        _grade_id(cell): view.anchor for cell, view in zip(cells, views, strict=True) if _is_answer(cell)
    }
    return [
        Row(
            name=view.name or "exercise",
            anchor=answers.get(view.name, view.anchor),
            mark=view.mark,
            reason=_why(view.mark, view.verdict.reason, marks),
        )
        for cell, view in zip(cells, views, strict=True)
        if _counts(cell)
    ]


def _why(mark: CellMark | None, reason: str, marks: Marks | None) -> str:
    """One line on why a cell has the points it has."""
    if mark is None:
        return reason if marks is None else "not in the gradebook"
    if mark.pending:
        return "not marked yet: a person reads this answer"
    if mark.manual_score is not None and mark.manual_score != mark.auto_score:
        return (
            "marked by a person"
            if mark.auto_score is None
            else (f"changed by a person, from {points(mark.auto_score)} to {points(mark.manual_score)}")
        )
    if mark.score >= mark.max_score:
        return "all checks passed"
    return reason or ("some checks failed" if mark.score else "the checks failed")


def _missing(cells: Sequence[Any], marks: Marks | None) -> list[tuple[str, CellMark]]:
    """Graded cells of the gradebook that this notebook does not hold."""
    if marks is None:
        return []
    present = {_grade_id(cell) for cell in cells}
    return [(_exercise(name), mark) for name, mark in sorted(marks.cells.items()) if name not in present]


def _notices(nb: Mapping[str, Any]) -> Notices:
    own = nb.get("metadata", {}).get("autograder", {})
    if not isinstance(own, dict):
        own = {}
    mends, notes = own.get("mends", ()), own.get("notes", ())
    return Notices(
        status=str(own.get("status", "")),
        reason=without_paths(plain(str(own.get("reason") or ""))),
        mends=[str(mend) for mend in mends] if isinstance(mends, (list, tuple)) else [],
        notes=[str(note) for note in notes] if isinstance(notes, (list, tuple)) else [],
    )
