"""softmax_jacobian: the table of softmax's partial derivatives, and an upstream vector's product with it.

The Python face: state, values, words, the still picture. The drawing is in ``static/softmax_jacobian.js``, whose
maths and words are the same; a test holds them together.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from autograder.explore._columns import Bars, Vector, fixed, heading, short, svg, vector
from autograder.explore._explorable import Explorable, module, style

# What the state may be; static/softmax_jacobian.js holds the same numbers.
LIMITS = {"logits": (-20.0, 20.0), "upstream": (-10.0, 10.0), "n": (2, 1_000_000)}


def cost(n: int) -> tuple[int, int]:
    """Operations from s and dy to the gradient for one row of `n`: through the table, and in one pass."""
    return 4 * n * n - n, 4 * n - 1


def memory(floats: int) -> str:
    """Write how much memory so many float64 take: 800 B, 8 kB, 7.2 TB."""
    size = 8 * floats
    power = min(4, (len(str(size)) - 1) // 3)
    return f"{short(float(f'{size / 1000**power:.3g}'))} {('B', 'kB', 'MB', 'GB', 'TB')[power]}"


class SoftmaxJacobian(Explorable):
    """The widget that `softmax_jacobian` returns; its parameters are attributes to read, set and observe."""

    _esm = module("softmax_jacobian")
    _css = style("columns")
    controls: ClassVar[tuple[str, ...]] = ("logits", "upstream", "n")

    logits = Vector(*LIMITS["logits"])
    upstream = Vector(*LIMITS["upstream"], least=0)
    n = traitlets.Int(1000, min=LIMITS["n"][0], max=LIMITS["n"][1]).tag(sync=True)

    @traitlets.validate("logits", "upstream")
    def _as_many_as_before(self, proposal: dict[str, Any]) -> list[float]:
        name, wanted = proposal["trait"].name, list(proposal["value"])
        now = self._scene.get(name, wanted)
        if len(now) != len(wanted):
            raise traitlets.TraitError(f"{name}: there are {len(now)} numbers here, not {len(wanted)}")
        return wanted

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The softmax s of the logits."""
        x = np.asarray(self.logits, dtype=np.float64)
        e = np.exp(x - x.max())
        return np.asarray(e / e.sum(), dtype=np.float64)

    @property
    def jacobian(self) -> NDArray[np.float64]:
        """The table diag(s) - s s^T, shape (n, n): row i is for the output s_i, column j for the logit x_j."""
        s = self.probabilities
        return np.diag(s) - np.outer(s, s)

    @property
    def gradient(self) -> NDArray[np.float64]:
        """The product of the upstream vector with the table, in one pass: s * (dy - s @ dy); empty without one."""
        if not self.upstream:
            return np.zeros(0)
        s, dy = self.probabilities, np.asarray(self.upstream)
        return np.asarray(s * (dy - s @ dy), dtype=np.float64)

    def describe(self) -> str:
        """Say in words what the figure shows now; the Jacobian only once it is revealed."""
        s, table = self.probabilities, self.jacobian
        scene = f"Logits {vector(self.logits)}: s = {vector(s, fixed)}."
        if not self.revealed:
            return f"{scene} The Jacobian is hidden until you predict."
        diagonal = vector(table.diagonal(), fixed)
        least = fixed(table.min())
        lines = [
            scene,
            f"The Jacobian's diagonal is {diagonal}, its least entry {least}. Each row adds up to 0.",
        ]
        if self.upstream:
            mean = fixed(s @ np.asarray(self.upstream))
            lines.append(
                f"dy = {vector(self.upstream)} averages to {mean} under s, "
                f"so dx = s \u2299 (dy \u2212 average) = {vector(self.gradient, fixed)}."
            )
            through, passing = cost(self.n)
            lines.append(
                f"For n = {self.n:,} the table takes {through:,} operations and {memory(self.n**2)}, "
                f"one pass {passing:,} and {memory(self.n)}: {self.n:,} times less."
            )
        return "\n".join(lines)

    def picture(self) -> str:
        """Draw s, the table and, where there is an upstream vector, its product as a still SVG."""
        s = self.probabilities
        panels = [Bars("s = softmax(x)", s.tolist(), [fixed(v, 3) for v in s], (0, 1.15), "purple")]
        if not self.revealed:
            hidden = Bars("J = diag(s) \u2212 s s\u1d40", [], [], (0, 1), note="Hidden until you predict it")
            return svg([*panels, hidden], self.describe())
        if self.upstream:
            titles = ("upstream dy", "dx = s \u2299 (dy \u2212 s\u1d40dy)")
            for title, colour, values in zip(
                titles, ("blue", "orange"), (np.asarray(self.upstream), self.gradient), strict=True
            ):
                edge = max(0.25, 1.3 * float(np.abs(values).max()))
                texts = [fixed(v, 3) for v in values]
                line = float(s @ values) if colour == "blue" else float("nan")
                panels.append(Bars(title, values.tolist(), texts, (-edge, edge), colour, line))
        return svg(panels, self.describe(), self._table())

    def _table(self) -> str:
        table, n = self.jacobian, len(self.logits)
        cell, left, top = 170 / max(n, 3), 34, 40
        pieces = [heading("J = diag(s) \u2212 s s\u1d40")]
        for i, row in enumerate(table):
            for j, value in enumerate(row):
                x, y = left + j * cell, top + i * cell
                colour = "#b34a00" if value < 0 else "#0067a5"
                shade = 0.06 + 0.5 * min(1.0, 4 * abs(float(value)))
                square = f'x="{x + 1:.1f}" y="{y + 1:.1f}" width="{cell - 2:.1f}" height="{cell - 2:.1f}"'
                pieces.append(f'<rect {square} fill="{colour}" fill-opacity="{shade:.2f}"/>')
                size = 12 if n <= 4 else 8.5  # noqa: PLR2004 - what fits the cell
                pieces.append(
                    f'<text x="{x + cell / 2:.1f}" y="{y + cell / 2 + 4:.1f}" text-anchor="middle" '
                    f'font-size="{size}">{fixed(value, 3)}</text>'
                )
            y = top + (i + 0.5) * cell + 4
            pieces.append(f'<text x="{left + n * cell + 6:.1f}" y="{y:.1f}">sum {short(row.sum())}</text>')
        return "".join(pieces)


