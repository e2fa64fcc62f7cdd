"""Mending a submission's notebook before it is graded: whatever was done to it, the tests are the lesson's own.

Locked cells are restored, deleted ones put back, copies disowned, changed ids and points set right, cells without
metadata recognised. What a student wrote is never changed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autograder.grading.additions import additions
from autograder.grading.exercises import Outline, outline, squeezed
from autograder.grading.later import came_with, is_as_released, told
from autograder.grading.order import order, say_twice
from autograder.grading.recognise import answered_elsewhere, recognise
from autograder.lesson import notebook as cells
from autograder.lesson.node import copied, new_cell
from autograder.lesson.stubbing import Stubs, stubs_of

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from traitlets.config import Config

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAMED = 3  # cells that a note names
_INSTRUCTORS = ("BEGIN HIDDEN TESTS", "BEGIN SOLUTION", "BEGIN MARK SCHEME")


def mend(
    submitted: NotebookNode, lesson: Outline | NotebookNode, stubs: Stubs | Config | None = None
) -> list[str]:
    """Set a submission right in place; return what was mended, in words for the student.

    Parameters
    ----------
    submitted
        The submission; changed in place.
    lesson
        The lesson as its author wrote it, or its outline, which a class needs once.
    stubs
        What stands in a released notebook for a solution, or the course's config, which says so. An outline knows.
    """
    notes: list[str] = []
    if not isinstance(lesson, Outline):
        lesson = outline(lesson, stubs if isinstance(stubs, Stubs) else stubs_of(stubs))
    _say_what_it_is(submitted, lesson, notes)
    _disown(submitted, lesson, notes)
    recognise(submitted, lesson, notes)
    answered_elsewhere(submitted, lesson, notes)
    _restore(submitted, lesson, notes)
    _put_back(submitted, lesson, notes)
    submitted.cells = [c for c in submitted.cells if c.source or "nbgrader" in c.metadata]
    order(submitted, lesson, notes)
    say_twice(submitted, lesson, notes)
    _unique_cell_ids(submitted)
    submitted.metadata = copied(lesson.about)
    return notes


def _say_what_it_is(submitted: NotebookNode, lesson: Outline, notes: list[str]) -> None:
    """Say what a teacher, or the student, should know of the notebook as a whole."""
    about = submitted.get("metadata", {})
    kernel = about.get("kernelspec") if isinstance(about.get("kernelspec"), dict) else {}
    spoken = about.get("language_info") if isinstance(about.get("language_info"), dict) else {}
    language = kernel.get("language") or spoken.get("name") or ""
    name = str(kernel.get("display_name") or language)[:40]
    old = str(kernel.get("name", "")).lower() == "python2" or str(spoken.get("version", "")).startswith("2.")
    if isinstance(language, str) and language and (language.lower() not in {"python", "ipython"} or old):
        notes.append(f"the notebook was set to the kernel {name}; it was run with Python 3")
    if any("BEGIN " in c.source and any(m in c.source for m in _INSTRUCTORS) for c in submitted.cells):
        notes.append("the notebook holds markers of the instructor's own version: a person should look at it")
    ids = [one for cell in submitted.cells if (one := cells.grade_id(cell)) is not None]
    strange = sorted({one for one in ids if one not in lesson.known})
    if strange:
        named = ", ".join(one[:40] for one in strange[:_NAMED])
        named += f" and {len(strange) - _NAMED} more" if len(strange) > _NAMED else ""
        notes.append(f"{named}: not in this version of the lesson, so no points are given there")


def _disown(submitted: NotebookNode, lesson: Outline, notes: list[str]) -> None:
    """Take nbgrader's metadata off cells it does not know, and off all but one of several copies."""
    copies: dict[str, list[NotebookNode]] = {}
    for cell in submitted.cells:
        name = cells.grade_id(cell)
        if name in lesson.known:
            copies.setdefault(str(name), []).append(cell)
        elif "nbgrader" in cell.metadata:
            _let_go(cell)
    for name, twins in copies.items():
        if len(twins) > 1:
            _keep_one(name, twins, lesson, notes)
    submitted.cells = [c for c in submitted.cells if c.source or "nbgrader" in c.metadata]


def _keep_one(name: str, twins: list[NotebookNode], lesson: Outline, notes: list[str]) -> None:
    """Of several cells with one id let the last one be it; of an exercise, the last one that answers it."""
    kept, words = twins[-1], "the last one counts"
    exercise = lesson.exercises.get(name)
    if exercise is not None:
        answers = [c for c in twins if exercise.is_answer(c.source)]
        answers = answers or [c for c in twins if not exercise.is_untouched(c.source)]
        if answers and answers[-1] is not kept:
            kept, words = answers[-1], "the last one that answers it counts"
    notes.append(f"{name} was in the notebook more than once: {words}")
    for cell in twins:
        if cell is kept:
            continue
        _let_go(cell)
        untouched = exercise is not None and exercise.asked and exercise.is_untouched(cell.source)
        if cells.is_locked(lesson.known[name]) or untouched:
            cell.source = ""  # a copied test would run inside, for nothing; a stub would undo the answer


