"""The reference in the place of some of the submission's functions and values, for one test.

Only its answers go into the sandbox: the student's code calls it back, and it is evaluated outside. Who may be
stood in for, and in which test, is decided by grading (`autograder.grading.follow`).
"""

from __future__ import annotations

import copy
import hashlib
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.sandbox.answered import SMALL
from autograder.sandbox.doubts import print_of
from autograder.sandbox.purity import look_at
from autograder.sandbox.series import is_plain
from autograder.sandbox.values import Packer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["Allowance", "Asked", "StandIn", "StandIns", "answer"]

_NUMBERS = (bool, int, float, complex, np.number, np.bool_)
_DEEP = 4  # containers of containers
_MANY = 10_000  # parts of a value
_LOOKED_AT = 500  # calls whose arguments are compared: with so many more, a training goes on
_ROUNDED = 1e-6  # parts of calls are added up
TOO_OFTEN = "the right one was called too often"
_DEFINES = re.compile(r"(?:def |[ \t#)]|$)")  # a line of a cell that does no more than define functions
_UNCHANGEABLE = frozenset({type(None), bool, int, float, complex, str, bytes})


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often the submission may call a function that stands in; the same arguments again are no other call."""

    in_one: int  # within one call of the test's
    in_all: int  # within all of them together
    calls: int  # of the test's, in which it may call that often
    for_each: int  # more in all, for each further call of the test's
    in_cells: int  # by cells that are run again


@dataclass(frozen=True, slots=True)
class Asked:
    """What a function that stands in was asked: a digest that is the same for the same, and how many numbers it holds."""

    told: bytes
    size: int


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
        self._seen: set[bytes] = set()

    def begin_call(self, arguments: Sequence[Any]) -> None:
        """Count anew for one more call of the test's."""
        self._in_one = 0.0
        self._tested += 1
        self._size = max([1, *map(_size, arguments)])
        self._seen.clear()

    @property
    def looks(self) -> bool:
        """Whether it matters if two questions are the same."""
        allowance = self._allowance
        return allowance is not None and max(allowance.in_one, allowance.in_cells) <= _LOOKED_AT

    @property
    def answers_the_same(self) -> bool:
        """Whether the same arguments give the same value every time, and nothing else comes of it."""
        return _is_constant(self._function)

    def ask(self, asked: Asked, *, in_cells: bool, times: int = 1) -> None:
        """Count a call that comes from the submission, or several; raise if it is one too many.

        One with a part of the largest thing that the test handed in counts as that part, for loops over elements.
        """
        allowance = self._allowance
        if allowance is None:
            return
        if self.looks and not self.too_often:
            if asked.told in self._seen:
                return
            self._seen.add(asked.told)
            times = 1
        if in_cells:
            self._in_cells += times
        else:
            part = min(asked.size / self._size, 1.0) * times
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

    def ask_again(self, asked: Asked, times: int, *, in_cells: bool) -> None:
        """Count calls that were answered by what is kept in the sandbox; raise if there was one too many."""
        self.ask(asked, in_cells=in_cells, times=times)
        self.calls += times

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

    def message(self, packer: Packer, seconds: float, cells: Sequence[str]) -> dict[str, Any]:
        """Return what is told before the test is answered: what stands in, and which cells are to be run again."""
        names = {name: packer.pack(value) for name, value in self.laid.items()}
        return {"op": "prepare", "names": names, "cells": list(cells), "seconds": seconds}


def may_change_nothing(cells: Iterable[str]) -> bool:
    """Whether it is worth asking if cells change anything when they are run again: all look like definitions alone."""
    return all(all(map(_DEFINES.match, cell.split("\n"))) for cell in cells)


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


@lru_cache(maxsize=256)
def _is_constant(function: Callable[..., Any]) -> bool:
    if type(function) is not FunctionType:
        return False
    found = look_at({"it": function}, function.__globals__)
    return bool(found.names) and not (found.draws or found.prints or len(found.kept))


def _asked(prints: Mapping[str, Any], arguments: Mapping[str, Any]) -> Asked:
    """Return what is known of a question; `prints` has the prints of its arguments."""
    digest = hashlib.blake2b(digest_size=16)  # no two questions that anybody can find share it
    for key, told in prints.items():
        tree, buffers = told if type(told) is tuple else (told, [])
        digest.update(repr((key, tree, [len(buffer) for buffer in buffers])).encode())
        for buffer in buffers:
            digest.update(buffer)
    return Asked(digest.digest(), _size(arguments))


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
) -> tuple[dict[str, Any], list[Any], Asked | None]:
    """Call one of the test's functions for the sandbox; return the reply and its buffers.

    A stand-in may have changed an argument in place, as the submission's own function would have: these go back.
    What it says when it raises stays here: its words are the reference's. Where the reply may be kept there, to answer
    the same question again, what was asked is returned as well.
    """
    packer = Packer(register)
    if not isinstance(function, StandIn):
        try:
            return {"value": packer.pack(function(*args, **kwargs))}, packer.buffers, None
        except Exception as error:  # noqa: BLE001 - as below
            return {"error": type(error).__name__, "text": str(error)[:500]}, [], None
    given = {str(i): value for i, value in enumerate(args)} | {f"={k}": v for k, v in kwargs.items()}
    before = {key: print_of(value) for key, value in given.items()}
    asked = _asked(before, given) if function.looks else Asked(b"", _size(given))
    same = asked if function.answers_the_same and all(map(is_plain, given.values())) else None
    try:
        function.ask(asked, in_cells=in_cells)
        value = function(*args, **kwargs)
        reply: dict[str, Any] = {"value": packer.pack(value)}
        changed = [
            key
            for key, was in before.items()
            if type(given[key]) not in _UNCHANGEABLE and print_of(given[key]) != was
        ]
        if changed:
            reply["changed"] = {key: packer.pack(given[key]) for key in changed}
    except TooOftenError:
        return {"error": "RuntimeError", "text": TOO_OFTEN}, [], None
    except Exception as error:  # noqa: BLE001 - the function did not like what it was given
        return {"error": type(error).__name__, "text": "the right one does not take this"}, [], same
    keeps = not changed and packer.size <= SMALL and is_plain(value)
    return reply, packer.buffers, same if keeps else None
