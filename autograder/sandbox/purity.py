"""Functions that leave no trace, told by their bytecode.

A test feels nothing of what another did. Where all that it can call leaves no trace whatever it is called with, the
notebook's own process may answer it; where not, the test gets a fork. What is not known to leave none, does: this is
about telling plain homework, `def relu(x): return np.maximum(x, 0)`, from everything else. A function may use the
notebook's own data, as long as it is plain and little: that is put back after the test (`keepsakes`). So are the
states of the global random generators.

It runs beside student code, and is no part of the wall: whoever has it lie changes their own cells and tests alone,
and could have left a file behind for them all the same.
"""

from __future__ import annotations

import builtins
import cmath
import collections
import functools
import itertools
import math
import operator
import random
import string
import sys
import threading
import types
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.sandbox import instructions
from autograder.sandbox.keepsakes import CONSTANT, Keepsakes, TooMuchError

# Modules that keep no state, and two of which the state is put back.
_MODULES = (np, math, cmath, itertools, functools, operator, collections, string, random, np.random)
_IMPORTED = frozenset(module.__name__ for module in (*_MODULES, np.linalg))
_ROOMS_OF_NAMES = (*_MODULES, np.linalg, np.fft, np.lib, np.lib.stride_tricks, builtins)
_SIZES: list[tuple[dict[str, Any], int]] = []
# What each name stands for, where it stands for something.
_AS_IMPORTED: dict[str, list[tuple[dict[str, Any], Any]]] = {}
_HOLDING = frozenset({dict, list, set, types.ModuleType})
_BUILTINS = frozenset(
    """
    abs all any bin bool bytes callable chr complex dict divmod enumerate filter float format frozenset hash hex int
    isinstance issubclass iter len list map max min next oct ord pow print range repr reversed round set slice sorted
    str sum tuple type zip True False None NotImplemented Ellipsis
    """.split()  # noqa: SIM905 - read as the words they are
) | {name for name in dir(builtins) if name.endswith("Error")}
# Of NumPy: what sets something for the calls to come, rooms where such things are, and what leads from an array to
# memory that is not its own.
_TELLING = frozenset(
    """
    seterr seterrcall seterrobj setbufsize set_printoptions set_string_function set_numeric_ops testing
    core ctypeslib f2py distutils rec char ma matrixlib polynomial emath exceptions dtypes strings typing test memmap
    fromfile tofile save savez savez_compressed savetxt load loadtxt genfromtxt dump ctypes setflags base flags
    as_strided set_bit_generator add_docstring add_newdoc add_newdoc_ufunc
    """.split()  # noqa: SIM905
)
_ROOMS = frozenset({"linalg", "fft", "random", "lib"})  # of NumPy, that keep nothing, or what is put back
_RANDOM = {id(value) for room in (random, np.random) for value in vars(room).values()} | {
    id(random),
    id(np.random),
}
# What a name of the notebook's may be bound to as well: `from math import exp`.
_TAKEN = {
    id(value)
    for room in (*_MODULES, np.linalg)
    for name, value in vars(room).items()
    if callable(value) and not name.startswith("_") and name not in _TELLING
} | {id(module) for module in (*_MODULES, np.linalg)}


def take_stock() -> None:
    """Take what modules hold now as what they hold by themselves: before any student code runs."""
    _SIZES[:] = [(vars(room), len(vars(room))) for room in _ROOMS_OF_NAMES]
    _AS_IMPORTED.clear()
    for room in _ROOMS_OF_NAMES:
        for name, value in vars(room).items():
            _AS_IMPORTED.setdefault(name, []).append((vars(room), value))


take_stock()
_ERRORS = frozenset(
    {"ignore", "warn", "raise"}
)  # what NumPy may do where a number is none, without calling anybody
_threads, _traced, _profiled, _geterr = threading.active_count, sys.gettrace, sys.getprofile, np.geterr


@dataclass(frozen=True, slots=True)
class Harmless:
    """What is known of a notebook's functions.

    Attributes
    ----------
    names
        Of those whose calls change nothing that stays, but for what is kept.
    kept
        What they may change of the notebook's data, to be put back.
    draws
        Whether they may draw from a global random generator.
    prints
        Whether they may print.
    """

    names: list[str] = field(default_factory=list)
    kept: Keepsakes = field(default_factory=Keepsakes)
    draws: bool = False
    prints: bool = False


def harmless(functions: dict[str, types.FunctionType], namespace: dict[str, Any]) -> Harmless:
    """Return which functions of a notebook's own namespace leave no trace, and what of it they may change."""
    if _threads() > 1 or _traced() or _profiled() or not _ERRORS.issuperset(_geterr().values()):
        return Harmless()  # something else goes on, or looks on
    return look_at(functions, namespace)


