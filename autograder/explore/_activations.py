"""activations: an activation function and its slope side by side, and what happens at ReLU's corner.

The Python face: state, values, words, the still picture. The drawing is in ``static/activations.js``, whose
maths and words are the same; a test holds them together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import traitlets

from autograder.explore._explorable import Bounded, Explorable, module, style
from autograder.explore._picture import Panel, svg


@dataclass(frozen=True)
class _Function:
    """A name, a formula, f(x, sharpness) and f'(x, sharpness, corner), and limits and ticks for a plot of f."""

    label: str
    formula: str
    value: Callable[[float, float], float]
    slope: Callable[[float, float, float], float]
    ylim: tuple[float, float]
    yticks: tuple[float, ...]


def _sigmoid(x: float) -> float:
    e = float(np.exp(-abs(x)))  # at most 1: no overflow on either side
    return 1 / (1 + e) if x >= 0 else e / (1 + e)


def _relu_slope(x: float, _sharpness: float, corner: float) -> float:
    return corner if x == 0 else float(x > 0)


FUNCTIONS = {
    "relu": _Function(
        "ReLU",
        "f(x) = max(0, x)",
        lambda x, _: max(0.0, x),
        _relu_slope,
        (-1.5, 6),
        (0, 2, 4, 6),
    ),
    "sigmoid": _Function(
        "Sigmoid",
        "f(x) = 1 / (1 + e\u207b\u02e3)",
        lambda x, _: _sigmoid(x),
        lambda x, _, __: _sigmoid(x) * _sigmoid(-x),
        (-0.25, 1.25),
        (0, 0.5, 1),
    ),
    "tanh": _Function(
        "Tanh",
        "f(x) = tanh(x)",
        lambda x, _: float(np.tanh(x)),
        lambda x, _, __: 4 * _sigmoid(2 * x) * _sigmoid(-2 * x),  # 1 - tanh^2 without its cancellation
        (-1.25, 1.25),
        (-1, 0, 1),
    ),
    "softplus": _Function(
        "Softplus",
        "f(x) = log(1 + e^(\u03b2x)) / \u03b2",
        lambda x, b: float(np.logaddexp(0, b * x)) / b,
        lambda x, b, _: _sigmoid(b * x),
        (-1.5, 6),
        (0, 2, 4, 6),
    ),
}

# The sliders' limits; static/activations.js holds the same numbers.
LIMITS = {"x": (-6.0, 6.0), "corner_slope": (0.0, 1.0), "sharpness": (1.0, 20.0), "h": (0.0, 2.0)}


def _bounded(name: str, default: float) -> Bounded:
    low, high = LIMITS[name]
    return Bounded(default, low=low, high=high)


def _fixed(x: float) -> str:
    return _minus(f"{x:.4f}" if round(x, 4) else "0.0000")


def _short(x: float) -> str:
    return _minus(f"{round(x, 4) + 0:.15g}")


def _minus(text: str) -> str:
    return text.replace("-", "\u2212")


