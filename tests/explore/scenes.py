"""Every explorable as lessons show it: scenes to look at, and a move by keyboard and by mouse with what it comes to.

Scenes are Python text, so that the same line makes a widget here and in a notebook's cell. A new explorable gets an
entry in `SCENES`; axe, JupyterLab, Notebook 7, the handout, reduced motion, narrow screens, requests and the
benchmark then look at it too.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

import numpy as np
from playwright.sync_api import Locator, Page

from autograder import explore
from autograder.explore._explorable import Explorable


@dataclass(frozen=True)
class Move:
    """A control by its role and name, the key that moves it, the key that moves it back, and what Python then reads.

    What is read is a trait or an entry of one: setting it by code has to come to the same.
    """

    role: Literal["slider", "spinbutton"]
    name: str
    key: str
    back: str
    reads: str
    value: float


@dataclass(frozen=True)
class At:
    """A place on the page: in the first element of a selector, at fractions of its width and height."""

    selector: str
    x: float = 0.5
    y: float = 0.5


@dataclass(frozen=True)
class Drag:
    """Where the mouse presses and where it lets go, or how many pixels up from there, and what Python then reads."""

    start: At
    end: At | float
    reads: str
    value: float


@dataclass(frozen=True)
class Shown:
    """What is shown of an explorable: the scene at lesson size that is moved, how, and others to look at."""

    scene: str
    move: Move
    more: tuple[str, ...]
    drag: Drag
    runs: str = ""  #: the name of a button that starts what goes on until it is stopped; empty: nothing does


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
        Drag(At("svg", 0.3), At("svg", (36 + 314 * 9 / 12) / 360, 0.4), "shown.x", 3.0),
    ),
    "backprop": Shown(
        "backprop(step=10)",
        Move("spinbutton", "W1[0, 0]", "ArrowUp", "ArrowDown", "shown.W1[0][0]", 1.1),
        (
            f"backprop(step=7, {_ASK})",
            f"backprop(step=4, {_ASK}, revealed=True, lock=['W1', 'b1', 'W2', 'b2'])",
            "backprop('batch', step=10)",
            f"backprop('batch', step=6, {_ASK})",
        ),
        Drag(At("[aria-label='W1[0, 0]']", 0.2), 25, "shown.W1[0][0]", 1.5),
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
        Drag(At(".ag-c-now"), At(".ag-c-out", 0.5, 2.5 / 4), "shown.place", 2),
    ),
    "gradient_check": Shown(
        "gradient_check(lambda x: np.sum(x**3), lambda x: 3 * x**2, 2.0)",
        Move("slider", "Step h", "ArrowRight", "ArrowLeft", "shown.h", 10**-4.5),
        (
            f"gradient_check(lambda x: np.sum(x**3), lambda x: 3 * x**2, 2.0, {_ASK})",
            f"gradient_check(lambda x: np.sum(np.abs(x)), np.sign, 0.0, guides=True, {_ASK}, revealed=True)",
            "gradient_check(lambda x: np.sum(np.sin(x)), np.sin, np.ones((2, 3)), h=1e-15)",
        ),
        Drag(At("svg", 0.4), At("svg", (46 + 362 * (15.3 - 11) / 15.6) / 420, 0.4), "shown.h", 1e-11),
    ),
    "receptive_field": Shown(
        "receptive_field([{'kind': 'conv', 'k': 3}, {'kind': 'pool', 'k': 2}, {'kind': 'conv', 'k': 3}])",
        Move("slider", "From layer", "ArrowLeft", "ArrowRight", "shown.level", 2),
        (
            f"receptive_field([{{'kind': 'pool', 'k': 2}}, {{'kind': 'conv', 'k': 3}}], {_ASK})",
            "receptive_field([{'kind': 'conv', 'k': 5, 's': 3, 'd': 4}] * 4)",
            "receptive_field([{'kind': 'conv', 'k': 1}], level=0)",
        ),
        Drag(At(".ag-point"), At("svg", 0.5, 0.59), "shown.level", 1),
    ),
    "relu_gradients": Shown(
        "relu_gradients()",
        Move("slider", "Bias b", "ArrowRight", "ArrowLeft", "shown.bias", 0.1),
        (
            f"relu_gradients(bias=-2.0, depth=1, {_ASK})",
            "relu_gradients('sigmoid', 3.0, depth=12, layer=12)",
            f"relu_gradients('leaky', 0.0, -4.0, lock=['weight'], {_ASK}, revealed=True)",
        ),
        Drag(At("svg", 0.55), At("svg", (36 + 314 * 2 / 12) / 360), "shown.bias", -4.0),
    ),
    "softmax_jacobian": Shown(
        "softmax_jacobian([0, 0.5, 1], upstream=[1, 0, -0.5])",
        Move("slider", "Logit 2", "ArrowUp", "ArrowDown", "shown.logits[2]", 1.1),
        (
            f"softmax_jacobian([0, 0.5, 1], {_ASK})",
            f"softmax_jacobian([0, 0.5, 1], upstream=[1, 0, -0.5], lock=['logits'], {_ASK})",
            "softmax_jacobian([20, -20, 0, 1, 2, 3], upstream=[10, -10, 0, 0, 0, 1], n=1000000)",
        ),
        Drag(At(".ag-grip"), At("svg", 0.25, 100.9 / 220), "shown.logits[0]", 3.0),
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
        Drag(
            At(".ag-entropy", 0.5), At(".ag-entropy", (42 + 306 * 3.1 / 4.2) / 360), "shown.temperature", 10.0
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
        Drag(At("input[data-name='rate']", 0.5), At("input[data-name='rate']", 1.0), "shown.rate", 100.0),
        runs="Run",
    ),
}


def made(scene: str) -> Explorable:
    """Make the widget of a scene, as a lesson's cell would."""
    return eval(f"explore.{scene}", {"explore": explore, "np": np})  # type: ignore[no-any-return]  # noqa: S307 (our own text)


def moved(scene: str, by: Move | Drag) -> str:
    """Say in Python's words what a scene shows once it is moved: NumPy's numbers."""
    shown = made(scene)
    shown._scene = deepcopy(shown._scene)  # where reset goes must not change with it
    exec(f"{by.reads} = {by.value!r}", {"shown": shown})  # noqa: S102 (our own text)
    return shown.describe()


def drag(page: Page, box: Locator, by: Drag) -> None:
    """Move an explorable with the mouse: press, move, let go."""

    def place(at: At) -> tuple[float, float]:
        found = box.locator(at.selector).first.bounding_box()
        assert found, f"{at.selector} is not to be seen"
        return found["x"] + at.x * found["width"], found["y"] + at.y * found["height"]

    box.locator(by.start.selector).first.scroll_into_view_if_needed()
    x, y = place(by.start)
    page.mouse.move(x, y)
    page.mouse.down()
    if isinstance(by.end, At):
        page.mouse.move(*place(by.end), steps=4)
    else:
        page.mouse.move(x, y - by.end, steps=4)
    page.mouse.up()


def all_scenes() -> list[str]:
    """List every scene of every explorable."""
    return [scene for shown in SCENES.values() for scene in (shown.scene, *shown.more)]
