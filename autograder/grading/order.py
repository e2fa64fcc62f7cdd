"""Where a test stands among a submission's cells, and which of several definitions counts.

A notebook is run once from top to bottom, as "Restart and run all" does, and a test looks at what a name means
where the test stands. So the last definition above a test counts. Only where nothing above it answers its exercise
is it moved below the cell that does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.grading.exercises import Exercise, Outline


def order(submitted: NotebookNode, lesson: Outline, notes: list[str]) -> None:
    """Move a test that stands above the answer to its exercise to just below it."""
    for name, exercise in lesson.exercises.items():
        for test in exercise.tests:
            at = {cells.grade_id(cell): i for i, cell in enumerate(submitted.cells)}
            if test not in at:
                continue
            below = _answer_below(submitted, exercise, at[test], at.get(name))
            if below is not None:
                cell = submitted.cells.pop(at[test])
                submitted.cells.insert(below, cell)
                notes.append(f"{test} stood above its exercise and was moved below it")


def _answer_below(submitted: NotebookNode, exercise: Exercise, test: int, own: int | None) -> int | None:
    if own is not None and test < own:
        return own
    answers = [at for at, cell in enumerate(submitted.cells) if _answers(cell, exercise)]
    if any(at < test for at in answers):
        return None
    return max(answers, default=None)


def _answers(cell: NotebookNode, exercise: Exercise) -> bool:
    own = "nbgrader" not in cell.metadata or cells.is_solution(cell)
    return own and cell.cell_type == "code" and exercise.is_answer(cell.source)


def say_twice(submitted: NotebookNode, lesson: Outline, notes: list[str]) -> None:
    """Say which definition counts where a student's own cells define again what an exercise asks for."""
    for name, exercise in lesson.exercises.items():
        at = {cells.grade_id(cell): i for i, cell in enumerate(submitted.cells)}
        if any(note.startswith(f"{name} was in the notebook more than once") for note in notes):
            continue
        answers = [i for i, cell in enumerate(submitted.cells) if _answers(cell, exercise)]
        own = [i for i in answers if i == at.get(name) or "nbgrader" not in submitted.cells[i].metadata]
        tests = [at[test] for test in exercise.tests if test in at]
        if not tests:
            continue
        above = [i for i in own if i < min(tests)]
        what = ", ".join(sorted(exercise.asked))
        if len(above) > 1:
            notes.append(
                f"{what} is defined {len(above)} times above {exercise.tests[0]}: the last one counts"
            )
        if above and any(i > max(tests) for i in own):
            notes.append(f"{what} is defined again below {exercise.tests[0]}: the one above it counts")
