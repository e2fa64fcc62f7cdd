"""softmax_temperature: logits, their exponentials, their shares; what a temperature and a shift do to them.

The Python face: state, values, words, the still picture. The drawing is in ``static/softmax_temperature.js``,
whose maths and words are the same; a test holds them together.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from autograder.explore._columns import Bars, Vector, fixed, minus, short, svg, vector
from autograder.explore._explorable import Bounded, Explorable, module, style

# What the state may be; static/softmax_temperature.js holds the same numbers.
LIMITS = {"logits": (-20.0, 20.0), "temperature": (1e-8, 1e8), "shift": (-1000.0, 1000.0)}


def _degrees(temperature: float) -> str:
    if 0.001 <= temperature < 1e4:  # noqa: PLR2004 - where four decimals are enough
        return short(temperature)
    digits, exponent = f"{temperature:.2e}".split("e")
    return minus(f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}")


class SoftmaxTemperature(Explorable):
    """The widget that `softmax_temperature` returns; its parameters are attributes to read, set and observe."""

    _esm = module("softmax_temperature")
    _css = style("columns")
    controls: ClassVar[tuple[str, ...]] = ("logits", "temperature", "shift", "max_trick")

    logits = Vector(*LIMITS["logits"])
    temperature = Bounded(1.0, low=LIMITS["temperature"][0], high=LIMITS["temperature"][1])
    shift = Bounded(0.0, low=LIMITS["shift"][0], high=LIMITS["shift"][1])
    max_trick = traitlets.Bool(default_value=True).tag(sync=True)

    @traitlets.validate("logits")
    def _as_many_as_before(self, proposal: dict[str, Any]) -> list[float]:
        now, wanted = self._scene.get("logits", proposal["value"]), proposal["value"]
        if len(now) != len(wanted):
            raise traitlets.TraitError(f"logits: there are {len(now)} of them here, not {len(wanted)}")
        return list(wanted)

    @property
    def exponentials(self) -> NDArray[np.float64]:
        """The exponential of each logit after shift and temperature, less their maximum if `max_trick`; inf at overflow."""
        with np.errstate(over="ignore", under="ignore"):
            return np.exp(self._exponents)

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The exponentials divided by their sum; nan where that is inf / inf or 0 / 0."""
        with np.errstate(all="ignore"):
            e = self.exponentials
            return np.asarray(e / e.sum(), dtype=np.float64)

    @property
    def entropy(self) -> np.float64:
        """-sum(p log p) of the probabilities, in nats: 0 when one has all, log n when all share equally."""
        p = self.probabilities
        return np.float64(-np.sum(p[p != 0] * np.log(p[p != 0])) + 0.0)

    def describe(self) -> str:
        """Say in words what the figure shows now; the probabilities only once they are revealed."""
        x = np.asarray(self.logits)
        moved = f", shifted by {short(self.shift)} to {vector(x + self.shift)}" if self.shift else ""
        scene = f"Logits {vector(x)}{moved}, T = {_degrees(self.temperature)}"
        if not self.revealed:
            return f"{scene}. The probabilities are hidden until you predict."
        p, n = self.probabilities, len(x)
        lines = [f"{scene}: probabilities {vector(p, fixed)}."]
        with np.errstate(over="ignore"):
            inf = np.isinf(self.exponentials.sum())
        if inf:
            lines.append(self._overflow())
        elif np.isnan(p).any():
            lines.append("Every exp rounds to 0 in a float64, and 0 / 0 is nan.")
        else:
            lines.append(f"Entropy {fixed(self.entropy)}, at most ln {n} = {fixed(np.log(n))}.")
            lines += self._limit(int((x == x.max()).sum()))
        return "\n".join(lines)

    def picture(self) -> str:
        """Draw the three rows of columns as a still SVG; the probabilities only once they are revealed."""
        x = np.asarray(self.logits) + self.shift
        edges = (min(0.0, float(x.min())) - 1, max(0.0, float(x.max())) + 1)
        first = Bars(
            "logits x + c" if self.shift else "logits x", x.tolist(), [short(value) for value in x], edges
        )
        titles = ("exp(\u2026 \u2212 max)" if self.max_trick else "exp(\u2026)", "divided by their sum: s")
        if not self.revealed:
            note = "Hidden until you predict it"
            hidden = [Bars(title, [], [], (0, 1), note=note) for title in titles]
            return svg([first, *hidden], self.describe())
        e, p = self.exponentials, self.probabilities
        with np.errstate(all="ignore"):
            heights = e / max(e[np.isfinite(e)], default=1.0) if e.any() else e
        second = Bars(titles[0], heights.tolist(), [minus(f"{v:.2g}") for v in e], (0, 1.15), "orange")
        third = Bars(titles[1], p.tolist(), [fixed(v, 3) for v in p], (0, 1.15), "purple")
        return svg([first, second, third], self.describe())

    @property
    def _exponents(self) -> NDArray[np.float64]:
        scaled = (np.asarray(self.logits, dtype=np.float64) + self.shift) / self.temperature
        return scaled - scaled.max() if self.max_trick else scaled

    def _overflow(self) -> str:
        largest = self._exponents.max()
        if np.isfinite(self.exponentials).all():
            return "The sum of the exponentials is more than a float64 can hold: inf, and every share is 0."
        then = ", and inf / inf is nan" if np.isnan(self.probabilities).any() else ""
        return f"exp({short(largest)}) is more than a float64 can hold, 1.8e308: inf{then}."

    def _limit(self, ties: int) -> list[str]:
        low, high = LIMITS["temperature"]
        if self.temperature == high:
            return ["T is as good as infinite: all share equally."]
        if ties > 1:
            return [f"{ties} logits tie for the largest, and share equally."]
        return ["T is as good as 0: the largest logit takes all."] if self.temperature == low else []


