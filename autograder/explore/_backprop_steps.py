"""backprop's maths: a net of two layers, forward and backward in NumPy, and each entry worked out in words.

One example is a column of lesson 03's part A (sine, softmax, its loss); a batch has its rows, as in part B (rectifier, the
loss summed). ``static/backprop_net.js`` says the same in the browser; a test holds them together.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = tuple[int, ...]
Entry = tuple[str, Index]

# Values and sizes a net may have; static/backprop_net.js holds the same numbers.
LIMITS = {"value": 20, "units": 4, "examples": 4}
FORWARD = 4
PARAMETERS = ("x", "W1", "b1", "W2", "b2")
# What each step finds: four forward, six backward. "∂W2" is the gradient of the loss with respect to W2.
STEPS = (
    ("h_a",),
    ("h_s",),
    ("o_a",),
    ("o_s", "L"),
    ("\u2202o_a",),
    ("\u2202W2", "\u2202b2"),
    ("\u2202h_s",),
    ("\u2202h_a",),
    ("\u2202W1", "\u2202b1"),
    ("\u2202x",),
)
_BATCH = {"x": "X", "h_a": "Z", "h_s": "H", "o_a": "S", "o_s": "P"}


def name_of(form: str, key: str) -> str:
    """Name an array as in code: h_s is H in a batch, its gradient d_hs or dH."""
    slot = key.removeprefix("\u2202")
    name = _BATCH.get(slot, slot) if form == "batch" else slot
    if slot == key:
        return name
    return f"d_{name.replace('_', '')}" if "_" in name else f"d{name}"


def found_at(key: str) -> int:
    """Say which step finds an array; what is given is there from the start, at 0."""
    return next((i for i, keys in enumerate(STEPS, 1) if key in keys), 0)


def where(step: int) -> str:
    """Say where a step is: "Backward 3 of 6"."""
    if step <= FORWARD:
        return f"Forward {step} of {FORWARD}"
    return f"Backward {step - FORWARD} of {len(STEPS) - FORWARD}"


def short(x: float) -> str:
    """Write a number with at most four decimals and a true minus sign; halves are rounded as a browser does."""
    rounded = Decimal(float(x)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return f"{float(rounded) + 0:.15g}".replace("-", "\u2212")


def nested(array: Array) -> str:
    """Write an array as nested tuples."""
    if array.ndim == 0:
        return short(float(array))
    return f"({', '.join(nested(np.asarray(inner)) for inner in array)})"


@dataclass(frozen=True)
class Net:
    """A net, its input and its right class or classes, and all arrays that follow from them."""

    form: str
    y: Array
    arrays: Mapping[str, Array]

    @classmethod
    def of(cls, form: str, y: object, given: Mapping[str, object]) -> "Net":
        """Take x, W1, b1, W2, b2 forward and back."""
        arrays = {name: np.asarray(given[name], dtype=np.float64) for name in PARAMETERS}
        label = np.asarray(y, dtype=int)
        run = _batch if form == "batch" else _column
        return cls(form, label, {**arrays, **run(label, **arrays)})

    def entries(self, step: int) -> list[Entry]:
        """List the entries that a step finds, in order."""
        return [(key, index) for key in STEPS[step - 1] for index in np.ndindex(self.arrays[key].shape)]

    def entry_name(self, entry: Entry) -> str:
        """Name one entry, as in code: W2[1, 0]; a number has no index."""
        key, index = entry
        name = name_of(self.form, key)
        return f"{name}[{', '.join(map(str, index))}]" if index else name

    def found(self, key: str) -> str:
        """Say what an array is, with its shape."""
        array = self.arrays[key]
        of = f" of shape {array.shape}" if array.ndim else ""
        return f"{name_of(self.form, key)}{of} is {nested(array)}"

    def worked(self, entry: Entry) -> str:
        """Say how one entry is worked out, with the numbers filled in."""
        return _Work(self, *entry).text()


@dataclass(frozen=True)
class _Work:
    """One entry, and how it comes from others."""

    net: Net
    key: str
    index: Index

    def text(self) -> str:
        number = short(self._at(self.key, self.index))
        by: dict[str, Callable[[], str]] = {
            "h_a": lambda: self._layer("W1", "x", "b1"),
            "h_s": self._bend,
            "o_a": lambda: self._layer("W2", "h_s", "b2"),
            "o_s": self._softmax,
            "L": self._loss,
            "\u2202o_a": lambda: (
                f"{short(self._at('o_s', self.index))} \u2212 {int(self._label == self.index[-1])}"
            ),
            "\u2202W2": lambda: self._share("h_s", "\u2202o_a"),
            "\u2202b2": lambda: self._total("\u2202o_a"),
            "\u2202h_s": lambda: self._collect("W2", "\u2202o_a"),
            "\u2202h_a": self._unbend,
            "\u2202W1": lambda: self._share("x", "\u2202h_a"),
            "\u2202b1": lambda: self._total("\u2202h_a"),
            "\u2202x": lambda: self._collect("W1", "\u2202h_a"),
        }
        text = by[self.key]()
        return f"= {number}" if text == number else f"= {text} = {number}"

    @property
    def _batch(self) -> bool:
        return self.net.form == "batch"

    @property
    def _row(self) -> Index:
        return self.index[:1] if self._batch else ()

    @property
    def _label(self) -> int:
        return int(self.net.y[self._row])

    def _at(self, key: str, index: Index) -> float:
        return float(self.net.arrays[key][index])

    def _weight(self, name: str, to: int, source: int) -> float:
        return self._at(name, (source, to) if self._batch else (to, source))

    def _units(self, key: str) -> Iterator[tuple[int, float]]:
        array = self.net.arrays[key]
        return ((u, self._at(key, (*self._row, u))) for u in range(array.shape[-1]))

    def _layer(self, weights: str, source: str, bias: str) -> str:
        to = self.index[-1]
        pairs = [(self._weight(weights, to, i), value) for i, value in self._units(source)]
        added = self._at(bias, (to,))
        end = f" \u2212 {short(-added)}" if added < 0 else f" + {short(added)}"
        return _products([(b, a) for a, b in pairs] if self._batch else pairs) + end

    def _bend(self) -> str:
        z = short(self._at("h_a", self.index))
        return f"max(0, {z})" if self._batch else f"sin({z})"

    def _unbend(self) -> str:
        g, z = _bracket(self._at("\u2202h_s", self.index)), short(self._at("h_a", self.index))
        return f"{g}\u00b7({z} > 0)" if self._batch else f"{g}\u00b7cos({z})"

    def _softmax(self) -> str:
        exps = [f"exp({short(value)})" for _, value in self._units("o_a")]
        return f"{exps[self.index[-1]]} / ({' + '.join(exps)})"

    def _loss(self) -> str:
        right = [(n, int(k)) for n, k in enumerate(self.net.y)] if self._batch else [(int(self.net.y),)]
        logs = [f"\u2212ln {short(self._at('o_s', index))}" for index in right]
        return " ".join(logs).replace(" \u2212", " \u2212 ")

    def _collect(self, weights: str, above: str) -> str:
        unit = self.index[-1]
        return _products([(g, self._weight(weights, k, unit)) for k, g in self._units(above)])

    def _share(self, source: str, above: str) -> str:
        a, b = self.index
        if not self._batch:
            return _products([(self._at(above, (a,)), self._at(source, (b,)))])
        examples = range(len(self.net.y))
        return _products([(self._at(source, (n, a)), self._at(above, (n, b))) for n in examples])

    def _total(self, above: str) -> str:
        if not self._batch:
            return short(self._at(above, self.index))
        return " + ".join(_bracket(self._at(above, (n, *self.index))) for n in range(len(self.net.y)))


def _bracket(x: float) -> str:
    return f"({short(x)})" if x < 0 else short(x)


def _products(pairs: list[tuple[float, float]]) -> str:
    return " + ".join(f"{_bracket(a)}\u00b7{_bracket(b)}" for a, b in pairs)


def _log_softmax(scores: Array) -> Array:
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def _column(y: NDArray[np.int_], x: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> dict[str, Array]:  # noqa: N803
    h_a = W1 @ x + b1
    h_s = np.sin(h_a)
    o_a = W2 @ h_s + b2
    logs = _log_softmax(o_a)
    d_oa = np.exp(logs) - np.eye(len(o_a))[y]
    d_hs = W2.T @ d_oa
    d_ha = d_hs * np.cos(h_a)
    values = {"h_a": h_a, "h_s": h_s, "o_a": o_a, "o_s": np.exp(logs), "L": np.asarray(-logs[y])}
    output = {"\u2202o_a": d_oa, "\u2202W2": np.outer(d_oa, h_s), "\u2202b2": d_oa, "\u2202h_s": d_hs}
    hidden = {"\u2202h_a": d_ha, "\u2202W1": np.outer(d_ha, x), "\u2202b1": d_ha, "\u2202x": W1.T @ d_ha}
    return values | output | hidden


def _batch(y: NDArray[np.int_], x: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> dict[str, Array]:  # noqa: N803
    Z = x @ W1 + b1  # noqa: N806 - the lesson's names
    H = np.maximum(0, Z)  # noqa: N806
    S = H @ W2 + b2  # noqa: N806
    logs = _log_softmax(S)
    dS = np.exp(logs) - np.eye(S.shape[1])[y]  # noqa: N806
    dH = dS @ W2.T  # noqa: N806
    dZ = dH * (Z > 0)  # noqa: N806
    loss = -logs[np.arange(len(y)), y].sum()
    values = {"h_a": Z, "h_s": H, "o_a": S, "o_s": np.exp(logs), "L": np.asarray(loss)}
    output = {"\u2202o_a": dS, "\u2202W2": H.T @ dS, "\u2202b2": dS.sum(axis=0), "\u2202h_s": dH}
    hidden = {"\u2202h_a": dZ, "\u2202W1": x.T @ dZ, "\u2202b1": dZ.sum(axis=0), "\u2202x": dZ @ W1.T}
    return values | output | hidden
