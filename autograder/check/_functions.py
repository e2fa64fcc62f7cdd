"""Checks on functions: matches, invariant, raises, gradient, leaves_arguments_alone, accepts_read_only.

Each calls a student's function on many cases, small ones first, every time with fresh copies of the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.check import _calls, _context, _show
from autograder.check import cases as _cases
from autograder.check._calls import call, described, fresh, name_of, names, quietly
from autograder.check._compare import FORGOT_RETURN, fail, with_reason
from autograder.check._context import Evidence, Raised
from autograder.check._diagnose import Trial, diagnose
from autograder.check._difference import Difference, Inputs, agree, difference, numeric, within
from autograder.check._explain import NOT_WRITTEN, said
from autograder.check._finding import CheckFailed, Finding, ProcessDied, TookTooLong

Function = Callable[..., Any]

KEPT = 20  # calls kept for diagnosis and for the search of known mistakes
_STEP = 1e-3
_GRADIENT_SLACK = 1e-6  # finite differences are near, not exact
_ELEMENTS_TRIED = 3


def matches(f: Function, ref: Function, cases: Iterable[Any], *, because: str | None = None) -> None:
    """Check that a function gives what the reference gives, on every case.

    Parameters
    ----------
    f
        The student's function.
    ref
        The right version.
    cases
        Argument tuples, small ones first; see `check.cases`.
    because
        Why, in a few words.

    Raises
    ------
    CheckFailed
        With the first case that differs, which is the smallest one.

    Examples
    --------
    >>> import numpy as np
    >>> from autograder import check
    >>> check.matches(lambda x: np.maximum(x, 0), lambda x: x * (x > 0), check.cases.reals())
    """
    trials: list[Trial] = []
    first: CheckFailed | None = None
    changed = False
    for args in _calls.each(cases):
        if first is not None and len(trials) >= KEPT:
            break
        want = quietly(ref, args)
        given = fresh(args)
        try:
            got: Any = call(f, given, described(args, names(len(args), ref, f)))
        except CheckFailed as failed:
            _record(f, ref, args, Raised(type(failed.__cause__).__name__), want)
            first = first or failed
            if _hopeless(failed):
                break
            continue
        changed = changed or difference(given, args, exact=True) is not None
        _record(f, ref, args, got, want)
        if len(trials) < KEPT or first is None:
            trials.append(Trial(args, got, want))
            trials = trials[-KEPT:] if first is None else trials
        if first is None and not agree(got, want):
            first = CheckFailed(_mismatch(f, ref, args, got, want, because))
    if first is not None:
        raise _advised(first, trials, changed=changed)


def _hopeless(failed: CheckFailed) -> bool:
    """Return whether further calls would only cost time."""
    return isinstance(failed.__cause__, (NotImplementedError, TookTooLong, ProcessDied))


def _exercise(f: Function, ref: Function) -> str:
    """Return the exercise's name: the function's own, or for a lambda the reference's."""
    return name_of(f) if name_of(f).isidentifier() else name_of(ref)


def _record(f: Function, ref: Function, args: tuple[Any, ...], got: Any, want: Any) -> None:
    collector = _context.aspect.get()
    if collector is not None and _context.session.get() is not None:
        collector.record(Evidence(_exercise(f, ref), args, got, want))


def _mismatch(
    f: Function, ref: Function, args: tuple[Any, ...], got: Any, want: Any, because: str | None
) -> Finding:
    named = names(len(args), ref, f)
    inputs = _inputs(ref, args, named, got, want)
    found = difference(got, want, inputs=inputs)
    if found is None:  # cannot be: agree() asked the same
        raise RuntimeError("two values that differ do not differ")
    return _finding(found, args, named, because, inputs)


def _finding(
    found: Difference, args: tuple[Any, ...], named: list[str], because: str | None, inputs: Inputs | None
) -> Finding:
    if inputs is not None and found.where is not None:
        case = found.where
    else:
        case = ", ".join(part for part in (described(args, named), found.where) if part)
    return Finding(with_reason(found.verdict, because), case=case, comparison=found.comparison)