def look_at(functions: dict[str, types.FunctionType], namespace: dict[str, Any]) -> Harmless:
    """Return the same of functions beside which nothing else goes on, whatever other threads this process has."""
    known: set[int] = set()
    names: list[str] = []
    kept, draws, prints = Keepsakes(), False, False
    added = any(len(room) != size for room, size in _SIZES)
    for name, function in functions.items():
        if id(function) in known:
            names.append(name)
            continue
        look = _Look(namespace, known, kept, added=added)
        if look.leaves_none(function):
            names.append(name)
            known, kept, draws, prints = look.seen, look.kept, draws or look.draws, prints or look.prints
    return Harmless(names, kept, draws, prints)


class _Look:
    """A look at one function, and all that it can call."""

    def __init__(self, namespace: dict[str, Any], known: set[int], kept: Keepsakes, *, added: bool) -> None:
        self.seen = set(known)
        self._added = added  # whether the notebook has added something to a module
        self._before = self.kept = kept
        self.draws = self.prints = False
        self._namespace = namespace
        self._waiting: list[types.FunctionType] = []

    def leaves_none(self, function: types.FunctionType) -> bool:
        """Whether it changes nothing that stays, but for what is kept."""
        self._waiting = [function]
        while self._waiting:
            function = self._waiting.pop()
            if id(function) in self.seen:
                continue
            self.seen.add(id(function))
            if not self._is_plain(function):
                return False
        return True

    def _is_plain(self, function: types.FunctionType) -> bool:
        if function.__globals__ is not self._namespace or function.__dict__:
            return False
        about = _names_in(function.__code__)
        if about is None:
            return False
        given = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
        try:
            given += [cell.cell_contents for cell in function.__closure__ or ()]
        except ValueError:  # one that is bound later
            return False
        return all(map(self._is_data, given)) and self._are_harmless(about)

    def _are_harmless(self, about: _Names) -> bool:
        """Whether all names in a function's code stand for nothing that keeps a state."""
        if self._added:
            return all(map(self._is_harmless, about.names))
        if any(room.get(name) is not was for room, name, was in about.standing):
            return False
        self.draws |= "random" in about.names
        self.prints |= "print" in about.names
        namespace = self._namespace
        return all(map(namespace.__contains__, about.unknown)) and all(
            self._is_data(namespace[name]) for name in about.names if name in namespace
        )

    def _is_harmless(self, name: str) -> bool:
        """Whether a name in a function's code stands for nothing that keeps a state, as a global and as an attribute."""
        for room, was in _AS_IMPORTED.get(name, ()):
            if room.get(name) is not was:
                return False  # the notebook put something in its place
        if (
            self._added
            and any(name in room for room, _ in _SIZES)
            and not self._is_everywhere_as_it_was(name)
        ):
            return False
        self.draws |= name == "random"
        self.prints |= name == "print"
        if name in self._namespace:
            return self._is_data(self._namespace[name])
        return name in _BUILTINS or name not in vars(builtins)

    def _is_everywhere_as_it_was(self, name: str) -> bool:
        """Whether a name is in those modules alone where it was: the notebook has added something to one."""
        known = [id(room) for room, _ in _AS_IMPORTED.get(name, ())]
        return all(id(room) in known for room, _ in _SIZES if name in room)

    def _is_data(self, value: Any) -> bool:
        """Whether a value is plain, or a function to be looked at, or one of a module that keeps no state."""
        if type(value) in CONSTANT:
            return True
        if type(value) is types.FunctionType and id(value) not in _TAKEN:
            self._waiting.append(value)
            return True
        if id(value) in _TAKEN:
            self.draws |= id(value) in _RANDOM
            return True
        if self.kept is self._before:
            self.kept = self._before.copy()
        try:
            return self.kept.add(value, self._is_data)
        except TooMuchError:
            return False


class _Names:
    """The names that a function's code looks up, as long as modules hold what they held.

    Attributes
    ----------
    names
        All of them.
    standing
        What they stand for in modules: the module's names, the name, its value.
    unknown
        Those of Python's own that may leave a trace, unless the notebook binds them.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.standing = [(room, name, was) for name in names for room, was in _AS_IMPORTED.get(name, ())]
        self.unknown = [name for name in names if name not in _BUILTINS and name in vars(builtins)]


_looked_at: dict[int, tuple[types.CodeType, _Names | None]] = {}


def _names_in(code: types.CodeType) -> _Names | None:
    """Return the names that a function's code and all code in it looks up; None where its very form may leave a trace."""
    found = _looked_at.get(id(code))
    if found is None or found[0] is not code:
        outer = frozenset(code.co_freevars)
        parts = [*instructions.codes(code)]
        names = frozenset(name for part in parts for name in part.co_names)
        plain = all(instructions.are_plain(part, outer, _is_there) for part in parts) and all(
            map(_is_plain_name, names)
        )
        found = _looked_at[id(code)] = code, _Names(names) if plain else None
    return found[1]


def _is_plain_name(name: str) -> bool:
    holds = type(vars(np).get(name)) in _HOLDING and name not in _ROOMS
    return not (name.startswith("_") or name in _TELLING or holds)


def _is_there(name: str) -> bool:
    """Whether importing this is looking it up."""
    return name in _IMPORTED and any(sys.modules.get(name) is room for room in (*_MODULES, np.linalg))
