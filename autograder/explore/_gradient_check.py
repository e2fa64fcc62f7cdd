"""gradient_check: how far a measured gradient is off, for one step h after another, with the student's own functions.

The Python face: state, values, words, the still picture; ``_measure.py`` calls the functions. The drawing is in
``static/gradient_check.js``, whose words are the same. Only a new point x needs Python; all else moves without it.
"""

from collections.abc import Sequence
from html import escape
from typing import Any, ClassVar

import numpy as np
import traitlets

from autograder.explore._columns import minus, short
from autograder.explore._explorable import Bounded, Explorable, module, style
from autograder.explore._measure import (
    STEPS,
    STOPS,
    Array,
    Curve,
    Function,
    Gradient,
    Numerical,
    central_difference,
    measure,
)

# Limits of the state, and what counts as agreement; static/gradient_check.js holds the same numbers.
LIMITS = {"h": (1e-15, 1.0), "at": (-3.0, 3.0)}
AGREES, SLOW = 1e-6, 0.5


def sci(x: float | None) -> str:
    """Write a number with two digits, 0.45 or 3.2e-5 (with a true minus sign); 0 and nan as they are."""
    if x is None:
        return "nan"
    if x == 0 or 0.01 <= x < 99:  # noqa: PLR2004 - where no exponent is needed
        return f"{x:.2g}"
    digits, exponent = f"{x:.1e}".split("e")
    return minus(f"{digits.removesuffix('.0')}e{int(exponent)}")


def shared(a: float, b: float) -> int:
    """Count the digits, of 16, to which two numbers agree: 100.02 and 99.98 do to three."""
    if a == b:
        return 16
    return int(np.clip(np.floor(-np.log10(abs(a - b) / max(abs(a), abs(b)))), 0, 16))


class GradientCheck(Explorable):
    """The widget that `gradient_check` returns; its parameters are attributes to read, set and observe."""

    _esm = module("gradient_check")
    _css = style("columns", "gradient_check")
    controls: ClassVar[tuple[str, ...]] = ("h", "at", "guides")

    h = Bounded(1e-5, low=LIMITS["h"][0], high=LIMITS["h"][1])
    at = Bounded(1.0, low=LIMITS["at"][0], high=LIMITS["at"][1])
    guides = traitlets.Bool(default_value=False).tag(sync=True)
    _curve = traitlets.Dict().tag(sync=True)
    _name = traitlets.Unicode("central").tag(sync=True)

    def __init__(
        self, f: Function, gradient: Gradient, x: Array, numerical: Numerical | None, **state: Any
    ) -> None:
        self._f, self._gradient, self._x = f, gradient, x
        self._numerical = numerical or central_difference
        super().__init__(_name="yours" if numerical else "central", **state)
        self._measure()
        self.observe(lambda _: self._measure(), "at")
        self.on_msg(lambda *_: self.send("here"))  # a page asks whether there is a Python to move x

    @property
    def steps(self) -> Array:
        """All steps h that were tried, 1e-15 to 1."""
        return np.array(STEPS)

    @property
    def errors(self) -> Array:
        """For each step, the largest difference between the two gradients, divided by the largest entry."""
        return self._column("central")

    @property
    def one_sided_errors(self) -> Array:
        """The same for (f(x + h) - f(x)) / h."""
        return self._column("one_sided")

    @property
    def error(self) -> float:
        """The error at the step nearest to `h`."""
        return float(self.errors[self._stop])

    @property
    def best(self) -> float:
        """The step with the smallest error; NaN if nothing could be measured."""
        errors = self.errors
        return float(STEPS[int(np.nanargmin(errors))]) if np.isfinite(errors).any() else float("nan")

    @property
    def agrees(self) -> bool:
        """Whether some step brings the error below 1e-6: a wrong gradient stays far above it."""
        return bool((self.errors < AGREES).any())

    def describe(self) -> str:
        """Say in words what the figure shows now; errors and digits only once they are revealed."""
        curve, stop = self._curve, self._stop
        at = f"x = {short(self.at)}, " if curve["entries"] == 1 else ""
        scene = f"{at}h = {sci(STEPS[stop])}"
        if curve["problem"]:
            return str(curve["problem"])
        if not self.revealed:
            return f"{scene}. The errors are hidden until you predict."
        pair = (sci(curve["central"][stop]), sci(curve["one_sided"][stop]))
        lines = [f"{scene}: the central difference is off by {pair[0]}, the one-sided one by {pair[1]}."]
        lines += self._digits_in_words()
        if self.agrees:
            least = float(np.nanmin(self.errors))
            lines.append(f"The smallest error of all steps is {sci(least)}, at h = {sci(self.best)}.")
        else:
            lines.append("No step brings the error below 1e\u22126: the gradient and f do not agree.")
        if curve["seconds"] > SLOW:
            lines.append(f"Python took {curve['seconds']:.1f} s for this curve.")
        return "\n".join(lines)

    def picture(self) -> str:
        """Draw the error against the step as a still SVG; only once it is revealed."""
        wide, high, left, top = 420, 250, 50, 36
        if self._curve["problem"] or not self.revealed:
            words = "Nothing to draw yet" if self._curve["problem"] else "Hidden until you predict it"
            inside = f'<text x="{wide / 2:g}" y="130" text-anchor="middle" font-size="15">{words}</text>'
        else:
            inside = ""
            for name, look in (
                ("one_sided", 'stroke="#b34a00" stroke-dasharray="6 4"'),
                ("central", 'stroke="#0067a5"'),
            ):
                with np.errstate(divide="ignore", invalid="ignore"):
                    e = np.clip(np.log10(self._column(name)), -16.3, 1.5)
                points = "L".join(
                    f"{left + (s + 30) / 30 * (wide - left - 14):.0f} {top + (1.5 - y) / 18 * 180:.1f}"
                    for s, y in zip(STOPS, e, strict=True)
                    if np.isfinite(y)
                )
                inside += f'<path d="M{points}" fill="none" stroke-width="2.5" {look}/>'
            for exponent in (0, -4, -8, -12, -16):
                y = top + (1.5 - exponent) / 18 * 180
                label = minus(f"1e{exponent}")
                inside += f'<path d="M{left} {y:.0f}H{wide - 14}" stroke="#dcdcdc"/>'
                inside += f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{label}</text>'
            for exponent in (-15, -10, -5, 0):
                x = left + (exponent + 15) / 15 * (wide - left - 14)
                inside += (
                    f'<text x="{x:.0f}" y="{high - 12}" text-anchor="middle">{minus(f"1e{exponent}")}</text>'
                )
        words = escape(self.describe())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
            f'role="img" aria-label="{words}" font-family="sans-serif" font-size="12"><title>{words}</title>'
            f'<rect width="{wide}" height="{high}" fill="#fff"/><text x="{left}" y="18" font-size="14" '
            f'font-weight="600">error against the step h</text>{inside}</svg>'
        )

    @property
    def _stop(self) -> int:
        return round(2 * float(np.log10(self.h))) + 30

    def _column(self, name: str) -> Array:
        return np.array(self._curve[name] or [np.nan] * len(STEPS), dtype=np.float64)

    def _digits_in_words(self) -> list[str]:
        above, below = (self._curve[name][self._stop] for name in ("above", "below"))
        if above is None or below is None or self._curve["slope"] is None:
            return []
        slope = (above - below) / (2 * STEPS[self._stop])
        right = shared(slope, self._curve["slope"])
        return [
            f"f(x + h) and f(x \u2212 h) agree to {shared(above, below)} of 16 digits; of their slope {right} are right."
        ]

    def _measure(self) -> None:
        x = np.array([self.at]) if self._x.size == 1 else self._x
        self._curve = measure(self._f, self._gradient, x.reshape(self._x.shape), self._numerical).as_dict()


