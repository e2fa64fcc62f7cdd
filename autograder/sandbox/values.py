"""Values as they cross the wall: plain data, copied; never pickled, never objects.

What crosses: None, bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, range, slice,
NumPy arrays and scalars of numeric, string and time dtypes, NumPy's random generators (by their state),
dtypes, built-in classes (by name), functions (as a number the other side may call) and iterators (as a function
that draws from them, so that one may be endless). Subclasses arrive as plain base values. Anything else arrives as
`Opaque`, the bare name of its type, so that an object that lies about being equal cannot lie here.
"""

from __future__ import annotations

import itertools
from collections import abc
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import Opaque, TookTooLong
from autograder.sandbox import containers, known
from autograder.sandbox.wire import MAX_PAYLOAD, WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

MAX_DEPTH = 40
MAX_NODES = 200_000
MAX_DIGITS = 20_000  # hexadecimal digits of an int
MAX_ITEMS = 10_000  # drawn from an iterator where functions do not cross
LAST_CHARACTER = 0x10FFFF
_LARGE = 64 << 10  # bytes
LONG = 10_000_000  # numbers in a range; longer ones stay where they are
_TAGS: dict[type, str] = {list: "l", tuple: "t", set: "s", frozenset: "z"}
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1  # of an int that crosses as one
_AS_IT_IS = frozenset({type(None), bool, float})
_READ_AS_IT_IS = _AS_IT_IS | {int, str}
_BYTES = frozenset("?bhilqBHILQfd")  # dtypes of which a memoryview tells the bytes
_VIEWS: dict[type, str] = {type({}.keys()): "k", type({}.values()): "w", type({}.items()): "m"}


