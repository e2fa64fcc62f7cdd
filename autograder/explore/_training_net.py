"""What training learns from and with: sets of points, images, first weights, and a two-layer net of our own.

``static/training_net.js`` does the same in the browser, with the same points and weights.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from autograder.explore._network import Array, normals

Labels = NDArray[np.int64]
Params = dict[str, Array]
Forward = Callable[[Array, Params], object]
Backward = Callable[[Array, Labels, Params], object]
Step = Callable[[Params, Params, float], object]

POINTS = 200
TRAINED, KEPT = 800, 100  # images
MOST_CLASSES, MOST_PIXELS = 10, 256
_NOISE_SEED = 2000  # far from any seed of weights

# The part of the plane that is shown, and the points at which a net is asked: rows from the top down.
WINDOW = (2.4, 2.1)
ACROSS, DOWN = 57, 50


@dataclass(frozen=True)
class Examples:
    """What is trained on, and what is counted: the same points in the plane, other images."""

    x: Array
    y: Labels
    counted_x: Array
    counted_y: Labels
    classes: int


def _moons(t: Array) -> tuple[Array, Array]:
    return np.cos(pi * t) - 0.5, np.sin(pi * t) - 0.25


def _rings(t: Array) -> tuple[Array, Array]:
    return np.cos(2 * pi * t), np.sin(2 * pi * t)


def _spirals(t: Array) -> tuple[Array, Array]:
    return (0.25 + t) * np.cos(2.2 * pi * t), (0.25 + t) * np.sin(2.2 * pi * t)


def plane(name: str) -> Examples:
    """Return 200 points of two classes by turns: two half moons, a ring round a ring, or two arms of a spiral.

    Each class is a curve with its points evenly spread and then moved by normal noise: no randomness but a fixed one.
    """
    t = (np.arange(POINTS // 2) + 0.5) / (POINTS // 2)
    noise = normals(_NOISE_SEED, 2 * POINTS).reshape(POINTS, 2)
    x = np.empty((POINTS, 2))
    for label in (0, 1):
        sign = 1 - 2 * label
        if name == "moons":
            a, b = _moons(t)
            size, spread = 1.35 * sign, 0.17  # the second moon is the first, turned half round
        elif name == "rings":
            a, b = _rings(t)
            size, spread = (0.7, 1.6)[label], 0.15
        else:
            a, b = _spirals(t)
            size, spread = 1.45 * sign, 0.08
        x[label::2] = size * np.column_stack([a, b]) + spread * noise[label::2]
    y = np.arange(POINTS) % 2
    return Examples(x, y, x, y, 2)


def images(x: Array, y: Labels) -> Examples:
    """Return 800 images to train on and 100 others to count; fewer if there are fewer, one in five to count.

    Raises
    ------
    ValueError
        If rows are no square images, or labels are not whole numbers from 0 to 9, one for each row.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y)
    side = int(np.sqrt(x.shape[1])) if x.ndim == 2 else 0  # noqa: PLR2004 - rows and columns
    if side < 1 or side**2 != x.shape[1] or side**2 > MOST_PIXELS:
        raise ValueError(f"data: rows are square images of at most {MOST_PIXELS} pixels; X is {x.shape}")
    if y.shape != x.shape[:1] or y.dtype.kind not in "iu" or y.min() < 0 or y.max() >= MOST_CLASSES:
        raise ValueError(
            f"data: y is {y.shape}, of {y.dtype}; one whole number from 0 to 9 for each row is due"
        )
    if len(x) < 5:  # noqa: PLR2004 - one in five is counted
        raise ValueError("data: at least five images are needed")
    kept = min(KEPT, len(x) // 5)
    trained = min(TRAINED, len(x) - kept)
    counted = slice(trained, trained + kept)
    y = y.astype(np.int64)
    return Examples(x[:trained], y[:trained], x[counted], y[counted], int(y.max()) + 1)


def first_weights(inputs: int, hidden: int, classes: int, seed: int) -> Params:
    """Draw nearly normal weights of standard deviation sqrt(2 / n) for a layer that reads n numbers; biases are 0."""
    drawn = normals(seed, inputs * hidden + hidden * classes)
    first, second = np.split(drawn, [inputs * hidden])
    return {
        "W1": first.reshape(inputs, hidden) * np.sqrt(2 / inputs),
        "b1": np.zeros(hidden),
        "W2": second.reshape(hidden, classes) * np.sqrt(2 / hidden),
        "b2": np.zeros(classes),
    }


def grid() -> Array:
    """Return the points of the plane at which a net is asked: (2850, 2), row by row from the top left."""
    across, down = np.linspace(-WINDOW[0], WINDOW[0], ACROSS), np.linspace(WINDOW[1], -WINDOW[1], DOWN)
    a, b = np.meshgrid(across, down)
    return np.column_stack([a.ravel(), b.ravel()])


def silent(x: Array, params: Mapping[str, Array]) -> int:
    """Count the hidden units that are 0 for every example: no gradient reaches their weights."""
    return int((x @ params["W1"] + params["b1"] <= 0).all(axis=0).sum())


# The net that is trained where no functions are given.


def forward(x: Array, params: Params) -> tuple[Array, Array]:
    """Return scores and hidden activations."""
    hidden = np.maximum(x @ params["W1"] + params["b1"], 0.0)
    return hidden @ params["W2"] + params["b2"], hidden


def backward(x: Array, y: Labels, params: Params) -> tuple[float, Params]:
    """Return the mean loss and its gradient."""
    scores, hidden = forward(x, params)
    scores = scores - scores.max(axis=1, keepdims=True)
    total = np.log(np.exp(scores).sum(axis=1))
    rows = np.arange(len(y))
    loss = float(np.mean(total - scores[rows, y]))
    delta = np.exp(scores - total[:, None])
    delta[rows, y] -= 1
    delta /= len(y)
    under = np.where(hidden > 0, delta @ params["W2"].T, 0.0)
    return loss, {
        "W1": x.T @ under,
        "b1": under.sum(axis=0),
        "W2": hidden.T @ delta,
        "b2": delta.sum(axis=0),
    }


def step(params: Params, grads: Params, rate: float) -> Params:
    """Return params moved against their gradients."""
    return {name: value - rate * grads[name] for name, value in params.items()}
