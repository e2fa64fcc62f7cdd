"""Which known mistake is behind a student's results, if one surely is.

A mistake is named when it gives what the student's function gave: on every call that was seen, wrong in the same
places, and not by chance. Chance is ruled out by evidence (two results that say something) or, where that is thin or
several mistakes fit, by calls with inputs that were never seen before.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _calls, _fresh
from autograder.check._context import Evidence, Raised
from autograder.check._difference import agree, numeric, within
from autograder.check._finding import ProcessDied, TookTooLong

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograder.check._mistakes import Mistake, Mistakes

    Alike = Callable[[Any, Any], bool]

_TELLING = 2  # results that must say something, and confirmations where they do not
_TELLING_WHOLE = 4  # of whole numbers, of which there are fewer
_ENOUGH = 4  # confirmations, after which no more are looked for
_LARGE = 10_000  # entries
_PATIENCE = 5.0  # seconds for calls that nobody asked for; they take milliseconds on a quiet machine
_CLASS = re.compile(r"^\w*(Error|Exception): ")


def raised(error: BaseException) -> Raised:
    """Return what stands for the result of a call that raised: the built-in kind of error, and its words."""
    kind = next(cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins")
    try:
        words = str(error)
    except Exception:  # noqa: BLE001 - a student's own exception class may do anything
        words = ""
    return Raised(kind, _CLASS.sub("", words).strip("'\""))  # a key is quoted once more on its way


class Outcomes:
    """What known mistakes give for calls that were seen in one test cell, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Any] = {}
        self._alive: list[Any] = []  # they are told apart by their identity

    def of(self, known: Mistake, item: Evidence) -> Any:
        """Return what a mistake gives for a call."""
        at = id(known.function), id(item)
        if at not in self._known:
            self._known[at] = _outcome(known.function, item.args, item.part)
            self._alive += [known.function, item]
        return self._known[at]


def explaining(
    seen: Sequence[Evidence], here: Sequence[Evidence], mistakes: Mistakes, outcomes: Outcomes | None = None
) -> Mistake | None:
    """Return the known mistake that gives exactly what a student's function gave.

    Parameters
    ----------
    seen
        Every call of the exercise's functions in this test cell.
    here
        Those of the aspect that failed: the mistake must be wrong on one of them.
    mistakes
        The known mistakes.
    outcomes
        Of the test cell, for all its aspects.
    """
    outcomes = Outcomes() if outcomes is None else outcomes
    for function in dict.fromkeys(item.function for item in here):
        wrong = [item for item in here if item.function == function and item.wrong]
        if not wrong:
            continue
        kind = wrong[0].kind  # the finding is about the first failure; other parts may err in other ways
        wrong = [item for item in wrong if item.kind == kind]
        cell = [item for item in seen if item.function == function and _bears(item, wrong[0])]
        # Wrong ones first: most mistakes are ruled out by their first call. Large ones last.
        order = sorted(enumerate([*wrong, *cell]), key=lambda numbered: _is_large(numbered[1]))
        strict = all(isinstance(item.got, Raised) and not item.refusal for item in wrong)
        for same in (_same, _same_but_for_what_is_lost):
            known = [
                one
                for one in mistakes.of(function)
                if _fits(one, order, len(wrong), same, outcomes, strict=strict)
            ]
            try:
                chosen = _chosen(known, wrong, seen, same, outcomes) if known else None
            except (TookTooLong, ProcessDied):
                return None  # it is not asked again
            if chosen is not None:
                return chosen
    return None


def _bears(item: Evidence, wrong: Evidence) -> bool:
    """Return whether a call is evidence on a wrong one.

    A missing error is a slip of its own: it is no evidence on values. But many a mistake forgets it too, so one
    that is named for it must agree with all the rest.
    """
    return wrong.refusal or item.kind == wrong.kind


def _fits(
    known: Mistake, items: Sequence[tuple[int, Evidence]], wrong: int, same: Alike, outcomes: Outcomes, *,
    strict: bool,
) -> bool:  # fmt: skip
    """Return whether a mistake gives all that came, and is wrong where that was: in the first ones by their number."""
    for at, item in items:
        outcome = outcomes.of(known, item)
        if not same(outcome, item.got):
            return False
        if strict and at < wrong and not _one_error(outcome, item.got):
            return False  # nothing but errors to go by: then it has to be the same one
        if at < wrong and not item.refusal and agree(outcome, item.want):
            return False
    return True


def _is_large(item: Evidence) -> bool:
    """Return whether a call takes much longer than most: it is left for last, since a small one may decide as well."""
    return any(isinstance(arg, np.ndarray) and arg.size > _LARGE for arg in item.args)