class Packer:
    """Turns values into a tree for the header and buffers for the payload.

    Parameters
    ----------
    function
        Gives the number under which the other side may call a function; None where functions do not cross.
    """

    def __init__(self, function: Callable[[Any], int] | None = None) -> None:
        self.buffers: list[Any] = []
        self._function = function
        self._offset = 0
        self._nodes = 0

    def pack(self, value: Any, depth: int = 0) -> Any:  # noqa: C901, PLR0911, PLR0912 - one branch a type
        """Return the tree of one value; raises `WireError` for what is too deep or too large."""
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise WireError("nested too deep" if depth > MAX_DEPTH else f"more than {MAX_NODES} items")
        kind = type(value)
        if kind in _AS_IT_IS:
            return value
        if kind is int:
            return value if _LEAST <= value <= _MOST else self._big(value)
        if kind is str:
            return self._text(value)
        if kind in _TAGS:
            return [_TAGS[kind], *self._parts(value, depth + 1)]
        if kind is dict:
            return self._dict(value, depth)
        if kind is FunctionType and self._function is not None:
            return ["f", self._function(value), self._text(value.__name__[:200])]
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic):
            tree = self._array(np.asarray(value))
            return ["g", *tree[1:]] if tree[0] == "a" else tree
        if isinstance(value, (list, tuple, set, frozenset)):
            tag = _TAGS[_base(value, tuple(_TAGS))]
            return [tag, *(self.pack(v, depth + 1) for v in value)]
        if isinstance(value, dict):
            return self._dict(value, depth)
        if isinstance(value, bool | int | float | str):  # a subclass: its plain value
            base = _base(value, (bool, int, float, str))
            return self.pack(base.__call__(value) if base is not str else str.__str__(value), depth + 1)
        if isinstance(value, complex):
            return ["c", value.real, value.imag]
        if isinstance(value, bytes | bytearray):
            return ["b", *self._add(bytes(value))]
        if kind is range:
            return ["r", *(self.pack(part, depth + 1) for part in (value.start, value.stop, value.step))]
        if kind is slice:
            return ["i", *(self.pack(part, depth + 1) for part in (value.start, value.stop, value.step))]
        if kind in _VIEWS:
            parts = value if _VIEWS[kind] != "m" else itertools.chain.from_iterable(value)
            return [_VIEWS[kind], *(self.pack(v, depth + 1) for v in parts)]
        if isinstance(value, abc.Iterator):
            return self._iterator(value, depth)
        if (tagged := known.tagged(value)) is not None:
            return [tagged[0], self.pack(tagged[1], depth + 1)]
        if callable(value) and not isinstance(value, type) and self._function is not None:
            return ["f", self._function(value), self._text(str(getattr(value, "__name__", "function"))[:200])]
        return self._opaque(value)

    def _dict(self, value: dict[Any, Any], depth: int) -> list[Any]:
        return ["d", *self._parts([part for item in dict.items(value) for part in item], depth + 1)]

    def _parts(self, parts: Collection[Any], depth: int) -> list[Any]:
        """Return the trees of what a container holds; what is its own tree goes without a call of its own."""
        if depth > MAX_DEPTH or self._nodes + len(parts) > MAX_NODES:
            return [self.pack(part, depth) for part in parts]  # which ends where it is too much
        self._nodes += len(parts)
        trees: list[Any] = []
        for part in parts:
            kind = type(part)
            if (
                kind in _AS_IT_IS
                or (kind is int and _LEAST <= part <= _MOST)
                or (kind is str and part.isascii())
            ):
                trees.append(part)
            else:
                self._nodes -= 1
                trees.append(self.pack(part, depth))
        return trees

    @property
    def size(self) -> int:
        """Bytes of the buffers so far."""
        return self._offset

    def _iterator(self, value: Iterator[Any], depth: int) -> list[Any]:
        if self._function is not None:
            return ["Y", self._function(known.Draw(value))]
        items = list(itertools.islice(value, MAX_ITEMS + 1))
        if len(items) > MAX_ITEMS:
            return self._opaque(value)
        return ["y", *(self.pack(v, depth + 1) for v in items)]

    def _opaque(self, value: Any) -> list[Any]:
        name = value.type_name if isinstance(value, Opaque) else type(value).__name__
        return ["o", self._text(str(name)[:200])]

    def _text(self, value: str) -> str:
        if value.isascii():
            return value
        return value.encode("utf-8", "replace").decode("utf-8")  # lone surrogates have no UTF-8

    def _big(self, value: int) -> list[Any]:
        digits = f"{value:x}"
        if len(digits) > MAX_DIGITS:
            raise WireError(f"an int of {len(digits)} hexadecimal digits")
        return ["n", digits]

    def _array(self, value: np.ndarray[Any, Any]) -> list[Any]:
        plain = value if type(value) is np.ndarray else np.asarray(value)
        dtype, flags = plain.dtype, plain.flags
        if dtype.char not in known.DTYPES or dtype.names is not None:
            return ["o", f"ndarray of dtype {dtype}"[:200]]
        raw: Any
        if not plain.nbytes:
            raw = b""
        elif flags.c_contiguous and dtype.char in _BYTES and dtype.isnative:
            raw = plain.data.cast("B")
        else:
            raw = np.ascontiguousarray(plain).reshape(-1).view(np.uint8)
        return ["a", dtype.str, list(plain.shape), bool(flags.writeable), *self._add(raw)]

    def _add(self, raw: Any) -> tuple[int, int]:
        size = len(raw)
        start, self._offset = self._offset, self._offset + size
        if self._offset > MAX_PAYLOAD:
            raise WireError(f"more than {MAX_PAYLOAD >> 20} MiB of arrays")
        self.buffers.append(raw)
        return start, size


def same_bytes(buffers: Sequence[Any], payload: memoryview) -> bool:
    """Whether buffers hold, end to end, what a payload begins with. Large ones are not copied."""
    start = 0
    for buffer in buffers:
        one = memoryview(buffer)
        other = payload[start : start + one.nbytes]
        start += one.nbytes
        if one.nbytes != other.nbytes:
            return False
        if one.nbytes < _LARGE:
            if one.tobytes() != other.tobytes():
                return False
        elif not (np.frombuffer(one, np.uint8) == np.frombuffer(other, np.uint8)).all():
            return False
    return True


def _base(value: Any, kinds: tuple[type, ...]) -> type:
    return next(kind for kind in kinds if isinstance(value, kind))


