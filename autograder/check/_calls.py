"""Calling a student's function: fresh arguments each time, and cases said in words.

A function may be a plain one or a callable stand-in with `__call__` and `__name__`; nothing else is relied
on.
"""

from __future__ import annotations

import pickle
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _context
from autograder.check._arguments import described, name_of
from autograder.check._context import Called
from autograder.check._explain import explain
from autograder.check._finding import CheckFailed
from autograder.check._recall import recalled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Case = str | Callable[[], str | None] | None  # the call in words, or what finds them if they are needed

__all__ = [
    "answer",
    "call",
    "described",
    "each",
    "fresh",
    "in_words",
    "name_of",
    "names",
    "once",
    "quietly",
    "series",
]

_HEAVY_BYTES = 1 << 20  # larger calls are made again, not remembered


def fresh(value: Any, *, writeable: bool = True) -> Any:
    """Return a deep copy of a plain value; functions pass as they are."""
    if isinstance(value, np.ndarray):
        copy = value.copy(order="K")
        copy.flags.writeable = writeable
        return copy
    if type(value) in (list, tuple):
        return type(value)(fresh(item, writeable=writeable) for item in value)
    if type(value) is dict:
        return {key: fresh(item, writeable=writeable) for key, item in value.items()}
    return value.copy() if type(value) is set else value


def each(cases: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Go through cases as argument tuples; a bare argument stands for a tuple of one."""
    for case in cases:
        yield case if isinstance(case, tuple) else (case,)


def in_words(args: tuple[Any, ...], named: list[str]) -> Callable[[], str]:
    """Return what puts a call's arguments into words, if they are asked for."""
    return lambda: described(args, named)


def names(count: int, *functions: Any) -> list[str]:
    """Return the argument names of the first function whose names can be read."""
    session = _context.session.get()
    trusted = [session.reference.get(name_of(f)) for f in functions] if session else []
    for function in (*functions, *trusted):
        code = getattr(function, "__code__", None)
        found = getattr(code, "co_varnames", ())[: getattr(code, "co_argcount", 0)]
        if len(found) >= count:
            return [str(name) for name in found[:count]]
    return ["x"] if count == 1 else [f"argument {i + 1}" for i in range(count)]


def call(function: Callable[..., Any], args: tuple[Any, ...], case: Case = None) -> Any:
    """Call with exactly these arguments; an exception becomes a failed check that says the case.

    A case is put into words only where it is said: that takes longer than most calls.

    Raises
    ------
    CheckFailed
        When the function raises; the original exception is its `__cause__`.
    """
    return _tried(function, partial(function, *args), case)


def _tried(function: Callable[..., Any], take: Callable[[], Any], case: Case = None) -> Any:
    """Return what a call of a function gives."""
    collector = _context.aspect.get()
    if collector is not None:
        collector.saw(name_of(function))
    try:
        return take()
    except Exception as error:
        raise CheckFailed(explain(error, case() if callable(case) else case)) from error


def series(
    function: Callable[..., Any],
    cases: Iterable[Any],
    *,
    writeable: bool = True,
    careful: bool = False,
    most: Callable[[], int] | None = None,
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...], Callable[[Case], Any]]]:
    """Call with copies of each case's arguments, one case after the other.

    Parameters
    ----------
    function
        A submission's function, as the grader has it, may make several calls at a time: it costs less, and comes to
        the same.
    cases
        Argument tuples.
    writeable
        Whether copies can be written to.
    careful
        Whether the check ends at the first call that changes its arguments or gives None.
    most
        Says how many calls the check will look at if all goes on as now.

    Yields
    ------
    args
        The case.
    given
        The copies.
    call
        Returns what came, or raises a failed check; it takes the case in words. To be called at once, if at all.
    """
    items = ((args, fresh(args, writeable=writeable)) for args in each(cases))
    ahead = getattr(type(function), "series_of_calls", None)
    if ahead is None:
        for args, given in items:
            yield args, given, partial(call, function, given)
        return
    wishes: dict[str, Any] = {"careful": careful} if most is None else {"careful": careful, "most": most}
    for args, given, take in ahead(function, items, **wishes):
        yield args, given, partial(_tried, function, take)


def once(
    function: Callable[..., Any], args: tuple[Any, ...], case: Case = None
) -> tuple[Any, tuple[Any, ...]]:
    """Call with copies of these arguments, or remember the same call of this test cell.

    Where three aspects look at three results of one function, each case is called once and not three times.

    Returns
    -------
    got
        What came.
    given
        The copies, as the call left them.

    Raises
    ------
    CheckFailed
        When the function raises, as it did the first time.
    """
    collector = _context.aspect.get()
    key = _key(function, args) if collector is not None else None
    known = collector.calls.get(key) if collector is not None and key is not None else None
    if known is None:
        given, got, failure = fresh(args), None, None
        try:
            got = call(function, given, case)
        except CheckFailed as failed:
            failure = failed
        known = Called(got, given, function, failure)
        if collector is not None and key is not None:
            collector.calls[key] = known
    elif collector is not None:
        collector.saw(name_of(function))
    if known.failed is not None:
        raise known.failed
    return known.got, known.given


def answer(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Return what the reference gives, or gave before in this test cell."""
    collector = _context.aspect.get()
    key = _key(function, args) if collector is not None else None
    if collector is None or key is None:
        return quietly(function, args)
    if key not in collector.calls:
        collector.calls[key] = Called(quietly(function, args), (), function)
    return collector.calls[key].got


def _key(function: Any, args: tuple[Any, ...]) -> object:
    """Return what tells a call from others, or None for one that is not worth keeping."""
    try:
        packed = pickle.dumps(args)  # only compared, never read back
    except Exception:  # noqa: BLE001 - such as a function among the arguments
        return None
    return (id(function), packed) if len(packed) <= _HEAVY_BYTES else None


def quietly(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Call the author's own function on fresh arguments, its warnings unheard."""

    def ask() -> Any:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return function(*fresh(args))

    return recalled(function, args, ask)