def softmax_temperature(
    logits: Sequence[float] = (1.0, 2.0, 3.0),
    temperature: float = 1.0,
    *,
    shift: float = 0.0,
    max_trick: bool = True,
    ask: str = "",
    revealed: bool | None = None,
    lock: Sequence[str] = (),
) -> SoftmaxTemperature:
    """Show softmax((x + c) / T) step by step as columns: logits, their exponentials, divided by their sum.

    Drag a logit, or move it with the arrow keys. The temperature runs on a logarithmic scale; the last stop on either
    side is as good as 0 and as good as infinite. Below stands the entropy against the temperature, between 0 and log n.
    The shift c is added to all logits: no probability moves, unless the maximum is not subtracted and exp overflows.
    All of it is computed in float64, in Python and in the browser: inf and nan are real.

    Parameters
    ----------
    logits : sequence of float
        Two to six logits x, in [-20, 20].
    temperature : float
        T, in [1e-8, 1e8].
    shift : float
        c, in [-1000, 1000].
    max_trick : bool
        Whether the largest exponent is subtracted from all before exp. Its switch is not shown where it is locked.
    ask : str
        A question, plain text. Until the student reveals it, exponentials, probabilities and entropy stay hidden.
    revealed : bool, optional
        Whether they are shown. By default they are, unless there is a question.
    lock : sequence of str
        Controls that cannot be moved by hand, of "logits", "temperature", "shift", "max_trick".

    Returns
    -------
    SoftmaxTemperature
        The widget. Its parameters are attributes (assign a new list of logits; their number stays). ``exponentials``,
        ``probabilities`` and ``entropy`` are NumPy values that follow them, ``prediction`` is what the student wrote,
        ``reset()`` starts over.

    Raises
    ------
    traitlets.TraitError
        If a parameter is outside its limits, or the number of logits is.
    ValueError
        If `lock` names no control.

    Examples
    --------
    >>> from autograder import explore
    >>> shown = explore.softmax_temperature([1, 3, 3], temperature=1e-8)
    >>> shown.probabilities.tolist()
    [0.0, 0.5, 0.5]
    """
    return SoftmaxTemperature(
        logits=[float(x) for x in logits],
        temperature=temperature,
        shift=shift,
        max_trick=max_trick,
        ask=ask,
        revealed=revealed,
        lock=lock,
    )
