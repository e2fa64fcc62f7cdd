"""Whether a process that has graded one submission may grade the next: only where nothing is left of the first.

Bindings are put back before each submission. What they lead to may have been changed in place, and so may what the
whole process shares: modules, NumPy's settings, the folder it is in. So a lesson's own objects are remembered, down
to the last list, and looked at after each submission; a process in which one differs is let go. Nothing is guessed
here: where a lesson's code, or an object of it, could keep something that cannot be looked at, every submission gets
a process of its own.
"""

from __future__ import annotations

import builtins
import contextvars
import decimal
import functools
import gc
import os
import pickle
import sys
import threading
import types
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check.cases import Cases
from autograder.grading.names import is_shells
from autograder.grading.traces import KNOWN, reached_by_text, spoken_later, unsteady

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from nbformat import NotebookNode

    from autograder.grading.traces import Codes

_WATCHED = (
    "builtins", "numpy", "numpy.linalg", "numpy.random", "numpy.testing", "numpy.fft", "math", "cmath", "random",
    "itertools", "functools", "operator", "collections", "copy", "string", "re", "io", "contextlib", "unittest",
    "unittest.case", "time", "statistics", "hashlib", "warnings", "os", "os.path", "matplotlib.pyplot",
)  # fmt: skip
_CONTAINERS = (
    dict, list, set, tuple, frozenset, types.FunctionType, types.CellType, types.MethodType, types.MappingProxyType,
    property, classmethod, staticmethod, functools.partial,
)  # fmt: skip
_PLAIN = (
    bool, int, float, complex, str, bytes, range, slice, type(None), type(Ellipsis), type(NotImplemented), np.generic,
    np.dtype, np.ufunc, types.CodeType, types.GetSetDescriptorType, types.MemberDescriptorType,
    types.MethodDescriptorType, types.WrapperDescriptorType,
)  # fmt: skip
_GENERATORS = (np.random.Generator, np.random.RandomState)
_MOST_OBJECTS = 5_000
_MOST_BYTES = 1 << 20  # of arrays: looking through more takes longer than a fork
_MISSING = object()


class Steady:
    """What one lesson's own objects, and this process, look like before any submission.

    Parameters
    ----------
    source
        The lesson.
    codes
        Its cells' code, by their text; of one that IPython has to read, there is none.
    reference
        The namespace of its first run. Of the objects in it, those count that code can come to later: functions, what
        functions speak of, and what stands behind a dot somewhere.
    beside
        Other namespaces that stay from one submission to the next.
    """

    def __init__(
        self, source: NotebookNode, codes: Codes, reference: Mapping[str, Any],
        beside: Iterable[Mapping[str, Any]] = (),
    ) -> None:  # fmt: skip
        self.reason = unsteady(source, codes)  # why no two submissions may share a process; empty if they may
        self._objects: list[tuple[Any, list[Any], list[int]]] = []
        self._arrays: list[tuple[Any, Any]] = []  # and random generators
        self._bytes = 0
        if not self.reason:
            spoken = spoken_later(source, codes)
            all_ = reached_by_text(source)
            live = {
                n: v
                for n, v in reference.items()
                if all_ or n in spoken or isinstance(v, types.FunctionType | type)
            }
            self._remember([reference, *beside], [live, *beside])
        modules = [vars(sys.modules[name]) for name in _WATCHED if name in sys.modules]
        self._modules = [(module, dict(module), list(map(id, module.values()))) for module in modules]
        self._state = state()

    def holds(self) -> bool:
        """Whether all is as it was."""
        if self.reason or self._state != state():
            return False
        return (
            all(
                list(map(id, now.values())) == ids
                or _still(now, then)  # what is imported late comes to be there
                for now, then, ids in self._modules
            )
            and all(list(map(id, _held(one))) == ids for one, _, ids in self._objects)
            and all(_print(array) == known for array, known in self._arrays)
        )

    def _remember(self, roots: Iterable[Mapping[str, Any]], live: Iterable[Mapping[str, Any]]) -> None:
        spaces = {id(root) for root in roots}
        seen = {*spaces, id(vars(builtins))}
        for root in roots:
            self._keep(root)
        waiting = [value for names in live for name, value in names.items() if not is_shells(name)]
        while waiting and not self.reason:
            one = waiting.pop()
            if id(one) in seen:
                continue
            seen.add(id(one))
            if len(seen) > _MOST_OBJECTS or self._bytes > _MOST_BYTES:
                self.reason = "it has too many objects to look at"
            elif type(one) is np.ndarray and not one.dtype.hasobject:
                self._bytes += one.nbytes
                self._arrays.append((one, _print(one)))
            elif type(one) in _GENERATORS:
                self._arrays.append((one, _print(one)))
            elif not _is_plain(one):
                if not _is_open(one, spaces):
                    self.reason = f"it holds a {type(one).__module__}.{type(one).__qualname__}"
                waiting += self._keep(one)

    def _keep(self, one: Any) -> list[Any]:
        held = _held(one)
        self._objects.append((one, held, list(map(id, held))))  # kept alive: another could have its id later
        return held


