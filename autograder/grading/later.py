"""Cells that came into a lesson, or were changed there, after a hand-in's notebook was released: its student did nothing.

A released notebook lists the cells it came with (`autograder.lesson.listing`). Only words hang on that list, which a
student can change; no mark does.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from autograder.grading.text import on_one_line
from autograder.lesson import notebook as cells
from autograder.lesson.nbgraded import checksum
from autograder.lesson.whereabouts import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbformat import NotebookNode

    from autograder.grading.exercises import Outline
    from autograder.grading.outcome import Outcome

_SINCE = " this notebook was released"  # ends what is said of the lesson's own changes
_CAME = f" came into the lesson after{_SINCE}"
_NAME = re.compile(r"[^\W\d]\w*")
_NAMED = 6  # cells that a note names


def came_with(notebook: NotebookNode) -> frozenset[str] | None:
    """Return the grade ids that a submission's notebook came with; None where it does not say so."""
    about = notebook.get("metadata")
    own = about.get("autograder") if isinstance(about, dict) else None
    listed = own.get("cells") if isinstance(own, dict) else None
    if not isinstance(listed, list):
        return None
    return frozenset(name for name in listed if isinstance(name, str)) or None


def why_missing(test: NotebookNode, with_it: frozenset[str] | None) -> dict[str, str]:
    """Return why a test that came later finds no such names: of all that it mentions, but what the notebook came with."""
    if with_it is None or cells.grade_id(test) in with_it:
        return {}
    return dict.fromkeys(set(_NAME.findall(test.source)) - with_it, f"its exercise{_CAME}")


def is_as_released(cell: NotebookNode) -> bool:
    """Whether a submission's cell is as it was released, by the checksum that nbgrader wrote into it then."""
    written = cell.metadata["nbgrader"].get("checksum")
    try:
        return isinstance(written, str) and written == checksum(cell)
    except (KeyError, TypeError, ValueError, OverflowError):  # metadata that somebody changed
        return False


def told(names: Sequence[str], lesson: Outline) -> list[str]:
    """Return what is said of cells that came later: of what was to be done, and of what was put in and is run.

    Parameters
    ----------
    names
        Their grade ids, in the lesson's order.
    lesson
        The lesson that has them.
    """
    known = lesson.known
    undone = [
        n
        for n in names
        if n in lesson.exercises or (cells.is_graded(known[n]) and not cells.is_test(known[n]))
    ]
    theirs = {test for name in undone if name in lesson.exercises for test in lesson.exercises[name].tests}
    put_in = [name for name in names if name not in theirs and name not in undone]
    notes = [f"{_all(put_in)}{_CAME} and {'was' if len(put_in) == 1 else 'were'} put in"] if put_in else []
    if undone:
        worth = sum(
            cells.points(known[name]) or 0 for name in theirs.union(undone) if cells.is_graded(known[name])
        )
        points = f"{worth:g} {'point' if worth == 1 else 'points'}"
        notes.append(
            f"{_all(undone)}{_CAME}: {points} more, of which it has none. "
            "Your teacher says whether to take the new version and hand in again"
        )
    return notes


def _all(names: Sequence[str]) -> str:
    if len(names) > _NAMED:
        return f"{', '.join(names[: _NAMED - 1])} and {len(names) - _NAMED + 1} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def is_the_lessons(note: str) -> bool:
    """Whether a note tells what became of the lesson since the release, and not what a student did to the notebook."""
    return _SINCE in note


def lacking(notes: Iterable[str]) -> str:
    """Return which cells a hand-in has no points for because they came later, as `told` names them; empty for none."""
    for note in notes:
        names, came, rest = note.partition(_CAME)
        if came and rest.startswith(":"):
            return names
    return ""


def left_out(outcomes: Iterable[Outcome]) -> list[str]:
    """Return, for whoever teaches, how many hand-ins of each assignment are of a release without later cells."""
    found: Counter[tuple[str, str]] = Counter()
    for one in outcomes:
        if names := lacking(one.mends):
            found[one.assignment, names] += 1
    return [
        f"{counted(many, 'hand-in')} of {on_one_line(name)} "
        f"{'is' if many == 1 else 'are'} of an older release, without {on_one_line(names)}, with no points there. "
        f"To have it done: nbgrader release_assignment {name} --force, "
        "and let them fetch it and hand in again. Or give points by hand in formgrader."
        for (name, names), many in sorted(found.items())
    ]
