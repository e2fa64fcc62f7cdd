"""A deep network of random weights and one activation: forward with a batch, then a gradient back through it.

``static/network.js`` does the same in the browser, with the same weights to the last bit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BATCH, UNITS, DEPTHS = 32, 20, (1, 12)


def _logistic(z: Array) -> Array:
    e = np.exp(-np.abs(z))  # at most 1: no overflow on either side
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


@dataclass(frozen=True)
class Bend:
    """An activation: a label, the function, its slope."""

    label: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


# Only the slopes of the first can be exactly 0.
BENDS = {
    "relu": Bend("ReLU", lambda z: np.maximum(z, 0.0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "leaky": Bend("Leaky ReLU", lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
    "tanh": Bend("Tanh", np.tanh, lambda z: 4.0 * _logistic(2 * z) * _logistic(-2 * z)),
    "sigmoid": Bend("Sigmoid", _logistic, lambda z: _logistic(z) * _logistic(-z)),
    "sin": Bend("Sin", np.sin, np.cos),
}


@dataclass(frozen=True)
class Drawn:
    """The batch, the gradient that arrives at the last layer (its norm is 1), and weights for every layer."""

    batch: Array
    top: Array
    weights: Array


@dataclass(frozen=True)
class Passed:
    """Pre-activations and slopes of each layer, and the gradient's norm at the input (0) and after each layer."""

    z: Array
    slopes: Array
    norms: Array


def normals(seed: int, count: int) -> Array:
    """Draw nearly normal numbers: twelve uniform ones added up, less 6.

    Sums of binary fractions are exact, so that the browser draws the very same numbers.
    """
    a = np.arange(seed * 1_000_000 + 1, seed * 1_000_000 + 12 * count + 1, dtype=np.uint32)
    a = a * np.uint32(0x6D2B79F5)  # all of this wraps around at 2**32, as meant
    a = (a ^ (a >> np.uint32(15))) * (a | np.uint32(1))
    a = a ^ (a + (a ^ (a >> np.uint32(7))) * (a | np.uint32(61)))
    uniform: Array = (a ^ (a >> np.uint32(14))) / 2.0**32
    return np.asarray(uniform.reshape(count, 12).sum(axis=1) - 6.0, dtype=np.float64)


@cache
def draw(seed: int) -> Drawn:
    """Return what a network of this seed is made of."""
    size, layers = BATCH * UNITS, DEPTHS[1]
    drawn = normals(seed, 2 * size + layers * UNITS * UNITS)
    batch, top, weights = np.split(drawn, [size, 2 * size])
    return Drawn(
        batch.reshape(BATCH, UNITS),
        top.reshape(BATCH, UNITS) / np.linalg.norm(top),
        weights.reshape(layers, UNITS, UNITS),
    )


def run(bend: Bend, weight: float, bias: float, depth: int, drawn: Drawn) -> Passed:
    """Go forward and back.

    The weights of a layer are what was drawn, times `weight` / sqrt(UNITS); `bias` is added to all.
    """
    weights = drawn.weights[:depth] * (weight / np.sqrt(UNITS))
    z = np.empty((depth, BATCH, UNITS))
    h = drawn.batch
    for layer in range(depth):
        z[layer] = h @ weights[layer] + bias
        h = bend.value(z[layer])
    slopes = bend.slope(z)
    norms = np.ones(depth + 1)
    gradient = drawn.top
    for layer in reversed(range(depth)):
        gradient = (gradient * slopes[layer]) @ weights[layer].T
        norms[layer] = np.linalg.norm(gradient)
    return Passed(z, slopes, norms)
