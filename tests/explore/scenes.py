"""Every explorable as lessons show it: scenes to look at, and one move by keyboard with what it comes to.

Scenes are Python text, so that the same line makes a widget here and in a notebook's cell. A new explorable gets an
entry in `SCENES`; axe, JupyterLab, Notebook 7, reduced motion, requests and the benchmark then look at it too.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from autograder import explore
from autograder.explore._explorable import Explorable


@dataclass(frozen=True)
class Move:
    """A control by its role and name, the key that moves it, the key that moves it back, and what Python then reads."""

    role: Literal["slider", "spinbutton"]
    name: str
    key: str
    back: str
    reads: str
    value: float


@dataclass(frozen=True)
class Shown:
    """What is shown of an explorable: the scene at lesson size that is moved, and others to look at."""

    scene: str
    move: Move
    more: tuple[str, ...]


_ASK = "ask='What do you expect?'"

SCENES = {
    "activations": Shown(
        "activations('sigmoid', x=0.5)",
        Move("slider", "Point x", "ArrowRight", "ArrowLeft", "shown.x", 0.6),
        (
            f"activations('relu', x=0.0, corner='hidden', lock=['function'], {_ASK})",
            "activations('relu', x=0.0, corner_slope=0.5, lock=['function', 'x'])",
            f"activations('softplus', x=-6, sharpness=8, h=0.2, {_ASK}, revealed=True)",
            "activations('tanh', x=6)",
        ),
    ),
    "backprop": Shown(
        "backprop(step=10)",
        Move("spinbutton", "W1[0, 0]", "ArrowUp", "ArrowDown", "shown.params['W1'][0, 0]", 1.1),
        (
            f"backprop(step=7, {_ASK})",
            f"backprop(step=4, {_ASK}, revealed=True, lock=['W1', 'b1', 'W2', 'b2'])",
            "backprop('batch', step=10)",
            f"backprop('batch', step=6, {_ASK})",
        ),
    ),
    "conv_shapes": Shown(
        "conv_shapes(11, k=4, s=3, p=1)",
        Move("slider", "Kernel size k", "ArrowRight", "ArrowLeft", "shown.k", 5),
        (
            f"conv_shapes(11, k=4, s=3, hide=['p', 'd'], lock=['width', 'k', 's'], {_ASK})",
            "conv_shapes(3, k=7)",
            "conv_shapes(10, k=3, s=2, p=1, d=2)",
            "conv_shapes((3, 8, 11), n_kernels=4, k=3, s=2, p=1, bias=True)",
            f"conv_shapes((1, 5, 4), k=7, {_ASK}, revealed=True)",
        ),
    ),
    "gradient_check": Shown(
        "gradient_check(lambda x: np.sum(x**3), lambda x: 3 * x**2, 2.0)",
        Move("slider", "Step h", "ArrowRight", "ArrowLeft", "shown.h", 10**-4.5),
        (
            f"gradient_check(lambda x: np.sum(x**3), lambda x: 3 * x**2, 2.0, {_ASK})",
            f"gradient_check(lambda x: np.sum(np.abs(x)), np.sign, 0.0, guides=True, {_ASK}, revealed=True)",
            "gradient_check(lambda x: np.sum(np.sin(x)), np.sin, np.ones((2, 3)), h=1e-15)",
        ),
    ),
    "receptive_field": Shown(
        "receptive_field([{'kind': 'conv', 'k': 3}, {'kind': 'pool', 'k': 2}, {'kind': 'conv', 'k': 3}])",
        Move("slider", "From layer", "ArrowLeft", "ArrowRight", "shown.level", 2),
        (
            f"receptive_field([{{'kind': 'pool', 'k': 2}}, {{'kind': 'conv', 'k': 3}}], {_ASK})",
            "receptive_field([{'kind': 'conv', 'k': 5, 's': 3, 'd': 4}] * 4)",
            "receptive_field([{'kind': 'conv', 'k': 1}], level=0)",
        ),
    ),
    "relu_gradients": Shown(
        "relu_gradients()",
        Move("slider", "Bias b", "ArrowRight", "ArrowLeft", "shown.bias", 0.1),
        (
            f"relu_gradients(bias=-2.0, depth=1, {_ASK})",
            "relu_gradients('sigmoid', 3.0, depth=12, layer=12)",
            f"relu_gradients('leaky', 0.0, -4.0, lock=['weight'], {_ASK}, revealed=True)",
        ),
    ),
    "softmax_jacobian": Shown(
        "softmax_jacobian([0, 0.5, 1], upstream=[1, 0, -0.5])",
        Move("slider", "Logit 2", "ArrowUp", "ArrowDown", "shown.logits[2]", 1.1),
        (
            f"softmax_jacobian([0, 0.5, 1], {_ASK})",
            f"softmax_jacobian([0, 0.5, 1], upstream=[1, 0, -0.5], lock=['logits'], {_ASK})",
            "softmax_jacobian([20, -20, 0, 1, 2, 3], upstream=[10, -10, 0, 0, 0, 1], n=1000000)",
        ),
    ),
    "softmax_temperature": Shown(
        "softmax_temperature([1, 2, 3])",
        Move("slider", "Logit 0", "ArrowUp", "ArrowDown", "shown.logits[0]", 1.1),
        (
            f"softmax_temperature([1, 2, 3], max_trick=False, lock=['logits', 'temperature'], {_ASK})",
            "softmax_temperature([1, 2, 3], shift=1000, max_trick=False)",
            f"softmax_temperature([1, 3, 3], 1e8, {_ASK}, revealed=True)",
            "softmax_temperature([-20, 20, 0, 1, 2, 3], 1e-8)",
        ),
    ),
    "training": Shown(
        "training(hidden=4)",
        Move("slider", "Learning rate", "ArrowRight", "ArrowLeft", "shown.rate", 1.0),
        (
            f"training(data='rings', hidden=3, rate=1.0, creases=True, lock=['data', 'seed'], {_ASK})",
            "training(data=(np.eye(64)[np.arange(60) % 9], np.arange(60) % 9), hidden=4)",
            f"training(hidden=32, rate=100.0, creases=True, {_ASK}, revealed=True)",
        ),
    ),
}


def made(scene: str) -> Explorable:
    """Make the widget of a scene, as a lesson's cell would."""
    return eval(f"explore.{scene}", {"explore": explore, "np": np})  # type: ignore[no-any-return]  # noqa: S307 (our own text)


def all_scenes() -> list[str]:
    """List every scene of every explorable."""
    return [scene for shown in SCENES.values() for scene in (shown.scene, *shown.more)]
