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

from autograder.check._copies import fresh, print_of, weight
from autograder.check._drawn import states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_MOST = 64 << 20  # bytes of questions and answers that are kept
_LARGE = 1 << 20  # bytes of one of them: looking up more takes longer than asking again


class _Kept:
    """The answers of one process; its forks inherit them."""

    def __init__(self) -> None:
        self.answers: dict[tuple[int, object], Any] = {}  # only copies of these are handed out
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
    if about not in _kept.functions or not 0 <= weight(args) <= _LARGE:
        return ask()
    answer = _kept.answers.get((about, print_of(args)), _NONE)
    return ask() if answer is _NONE else fresh(answer)


def _learned(function: Callable[..., Any], args: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
    asked = weight(args)
    question = (id(function), print_of(args)) if 0 <= asked <= _LARGE else None
    if question is None or question in _kept.answers:
        return ask()
    before, printed = states(), io.StringIO()
    with redirect_stdout(printed):
        first = _packed(ask())
        again = _packed(ask())
    size = asked + len(again)
    steady = again and first == again and states() == before and not printed.getvalue()
    if steady and _kept.size + size <= _MOST:
        _kept.answers[question] = pickle.loads(again)  # noqa: S301 - written above, from a lesson's own value
        _kept.functions[id(function)] = function
        _kept.size += size
    return ask()


def _packed(value: Any) -> bytes:
    """Return a plain value as bytes, the same for the same value, types and layout; none for any other."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL) if 0 <= weight(value) <= _LARGE else b""