def _inputs(ref: Function, args: tuple[Any, ...], named: list[str], got: Any, want: Any) -> Inputs | None:
    """Return the argument whose entries make the result's entries one by one, if the reference works so."""
    arrays = [i for i, arg in enumerate(args) if isinstance(arg, np.ndarray)]
    came, wanted = numeric(got), numeric(want)
    if len(arrays) != 1 or came is None or wanted is None or wanted.ndim == 0:
        return None
    x = args[arrays[0]]
    if x.shape != wanted.shape or came.shape != wanted.shape:
        return None
    for place in np.argwhere(~within(came, wanted))[:_ELEMENTS_TRIED]:
        one = (*args[: arrays[0]], x[tuple(place)].reshape(1), *args[arrays[0] + 1 :])
        try:
            alone = quietly(ref, one)
        except Exception:  # noqa: BLE001 - then it is not elementwise
            return None
        if not agree(alone, wanted[tuple(place)].reshape(1)):
            return None
    return Inputs(named[arrays[0]], x)


def _advised(failed: CheckFailed, trials: list[Trial], *, changed: bool) -> CheckFailed:
    """Add what the results look like, where nothing better is known."""
    finding = failed.finding
    if finding.advice or failed.__cause__ is not None:
        return failed
    advice = diagnose(trials)
    if advice is None and changed:
        advice = (
            "Your function also changed its argument in place. Does a later step read the changed values?"
        )
    return CheckFailed(Finding(finding.verdict, finding.case, advice, finding.mistake, finding.comparison))


def invariant(
    f: Function, under: Function, cases: Iterable[Any] | None = None, *, because: str | None = None
) -> None:
    """Check that a change of the input leaves the result alone.

    Parameters
    ----------
    f
        The student's function.
    under
        The change, such as ``lambda x: x + 100.0``. It takes all arguments; it gives back the new first argument, or a
        tuple of all of them.
    cases
        Argument tuples; vectors of different sizes unless given.
    because
        Why, in a few words.
    """
    for args in _calls.each(_cases.vectors() if cases is None else cases):
        named = names(len(args), f)
        moved = quietly(under, args)
        moved = moved if isinstance(moved, tuple) else (moved, *args[1:])
        before = call(f, fresh(args), described(args, named))
        after = call(f, fresh(moved), described(moved, named))
        for result, given in ((before, args), (after, moved)):
            _usable(result, described(given, named), because)
        found = difference(after, before)
        if found is not None:
            verdict = found.verdict if found.got is None else found.verdict.replace("expected", "there", 1)
            if found.got is not None:
                verdict = f"the result should stay the same: {verdict.replace(', got', ', here', 1)}"
            case = f"{described(moved, named)} instead of {described(args, named)}"
            raise CheckFailed(Finding(with_reason(verdict, because), case=case))


def _usable(result: Any, case: str, because: str | None) -> None:
    """Refuse what would equal itself without being an answer: None, nan, objects."""
    if result is None:
        raise fail("expected a value, got None", because=because, case=case, advice=FORGOT_RETURN)
    values = numeric(result)
    if values is None and not isinstance(result, (list, tuple, dict, str)):
        raise fail(f"expected numbers, got {_show.described(result)}", because=because, case=case)
    if values is not None and bool(np.isnan(values).any()):
        raise fail("expected numbers, got nan", because=because, case=case)


