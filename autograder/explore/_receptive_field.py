"""receptive_field: a stack of layers along one axis, and every pixel that one number at the top depends on.

The Python face: state, numbers, words, the still picture. The drawing is in ``static/receptive_field.js``,
whose maths and words are the same; a test holds them together.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, ClassVar

import traitlets

from autograder.explore._explorable import Explorable, module, style

# Limits of a layer's entries, and of the number of layers; static/receptive_field.js holds the same numbers.
LIMITS = {"k": (1, 5), "s": (1, 3), "d": (1, 4)}
MOST = 4


def entries(layer: Mapping[str, object]) -> dict[str, Any]:
    """Return a layer's kind, k, s and d, with what may be left out filled in; entries of no use here are dropped.

    Raises
    ------
    ValueError
        If the kind is neither "conv" nor "pool", or a size is no whole number inside its limits.
    """
    kind = layer.get("kind")
    if kind not in ("conv", "pool"):
        raise ValueError(f'a layer has the kind "conv" or "pool", not {kind!r}')
    full = {"s": layer.get("k") if kind == "pool" else 1, "d": 1} | dict(layer)
    for name, (low, high) in LIMITS.items():
        size = full.get(name)
        if not isinstance(size, int) or not low <= size <= high:
            raise ValueError(f"{name} of a layer is a whole number from {low} to {high} here, not {size!r}")
    return {"kind": kind, "k": full["k"], "s": full["s"], "d": 1 if kind == "pool" else full["d"]}


class _Layers(traitlets.List[dict[str, Any]]):
    """One to four layers, each with all its entries."""

    def validate(self, obj: Any, value: Any) -> list[dict[str, Any]]:
        """Fill in what may be left out, refuse what cannot be drawn."""
        layers = [entries(layer) for layer in super().validate(obj, value) or []]
        if not 1 <= len(layers) <= MOST:
            raise traitlets.TraitError(f"layers: from 1 to {MOST} of them, not {len(layers)}")
        return layers


class ReceptiveField(Explorable):
    """The widget that `receptive_field` returns; its parameters are attributes to read, set and observe."""

    _esm = module("receptive_field")
    _css = style("conv")
    controls: ClassVar[tuple[str, ...]] = ("layers", "level")

    layers = _Layers(default_value=[{"kind": "conv", "k": 3, "s": 1, "d": 1}]).tag(sync=True)
    level = traitlets.Int(1, min=0, max=MOST).tag(sync=True)

    @property
    def fields(self) -> list[tuple[int, int]]:
        """Receptive field r and jump j of the image (1, 1) and of each layer, from the image up."""
        found = [(1, 1)]
        for layer in self.layers:
            r, j = found[-1]
            found.append((r + (layer["k"] - 1) * layer["d"] * j, j * layer["s"]))
        return found

    @property
    def field(self) -> int:
        """How many pixels the number that is looked from sees, those it skips included."""
        return self.fields[self._top][0]

    @property
    def skipped(self) -> int:
        """How many pixels inside the field are never looked at."""
        return self.field - len(self._seen()[0])

    def describe(self) -> str:
        """Say in words what the figure shows now; the field only once it is revealed."""
        each = [
            f"{layer['kind']} k = {layer['k']}, s = {layer['s']}"
            + (f", d = {layer['d']}" if layer["d"] > 1 else "")
            for layer in self.layers
        ]
        stack = f"From the image up: {'; '.join(each)}."
        if not self.revealed:
            return f"{stack} The receptive field is hidden until you predict it."
        field, jump = self.fields[self._top]
        top = f"number of layer {self._top}" if self._top else "pixel of the image"
        lines = [stack, f"One {top} sees r = {_pixels(field)}."]
        if self.skipped:
            lines.append(f"{self.skipped} of them it never looks at.")
        lines.append(f"Its neighbour sees as many, j = {_pixels(jump)} further on.")
        return "\n".join(lines)

    def picture(self) -> str:
        """Draw the pyramid as a still SVG; before the reveal its top alone."""
        seen, middles = self._seen() if self.revealed else [], self._middles()
        unit = min(26.0, 500 / self.field)
        high = 220 / len(self.layers)

        def at(level: int, n: int) -> tuple[float, float]:
            x = middles[level] + n * self.fields[level][1]
            return 70 + (x + 0.5) * unit, 250 - level * high

        size = max(1.0, min(5.0, 0.36 * unit))
        drawn = "".join(
            f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:.1f}" height="{2 * size:.1f}"/>'
            for level, units in enumerate(seen)
            for x, y in (at(level, n) for n in units)
        )
        edges = "".join(
            "M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*at(level, n), *at(level - 1, under))
            for level in range(1, len(seen))
            for n in seen[level]
            for under in self._under(level, n)
        )
        top, y = at(self._top, 0)
        names = "".join(
            f'<text x="8" y="{254 - n * high:.0f}">{f"layer {n}" if n else "image"}</text>'
            for n in range(len(self.layers) + 1)
        )
        note = f"r = {self.field}" if self.revealed else "Hidden until you predict it"
        words, box = escape(self.describe()), 'width="600" height="290"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 290" {box} role="img" '
            f'aria-label="{words}" font-family="sans-serif" font-size="13"><title>{words}</title>'
            f'<rect {box} fill="#fff"/><path d="{edges}" stroke="#0067a5" stroke-opacity="0.5"/>'
            f'<g fill="#0067a5">{drawn}</g><circle cx="{top:.1f}" cy="{y:.1f}" r="8" fill="#b34a00"/>{names}'
            f'<text x="70" y="280" font-weight="600">{note}</text></svg>'
        )

    @property
    def _top(self) -> int:
        return min(self.level, len(self.layers))

    def _under(self, level: int, unit: int) -> list[int]:
        layer = self.layers[level - 1]
        return [unit * layer["s"] + tap * layer["d"] for tap in range(layer["k"])]

    def _seen(self) -> list[list[int]]:
        seen = [[0]]
        for level in range(self._top, 0, -1):
            seen.insert(0, sorted({under for unit in seen[0] for under in self._under(level, unit)}))
        return seen

    def _middles(self) -> list[float]:
        return [(r - 1) / 2 for r, _ in self.fields]


def _pixels(n: int) -> str:
    return f"{n} pixel" if n == 1 else f"{n} pixels"


def receptive_field(
    layers: Sequence[Mapping[str, object]] = ({"kind": "conv", "k": 3}, {"kind": "conv", "k": 3}),
    level: int | None = None,
    *,
    ask: str = "",
    revealed: bool | None = None,
    lock: Sequence[str] = (),
) -> ReceptiveField:
    """Show what one number of a stack of layers depends on, along one axis.

    Change a layer's numbers in the table, add or remove layers, and look from any of them: the pyramid, the
    receptive field r and the jump j follow.

    Parameters
    ----------
    layers : sequence of dict
        One to four layers from the image up, ``{"kind": "conv", "k": 3}`` or ``{"kind": "pool", "k": 2}``, with
        ``"s"`` and ``"d"`` where they are not the usual (1 in a convolution, k for the stride of a pooling).
        Other entries, such as ``"n_kernels"`` and ``"p"``, may be there and do not matter. k is up to 5, s up to
        3, d up to 4.
    level : int, optional
        The layer to look from, 0 for the image. By default the highest.
    ask : str
        A question, plain text. Until the student reveals it, pyramid, r and j stay hidden.
    revealed : bool, optional
        Whether they are shown. By default they are, unless there is a question.
    lock : sequence of str
        Controls that cannot be moved by hand: ``"layers"``, ``"level"``.

    Returns
    -------
    ReceptiveField
        The widget. ``layers`` and ``level`` are attributes; ``field``, ``fields`` and ``skipped`` follow them,
        ``prediction`` is what the student wrote, ``reset()`` starts over.

    Raises
    ------
    ValueError
        If a layer cannot be shown, or `lock` names no control.
    traitlets.TraitError
        If there is no layer or there are more than four.

    References
    ----------
    A. Araujo, W. Norris and J. Sim, Computing receptive fields of convolutional neural networks, Distill (2019).

    Examples
    --------
    >>> from autograder import explore
    >>> shown = explore.receptive_field([{"kind": "conv", "k": 3}, {"kind": "pool", "k": 2}])
    >>> shown.field, shown.fields
    (4, [(1, 1), (3, 1), (4, 2)])
    """
    highest = len(layers) if level is None else level
    return ReceptiveField(
        layers=[dict(layer) for layer in layers], level=highest, ask=ask, revealed=revealed, lock=lock
    )
