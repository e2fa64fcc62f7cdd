"""Checks on functions: invariant, raises, gradient, leaves_arguments_alone, accepts_read_only.

Each calls a student's function on many cases, small ones first, every time with fresh copies of the
arguments.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _calls, _show
from autograder.check import cases as _cases
from autograder.check._arguments import CHANGED, changed
from autograder.check._calls import call, described, fresh, in_words, name_of, names, quietly, series
from autograder.check._compare import fail, with_reason
from autograder.check._context import Evidence, Raised
from autograder.check._diagnose import Trial
from autograder.check._difference import Inputs, difference, numeric, within
from autograder.check._equal import same
from autograder.check._errors import advice_on
from autograder.check._explain import said
from autograder.check._finding import CheckFailed, Finding, Opaque
from autograder.check._habits import FORGOT_RETURN
from autograder.check._matches import advised, hopeless, known_as, located, record
from autograder.check._recognise import raised
from autograder.check._remarks import shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Function = Callable[..., Any]

_STEP = 1e-3
_GRADIENT_SLACK = 1e-6  # finite differences are near, not exact


def invariant(
    f: Function, under: Function, cases: Iterable[Any] | None = None, *, because: str | None = None
) -> None:
    """Check that a change of the input leaves the result alone.

    Parameters
    ----------
    f
        The student's function.
    under
        The change, such as ``lambda x: x + 100.0``. It takes all arguments; it gives back the new first
        argument, or a tuple of all of them.
    cases
        Argument tuples; vectors of different sizes unless given.
    because
        Why, in a few words.
    """
    for args in _calls.each(_cases.vectors() if cases is None else cases):
        named = names(len(args), f)
        moved = quietly(under, args)
        moved = moved if isinstance(moved, tuple) else (moved, *args[1:])
        before = call(f, fresh(args), in_words(args, named))
        after = call(f, fresh(moved), in_words(moved, named))
        for result, given in ((before, args), (after, moved)):
            _usable(result, in_words(given, named), because)
        found = difference(after, before)
        if found is not None:
            digits = _show.MOST_DIGITS
            if found.got is not None and found.want is not None and found.got.shape == found.want.shape:
                digits = _show.digits_apart(found.got, found.want, ~within(found.got, found.want))
            was, now = (_show.value(side, digits) for side in (before, after))
            table = found.comparison
            if table is not None:
                table = replace(table, columns=(table.columns[0], "before", "after"))
            verdict = with_reason(
                f"the result should stay the same, but it went from {was} to {now}", because
            )
            case = f"{described(moved, named)} instead of {described(args, named)}"
            raise CheckFailed(Finding(verdict, case=case, comparison=table))


def _usable(result: Any, case: Callable[[], str], because: str | None) -> None:
    """Refuse what would equal itself without being an answer: None, nan, objects."""
    if result is None:
        raise fail("expected a value, got None", because=because, case=case(), advice=FORGOT_RETURN)
    values = numeric(result)
    if values is None and not isinstance(result, (list, tuple, dict, str)):
        raise fail(f"expected numbers, got {_show.described(result)}", because=because, case=case())
    if values is not None and bool(np.isnan(values).any()):
        raise fail("expected numbers, got nan", because=because, case=case())


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
        refused = isinstance(cause, error) and (
            error is NotImplementedError or not isinstance(cause, NotImplementedError)
        )
        if not options and not hopeless(failed):
            _refused(f, args, raised(cause or failed), error, wrong=not refused)
        if refused:
            return
        if cause is None or hopeless(failed):
            raise
        words = f": {said(cause)}" if said(cause) else ""
        verdict = f"expected {error.__name__}, got {type(cause).__name__}{words}"
        raise fail(verdict, because=because, case=case, advice=_other_error(cause, error)) from cause
    if not options:
        _refused(f, args, result, error, wrong=True)
    verdict = f"expected {error.__name__}, got back {_show.value(result)}"
    advice = "Nothing was raised. Which comparison should find such a call out, before anything is computed?"
    if _is_one(result, error):
        verdict = f"expected {error.__name__} to be raised, but it is returned"
        advice = "`raise` stops the function there. `return` hands the error back as if it were a result."
    raise fail(verdict, because=because, case=case, advice=advice)


def _refused(f: Function, args: Any, got: Any, error: type[BaseException], *, wrong: bool) -> None:
    """Keep a call that should have raised, for the search of known mistakes."""
    record(Evidence(known_as(f, f), args, got, Raised(error.__name__), wrong, refusal=True, call=f))


def _other_error(cause: BaseException, asked: type[BaseException]) -> str | None:
    """Say how an error of one's own choice is raised, where `assert` stood or a text behind `raise`."""
    if isinstance(cause, AssertionError):
        return f"`assert` raises an AssertionError, whatever its words. `raise` takes the kind: {asked.__name__}."
    return advice_on(cause, said(cause)) if isinstance(cause, TypeError) else None