def _still(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Whether all that was in a module is there still."""
    return all(now.get(name, _MISSING) is value for name, value in then.items())


def _held(one: Any) -> list[Any]:
    """Return which objects one object holds, in order; of a function, those that it does not share."""
    if type(one) is types.FunctionType:
        parts = (one.__closure__, one.__defaults__, one.__kwdefaults__, one.__dict__, one.__code__)
        return list(filter(None, parts))
    return gc.get_referents(one)


def _print(one: Any) -> object:
    """Return something that differs once an array was changed in place, or a generator drawn from."""
    if type(one) is np.ndarray:
        return one.shape, one.dtype.str, one.tobytes()  # a checksum could be forged
    return pickle.dumps(
        one.get_state(legacy=False) if type(one) is np.random.RandomState else one.bit_generator.state
    )


def _is_ours(one: Any) -> bool:
    """Whether something is the lesson's own, and not a module's."""
    return getattr(one, "__module__", None) in {None, "__main__"}


def _is_plain(one: Any) -> bool:
    """Whether an object cannot be changed, or is a known module's and looked at elsewhere."""
    if isinstance(one, types.ModuleType):
        return one.__name__.split(".")[0] in KNOWN | {"os", "posixpath"}
    if isinstance(one, type | types.FunctionType):
        kept = isinstance(one, types.FunctionType) and one.__closure__  # arrays of cases, say
        return not kept and not _is_ours(one) and str(one.__module__).split(".")[0] in KNOWN
    if isinstance(one, types.BuiltinFunctionType):
        return isinstance(one.__self__, types.ModuleType | type(None) | type)
    return type(one) in _PLAIN or isinstance(one, np.generic | np.dtype) or _is_of_the_checks(type(one))


def _is_of_the_checks(kind: type) -> bool:
    return kind is not Cases and kind.__module__.startswith("autograder.")


def _is_open(one: Any, spaces: Collection[int]) -> bool:
    """Whether all that an object holds can be seen: it has no state of its own in C."""
    if isinstance(one, type):
        return _is_ours(one)
    if type(one) is types.FunctionType:
        home = str(one.__globals__.get("__name__")).split(".")[0]
        return id(one.__globals__) in spaces or home in KNOWN
    return (
        type(one) in _CONTAINERS
        or type(one) is Cases
        or (_is_ours(type(one)) and type(one).__base__ is object)
    )


def state() -> tuple[Any, ...]:
    """Return what belongs to the whole process, and what a test cell may have changed."""
    parameters = getattr(sys.modules.get("matplotlib"), "rcParams", {})
    return (
        threading.active_count(),
        os.getcwd(),  # noqa: PTH109 - once for each submission
        dict(os.environ),
        list(sys.path),
        sys.getrecursionlimit(),
        list(warnings.filters),
        np.geterr(),
        np.getbufsize(),
        np.get_printoptions(),
        (sys.stdin, sys.stdout, sys.stderr, sys.excepthook, sys.displayhook),
        # A test that was out of time in the middle of a `with` has left it open. Decimal's is set when it is first asked.
        {
            name.name: id(value)
            for name, value in contextvars.copy_context().items()
            if type(value) is not decimal.Context
        },
        list(dict.values(parameters)),
    )
