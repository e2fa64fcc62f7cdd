"""The reference in the place of some of the submission's functions and values, for one test.

Only its answers go into the sandbox: the student's code calls it back, and it is evaluated outside. Who may be
stood in for, and in which test, is decided by grading (`autograder.grading.follow`).
"""

from __future__ import annotations

import copy
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.sandbox.doubts import print_of
from autograder.sandbox.values import Packer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["StandIn", "StandIns", "answer"]

_NUMBERS = (bool, int, float, complex, np.number, np.bool_)
_DEEP = 4  # containers of containers
_MANY = 10_000  # parts of a value


class StandIn:
    """A function of the reference's, called in the place of the submission's."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.__name__ = self.__qualname__ = name
        self.calls = 0
        self._function = function

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
    """

    def __init__(
        self, reference: Mapping[str, Any], cells: Sequence[str] = (), locked: Sequence[str] = ()
    ) -> None:
        self.laid: dict[str, Any] = {
            name: StandIn(name, value) if callable(value) else copy.deepcopy(value)
            for name, value in reference.items()
        }
        self.cells = list(cells)
        self.locked = list(locked)
        self._before: set[str] = set()

    def are_prepared(self) -> None:
        """Take the calls so far as those of the cells that were run again."""
        self._before |= {name for name, one in self.laid.items() if isinstance(one, StandIn) and one.calls}
        for one in self.laid.values():
            if isinstance(one, StandIn):
                one.calls = 0

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


def answer(
    function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any], register: Callable[[Any], int]
) -> tuple[dict[str, Any], list[Any]]:
    """Call one of the test's functions for the sandbox; return the reply and its buffers.

    A stand-in may have changed an argument in place, as the submission's own function would have: these go back.
    What it says when it raises stays here: its words are the reference's.
    """
    stands_in, packer = isinstance(function, StandIn), Packer(register)
    given = {str(i): value for i, value in enumerate(args)} | {f"={k}": v for k, v in kwargs.items()}
    before = {key: print_of(value) for key, value in given.items()} if stands_in else {}
    try:
        reply: dict[str, Any] = {"value": packer.pack(function(*args, **kwargs))}
        changed = [key for key, was in before.items() if print_of(given[key]) != was]
        if changed:
            reply["changed"] = {key: packer.pack(given[key]) for key in changed}
    except Exception as error:  # noqa: BLE001 - the function did not like what it was given
        text = "the right one does not take this" if stands_in else str(error)[:500]
        return {"error": type(error).__name__, "text": text}, []
    return reply, packer.buffers
