"""What a lesson's references gave before: worked out once, when the lesson itself is run, and looked up afterwards.

Test cells ask a reference the same questions for every submission. The grader runs the lesson's own tests first, on
the lesson's own solutions, and has the answers kept meanwhile (`learning`). Nothing is added later, so no submission
can put anything here. An answer is kept only where a second call gave the same, bit by bit, printed nothing and left
the global generators of random numbers alone.
"""

from __future__ import annotations

import io
import pickle
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check._copies import LARGE, bits_of, fresh, print_of, weight
from autograder.check._drawn import states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_MOST = 64 << 20  # bytes of questions and answers that are kept
_HUGE = 16 << 20  # bytes of one of them
_FEW = 4  # large questions to one function that are kept


class _Kept:
    """The answers of one process; its forks inherit them."""

    def __init__(self) -> None:
        self.answers: dict[tuple[int, object], Any] = {}  # only copies of these are handed out
        self.large: dict[
            int, list[tuple[Any, Any]]
        ] = {}  # the same for questions that are compared, not looked up
        self.functions: dict[int, Callable[..., Any]] = {}  # kept alive: they are told apart by identity
        self.size = 0.0
        self.learning: dict[int, Callable[..., Any]] | None = None


_kept = _Kept()
_NONE = object()


@contextmanager
def learning(functions: Iterable[Any]) -> Iterator[None]:
    """Keep what these functions, a lesson's own references, give in here."""
    _kept.learning = {id(function): function for function in functions if callable(function)}
    try:
        yield
    finally:
        _kept.learning = None


def recalled(function: Callable[..., Any], args: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
    """Return what a function gives: a fresh copy of what it gave before, or what `ask` comes back with.

    Parameters
    ----------
    function
        Any; only a lesson's references are remembered.
    args
        What it is asked.
    ask
        Calls it with copies of these.
    """
    about = id(function)
    if _kept.learning is not None and about in _kept.learning:
        return _learned(function, args, ask)
    if about not in _kept.functions or not 0 <= (asked := weight(args)) <= _HUGE:
        return ask()
    answer = _of_large(about, args) if asked > LARGE else _kept.answers.get((about, print_of(args)), _NONE)
    return ask() if answer is _NONE else fresh(answer)


def _of_large(about: int, args: tuple[Any, ...]) -> Any:
    known, bits = _kept.large.get(about), bits_of(args)
    if not known or bits is None:
        return _NONE
    return next((answer for question, answer in known if _are_same(question, args, bits)), _NONE)


def _are_same(question: Any, args: tuple[Any, ...], bits: list[Any]) -> bool:
    return [(one.dtype, one.shape) for one in question] == [(one.dtype, one.shape) for one in args] and all(
        map(np.array_equal, bits_of(question) or (), bits)
    )


def _learned(function: Callable[..., Any], args: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
    asked = weight(args)
    if not 0 <= asked <= _HUGE or (asked > LARGE and bits_of(args) is None):
        return ask()
    large = _kept.large.get(id(function), ())
    question = (id(function), print_of(args)) if asked <= LARGE else None
    if question in _kept.answers or (question is None and len(large) == _FEW):
        return ask()
    if question is None and _of_large(id(function), args) is not _NONE:
        return ask()
    before, printed = states(), io.StringIO()
    with redirect_stdout(printed):
        first = _packed(ask())
        again = _packed(ask())
    size = asked + len(again)
    steady = again and first == again and states() == before and not printed.getvalue()
    if steady and _kept.size + size <= _MOST:
        answer = pickle.loads(again)  # noqa: S301 - written above, from a lesson's own value
        if question is None:
            _kept.large.setdefault(id(function), []).append((fresh(args), answer))
        else:
            _kept.answers[question] = answer
        _kept.functions[id(function)] = function
        _kept.size += size
    return ask()


def _packed(value: Any) -> bytes:
    """Return a plain value as bytes, the same for the same value, types and layout; none for any other."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL) if 0 <= weight(value) <= _HUGE else b""
