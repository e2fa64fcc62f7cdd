"""One result of several: the part of a tuple or dict that an aspect is about.

A function that returns dX, dW and db has an aspect for each. The others may be wrong; what holds them must be
of the kind that was asked for, or no part can be told from another.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from autograder.check import _show
from autograder.check._difference import agree
from autograder.check._finding import CheckFailed, Finding
from autograder.check._habits import FORGOT_RETURN

Step = int | str
Part = int | str | tuple[Any, ...]

_ASKED = "The docstring says what is returned, and in which order."
_KEYS = "Each result belongs under its key, in one dict: {name: value, ...}."
_STOPPED = "The first key is there, the others are not. Does a `return` stand in the loop?"
_COMMAS = "Several results are returned with commas between them."


@dataclass(frozen=True)
class Place:
    """Where a part lies and how messages name it.

    Parameters
    ----------
    name
        Such as "dW".
    path
        Positions in tuples and keys of dicts, the outermost first.
    """

    name: str
    path: tuple[Step, ...]


def place(part: Part) -> Place:
    """Read what an author wrote as `part`: a position, a key, or a name and then the way to the part."""
    if isinstance(part, tuple):
        name, path = part[:1], part[1:]
        if not path or not isinstance(name[0], str):
            raise ValueError(f'part={part!r}: give a name and where it is, such as ("dW", 1)')
        return Place(name[0], path)
    return Place(f"result {part + 1}" if isinstance(part, int) else part, (part,))


def right(want: Any, where: Place) -> Any:
    """Return the part of what the reference gave."""
    for step in where.path:
        try:
            want = want[step]
        except (TypeError, KeyError, IndexError):
            raise ValueError(f"the reference's result has no part {step!r} ({where.name})") from None
    return want


def came(got: Any, want: Any, where: Place) -> Any:
    """Return the part of what a student's function gave.

    Parameters
    ----------
    got
        The whole result.
    want
        The reference's whole result: it says what holds the parts.
    where
        The part.

    Raises
    ------
    CheckFailed
        When the parts are not held as asked: an array for three results, a dict without the key.
    """
    for step in where.path:
        problem = _misheld(got, want, step)
        if problem is not None:
            raise CheckFailed(problem)
        got, want = got[step], want[step]
    return got


def _misheld(got: Any, want: Any, step: Step) -> Finding | None:
    if isinstance(want, dict):
        return _misheld_dict(got, want, step)
    if type(got) not in (tuple, list):
        verdict = f"expected {len(want)} results, got {_show.described(got)}"
        return Finding(verdict, advice=FORGOT_RETURN if got is None else _COMMAS, error=verdict)
    if len(got) != len(want):
        verdict = f"expected {len(want)} results, got {len(got)}"
        return Finding(verdict, advice=_ASKED, error=verdict)  # one cause for every part
    return None


def _misheld_dict(got: Any, want: dict[Any, Any], step: Step) -> Finding | None:
    if not isinstance(got, dict):
        asked = f"expected a dict with {_show.keys(want)}, got {_show.described(got)}"
        return Finding(asked, advice=FORGOT_RETURN if got is None else _KEYS, error=asked)
    if step in got:
        return None
    verdict = f"the key {_show.value(step)} is missing; the dict has {_show.keys(got)}"
    if len(got) == 1 < len(want) and list(got) == list(want)[:1]:
        return Finding(verdict, advice=_STOPPED)
    near = get_close_matches(str(step).lower(), [str(key).lower() for key in got])
    letters = "Keys are compared letter by letter." if near else "The docstring names all the keys."
    return Finding(verdict, advice=letters)


def elsewhere(trials: list[tuple[Any, Any]], where: Place) -> tuple[str, bool] | None:
    """Recognise a right result at a wrong place, such as dW returned where dX is due.

    Says so, and whether it is beyond chance: several calls show it, or the two are exchanged.

    Parameters
    ----------
    trials
        Whole results that came, and whole results that were wanted.
    where
        The part that is wrong.
    """
    inner = []
    for whole, right_whole in trials:
        came_, due = whole, right_whole
        for part in where.path[:-1]:
            if _misheld(came_, due, part) is not None:
                return None
            came_, due = came_[part], due[part]
        inner.append((came_, due))
    if not inner:
        return None
    step = where.path[-1]
    first = inner[0][1]
    others = list(first) if isinstance(first, dict) else list(range(len(first)))
    for other in others:
        if other != step and all(
            _holds(got, want, step, other) and agree(got[step], want[other]) for got, want in inner
        ):
            got, want = inner[0]
            exchanged = _misheld(got, want, other) is None and agree(got[other], want[step])
            sure = len(inner) > 1 or exchanged
            if isinstance(other, int):
                order = "Are the results in the order that the docstring names?"
                return f"This is what result {other + 1} should be. {order}", sure
            return f"This is what `{other}` should be. What makes the one out of the other?", sure
    return None


def _holds(got: Any, want: Any, step: Step, other: Step) -> bool:
    return _misheld(got, want, step) is None and not agree(want[step], want[other])
