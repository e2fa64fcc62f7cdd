"""The answers of a lesson's answers.py, handed in: each is to get the marks and the words that it foresees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograder.audit.exercises import Exercise
    from autograder.audit.trials import Bench, Marked
    from autograder.lesson.answers import Answer


def amiss(answer: Answer, marked: Marked) -> str:
    """Say where grading differs from what was foreseen; nothing when it does not.

    Parameters
    ----------
    answer
        With the marks and the words that its author expects.
    marked
        What the grader said to it.

    Returns
    -------
    str
        Each difference, and what was told.
    """
    found = []
    foreseen = {part.aspect: part.points for part in marked.parts} if answer.marks is None else answer.marks
    for part in marked.parts:
        wanted = foreseen.get(part.aspect, 0)
        if part.earned != wanted:
            found.append(f"{part.aspect} earns {part.earned:g}, foreseen {wanted:g} of {part.points:g}")
    total = marked.possible if answer.marks is None else sum(foreseen.values())
    if marked.score != total and not found:
        found.append(f"{marked.score:g} of {marked.possible:g} points, foreseen {total:g}")
    status = "partial" if marked.cut_short else "graded"
    if status != answer.status:
        found.append(f"status {status}, foreseen {answer.status}")
    found += [f"does not say {text!r}" for text in answer.says if text not in marked.message]
    if answer.mistake is not None and marked.mistakes != ((answer.mistake,) if answer.mistake else ()):
        found.append(f"is recognised as {_named(marked.mistakes)}, foreseen {_named((answer.mistake,))}")
    told = f" [told: {marked.message}]" if found and marked.message else ""
    return f"{answer}: {'; '.join(found)}{told}" if found else ""


def hand_in(
    bench: Bench, exercise: Exercise, answers: Sequence[Answer], known: Mapping[str, Marked] | None = None
) -> list[Marked]:
    """Hand in answers to one exercise, each as if the rest of the lesson were the reference.

    Marks are foreseen for the exercise's own test, so other test cells that speak of it are left out.

    Parameters
    ----------
    bench
        Which grades them.
    exercise
        Whose answers they are.
    answers
        In any order; what is said to each comes back in the same.
    known
        What was said to known mistakes already, by their names: they are not handed in twice.

    Returns
    -------
    list of Marked
        What grading said.
    """
    own = bench.own_test(exercise)
    said = dict(known or {}) if own == exercise else {}
    fresh = [answer for answer in answers if answer.alone or answer.known not in said]
    together = [answer for answer in fresh if not answer.alone]
    alone = [answer for answer in fresh if answer.alone]
    slips = {slip.name: slip.source for slip in exercise.mistakes}  # with the helpers that they need
    texts = ([slips.get(answer.known, str(answer.source)) for answer in some] for some in (together, alone))
    _, *graded = bench.grade(own, (), *texts)
    found = {id(answer): marked for answer, marked in zip([*together, *alone], graded, strict=True)}
    return [found.get(id(answer)) or said[answer.known] for answer in answers]


def _named(mistakes: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in mistakes if name) or "no known mistake"
