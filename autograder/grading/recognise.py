"""Cells that lost their grading metadata, found again by what they say.

Colab, Kaggle and some editors strip it, and so does pasting into a new cell. A cell is only taken for the place
where an exercise is answered or where a locked cell stood: what a test is and what it is worth is the source's,
whatever a cell says of itself.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from autograder.grading.exercises import bound, said, squeezed
from autograder.lesson import notebook as cells
from autograder.lesson.node import copied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from autograder.grading.exercises import Exercise, Outline

_ALIKE = 0.6  # share of lines that two texts must have in common
_MANY = 2_000  # cells that are looked at


def recognise(submitted: NotebookNode, lesson: Outline, notes: list[str]) -> None:
    """Give cells that have lost it their metadata back, in place."""
    here = {name for cell in submitted.cells if (name := cells.grade_id(cell)) is not None}
    missing = [name for name in lesson.known if name not in here]
    free = [cell for cell in submitted.cells if "nbgrader" not in cell.metadata][:_MANY]
    if not missing or not free:
        return
    found = [*_same(missing, free, lesson), *_answers(missing, free, lesson), *_alike(missing, free, lesson)]
    found += _by_place(missing, submitted, lesson)
    if not found:
        return
    if not here:
        notes.append(
            "the notebook had lost its grading metadata, as Colab and some editors do: "
            f"{len(found)} of {len(lesson.known)} cells were recognised by what they say"
        )
        return
    notes += [f"{name} had lost its grading metadata and was recognised by what it says" for name in found]


def answered_elsewhere(submitted: NotebookNode, lesson: Outline, notes: list[str]) -> None:
    """Where an exercise's own cell is untouched and another cell answers it, let that one count."""
    places = _by_id(submitted)
    for name, exercise in lesson.exercises.items():
        own = places.get(name)
        if own is not None and (not exercise.is_untouched(own.source) or not exercise.asked):
            continue
        answers = [cell for cell in submitted.cells if cell is not own and _may_answer(cell, exercise)]
        if not answers:
            continue
        free = [cell for cell in answers if "nbgrader" not in cell.metadata]
        if free and own is not None:
            claim(free[-1], lesson.known[name])
            submitted.cells = [cell for cell in submitted.cells if cell is not own]
            places = _by_id(submitted)
            notes.append(f"{name} was answered in a cell of your own: that one counts")
            continue
        other = cells.grade_id(answers[-1])
        notes.append(f"{name} was answered in the cell of {other}")
        if own is not None:  # below the answer it would undo it
            own.cell_type, own.source = "code", f"# {name} is answered in the cell of {other}."


def _by_id(submitted: NotebookNode) -> dict[str, NotebookNode]:
    """Return the cells that have a grade id, the first of each."""
    found: dict[str, NotebookNode] = {}
    for cell in submitted.cells:
        name = cells.grade_id(cell)
        if name is not None:
            found.setdefault(name, cell)
    return found


def claim(cell: NotebookNode, original: NotebookNode) -> None:
    """Take a cell for one of the source's."""
    cell.metadata["nbgrader"] = copied(original.metadata["nbgrader"])
    if cell.cell_type != original.cell_type and cells.is_solution(original):
        cell.cell_type = original.cell_type
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def _may_answer(cell: NotebookNode, exercise: Exercise) -> bool:
    """Whether a cell that students write in answers an exercise; text does only if it looks like its code."""
    if "nbgrader" in cell.metadata and not cells.is_solution(cell):
        return False
    if not exercise.is_answer(cell.source):
        return False
    return cell.cell_type == "code" or not exercise.given.isdisjoint(squeezed(cell.source))


def _same(missing: list[str], free: list[NotebookNode], lesson: Outline) -> Iterator[str]:
    """Find locked cells that say the same as the source's, the last of several, and drop the other copies."""
    places: dict[tuple[str, ...], list[NotebookNode]] = {}
    for cell in free:
        if key := tuple(squeezed(cell.source)):
            places.setdefault(key, []).append(cell)
    for name in [n for n in reversed(missing) if cells.is_locked(lesson.known[n])]:
        original = lesson.known[name]
        if found := places.get(said(original.source)):
            _take(found.pop(), original, name, missing, free)
            if cells.is_test(original):
                for twin in found:  # a copied test would run inside, for nothing
                    twin.source = ""
                    free.remove(twin)
                found.clear()
            yield name


def _alike(missing: list[str], free: list[NotebookNode], lesson: Outline) -> Iterator[str]:
    """Find locked code that was changed a little."""
    pairs = []
    texts = {id(cell): Counter(squeezed(cell.source)) for cell in free if cell.cell_type == "code"}
    for name in [n for n in missing if cells.is_locked(lesson.known[n])]:
        original = Counter(said(lesson.known[name].source))
        if lesson.known[name].cell_type != "code" or original.total() == 1:
            continue
        for cell in free:
            text = texts.get(id(cell))
            if (
                text and text.total() * _ALIKE <= (2 - _ALIKE) * original.total()
            ):  # a longer one shares too little
                share = 2 * (text & original).total() / (text.total() + original.total())
                if share >= _ALIKE:
                    pairs.append((share, name, cell))
    for _, name, cell in sorted(pairs, key=lambda pair: -pair[0]):
        if name in missing and any(cell is one for one in free):
            _take(cell, lesson.known[name], name, missing, free)
            yield name


def _answers(missing: list[str], free: list[NotebookNode], lesson: Outline) -> Iterator[str]:
    """Find the cells that answer an exercise, or that are still as they were given."""
    for name in [n for n in missing if n in lesson.exercises]:
        exercise = lesson.exercises[name]
        stub = tuple(squeezed(exercise.cell.source))
        answers = [cell for cell in free if _may_answer(cell, exercise)]
        untouched = [
            cell
            for cell in free
            if (stub and tuple(squeezed(cell.source)) == stub)
            or (cell.cell_type == "code" and exercise.asked & bound(cell.source))
        ]
        if answers or untouched:
            _take((answers or untouched)[-1], lesson.known[name], name, missing, free)
            for twin in untouched if answers else ():  # below the answer it would undo it
                if any(twin is one for one in free) and exercise.is_untouched(twin.source):
                    twin.source = ""
            yield name


def _by_place(missing: list[str], submitted: NotebookNode, lesson: Outline) -> Iterator[str]:
    """Find answers in words, which say nothing that could be known: by the cell above them."""
    texts = [tuple(squeezed(cell.source)) for cell in submitted.cells]
    for name in [n for n in missing if n in lesson.exercises and not lesson.exercises[n].asked]:
        for at, cell in enumerate(submitted.cells[1:], 1):
            own = "nbgrader" not in cell.metadata and texts[at] not in lesson.texts
            same_kind = cell.cell_type == lesson.known[name].cell_type
            if own and same_kind and texts[at] and texts[at - 1] and texts[at - 1] == lesson.above.get(name):
                claim(cell, lesson.known[name])
                missing.remove(name)
                yield name
                break


def _take(
    cell: NotebookNode, original: NotebookNode, name: str, missing: list[str], free: list[NotebookNode]
) -> None:
    claim(cell, original)
    missing.remove(name)
    free[:] = [one for one in free if one is not cell]
