"""From a course folder to a `ClassRecord`: the gradebook for points, autograded/ for the reasons.

What a test found is read from the outputs of test cells, where grading put it. A graded notebook that cannot be
read keeps its points and loses its reasons; it stops nothing.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autograder.desk import outputs
from autograder.desk.gradebook import open_gradebook
from autograder.desk.notebook import Kept, exercise_of, read_notebook
from autograder.desk.redact import Redactor, plain, without_paths
from autograder.desk.report.record import Aspect, ClassRecord, Derivation, Item, Result, Work
from autograder.grading.folders import readable, unusable_id
from autograder.grading.later import is_the_lessons, lacking

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from autograder.check import AspectResult, Report
    from autograder.desk.gradebook import Gradebook
    from autograder.desk.marks import CellMark, Marks
    from autograder.desk.notebook import Cell, Notebook
    from autograder.desk.report.record import Key, State, Status
    from autograder.lesson.course import Course

log = logging.getLogger(__name__)

_UNWRITTEN = "not written yet"  # what check says of an exercise that is as it was released
_INSIDE = "in-sandbox"  # the tag of a test that runs beside the student's code
_LONG = 160
_CUT_SHORT = "a cell or a call crashed or ran out of time"
_BETWEEN = re.compile(r", | and ")  # the names of cells in a note
_YOU = re.compile(r"\b(?:you|your)\b")


def read_class(course: Course, assignment: str) -> ClassRecord:
    """Gather a class's work on an assignment.

    Parameters
    ----------
    course : Course
        From ``autograder.lesson.course.open_course``.
    assignment : str
        Its name.
    """
    with open_gradebook(course.db_url) as gradebook:
        marks = gradebook.marks(assignment)
        names = gradebook.students()
        cells = gradebook.cells(assignment)
        due = gradebook.due(assignment)
        students = _students(course, gradebook, assignment)
    several = len({cell.notebook for cell in cells}) > 1
    items = [
        Item(
            cell.notebook,
            cell.name,
            f"{cell.notebook}: {exercise_of(cell.name)}" if several else exercise_of(cell.name),
            cell.max_score,
        )
        for cell in cells
    ]
    order: dict[Key, int] = {}
    works = tuple(
        _work(course, assignment, student, names.get(student, ("", "")), items, marks, order)
        for student in sorted(students)
    )
    works += tuple(
        Work(readable(student), "", "rejected", reason=_line(unusable_id(student)))
        for _, student in course.submissions(assignment)
        if unusable_id(student)
    )
    items.sort(key=lambda item: (item.notebook, order.get(item.key, len(order)), item.grade_id))
    absent = tuple(
        (student, " ".join(name).strip())
        for student, name in sorted(names.items())
        if student not in students
    )
    return ClassRecord(assignment, tuple(items), works, absent, due)


def _students(course: Course, gradebook: Gradebook, assignment: str) -> set[str]:
    handed_in = {student for _, student in course.submissions(assignment)}
    handed_in |= {student for _, student in gradebook.submissions(assignment)}
    return {student for student in handed_in if not unusable_id(student)}


def _work(
    course: Course,
    assignment: str,
    student: str,
    name: tuple[str, str],
    items: Sequence[Item],
    marks: Mapping[tuple[str, str], Marks],
    order: dict[Key, int],
) -> Work:
    folder = course.autograded(assignment, student)
    known = {book: found for (who, book), found in marks.items() if who == student}
    work = Work(
        student=student,
        name=" ".join(name).strip(),
        status="not graded",
        penalty=sum(found.penalty for found in known.values()),
        seconds_late=max((found.seconds_late for found in known.values()), default=0.0),
        handed_in=next((found.handed_in for found in known.values() if found.handed_in), None),
    )
    notebooks = {path.stem: _notebook(path) for path in sorted(folder.glob("*.ipynb"))}
    if not notebooks:
        reason = _rejection(folder / "rejected.json")
        return work if reason is None else replace(work, status="rejected", reason=reason)
    own = [_own(notebook) for notebook in notebooks.values() if notebook is not None]
    mends = [str(note) for one in own for note in _list(one, "mends")]
    later = [plain(names) for one in own if (names := lacking(map(str, _list(one, "mends"))))]
    came = {name for names in later for name in _BETWEEN.split(names)}
    found = {}
    for item in items:
        mark = known[item.notebook].cells.get(item.grade_id) if item.notebook in known else None
        cell = _cell(notebooks.get(item.notebook), item, order)
        if mark is not None:
            result = _result(mark, cell)
            if (
                exercise_of(item.grade_id) in came
                and result.state in {"none", "unwritten"}
                and not result.by_hand
            ):
                continue  # nobody who has the older release could have written it
            found[item.key] = result
    status: Status = "partial" if any(one.get("status") == "partial" for one in own) else "graded"
    said = [str(text) for one in own for text in (one.get("reason"), *_list(one, "notes")) if text]
    return replace(
        work,
        status=status,
        reason=" ".join(_about(_line(text)) for text in said) or (_CUT_SHORT if status == "partial" else ""),
        results=found,
        missing=tuple(sorted({item.notebook for item in items} - set(notebooks))),
        sandboxed=all(one.get("sandboxed", True) for one in own),
        mends=sum(not is_the_lessons(note) for note in mends),
        later=" and ".join(later),
    )


def _notebook(path: Path) -> Notebook | None:
    try:
        return read_notebook(path.read_bytes())
    except Exception:
        # Whatever is wrong with one notebook, the class has its report.
        log.exception("%s could not be read.", path)
        return None


def _own(notebook: Notebook) -> Mapping[str, Any]:
    own = notebook.metadata.get("autograder", {})
    return own if isinstance(own, dict) else {}


def _list(own: Mapping[str, Any], name: str) -> list[Any]:
    found = own.get(name)
    return found if isinstance(found, list) else []


def _rejection(path: Path) -> str | None:
    try:
        found = json.loads(path.read_bytes())
    except OSError:
        return None
    except ValueError:
        return ""
    # What the student should do is on the student's page.
    return _about(_line(str(found.get("reason") or "").split(". ", 1)[0])) if isinstance(found, dict) else ""


def _cell(notebook: Notebook | None, item: Item, order: dict[Key, int]) -> Cell | None:
    """Find an exercise's graded cell, and learn from the first notebook that has it where it stands."""
    if notebook is None:
        return None
    for place, cell in enumerate(notebook.cells):
        if cell.counts and cell.grade_id == item.grade_id:
            order.setdefault(item.key, place)
            return cell
    return None


