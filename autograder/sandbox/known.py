"""What crosses the wall by a name or a state that both sides know, and iterators, which are drawn from.

Classes are named from a fixed list, random generators are made anew from their state, and an iterator stays where
it is: the other side draws from it by calls, so that one may be endless.
"""

from __future__ import annotations

import builtins
import itertools
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DTYPES = "?bhilqBHILQefdgFDGSUmM"
_DTYPE = re.compile(r"[<>|=]?[A-Za-z?][0-9]{0,9}(?:\[[0-9]{0,9}[A-Za-z]{1,2}\])?")
_WORDS = 624  # of the Mersenne Twister
AT_ONCE = 64  # items that one call draws at most
MAX_DRAWN = 200_000  # from one iterator
TAGS = frozenset("TDGR")
_CLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, range, object,
        *(getattr(builtins, name) for name in dir(builtins) if name.endswith("Error")),
        *np.sctypeDict.values(),
    )
}  # fmt: skip
_BIT_GENERATORS: dict[str, Any] = {
    "PCG64": np.random.PCG64, "PCG64DXSM": np.random.PCG64DXSM, "MT19937": np.random.MT19937,
    "SFC64": np.random.SFC64,
}  # fmt: skip


def tagged(value: Any) -> tuple[str, Any] | None:
    """Return the tag and the plain value that stand for a class, a dtype or a generator; None for all else."""
    kind = type(value)
    if kind is type:
        name = value.__name__
        return ("T", name) if _CLASSES.get(name) is value else None
    if isinstance(value, np.dtype):
        return ("D", value.str) if value.char in DTYPES and value.names is None else None
    if kind is np.random.RandomState:
        return "R", value.get_state(legacy=False)
    if kind is np.random.Generator and type(value.bit_generator).__name__ in _BIT_GENERATORS:
        return "G", value.bit_generator.state
    return None


def made(tag: str, plain: Any) -> Any:
    """Return what a tag and a plain value stand for; NumPy itself refuses a state that is none."""
    if tag == "T":
        return _CLASSES[plain]
    if tag == "D":
        return dtype(plain)
    bits = _BIT_GENERATORS[plain["bit_generator"]](0)
    if not 0 <= plain["state"].get("pos", 0) <= _WORDS:
        raise ValueError("a place outside the generator's words")  # NumPy would read there
    if tag == "R":
        legacy = np.random.RandomState(bits)
        legacy.set_state(plain)
        return legacy
    bits.state = plain
    return np.random.Generator(bits)


def dtype(text: Any) -> np.dtype[Any]:
    """Return the dtype of this name; NumPy reads far more than names, and some of it as Python."""
    if type(text) is not str:
        raise ValueError("a dtype of no known form")
    return _dtype(text)


@lru_cache(maxsize=128)
def _dtype(text: str) -> np.dtype[Any]:
    if not _DTYPE.fullmatch(text):
        raise ValueError("a dtype of no known form")
    kind: np.dtype[Any] = np.dtype(text)
    if kind.char not in DTYPES or kind.names is not None or kind.subdtype is not None:
        raise ValueError("a dtype that does not cross")
    return kind


class Draw:
    """Draws from an iterator when the other side asks; an exception waits for the items before it."""

    __name__ = "iterator"

    def __init__(self, iterator: Iterator[Any]) -> None:
        self._iterator = iterator
        self._error: Exception | None = None

    def __call__(self, count: int) -> tuple[list[Any], bool]:
        """Return up to `count` items, and whether there may be more."""
        if self._error is not None:
            raise self._error
        items: list[Any] = []
        count = min(count, AT_ONCE)
        try:
            items.extend(itertools.islice(self._iterator, count))  # keeps what came before an exception
        except Exception as error:
            if not items:
                raise
            self._error = error
            return items, True
        return items, len(items) == count


def drawn(draw: Callable[[int], Any]) -> Iterator[Any]:
    """Yield what the other side's `Draw` gives: one item first, then more at a time."""
    count, more, total = 1, True, 0
    while more:
        if total > MAX_DRAWN:
            raise TypeError(f"an iterator that gave more than {MAX_DRAWN:,} items")
        answer = draw(count)
        if type(answer) is not tuple or len(answer) != 2 or type(answer[0]) is not list:  # noqa: PLR2004
            raise TypeError("an iterator that does not give items")
        items, more = answer
        yield from items
        total += len(items)
        count = min(2 * count, AT_ONCE)
