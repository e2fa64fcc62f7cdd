"""Calling a student's function: fresh arguments each time, and cases said in words.

A function may be a plain one or a callable stand-in with `__call__` and `__name__`; nothing else is relied
on.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _context
from autograder.check._arguments import described, name_of
from autograder.check._copies import LARGE, fresh, lent, weight
from autograder.check._explain import explain
from autograder.check._finding import CheckFailed
from autograder.check._recall import recalled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Case = str | Callable[[], str | None] | None  # the call in words, or what finds them if they are needed

_hushed = ContextVar("hushed", default=False)
__all__ = [
    "call",
    "described",
    "each",
    "fresh",
    "hushed",
    "in_words",
    "name_of",
    "names",
    "quietly",
    "series",
]


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


def quietly(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Call the author's own function on fresh arguments, its warnings unheard."""

    def ask() -> Any:
        with nullcontext() if _hushed.get() else hushed():
            if type(function) is FunctionType and _context.session.get() is not None and weight(args) > LARGE:
                with suppress(Exception):  # it writes into its arguments, perhaps
                    return function(*lent(args))
            return function(*fresh(args))

    return recalled(function, args, ask)


@contextmanager
def hushed() -> Iterator[None]:
    """Let no warning be heard, for all that is asked in here: to do so for each call takes longer than most calls."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        token = _hushed.set(True)
        try:
            yield
        finally:
            _hushed.reset(token)
