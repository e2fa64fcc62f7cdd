"""What the explorables about vectors share: a trait that holds one, its words, and a still picture of bars.

The browser's half is ``static/columns.js``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import traitlets

from autograder.explore._explorable import Bounded

_WIDTH, _HEIGHT, _LEFT, _TOP, _WIDE, _HIGH = 280, 220, 34, 36, 238, 150
COLOURS = {"blue": "#0067a5", "orange": "#b34a00", "purple": "#7b3f8c"}


class Vector(traitlets.List[float]):
    """A list of two to six finite floats between two limits. Assign a new list: changes inside are not noticed."""

    def __init__(self, low: float, high: float, *, least: int = 2) -> None:
        element: Any = Bounded(0.0, low=low, high=high)
        super().__init__(element, default_value=[0.0] * least, minlen=least, maxlen=6)
        self.tag(sync=True)


def fixed(x: float, decimals: int = 4) -> str:
    """Write a number with so many decimals and a true minus sign, never "minus zero"; nan and inf by name."""
    return minus(f"{x:.{decimals}f}" if round(float(x), decimals) else f"{0:.{decimals}f}")


def short(x: float) -> str:
    """Write a number as short as it can be: 1, 0.5, \u22122.25."""
    return minus(f"{round(float(x), 4) + 0:.15g}")


def minus(text: str) -> str:
    """Put a true minus sign for a hyphen."""
    return text.replace("-", "\u2212")


def vector(values: Sequence[float] | np.ndarray[Any, Any], show: Callable[[float], str] = short) -> str:
    """Write a vector as on paper: (1, 2.5, \u22123)."""
    return f"({', '.join(show(float(value)) for value in values)})"


@dataclass(frozen=True)
class Bars:
    """One plot of bars: title, values, what is written beside them, y limits, a colour, a dashed line, a note."""

    title: str
    values: Sequence[float]
    texts: Sequence[str]
    ylim: tuple[float, float]
    colour: str = "blue"
    line: float = float("nan")
    note: str = ""


def svg(panels: Sequence[Bars], description: str, extra: str = "") -> str:
    """Draw the panels side by side, then `extra` in the place of one more; `description` is the text alternative."""
    drawn = "".join(f'<g transform="translate({i * _WIDTH} 0)">{_draw(p)}</g>' for i, p in enumerate(panels))
    if extra:
        drawn += f'<g transform="translate({len(panels) * _WIDTH} 0)">{extra}</g>'
    wide = _WIDTH * (len(panels) + bool(extra))
    words = escape(description)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {_HEIGHT}" width="{wide}" '
        f'height="{_HEIGHT}" role="img" aria-label="{words}" font-family="sans-serif" font-size="12">'
        f'<title>{words}</title><rect width="{wide}" height="{_HEIGHT}" fill="#fff"/>{drawn}</svg>'
    )


def heading(title: str) -> str:
    """Draw a panel's title."""
    return f'<text x="{_LEFT}" y="18" font-size="14" font-weight="600">{escape(title)}</text>'


def _draw(panel: Bars) -> str:
    low, high = panel.ylim
    step = _WIDE / max(len(panel.values), 1)
    wide = min(0.66 * step, 46)

    def at(y: float) -> float:
        return _TOP + (high - min(max(y, low), high)) / (high - low) * _HIGH

    pieces = [heading(panel.title)]
    for i, (value, text) in enumerate(zip(panel.values, panel.texts, strict=True)):
        middle = _LEFT + (i + 0.5) * step
        top, foot = sorted((at(value), at(0.0))) if np.isfinite(value) else (at(high), at(low))
        look = f'fill="{COLOURS[panel.colour]}"'
        if not np.isfinite(value):
            look = f'fill="none" stroke="{COLOURS["orange"]}" stroke-width="2" stroke-dasharray="5 4"'
        pieces.append(
            f'<rect x="{middle - wide / 2:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{foot - top:.1f}" {look}/>'
        )
        y = top - 5 if value >= 0 or not np.isfinite(value) else foot + 14
        pieces.append(f'<text x="{middle:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>')
    pieces.append(f'<path d="M{_LEFT} {at(0.0):.1f}h{_WIDE}" stroke="#8a8a8a"/>')
    if np.isfinite(panel.line):
        pieces.append(
            f'<path d="M{_LEFT} {at(panel.line):.1f}h{_WIDE}" stroke="#1a1a1a" stroke-dasharray="9 4"/>'
        )
    pieces.append(
        f'<text x="{_LEFT + _WIDE / 2:g}" y="{_TOP + _HIGH / 2:g}" text-anchor="middle" font-size="15">'
        f"{escape(panel.note)}</text>"
    )
    return "".join(pieces)