class Unpacker:
    """Turns a tree and its payload back into values, believing neither.

    Parameters
    ----------
    payload
        The frame's payload.
    function
        Makes a callable of a function's number and name; None where functions do not cross.
    """

    def __init__(self, payload: memoryview, function: Callable[[int, str], Any] | None = None) -> None:
        self._payload = payload
        self._function = function
        self._containers = containers.ALL if function is None else containers.CROSSING
        self._nodes = 0
        self._bytes = 0

    def unpack(self, tree: Any, depth: int = 0) -> Any:  # noqa: C901, PLR0911 - one branch a kind of value
        """Return the value of one tree; raises `WireError` for anything malformed."""
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise WireError("a value nested too deep or with too many items")
        kind = type(tree)
        if tree is None or kind in (bool, int, float, str):
            return tree
        if kind is not list or not tree or type(tree[0]) is not str:
            raise WireError("a value of no known form")
        tag, *rest = tree
        try:
            if tag in self._containers:
                return self._containers[tag](self._parts(rest, depth + 1))
            if tag in {"a", "g"}:
                array = self._array(*rest)
                return array if tag == "a" else array[()]
            if tag == "f" and self._function is not None:
                number, name = rest
                if type(number) is not int or type(name) is not str:
                    raise WireError("a function without a number")
                return self._function(number, name[:200])
            if tag == "Y" and self._function is not None:
                (number,) = rest
                if type(number) is not int:
                    raise WireError("an iterator without a number")
                return known.drawn(self._function(number, "iterator"))
            if tag in known.TAGS:
                return known.made(tag, self.unpack(rest[0], depth + 1))
            return _SCALARS[tag](self, rest)
        except (WireError, TookTooLong):
            raise
        except Exception:  # noqa: BLE001 - NumPy and Python refuse what is malformed in many ways
            raise WireError(f"a malformed value ({tag[:8]!r})") from None

    def _parts(self, trees: list[Any], depth: int) -> list[Any]:
        """Return the values of what a container holds; what is its own tree goes without a call of its own."""
        if depth > MAX_DEPTH or self._nodes + len(trees) > MAX_NODES:
            return [self.unpack(tree, depth) for tree in trees]  # which ends where it is too much
        self._nodes += len(trees)
        values: list[Any] = []
        for tree in trees:
            if type(tree) in _READ_AS_IT_IS:
                values.append(tree)
            else:
                self._nodes -= 1
                values.append(self.unpack(tree, depth))
        return values

    def _slice(self, start: Any, size: Any) -> memoryview:
        if (
            type(start) is not int
            or type(size) is not int
            or not 0 <= start <= start + size <= len(self._payload)
        ):
            raise WireError("a buffer outside its payload")
        self._bytes += size
        if self._bytes > MAX_PAYLOAD:  # one buffer named a thousand times
            raise WireError("more bytes than were sent")
        return self._payload[start : start + size]

    def _array(self, dtype: Any, shape: Any, writeable: Any, start: Any, size: Any) -> np.ndarray[Any, Any]:
        if type(shape) is not list or len(shape) > 32:  # noqa: PLR2004
            raise WireError("an array of no known form")
        count = 1
        for n in shape:
            if type(n) is not int or not 0 <= n <= MAX_PAYLOAD:
                raise WireError("an array with an impossible shape")
            count *= n
        kind = known.dtype(dtype)
        if count * kind.itemsize != size or (count and not kind.itemsize):
            raise WireError("an array whose size is not its shape's")
        raw = bytearray(self._slice(start, size))  # its own: the payload stays what came
        array: np.ndarray[Any, Any] = np.ndarray(shape, kind, raw) if size else np.zeros(shape, kind)
        if (
            kind.kind == "U"
            and size
            and int(array.reshape(-1).view(kind.str[0] + "u4").max()) > LAST_CHARACTER
        ):
            raise WireError("a text of characters that there are not")  # Python itself would stumble over it
        if not writeable:
            array.flags.writeable = False
        return array


def _int(_: Unpacker, rest: list[Any]) -> int:
    (digits,) = rest
    if type(digits) is not str or len(digits) > MAX_DIGITS + 1:
        raise WireError("an int that is too long")
    return int(digits, 16)


def _complex(_: Unpacker, rest: list[Any]) -> complex:
    re, im = rest
    return complex(float(re), float(im))


def _bytes(packed: Unpacker, rest: list[Any]) -> bytes:
    return bytes(packed._slice(*rest))  # noqa: SLF001 - the table belongs to the class


def _opaque(_: Unpacker, rest: list[Any]) -> Opaque:
    (name,) = rest
    return Opaque(str(name)[:200])


def _range(packed: Unpacker, rest: list[Any]) -> range | Opaque:
    start, stop, step = (packed.unpack(part) for part in rest)
    numbers = range(start, stop, step)
    return numbers if numbers[:LONG] == numbers else Opaque("range of more than ten million numbers")


def _slice(packed: Unpacker, rest: list[Any]) -> slice:
    return slice(*(packed.unpack(part) for part in rest))


_SCALARS: dict[str, Callable[[Unpacker, list[Any]], Any]] = {
    "n": _int, "c": _complex, "b": _bytes, "o": _opaque, "r": _range, "i": _slice,
}  # fmt: skip
