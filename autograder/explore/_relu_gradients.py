"""relu_gradients: what a batch's pre-activations let pass of a gradient, in one layer and through many.

The Python face: state, values, words. The network is in ``_network.py``, the still picture in
``_network_picture.py``, the drawing in ``static/relu_gradients.js``, whose maths and words are the same; a test
holds them together.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets

from autograder.explore._columns import fixed, minus, short
from autograder.explore._explorable import Bounded, Explorable, module, style
from autograder.explore._network import BATCH, BENDS, DEPTHS, UNITS, Array, Passed, draw, run
from autograder.explore._network_picture import picture

# The sliders' limits; static/relu_gradients.js holds the same numbers.
LIMITS = {"weight": (0.0, 3.0), "bias": (-4.0, 4.0), "layer": DEPTHS}


def power(x: float) -> str:
    """Write a number of any size in few letters: 0.25, 31.60, 3.2e-5 (with a true minus sign), 0."""
    if x == 0:
        return "0"
    if 0.01 <= x < 1000:  # noqa: PLR2004 - where two decimals say enough
        return f"{x:.2f}"
    digits, exponent = f"{x:.1e}".split("e")
    return minus(f"{digits}e{int(exponent)}")


class ReluGradients(Explorable):
    """The widget that `relu_gradients` returns; its parameters are attributes to read, set and observe."""

    _esm = module("relu_gradients")
    _css = style("columns", "network")
    controls: ClassVar[tuple[str, ...]] = ("function", "weight", "bias", "layer")

    function = traitlets.Enum(list(BENDS), default_value="relu").tag(sync=True)
    weight = Bounded(1.0, low=LIMITS["weight"][0], high=LIMITS["weight"][1])
    bias = Bounded(0.0, low=LIMITS["bias"][0], high=LIMITS["bias"][1])
    layer = traitlets.Int(1, min=DEPTHS[0], max=DEPTHS[1]).tag(sync=True)
    depth = traitlets.Int(10, min=DEPTHS[0], max=DEPTHS[1]).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=1000).tag(sync=True)

    @traitlets.validate("layer")
    def _no_deeper_than_there_are_layers(self, proposal: dict[str, Any]) -> int:
        layer = int(proposal["value"])
        if layer > self.depth:
            raise traitlets.TraitError(f"layer: there are {self.depth} here, no layer {layer}")
        return layer

    @property
    def pre_activations(self) -> Array:
        """What the shown layer's units add up, a row for each example: (32, 20)."""
        return np.asarray(self._passed().z[self.layer - 1])

    @property
    def slopes(self) -> Array:
        """The activation's slope at each of them, what a gradient is multiplied by: (32, 20)."""
        return np.asarray(self._passed().slopes[self.layer - 1])

    @property
    def dead(self) -> int:
        """How many of the shown layer's units have slope 0 for every example."""
        return int((self.slopes == 0).all(axis=0).sum())

    @property
    def gradient_norms(self) -> Array:
        """The gradient's norm at the input and after each layer; it starts as 1 after the last: (depth + 1,)."""
        return self._passed().norms

    def describe(self) -> str:
        """Say in words what the figure shows now; slopes and norms only once they are revealed."""
        layer = f", layer {self.layer} of {self.depth}" if self.depth > 1 else ""
        scene = f"{BENDS[self.function].label}{layer}, w = {short(self.weight)}, b = {short(self.bias)}"
        if not self.revealed:
            return f"{scene}. The slopes are hidden until you predict."
        lines = [f"{scene}: {self._slopes_in_words()}", self._dead_in_words()]
        if self.depth > 1:
            end = power(float(self.gradient_norms[0]))
            lines.append(
                f"Back from layer {self.depth} to the input, the gradient\u2019s norm goes from 1 to {end}."
            )
        return "\n".join(lines)

    def picture(self) -> str:
        """Draw histogram, slopes and norms as a still SVG; slopes and norms only once they are revealed."""
        norms = {name: self._passed(name).norms for name in BENDS} if self.depth > 1 else {}
        return picture(
            self.pre_activations, self.slopes, norms, self.function, self.describe(), revealed=self.revealed
        )

    def _passed(self, function: str = "") -> Passed:
        bend = BENDS[function or self.function]
        return run(bend, self.weight, self.bias, self.depth, draw(self.seed))

    def _slopes_in_words(self) -> str:
        slopes, every = self.slopes, f"{BATCH} examples \u00d7 {UNITS} units"
        other = {"relu": "0", "leaky": "0.01"}.get(self.function)
        if other:
            ones = int((slopes == 1).sum())
            return f"the slope is 1 at {ones} of {slopes.size} places ({every}) and {other} at the others."
        return f"over {every} the slopes have a mean size of {fixed(float(np.abs(slopes).mean()))}."

    def _dead_in_words(self) -> str:
        if self.function != "relu":
            return "No unit is dead: no slope is exactly 0."
        if self.dead == 0:
            return "No unit is dead: each is on for at least one example."
        are = "unit is" if self.dead == 1 else "units are"
        return (
            f"{self.dead} of {UNITS} {are} dead: off for every example, so no gradient reaches their weights."
        )


def relu_gradients(
    function: str = "relu",
    weight: float = 1.0,
    bias: float = 0.0,
    *,
    layer: int = 1,
    depth: int = 10,
    seed: int = 0,
    ask: str = "",
    revealed: bool | None = None,
    lock: Sequence[str] = (),
) -> ReluGradients:
    """Show what the slopes of an activation let pass of a gradient: for a batch in one layer, and through many.

    Every layer computes z = h W + b, then f(z), for a batch of 32 examples in 20 units. Its weights are normal with
    standard deviation weight / sqrt(20), and all its biases are the same. On the way back a gradient is multiplied by
    f'(z), place by place. The histogram of z is filled as far as that lets it pass, the table has every f'(z), and
    columns that are 0 for the whole batch are marked: dead units. Beside it the gradient's norm, layer by layer back
    to the input, for all five activations. Drag the bias under the histogram, or the layer among the norms.

    Parameters
    ----------
    function : {"relu", "leaky", "tanh", "sigmoid", "sin"}
        What to show first. The slope of "leaky" is 0.01 left of zero.
    weight : float
        The scale of all weights, in [0, 3]. Near sqrt(2) ReLU keeps a gradient's norm.
    bias : float
        The bias of all units, in [-4, 4].
    layer : int
        Which layer's pre-activations and slopes are shown, from 1, the first after the input.
    depth : int
        How many layers there are, 1 to 12. With one there are no norms through depth to see.
    seed : int
        Which weights and which batch are drawn, 0 to 1000.
    ask : str
        A question, plain text. Until the student reveals it, slopes, dead units and norms stay hidden.
    revealed : bool, optional
        Whether they are shown. By default they are, unless there is a question.
    lock : sequence of str
        Controls that cannot be moved by hand, of "function", "weight", "bias", "layer".

    Returns
    -------
    ReluGradients
        The widget. Its parameters are attributes; ``pre_activations``, ``slopes``, ``dead`` and ``gradient_norms``
        follow them, ``prediction`` is what the student wrote, ``reset()`` starts over.

    Raises
    ------
    traitlets.TraitError
        If a parameter is outside its limits.
    ValueError
        If `lock` names no control.

    Examples
    --------
    >>> from autograder import explore
    >>> explore.relu_gradients(bias=-2.0, depth=1).dead
    11
    """
    return ReluGradients(
        depth=depth,
        seed=seed,
        function=function,
        weight=weight,
        bias=bias,
        layer=layer,
        ask=ask,
        revealed=revealed,
        lock=lock,
    )
