"""What a test's names are bound to, told by the runner itself where that takes no worker.

A test that looks at data alone needs no fork then; one that calls gets its own with its first call. Only the plainest
values are looked at here: by their exact types, so that no code of the submission's runs.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.sandbox.purity import Harmless, harmless
from autograder.sandbox.values import Packer
from autograder.sandbox.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes, types.FunctionType})
_HOLDING = frozenset({list, tuple, dict, set, frozenset})
_DEEP, _MANY = 4, 1_000  # of containers in containers; of parts in one


def described(
    namespace: dict[str, Any], names: list[str], functions: list[Callable[..., Any]]
) -> tuple[dict[str, Any], list[Any], Harmless]:
    """Return what names are bound to, for the wire, if all of it is plain: looking at it runs no student code.

    What is a function is added to `functions`; its place there is its number. With the values go the names of those
    that leave no trace; last comes what is known of them.
    """
    values = {name: namespace[name] for name in names if name in namespace}
    if not all(map(_is_plain, values.values())):
        return {"not": "plain"}, [], Harmless()

    def register(function: Callable[..., Any]) -> int:
        functions.append(function)
        return len(functions) - 1

    packer = Packer(register)
    try:
        found = {name: packer.pack(value) for name, value in values.items()}
        named = {name: value for name, value in values.items() if type(value) is types.FunctionType}
        told = harmless(named, namespace) if len(named) == len(functions) else Harmless()
    except WireError:
        functions.clear()
        return {"not": "plain"}, [], Harmless()
    return {"names": found, "traceless": told.names}, packer.buffers, told


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Whether a value is of the plainest kinds alone, and small in number of parts."""
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind is np.ndarray:
        return value.dtype.kind in "biufc"
    if kind not in _HOLDING or depth > _DEEP or len(value) > _MANY:
        return False
    parts = value.values() if kind is dict else value
    return all(_is_plain(part, depth + 1) for part in parts) and (
        kind is not dict or all(map(_is_plain, value))
    )