def _result(mark: CellMark, cell: Cell | None) -> Result:
    found = _SAID.get(cell.raw, lambda: _said(cell)) if cell is not None else Result(0.0, "none")
    by_hand = mark.manual_score is not None
    state: State = "none"
    if mark.pending and not by_hand:
        state = "waiting"
    elif mark.score >= mark.max_score:
        state = "full"
    elif mark.score > 0:
        state = "part"
    elif found.state == "unwritten" and not by_hand:
        state = "unwritten"
    return replace(found, score=mark.score, state=state, by_hand=by_hand)


_SAID: Kept[Result] = Kept(4096)


def _said(cell: Cell) -> Result:
    """Read what a test cell found, without the points, which are the gradebook's."""
    if not cell.is_check:  # an answer for a person: nothing but one left as it came has no points before that
        return Result(0.0, "unwritten")
    data = cell.json()
    put_out = data.get("outputs", ())
    tags = data.get("metadata", {}).get("tags", ())
    reports = [report for report in map(outputs.report_of, put_out) if report is not None]
    said = "" if reports else outputs.verdict(put_out, cell.text, Redactor()).reason
    raised = next((str(out.get("ename")) for out in put_out if out.get("output_type") == "error"), "")
    lost = [aspect for report in reports for aspect in report.aspects if aspect.status == "failed"]
    unwritten = (
        all(aspect.finding is not None and aspect.finding.verdict == _UNWRITTEN for aspect in lost)
        if lost
        else raised == "NotImplementedError"
    )
    return Result(
        score=0.0,
        state="unwritten" if unwritten else "none",
        aspects=tuple(_aspect(aspect) for report in reports for aspect in report.aspects),
        derivations=tuple(one for report in reports for one in _derivations(report)),
        said=_line(said),
        inside=isinstance(tags, list) and _INSIDE in tags,
    )


def _aspect(aspect: AspectResult) -> Aspect:
    finding = aspect.finding
    mistake = finding.mistake if finding and finding.mistake else ""
    advice = finding.advice if finding and mistake and finding.advice else ""
    return Aspect(aspect.name, aspect.points, aspect.earned, mistake, advice)


def _derivations(report: Report) -> list[Derivation]:
    """Tell where each chain of a report breaks: at its first line that is not right."""
    found = []
    for chain in report.chains:
        broken = next(
            (
                (at, line)
                for at, line in enumerate(chain.lines)
                if line.mark in {"far", "astray", "wrong", "unread"}
            ),
            None,
        )
        if broken is None:
            found.append(Derivation(chain.title, ""))
            continue
        at, line = broken
        before = chain.lines[at - 1] if at else None
        found.append(
            Derivation(
                title=chain.title,
                broken=line.mark,  # type: ignore[arg-type]  # one of the four
                number=at + 1,
                before=(before.text, before.latex) if before else ("", ""),
                line=(line.text, line.latex),
                note=_line(line.note),
            )
        )
    return found


def _about(text: str) -> str:
    """Turn what a student is told into what a teacher is told about them."""
    return _YOU.sub(lambda match: {"you": "they", "your": "their"}[match[0]], text)


def _line(text: str) -> str:
    """Return a text's first line, without colours and folders of this machine, cut where it is long."""
    first = next((line.strip() for line in without_paths(plain(text)).split("\n") if line.strip()), "")
    if len(first) <= _LONG:
        return first
    words = first[:_LONG].rpartition(" ")[0]  # no half word stands at its end
    return (words if len(words) > _LONG // 2 else first[: _LONG - 1]).rstrip(" ,;:") + "…"
