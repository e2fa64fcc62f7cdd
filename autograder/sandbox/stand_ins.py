"""The reference in the place of some of the submission's functions and values, for one test.

Only its answers go into the sandbox: the student's code calls it back, and it is evaluated outside. Who may be
stood in for, and in which test, is decided by grading (`autograder.grading.follow`).
"""

from __future__ import annotations

import copy
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.sandbox.doubts import print_of
from autograder.sandbox.values import Packer
from autograder.sandbox.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Allowance", "StandIn", "StandIns", "answer"]

_NUMBERS = (bool, int, float, complex, np.number, np.bool_)
_DEEP = 4  # containers of containers
_MANY = 10_000  # parts of a value
_LOOKED_AT = 500  # calls whose arguments are compared: with so many more, a training goes on
_ROUNDED = 1e-6  # parts of calls are added up


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often the submission may call a function that stands in; the same arguments again are no other call."""

    in_one: int  # within one call of the test's
    in_all: int  # within all of them together
    calls: int  # of the test's, in which it may call that often
    for_each: int  # more in all, for each further call of the test's
    in_cells: int  # by cells that are run again


class TooOftenError(Exception):
    """A function that stands in was called more often than the exercise needs."""


class StandIn:
    """A function of the reference's, called in the place of the submission's."""

    def __init__(self, name: str, function: Callable[..., Any], allowance: Allowance | None = None) -> None:
        self.__name__ = self.__qualname__ = name
        self.calls = 0
        self.too_often = False
        self._function = function
        self._allowance = allowance
        self.begin_test()

    def begin_test(self) -> None:
        """Count anew."""
        self._in_one = self._in_all = self._in_cells = 0.0
        self._tested = 0
        self._size = 1
        self._seen: set[int] = set()

    def begin_call(self, arguments: Sequence[Any]) -> None:
        """Count anew for one more call of the test's."""
        self._in_one = 0.0
        self._tested += 1
        self._size = max([1, *map(_size, arguments)])
        self._seen.clear()

    def ask(self, arguments: Mapping[str, Any], *, in_cells: bool) -> None:
        """Count a call that comes from the submission; raise if it is one too many.

        One with a part of the largest thing that the test handed in counts as that part, for loops over elements.
        """
        allowance = self._allowance
        if allowance is None:
            return
        if max(allowance.in_one, allowance.in_cells) <= _LOOKED_AT and not self.too_often:
            told = _told(arguments)
            if told in self._seen:
                return
            self._seen.add(told)
        if in_cells:
            self._in_cells += 1
        else:
            part = min(_size(arguments) / self._size, 1.0)
            self._in_one += part
            self._in_all += part
        more = max(self._tested - allowance.calls, 0) * allowance.for_each
        self.too_often |= (
            self._in_cells > allowance.in_cells
            or self._in_one > allowance.in_one + _ROUNDED
            or self._in_all > allowance.in_all + more + _ROUNDED
        )
        if self.too_often:
            raise TooOftenError

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Answer as the reference does; its warnings are nobody's fault."""
        self.calls += 1
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            return self._function(*args, **kwargs)


