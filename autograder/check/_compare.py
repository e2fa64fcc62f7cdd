"""Checks on values: close, equal, shape, between, finite.

Each compares something a student computed with what was expected and raises `CheckFailed` when they differ.
Checks on whole functions are in `_functions`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.check import _show
from autograder.check._asked import asked
from autograder.check._axes import axis_advice, settled
from autograder.check._diagnose import Trial, diagnose
from autograder.check._difference import ABSOLUTE, RELATIVE, Difference, difference, numeric, shape_verdict
from autograder.check._finding import CheckFailed, Finding
from autograder.check._habits import FORGOT_RETURN, TRUTH, none_for, where_from
from autograder.check._remarks import remark

QUOTED = "In quotes it is a text. Without them it is a number."


def with_reason(verdict: str, because: str | None) -> str:
    """Join a verdict and the reason why the expected value is what it is."""
    return f"{verdict} ({because})" if because else verdict


def fail(
    verdict: str, *, because: str | None = None, case: str | None = None, advice: str | None = None
) -> CheckFailed:
    """Return the exception that says a check failed."""
    return CheckFailed(Finding(with_reason(verdict, because), case=case, advice=advice))


def close(got: Any, want: Any, *, because: str | None = None) -> None:
    """Check that numbers agree: ``|got - want| <= 1e-8 + 1e-6 |want|`` everywhere.

    Parameters
    ----------
    got
        What the student's code gave: a number, an array, or a tuple, list or dict of these.
    want
        What it should be. A list of numbers stands for an array. Shapes are compared first, and strictly.
    because
        Why `want` is right, in a few words; shown beside the verdict.

    Raises
    ------
    CheckFailed
        With expected and got side by side.

    Examples
    --------
    >>> from autograder import check
    >>> check.close([0.25, 0.75], [0.25, 0.75], because="1 : 3")
    """
    got = settled(got, want, case=asked)
    _raise(difference(got, want), got, want, because)


def equal(got: Any, want: Any, *, because: str | None = None) -> None:
    """Check that values are the same: integers, text, booleans, and lists, tuples, dicts and sets of these.

    A number equal in value is fine whatever its type (5 and 5.0); True and 1 are told apart, and so are a
    list and a tuple.
    """
    _raise(difference(got, want, exact=True), got, want, because)
    remark(got, want)


def _raise(found: Difference | None, got: Any, want: Any, because: str | None) -> None:
    if found is None:
        return
    advice = None
    if got is None:
        advice = none_for(want)
    elif _quoted(got):
        advice = QUOTED
    verdict = with_reason(found.verdict, because)
    finding = Finding(verdict, case=_at(found.where), advice=advice, comparison=found.comparison)
    if advice is None and found.got is not None and found.want is not None:
        trials = [Trial((), found.got.copy(), found.want.copy())]
        raise CheckFailed(finding, thin=True, advise=lambda: diagnose(trials))
    raise CheckFailed(finding)


def _at(where: str | None = None) -> str | None:
    """Return the call that gave the value, as far as the test cell says it, and a place in what it gave."""
    return ", ".join(part for part in (asked(), where) if part) or None


def _quoted(got: Any) -> bool:
    """Return whether a number came as text."""
    return type(got) is str and got.strip().lstrip("+-").replace(".", "", 1).isdigit()


def shape(got: Any, shape: int | tuple[int, ...], *, because: str | None = None) -> None:
    """Check the shape of an array. ``(1, M)`` is not ``(M,)``; a single number has shape ``()``."""
    want = (shape,) if isinstance(shape, int) else tuple(shape)
    came = _array(got, because)
    if came.shape != want:
        kept = tuple(n for n in came.shape if n != 1) == tuple(n for n in want if n != 1)
        verdict = shape_verdict(came.shape, want)
        raise fail(verdict, because=because, case=_at(), advice=axis_advice(asked()) if kept else None)


def between(got: Any, low: Any, high: Any, *, because: str | None = None) -> None:
    """Check that every entry lies in the closed interval from `low` to `high`, ends included."""
    came = _array(got, because)
    lows, highs = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if came.dtype.kind == "c":
        raise fail("expected real numbers, got complex ones", because=because, case=_at())
    bounds = np.broadcast_shapes(lows.shape, highs.shape)
    if bounds and came.shape != bounds:
        raise fail(shape_verdict(came.shape, bounds), because=because, case=_at())
    if came.size == 0 and 0 not in bounds:
        raise fail(
            f"expected values, got an empty array of shape {_show.shape(came.shape)}",
            because=because,
            case=_at(),
        )
    lows, highs = np.broadcast_to(lows, came.shape), np.broadcast_to(highs, came.shape)
    slack_low, slack_high = (ABSOLUTE + RELATIVE * np.abs(side) for side in (lows, highs))
    inside = (came >= lows - slack_low) & (came <= highs + slack_high)
    if not bool(np.all(inside)):
        index = _first(~inside)
        span = f"a value in [{_show.number(lows[index])}, {_show.number(highs[index])}]"
        if lows[index] == highs[index]:
            span = _show.number(lows[index])
        verdict = f"expected {span}, got {_show.number(came[index], _show.INPUT_DIGITS)}"
        advice = TRUTH if came.dtype.kind == "b" else None
        if not np.isfinite(came[index]):
            advice = where_from("nan" if np.isnan(came[index]) else "inf")
        raise fail(verdict, because=because, case=_at(_entry(index)), advice=advice)


def finite(got: Any, *, because: str | None = None) -> None:
    """Check that there is no nan and no infinity."""
    came = _array(got, because)
    bad = ~np.isfinite(came)
    if bool(np.any(bad)):
        index = _first(bad)
        advice = "Which step in between leaves the range of floats, or divides by 0?"
        verdict = f"expected finite numbers, got {_show.number(came[index])}"
        raise fail(verdict, because=because, case=_at(_entry(index)), advice=advice)


def _array(got: Any, because: str | None) -> npt.NDArray[Any]:
    came = numeric(got)
    if came is None:
        advice = FORGOT_RETURN if got is None else QUOTED if _quoted(got) else None
        verdict = f"expected numbers, got {_show.described(got)}"
        raise fail(verdict, because=because, case=_at(), advice=advice)
    return came


def _first(bad: Any) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(bad)[0]) if np.ndim(bad) else ()


def _entry(index: tuple[int, ...]) -> str | None:
    if not index:
        return None
    return f"entry {index[0]}" if len(index) == 1 else f"entry {list(index)}"