def softmax_jacobian(
    logits: Sequence[float] = (0.0, 0.5, 1.0),
    upstream: Sequence[float] | None = None,
    *,
    n: int = 1000,
    ask: str = "",
    revealed: bool | None = None,
    lock: Sequence[str] = (),
) -> SoftmaxJacobian:
    """Show the Jacobian of softmax, diag(s) - s s^T, as a heat map whose rows add up to 0.

    Drag a logit and its column is framed. With an upstream vector dy the figure also shows the gradient dx: drag an
    entry of dy against the dashed line, the average of dy under s. What lies above it pulls its logit up, what lies
    below pulls it down, each by its share. Bars come from one pass, the dashes on them from the table; beside them
    stands how many operations each of the two roads takes as the number of logits grows.

    Parameters
    ----------
    logits : sequence of float
        Two to six logits x, in [-20, 20].
    upstream : sequence of float, optional
        dy, the gradient of the loss with respect to s, as long as `logits`, in [-10, 10]. Without it the figure
        shows the table alone.
    n : int
        For how many logits the operations are counted, from 2 to a million.
    ask : str
        A question, plain text. Until the student reveals it, the Jacobian and all that follows from it stay hidden.
    revealed : bool, optional
        Whether they are shown. By default they are, unless there is a question.
    lock : sequence of str
        Controls that cannot be moved by hand, of "logits", "upstream", "n".

    Returns
    -------
    SoftmaxJacobian
        The widget. Its parameters are attributes (assign a new list; its length stays). ``probabilities``,
        ``jacobian`` and ``gradient`` are NumPy arrays that follow them, ``prediction`` is what the student wrote,
        ``reset()`` starts over.

    Raises
    ------
    traitlets.TraitError
        If a parameter is outside its limits.
    ValueError
        If `upstream` is not as long as `logits`, or `lock` names no control.

    Examples
    --------
    >>> from autograder import explore
    >>> shown = explore.softmax_jacobian([0, 0], upstream=[1, 0])
    >>> shown.jacobian.tolist(), shown.gradient.tolist()
    ([[0.25, -0.25], [-0.25, 0.25]], [0.25, -0.25])
    """
    dy = [] if upstream is None else [float(value) for value in upstream]
    if dy and len(dy) != len(logits):
        raise ValueError(f"upstream has {len(dy)} numbers for {len(logits)} logits: give one for each")
    return SoftmaxJacobian(
        logits=[float(x) for x in logits],
        upstream=dy,
        n=n,
        ask=ask,
        revealed=revealed,
        lock=lock,
    )