def _is_one(result: Any, error: type[BaseException]) -> bool:
    """Return whether an exception, or its class, came back as a result; from a sandbox comes its name alone."""
    if isinstance(result, Opaque):
        return result.type_name.rpartition(".")[2] == error.__name__
    return isinstance(result, error) or result is error


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
    Uses the five-point stencil, ``(8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12h`` with h = 0.001, whose
    error is of order h^4 (Abramowitz and Stegun, 25.3.6). Finite differences are near, not exact, so the
    tolerance here is 1e-6 (1 + |want|).
    """
    trials: list[Trial] = []
    for args in _calls.each(cases):
        named = names(len(args), df, f)
        case = in_words(args, named)
        x, rest = np.asarray(args[0], dtype=float), args[1:]

        def at(shift: float, x: Any = x, rest: tuple[Any, ...] = rest, case: Callable[[], str] = case) -> Any:
            value = numeric(call(f, fresh((x + shift * _STEP, *rest)), case))
            if value is None or value.shape != x.shape:
                raise fail(f"`{name_of(f) or 'f'}` does not give one number per entry", case=case())
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
            finding = located(found, args, named, because)
            verdict = (
                finding.verdict.replace("expected", "finite differences give", 1)
                if inputs
                else finding.verdict
            )
            raise advised(
                CheckFailed(Finding(verdict, finding.case, comparison=finding.comparison)),
                trials,
                changed=False,
            )


def leaves_arguments_alone(f: Function, cases: Iterable[Any], *, within: float = 0.0) -> None:
    """Check that a function does not change its arguments in place.

    Parameters
    ----------
    f
        The student's function.
    cases
        Argument tuples; arrays in dicts and lists are looked at too.
    within
        How far a number may end from what it was, for a function that changes its argument and puts it back.
    """
    known: dict[int, list[str]] = {}
    for args, given, made in series(f, cases, careful=True):
        named = known.get(len(args)) or known.setdefault(len(args), names(len(args), f))
        result = made(in_words(args, named))
        _answered(result, in_words(args, named))
        shared(result, given, named)
        if same(given, args):
            continue
        for name, before, after in zip(named, args, given, strict=True):
            change = changed(name, before, after, within)
            if change is not None:
                left = " and did not put it back" if within else ""
                verdict = f"{CHANGED} `{name}`{left}: {change}"
                advice = "Which line assigns into it, or uses `+=`, `out=` and the like?"
                if change.endswith((" is gone", " is new")):
                    advice = (
                        "Which line takes from it or adds to it: pop, del, setdefault, update, an assignment?"
                    )
                raise fail(verdict, case=described(args, named), advice=None if within else advice)


def accepts_read_only(f: Function, cases: Iterable[Any]) -> None:
    """Check that a function works when its arguments cannot be written to."""
    for args, _, made in series(f, cases, writeable=False, careful=True):

        def case(args: tuple[Any, ...] = args) -> str:
            return described(args, names(len(args), f))

        _answered(made(lambda case=case: f"{case()} (read-only)"), case)  # type: ignore[misc]


def _answered(result: Any, case: Callable[[], str]) -> None:
    if result is None:
        raise fail("expected a value, got None", case=case(), advice=FORGOT_RETURN)
