"""Containers made of the values that came for them over the wire, by the tags of `autograder.sandbox.values`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from autograder.sandbox.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Callable

FEW_KEYS = 1_000  # of a dict or set, up to which their hashes do not matter


def _pairs(items: list[Any]) -> dict[Any, Any]:
    if len(items) % 2:
        raise WireError("a dict with a key without a value")
    return dict(zip(_spread(items[::2]), items[1::2], strict=True))


def _spread(keys: list[Any]) -> list[Any]:
    """Return the keys; where many have one hash, chosen to make a dict or set of them take for ever, are refused."""
    if len(keys) > FEW_KEYS and max(Counter(map(hash, keys)).values()) > FEW_KEYS:
        raise WireError("keys of which too many have one hash")
    return keys


ALL: dict[str, Callable[[list[Any]], Any]] = {
    "l": list, "t": tuple, "s": lambda items: set(_spread(items)), "z": lambda items: frozenset(_spread(items)),
    "y": iter, "d": _pairs,
    "k": lambda items: dict.fromkeys(_spread(items)).keys(), "w": lambda items: dict(enumerate(items)).values(),
    "m": lambda items: _pairs(items).items(),
}  # fmt: skip
# Where functions cross, iterators are drawn from, and what is drawn is looked at; none comes with its items.
CROSSING = {tag: make for tag, make in ALL.items() if tag != "y"}
