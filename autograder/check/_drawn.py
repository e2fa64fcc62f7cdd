"""Cases that were drawn, kept while grading: every submission meets the same ones.

What draws them is a function that a test cell makes anew each time. It draws the same where its code is the same, what
it encloses cannot be changed and is the same, and all else that it speaks of is modules and what Python itself has.
Nothing of a submission is in that; only copies are handed out.
"""

from __future__ import annotations

import pickle
import random
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

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


def drawn(make: Callable[..., Any], seed: int, number: int) -> Any:
    """Return what a function draws from a seed for the case of a number, a copy of one's own."""
    about = _about(make) if _context.session.get() is not None else None
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


def _about(make: Any) -> object:
    """Return what decides on all that a function draws; None where that cannot be told."""
    if type(make) is not FunctionType or make.__kwdefaults__:
        return None
    try:
        held = (*(cell.cell_contents for cell in make.__closure__ or ()), *(make.__defaults__ or ()))
    except ValueError:  # one that is not bound yet
        return None
    known = make.__globals__
    spoken = [name for code in _codes(make.__code__) for name in code.co_names]
    found = [known[name] for name in spoken if name in known]
    if not _is_fixed(held) or not all(isinstance(one, ModuleType) for one in found):
        return None
    return make.__code__, print_of(held), tuple(map(id, found))


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