class StandIns:
    """What stands in for what in one test, and the cells that are run again with it.

    Parameters
    ----------
    reference
        Functions and values by the names that they take over.
    cells
        The submission's cells that are to be run again, in order, so that what they computed is computed anew.
    locked
        Grade ids of the lesson's own cells that are to be run again on the trusted side.
    allowed
        How often functions may be called; without limit where it says nothing.
    """

    def __init__(
        self,
        reference: Mapping[str, Any],
        cells: Sequence[str] = (),
        locked: Sequence[str] = (),
        allowed: Mapping[str, Allowance] | None = None,
    ) -> None:
        self.laid: dict[str, Any] = {
            name: StandIn(name, value, (allowed or {}).get(name)) if callable(value) else copy.deepcopy(value)
            for name, value in reference.items()
        }
        self._functions = [one for one in self.laid.values() if isinstance(one, StandIn)]
        self.in_cells = False  # whether cells are being run again
        self.cells = list(cells)
        self.locked = list(locked)
        self._before: set[str] = set()

    def are_prepared(self) -> None:
        """Take the calls so far as those of the cells that were run again."""
        self._before |= {name for name, one in self.laid.items() if isinstance(one, StandIn) and one.calls}
        for one in self.laid.values():
            if isinstance(one, StandIn):
                one.calls = 0

    def begin_test(self) -> None:
        """Count calls anew: a test is about to be run."""
        for one in self._functions:
            one.begin_test()

    def begin_call(self, arguments: Sequence[Any]) -> None:
        """Count one more call of the test's."""
        for one in self._functions:
            one.begin_call(arguments)

    @property
    def too_often(self) -> bool:
        """Whether one was called more often than the exercise needs: the run does not count then."""
        return any(one.too_often for one in self._functions)

    @property
    def has_values(self) -> bool:
        """Whether something that is no function stands in."""
        return len(self._functions) < len(self.laid)

    @property
    def used(self) -> list[str]:
        """Names that the test came to use: functions that were called, and values.

        What the cells alone have called counts where the test itself calls nothing.
        """
        called = {name for name, one in self.laid.items() if isinstance(one, StandIn) and one.calls}
        called = called or self._before
        return [n for n, one in self.laid.items() if n in called or not isinstance(one, StandIn)]

    def message(self, packer: Packer, seconds: float) -> dict[str, Any]:
        """Return what a fresh worker is told before it answers the test."""
        names = {name: packer.pack(value) for name, value in self.laid.items()}
        return {"op": "prepare", "names": names, "cells": self.cells, "seconds": seconds}


def can_stand_in(value: object) -> bool:
    """Whether a thing of the reference's may stand in: a function, or numbers; no text, and no class."""
    return (callable(value) and not isinstance(value, type)) or _is_numbers(value)


def _is_numbers(value: object, depth: int = 0) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biufc"
    if isinstance(value, _NUMBERS):
        return True
    if depth >= _DEEP or not isinstance(value, (list, tuple, dict, set, frozenset)) or len(value) > _MANY:
        return False
    return all(_is_numbers(v, depth + 1) for v in (value.values() if isinstance(value, dict) else value))


def _told(arguments: Mapping[str, Any]) -> int:
    """Return a number that is the same for the same arguments."""
    parts = []
    for key, value in arguments.items():
        packer = Packer(id)
        try:
            tree = repr(packer.pack(value))
        except WireError:
            tree = str(id(value))
        parts.append((key, tree, *(hash(bytes(buffer)) for buffer in packer.buffers)))
    return hash(tuple(parts))


def _size(value: Any, depth: int = 0) -> int:
    """Return how many numbers a value holds, about."""
    if isinstance(value, np.ndarray):
        return int(value.size)
    if depth > _DEEP or not isinstance(value, (list, tuple, dict)):
        return 1
    return sum(_size(one, depth + 1) for one in (value.values() if isinstance(value, dict) else value))


def answer(
    function: Callable[..., Any],
    args: list[Any],
    kwargs: dict[str, Any],
    register: Callable[[Any], int],
    *,
    in_cells: bool = False,
) -> tuple[dict[str, Any], list[Any]]:
    """Call one of the test's functions for the sandbox; return the reply and its buffers.

    A stand-in may have changed an argument in place, as the submission's own function would have: these go back.
    What it says when it raises stays here: its words are the reference's.
    """
    stands_in, packer = isinstance(function, StandIn), Packer(register)
    given = {str(i): value for i, value in enumerate(args)} | {f"={k}": v for k, v in kwargs.items()}
    before = {key: print_of(value) for key, value in given.items()} if stands_in else {}
    try:
        if isinstance(function, StandIn):
            function.ask(given, in_cells=in_cells)
        reply: dict[str, Any] = {"value": packer.pack(function(*args, **kwargs))}
        changed = [key for key, was in before.items() if print_of(given[key]) != was]
        if changed:
            reply["changed"] = {key: packer.pack(given[key]) for key in changed}
    except TooOftenError:
        return {"error": "RuntimeError", "text": "the right one was called too often"}, []
    except Exception as error:  # noqa: BLE001 - the function did not like what it was given
        text = "the right one does not take this" if stands_in else str(error)[:500]
        return {"error": type(error).__name__, "text": text}, []
    return reply, packer.buffers