def _chosen(
    known: list[Mistake],
    wrong: Sequence[Evidence],
    seen: Sequence[Evidence],
    same: Alike,
    outcomes: Outcomes,
) -> Mistake | None:
    """Return the most specific of the mistakes that fit, if it is no coincidence."""
    sure = _telling([item.got for item in wrong]) or wrong[0].refusal
    if len(known) > 1 or not sure:
        known, confirmed = _tried(known, wrong, seen, same)
        if not sure and confirmed < _TELLING:
            return None
    if not known:
        return None
    cell = [item for item in seen if item.function == wrong[0].function and not item.refusal]
    explained = [
        sum(same(outcomes.of(one, item), item.got) for item in cell) if len(known) > 1 else 0 for one in known
    ]
    return known[int(np.argmax(explained))]  # the first of the best


def _telling(results: Sequence[Any]) -> bool:
    """Return whether results are enough to go by: two that differ, of more than one number repeated."""
    told: list[Any] = []
    whole = True
    for result in results:
        values = numeric(result)
        if values is None:
            usable = not isinstance(result, Raised) and result is not None
        else:
            usable = values.size > 0 and bool(np.isfinite(values).all()) and bool(values.any())
            usable = usable and (values.size == 1 or bool(np.ptp(values.real) > 0))
            whole = whole and bool(np.all(values == np.rint(values.real)))
        if usable and not any(agree(result, other) for other in told):
            told.append(result)
    return len(told) >= (_TELLING_WHOLE if whole else _TELLING)


def _tried(
    known: list[Mistake],
    wrong: Sequence[Evidence],
    seen: Sequence[Evidence],
    same: Alike,
) -> tuple[list[Mistake], int]:
    """Return the mistakes that give what the student's function gives on inputs never seen, and how many were wrong."""
    first = wrong[0]
    confirmed, begun = 0, time.monotonic()
    shown = [item.args for item in (*wrong, *seen) if item.function == first.function and not item.refusal]
    if first.call is None or first.ref is None:
        return known, 0
    for args, whole in _fresh.inputs(first.cases, shown, first.ref):
        try:
            want = _walked(whole, first.part)
            got = _answer(first.call, args, first.part)
        except (TypeError, KeyError, IndexError):
            continue
        given = [_outcome(one.function, args, first.part) for one in known]
        known = [one for one, out in zip(known, given, strict=True) if same(out, _fitted(got, out))]
        confirmed += bool(known) and not agree(_fitted(got, want), want)
        if not known or confirmed == _ENOUGH or time.monotonic() - begun > _PATIENCE:
            break
    return known, confirmed


def _answer(function: Callable[..., Any], args: tuple[Any, ...], part: tuple[int | str, ...]) -> Any:
    try:
        return _walked(_calls.quietly(function, args), part)
    except (TookTooLong, ProcessDied):
        raise
    except Exception as error:  # noqa: BLE001 - what it raises is its result
        return raised(error)


def _outcome(function: Callable[..., Any], args: tuple[Any, ...], part: tuple[int | str, ...]) -> Any:
    """Return what a mistake gives; without this part it raises, and so does the way to it."""
    try:
        return _answer(function, args, part)
    except (TookTooLong, ProcessDied) as error:  # of a student's function that a mistake calls
        return Raised(type(error).__name__)


def _walked(result: Any, part: tuple[int | str, ...]) -> Any:
    for step in part:
        result = result[step]
    return result


def _fitted(got: Any, like: Any) -> Any:
    """Return a result without its needless axes of length one, which are charged to shapes, not to values."""
    came, other = numeric(got), numeric(like)
    if came is None or other is None or came.shape == other.shape:
        return got
    if [n for n in came.shape if n != 1] != [n for n in other.shape if n != 1]:
        return got
    return came.reshape(other.shape)


def _same(outcome: Any, got: Any) -> bool:
    if isinstance(outcome, Raised) or isinstance(got, Raised):
        return isinstance(outcome, Raised) and isinstance(got, Raised) and outcome.error == got.error
    return (outcome is None and got is None) or agree(got, outcome)


def _one_error(outcome: Any, got: Any) -> bool:
    return isinstance(outcome, Raised) and isinstance(got, Raised) and outcome.words in ("", got.words)


def _same_but_for_what_is_lost(outcome: Any, got: Any) -> bool:
    """Compare, where inf may stand for nan: two ways to write one formula break down in one place."""
    came, given = numeric(got), numeric(outcome)
    if came is None or given is None or came.shape != given.shape:
        return _same(outcome, got)
    lost = ~np.isfinite(came) & ~np.isfinite(given)
    return bool(np.all(lost | within(came, given)))