def _let_go(cell: NotebookNode) -> None:
    for key in ("nbgrader", "deletable", "editable"):
        cell.metadata.pop(key, None)


def _restore(submitted: NotebookNode, lesson: Outline, notes: list[str]) -> None:
    """Give each known cell the source's metadata, and locked ones the source's text."""
    restored: list[NotebookNode] = []
    for cell in submitted.cells:
        name = cells.grade_id(cell)
        if name is None:
            if cell.cell_type == "code" and tuple(squeezed(cell.source)) in lesson.texts:
                _become(cell, "markdown")
                notes.append("a cell of text had been made code and is text again")
            restored.append(cell)
            continue
        original = lesson.known[name]
        as_released = is_as_released(cell)
        changed = cells.points(cell) != cells.points(original) or cells.is_graded(cell) != cells.is_graded(
            original
        )
        own = ""
        if cells.is_locked(original):
            if _visible(original.source) != _visible(cell.source):
                changed = True
                own = "" if as_released else additions(cell, original, lesson)
            cell.source = original.source
        if cell.cell_type != original.cell_type:
            changed = True
            _become(cell, original.cell_type)
        cell.metadata["nbgrader"] = copied(original.metadata["nbgrader"])
        cell.metadata["tags"] = sorted(cells.tags(original))  # one of them says where a test is run
        if not cell.metadata["tags"]:
            del cell.metadata["tags"]
        kept = [new_cell("code", own)] if own else []
        restored += [*kept, cell] if cells.is_test(original) else [cell, *kept]
        if changed and as_released:
            notes.append(
                f"{name} was changed in the lesson since this notebook was released; the new one counts"
            )
        elif changed:
            added = "; what you had added stands in a cell of its own" if own else ""
            notes.append(f"{name} had been changed and was restored{added}")
    submitted.cells = restored


@lru_cache(maxsize=4096)  # a class hands the same lesson in
def _visible(source: str) -> str:
    return cells.strip_hidden(source).strip()


def _become(cell: NotebookNode, kind: str) -> None:
    cell.cell_type = kind
    if kind == "code":
        cell.outputs, cell.execution_count = [], None
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _put_back(submitted: NotebookNode, lesson: Outline, notes: list[str]) -> None:
    """Insert locked cells that are missing, each after the nearest cell before it that is there.

    A cell that came into the lesson after the notebook was released had not been deleted, and is not called so.
    """
    place = {cells.grade_id(cell): i for i, cell in enumerate(submitted.cells)}
    last = -1
    back, later = [], []
    with_it = came_with(submitted)
    answered = {name for name in lesson.known if any(n.startswith(f"{name} was answered") for n in notes)}
    for name, original in lesson.known.items():
        if name in place:
            last = place[name]
            continue
        came_later = with_it is not None and name not in with_it
        if came_later and name not in answered:
            later.append(name)
        if cells.is_locked(original) or cells.is_graded(original):
            last += 1
            fresh = copied(original)
            if cells.is_solution(fresh):
                fresh.source = ""  # an answer that a person marks: the author's own must not stand there
            submitted.cells.insert(last, fresh)
            place = {n: i + (i >= last) for n, i in place.items()}
            place[name] = last
            if not came_later:
                back.append(name)
        elif not came_later and name not in answered:
            notes.append(f"{name} is missing: its cell had been deleted")
    _say_back(back, notes)
    notes += told(later, lesson)


def _say_back(back: list[str], notes: list[str]) -> None:
    if len(back) > 2 * _NAMED:
        named = f"{', '.join(back[:_NAMED])} and {len(back) - _NAMED} more"
        notes.append(f"{named} had been deleted and were put back")
    else:
        notes += [f"{name} had been deleted and was put back" for name in back]


def _unique_cell_ids(submitted: NotebookNode) -> None:
    """Give every cell an id of its own, as the format asks: copied cells share theirs."""
    seen: set[str] = set()
    submitted.nbformat, submitted.nbformat_minor = 4, 5
    for number, cell in enumerate(submitted.cells):
        wanted: Any = cell.get("id")
        if not isinstance(wanted, str) or wanted in seen or not _CELL_ID.fullmatch(wanted):
            cell["id"] = f"cell-{number}"
        seen.add(cell["id"])