def gradient_check(
    f: Function,
    gradient: Gradient,
    x: float | Array = 1.0,
    *,
    numerical: Numerical | None = None,
    h: float = 1e-5,
    guides: bool = False,
    ask: str = "",
    revealed: bool | None = None,
    lock: Sequence[str] = (),
) -> GradientCheck:
    """Show how far a numerical gradient of your own f is off, for steps h from 1e-15 to 1.

    Both axes are logarithmic. Drag the step, or move it with the arrow keys: beside the curve stand f(x + h) and
    f(x - h) with all their digits, and how many digits of the slope are right. A point x of one number can be moved
    too; then Python measures anew, and the page says so when that takes long. Without a kernel the curve stays the
    one that was measured when the cell ran.

    Parameters
    ----------
    f : function
        Takes an array of the shape of x, returns one number.
    gradient : function
        Takes an array of the shape of x, returns what you think is the gradient, of the same shape.
    x : float or ndarray
        Where to measure. A float becomes an array of one number, in [-3, 3]. A larger array stays where it is.
    numerical : function, optional
        Your own ``numerical_gradient(f, x, h)``. By default it is measured by central differences.
    h : float
        The step shown first, in [1e-15, 1]; steps are half powers of ten.
    guides : bool
        Whether two lines show what the formula's error (h squared) and float64's (1 / h) come to.
    ask : str
        A question, plain text. Until the student reveals it, errors and digits stay hidden.
    revealed : bool, optional
        Whether they are shown. By default they are, unless there is a question.
    lock : sequence of str
        Controls that cannot be moved by hand, of "h", "at", "guides".

    Returns
    -------
    GradientCheck
        The widget. ``h``, ``at`` (the point), ``guides`` are attributes; ``steps``, ``errors``, ``one_sided_errors``,
        ``error``, ``best``, ``agrees`` follow them, ``prediction`` is what the student wrote, ``reset()`` starts over.

    Raises
    ------
    traitlets.TraitError
        If a parameter is outside its limits.
    ValueError
        If `lock` names no control.

    Examples
    --------
    >>> import numpy as np
    >>> from autograder import explore
    >>> shown = explore.gradient_check(lambda x: np.sum(x**3), lambda x: 3 * x**2, 2.0)
    >>> shown.agrees
    True
    """
    point = np.array(x, dtype=np.float64)
    point = point.reshape(1) if point.ndim == 0 else point
    at = {"at": float(point.flat[0])} if point.size == 1 else {}
    return GradientCheck(
        f, gradient, point, numerical, h=h, guides=guides, ask=ask, revealed=revealed, lock=lock, **at
    )


__all__ = ["Curve", "GradientCheck", "gradient_check"]
