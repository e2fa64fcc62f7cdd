"""Still pictures of explorables, for where no JavaScript runs: two small plots side by side, as SVG text.

They have a white ground of their own, since an image in a page cannot know the page's theme.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

_WIDTH, _HEIGHT, _LEFT, _TOP, _WIDE, _HIGH = 360, 250, 36, 30, 314, 194


@dataclass(frozen=True)
class Panel:
    """One plot: title, y limits, pieces of a curve as (function, from, to), points to mark, a colour."""

    title: str
    ylim: tuple[float, float]
    yticks: Sequence[float]
    pieces: Sequence[tuple[Callable[[float], float], float, float]] = ()
    points: Sequence[tuple[float, float]] = ()
    colour: str = "#0067a5"
    note: str = ""


def svg(panels: Sequence[Panel], xlim: tuple[float, float], description: str) -> str:
    """Draw the panels side by side; `description` is the picture's text alternative."""
    drawn = "".join(
        f'<g transform="translate({i * _WIDTH} 0)">{_draw(p, xlim)}</g>' for i, p in enumerate(panels)
    )
    size = f'width="{_WIDTH * len(panels)}" height="{_HEIGHT}"'
    words = escape(description)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH * len(panels)} {_HEIGHT}" {size} '
        f'role="img" aria-label="{words}" font-family="sans-serif" font-size="12">'
        f'<title>{words}</title><rect {size} fill="#fff"/>{drawn}</svg>'
    )


def _draw(panel: Panel, xlim: tuple[float, float]) -> str:
    (x0, x1), (y0, y1) = xlim, panel.ylim

    def at(x: float, y: float) -> str:
        px = _LEFT + (x - x0) / (x1 - x0) * _WIDE
        py = _TOP + (y1 - min(max(y, y0), y1)) / (y1 - y0) * _HIGH
        return f"{px:.1f} {py:.1f}"

    def label(x: float, y: float, anchor: str, value: float) -> str:
        px, py = at(x, y).split()
        dx, dy = (0.0, 18.0) if anchor == "middle" else (-6.0, 4.0)
        place = f'x="{float(px) + dx:.1f}" y="{float(py) + dy:.1f}" text-anchor="{anchor}"'
        return f'<text {place} fill="#595959">{value:g}</text>'.replace(">-", ">\u2212")

    grid = "".join(f"M{at(x0, y)}L{at(x1, y)}" for y in (*panel.yticks, y0))
    ticks = "".join(label(x0, y, "end", y) for y in panel.yticks)
    ticks += "".join(label(x, y0, "middle", x) for x in np.linspace(x0, x1, 7))
    curve = "".join(
        "M" + "L".join(at(float(x), f(float(x))) for x in np.linspace(start, stop, 49))
        for f, start, stop in panel.pieces
    )
    dots = "".join(
        '<circle cx="{}" cy="{}" r="6" fill="{}"/>'.format(*at(x, y).split(), panel.colour)
        for x, y in panel.points
    )
    return (
        f'<text x="{_LEFT}" y="18" font-size="14" font-weight="600">{escape(panel.title)}</text>'
        f'<path d="{grid}" stroke="#dcdcdc"/>{ticks}'
        f'<path d="{curve}" stroke="{panel.colour}" stroke-width="2.5" fill="none"/>{dots}'
        f'<text x="{_LEFT + _WIDE / 2:g}" y="{_TOP + _HIGH / 2:g}" text-anchor="middle" font-size="15">'
        f"{escape(panel.note)}</text>"
    )
