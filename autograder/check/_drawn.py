"""Cases that were drawn, kept while grading: every submission meets the same ones.

What draws them is a function that a test cell makes anew each time. It draws the same where its code is the same, what
it encloses cannot be changed and is the same, and all else that it speaks of is modules and what Python itself has.
Nothing of a submission is in that; only copies are handed out.
"""

from __future__ import annotations

import pickle
import random
from operator import is_
from types import CellType, CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from autograder.check import _context
from autograder.check._copies import fresh, print_of, weight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST = 16 << 20  # bytes that are kept
_LARGE = 1 << 20  # bytes of one case: copying more takes as long
_FIXED = frozenset({int, float, bool, str, type(None)})


class _Kept:
    """The cases of one process; its forks inherit them."""

    def __init__(self) -> None:
        self.cases: dict[object, Any] = {}
        self.size = 0.0


_kept = _Kept()
_functions: WeakKeyDictionary[FunctionType, _Known] = WeakKeyDictionary()
_UNBOUND = CellType()
_MISSING = object()


def drawn(make: Callable[..., Any], seed: int, number: int) -> Any:
    """Return what a function draws from a seed for the case of a number, a copy of one's own."""
    about = _known(make) if _context.session.get() is not None else None
    at = about, seed, number
    if about is not None and at in _kept.cases:
        return fresh(_kept.cases[at])
    before = states() if about is not None else b""
    case = make(np.random.default_rng([seed, number]), number)
    size = weight(case) if about is not None else -1
    if 0 <= size <= min(_LARGE, _MOST - _kept.size) and states() == before:
        _kept.cases[at] = fresh(case)
        _kept.size += size
    return case


class _Known:
    """What is known of a function for as long as what it encloses and speaks of stays the same."""

    def __init__(self, make: FunctionType) -> None:
        self.held, self.code = _held(make), make.__code__
        self.spoken = sorted({name for code in _codes(make.__code__) for name in code.co_names})
        self.found = [make.__globals__.get(name, _MISSING) for name in self.spoken]
        plain = all(one is _MISSING or isinstance(one, ModuleType) for one in self.found)
        self.about: object = None
        if plain and _is_fixed(self.held) and not make.__kwdefaults__:
            self.about = self.code, print_of(self.held), tuple(map(id, self.found))

    def holds(self, make: FunctionType) -> bool:
        """Whether all is the same object still; what can be changed in its place is never told."""
        held, known = _held(make), make.__globals__
        return (
            make.__code__ is self.code
            and len(held) == len(self.held)
            and all(map(is_, held, self.held))
            and all(known.get(n, _MISSING) is one for n, one in zip(self.spoken, self.found, strict=True))
        )


def _known(make: Any) -> object:
    """Return what decides on all that a function draws; None where that cannot be told."""
    if type(make) is not FunctionType:
        return None
    known = _functions.get(make)
    if known is None or not known.holds(make):
        known = _functions[make] = _Known(make)
    return known.about


def _held(make: FunctionType) -> tuple[Any, ...]:
    cells = [_MISSING if cell == _UNBOUND else cell.cell_contents for cell in make.__closure__ or ()]
    return (*cells, *(make.__defaults__ or ()))


def _is_fixed(value: Any) -> bool:
    return all(map(_is_fixed, value)) if type(value) is tuple else type(value) in _FIXED


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)


def states() -> bytes:
    """Return the states of the global generators of random numbers."""
    return pickle.dumps((np.random.get_state(), random.getstate()))  # noqa: NPY002 - the global one is meant