def raises(
    error: type[BaseException], f: Function, *args: Any, because: str | None = None, **options: Any
) -> None:
    """Check that a call raises the error that was asked for.

    Examples
    --------
    >>> from autograder import check
    >>> check.raises(ValueError, float, "one", because="there is no such number")
    """
    case = described(args, names(len(args), f))
    case = ", ".join([*([case] if case else []), *(f"{k} = {_show.value(v)}" for k, v in options.items())])
    try:
        result = call(lambda *given: f(*given, **fresh(options)), fresh(args), case)
    except CheckFailed as failed:
        cause = failed.__cause__
        if isinstance(cause, error) and (
            error is NotImplementedError or failed.finding.verdict != NOT_WRITTEN
        ):
            return
        if cause is None or failed.finding.verdict == NOT_WRITTEN or _hopeless(failed):
            raise
        verdict = f"expected {error.__name__}, got {type(cause).__name__}: {said(cause)}"
        raise fail(verdict, because=because, case=case) from cause
    verdict = f"expected {error.__name__}, got back {_show.value(result)}"
    advice = FORGOT_RETURN if result is None else None
    raise fail(
        verdict, because=because, case=case, advice=advice and "Nothing was raised, nothing came back."
    )


def gradient(df: Function, f: Function, cases: Iterable[Any], *, because: str | None = None) -> None:
    """Check an elementwise derivative against central differences of the function itself.

    Parameters
    ----------
    df
        The student's derivative; takes the same arguments as `f`.
    f
        The function, elementwise in its first argument.
    cases
        Argument tuples. Keep away from kinks by more than 0.002.
    because
        Why, in a few words.

    Notes
    -----
    Uses the five-point stencil, ``(8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12h`` with h = 0.001, whose error is
    of order h^4 (Abramowitz and Stegun, 25.3.6). Finite differences are near, not exact, so the tolerance here is
    1e-6 (1 + |want|).
    """
    trials: list[Trial] = []
    for args in _calls.each(cases):
        named = names(len(args), df, f)
        case = described(args, named)
        x, rest = np.asarray(args[0], dtype=float), args[1:]

        def at(shift: float, x: Any = x, rest: tuple[Any, ...] = rest, case: str = case) -> Any:
            value = numeric(call(f, fresh((x + shift * _STEP, *rest)), case))
            if value is None or value.shape != x.shape:
                raise fail(f"`{name_of(f) or 'f'}` does not give one number per entry", case=case)
            return value

        with np.errstate(all="ignore"):
            slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * _STEP)
        got = call(df, fresh(args), case)
        came = numeric(got)
        trials.append(Trial(args, got, slope))
        if came is not None and came.shape == slope.shape:
            near = np.abs(came - slope) <= _GRADIENT_SLACK * (1 + np.abs(slope))
            if bool(np.all(near)):
                trials[-1] = Trial(args, slope, slope)
                continue
            got = np.where(near, slope, came)  # only what is truly off may be named
        inputs = Inputs(named[0], x) if came is not None and came.shape == slope.shape and x.ndim else None
        found = difference(got, slope, inputs=inputs)
        if found is not None:
            finding = _finding(found, args, named, because, inputs)
            verdict = (
                finding.verdict.replace("expected", "finite differences give", 1)
                if inputs
                else finding.verdict
            )
            raise _advised(
                CheckFailed(Finding(verdict, finding.case, comparison=finding.comparison)),
                trials,
                changed=False,
            )


def leaves_arguments_alone(f: Function, cases: Iterable[Any]) -> None:
    """Check that a function does not change its arguments in place."""
    for args in _calls.each(cases):
        named = names(len(args), f)
        given = fresh(args)
        _answered(call(f, given, described(args, named)), described(args, named))
        for name, before, after in zip(named, args, given, strict=True):
            found = difference(after, before, exact=True)
            if found is not None:
                was, now = (_show.value(side, _show.INPUT_DIGITS) for side in (before, after))
                advice = "Work on a new array. Which line assigns into the argument, or uses `+=`, `out=` and the like?"
                raise fail(f"the call changed its argument `{name}` from {was} to {now}", advice=advice)


def accepts_read_only(f: Function, cases: Iterable[Any]) -> None:
    """Check that a function works when its arguments cannot be written to."""
    for args in _calls.each(cases):
        case = described(args, names(len(args), f))
        _answered(call(f, fresh(args, writeable=False), f"{case} (read-only)"), case)


def _answered(result: Any, case: str) -> None:
    if result is None:
        raise fail("expected a value, got None", case=case, advice=FORGOT_RETURN)