class Activations(Explorable):
    """The widget that `activations` returns; its parameters are attributes to read, set and observe."""

    _esm = module("activations")
    _css = style()
    controls: ClassVar[tuple[str, ...]] = ("function", "x", "corner_slope", "sharpness", "h")

    function = traitlets.Enum(list(FUNCTIONS), default_value="relu").tag(sync=True)
    x = _bounded("x", 1.0)
    corner = traitlets.Enum(["fan", "hidden"], default_value="fan").tag(sync=True)
    corner_slope = _bounded("corner_slope", 0.0)
    sharpness = _bounded("sharpness", 1.0)
    h = _bounded("h", 0.0)

    @property
    def y(self) -> np.float64:
        """The function's value at `x`."""
        return self._value(self.x)

    @property
    def slope(self) -> np.float64:
        """The slope at `x`; at ReLU's corner, that of the dashed line, or NaN while what stands there is hidden."""
        return self._slope(self.x)

    @property
    def central_difference(self) -> np.float64:
        """(f(x + h) - f(x - h)) / 2h, what the probe measures; NaN while the probe is off (h = 0)."""
        if self.h == 0:
            return np.float64(np.nan)
        return (self._value(self.x + self.h) - self._value(self.x - self.h)) / (2 * self.h)

    def describe(self) -> str:
        """Say in words what the figure shows now; the slope only once it is revealed."""
        at = f"{self._chosen.label} at x = {_short(self.x)}: f(x) = {_fixed(self.y)}"
        if not self.revealed:
            return f"{at}. The slope is hidden until you predict it."
        lines = [f"{at}." if self._at_corner else f"{at}, slope f\u2032(x) = {_fixed(self.slope)}."]
        if self._at_corner:
            lines.append("The graph has a corner here." if self.corner == "hidden" else self._fan())
        if self.function == "softplus":
            gap = _fixed(self.y - max(0.0, self.x))
            lines.append(f"With sharpness \u03b2 = {_short(self.sharpness)} it lies {gap} above ReLU here.")
        if self.h > 0:
            measured = self.central_difference
            off = "" if self._at_corner else f", off by {_fixed(abs(measured - self.slope))}"
            lines.append(f"Central difference with h = {_short(self.h)}: {_fixed(measured)}{off}.")
            if self.function == "relu" and abs(self.x) < self.h:
                lines.append("Its two points lie on both sides of the corner.")
        return "\n".join(lines)

    def picture(self) -> str:
        """Draw f and its slope as a still SVG; the slope only once it is revealed."""
        f, (low, high) = self._chosen, LIMITS["x"]
        values = Panel(f.formula, f.ylim, f.yticks, [(self._value, low, high)], [(self.x, self.y)])
        title, ylim, ticks = "slope f\u2032(x)", (-0.15, 1.2), (0, 0.25, 0.5, 0.75, 1)
        if not self.revealed:
            slopes = Panel(title, ylim, ticks, note="Hidden until you predict it")
        else:
            halves = [(lambda _: 0.0, low, 0.0), (lambda _: 1.0, 0.0, high)]  # ReLU: a gap at 0, not a cliff
            pieces = halves if self.function == "relu" else [(self._slope, low, high)]
            point = [] if np.isnan(self.slope) else [(self.x, self.slope)]
            slopes = Panel(title, ylim, ticks, pieces, point, "#b34a00")
        return svg([values, slopes], (low, high), self.describe())

    @property
    def _chosen(self) -> _Function:
        return FUNCTIONS[self.function]

    @property
    def _at_corner(self) -> bool:
        return self.function == "relu" and self.x == 0

    def _fan(self) -> str:
        return (
            "At the corner there is no slope. "
            f"The dashed line has slope {_short(self.corner_slope)}; "
            "with any slope from 0 to 1 it stays on or below the graph."
        )

    def _value(self, x: float) -> np.float64:
        return np.float64(self._chosen.value(x, self.sharpness))

    def _slope(self, x: float) -> np.float64:
        corner = self.corner_slope if self.corner == "fan" else np.nan
        return np.float64(self._chosen.slope(x, self.sharpness, corner))


def activations(
    function: str = "relu",
    x: float = 1.0,
    *,
    corner: str = "fan",
    corner_slope: float = 0.0,
    sharpness: float = 1.0,
    h: float = 0.0,
    ask: str = "",
    revealed: bool | None = None,
    lock: Sequence[str] = (),
) -> Activations:
    """Show an activation function and its slope side by side, with a point to drag.

    Drag the point, or move it with the arrow keys; its tangent follows. ReLU has no slope at its corner, but a
    fan of lines that stay on or below the graph, and you choose one of them. Softplus comes as close to ReLU as
    its sharpness says. The probe measures the slope by a central difference, also where that misleads: across
    the corner.

    Parameters
    ----------
    function : {"relu", "sigmoid", "tanh", "softplus"}
        What to show first. Softplus is log(1 + exp(sharpness * x)) / sharpness.
    x : float
        The point, in [-6, 6].
    corner : {"fan", "hidden"}
        What stands at ReLU's corner: the fan of lines with a slope to choose, or nothing yet, for a lesson in
        which the student is about to find it.
    corner_slope : float
        Slope of the line chosen from the fan, a subgradient, in [0, 1].
    sharpness : float
        How sharply softplus turns, in [1, 20]; as it grows, softplus tends to ReLU.
    h : float
        Step of the finite-difference probe, in [0, 2]. With 0 there is no probe and no slider for it.
    ask : str
        A question, plain text. Until the student reveals it, everything about the slope stays hidden.
    revealed : bool, optional
        Whether the slope is shown. By default it is, unless there is a question.
    lock : sequence of str
        Controls that cannot be moved by hand, such as ``["function"]``.

    Returns
    -------
    Activations
        The widget. Its parameters are attributes; ``y``, ``slope``, ``central_difference`` are NumPy floats
        that follow them, ``prediction`` is what the student wrote, ``reset()`` starts over.

    Raises
    ------
    traitlets.TraitError
        If a parameter is outside its limits, the function is none of the four, or the corner neither of the two.
    ValueError
        If `lock` names no control.

    Examples
    --------
    >>> from autograder import explore
    >>> shown = explore.activations("relu", x=0.0, corner_slope=0.5)
    >>> float(shown.y), float(shown.slope)
    (0.0, 0.5)
    """
    return Activations(
        function=function,
        x=x,
        corner=corner,
        corner_slope=corner_slope,
        sharpness=sharpness,
        h=h,
        ask=ask,
        revealed=revealed,
        lock=lock,
    )
