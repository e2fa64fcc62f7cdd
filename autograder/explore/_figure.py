"""Picture: a figure that a lesson draws with the student's own functions, and its description in words.

Unlike the explorables it needs no widget library and stands still. Where there is no page to draw on (while
work is graded) nothing is drawn, and the words stand for the figure.
"""

from __future__ import annotations

import base64
import html
import io
import traceback
from typing import TYPE_CHECKING, Any

import numpy as np
from IPython.core.getipython import get_ipython

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType

_DPI = 90
_COLOURS = 128
Bundle = dict[str, str]


class Picture:
    """A figure drawn by the student's functions, as the last value of a lesson's cell.

    Parameters
    ----------
    draw
        A function of the lesson that gets the figure's axes, one argument for each panel, and draws on them.
        The functions it calls are looked up in its own module, so they are the student's.
    alt
        What the figure shows, in words: the image's text alternative, and all there is where no page is.
    panels
        How many panels side by side, or (rows, columns); axes are given row by row.
    size
        Width and height in inches; 7.2 fills a notebook's column.

    Examples
    --------
    >>> def draw(axes):
    ...     x = np.linspace(-3, 3, 301)
    ...     axes.plot(x, relu(x))
    >>> explore.Picture(draw, alt="Your relu: flat up to 0, then climbing to 3 at x = 3.")
    """

    def __init__(
        self,
        draw: Callable[..., object],
        alt: str,
        panels: int | tuple[int, int] = 1,
        *,
        size: tuple[float, float] = (7.2, 2.7),
    ) -> None:
        self.draw, self.alt, self.size = draw, alt, size
        self.panels = (1, panels) if isinstance(panels, int) else panels

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **_: object) -> Bundle | tuple[Bundle, dict[str, Any]]:
        if not hasattr(get_ipython(), "kernel"):
            return {"text/plain": self.alt}
        try:
            png = self._png()
        except Exception as problem:  # noqa: BLE001 - a student's function may raise anything
            return {"text/plain": self._why(problem)}
        width = round(self.size[0] * _DPI)
        alt = html.escape(self.alt)
        image = f'<img src="data:image/png;base64,{png}" alt="{alt}" width="{width}">'
        return {"text/html": image, "image/png": png, "text/plain": self.alt}, {
            "image/png": {"alt": self.alt}
        }

    def _why(self, problem: Exception) -> str:
        """Say what is missing for the figure, and where: in the student's functions, not in the lesson's."""
        inside = [frame.name for frame in traceback.extract_tb(problem.__traceback__)]
        if isinstance(problem, NotImplementedError):
            return f"Write {inside[-1]} first, then run this cell again: it draws a figure."
        if isinstance(problem, NameError):
            return f"Run the cell of {problem.name} first: this one draws a figure with it."
        known: dict[str, object] = getattr(self.draw, "__globals__", {})
        code: CodeType | None = getattr(self.draw, "__code__", None)
        used = dict.fromkeys(_names(code)) if code else {}
        names = [name for name in used if callable(known.get(name))]
        met = [name for name in inside if name in names]
        if met:
            where = f"{met[0]} stopped"
        elif names:
            where = f"What {' or '.join(names)} returned cannot be drawn"
        else:
            where = "Something it needs cannot be drawn"
        return f"No figure yet. {where}. {type(problem).__name__}: {problem}"

    def _png(self) -> str:
        from matplotlib.figure import Figure  # noqa: PLC0415 - not paid for where nothing is drawn
        from PIL import Image  # noqa: PLC0415

        figure = Figure(figsize=self.size, dpi=_DPI, layout="constrained")
        with np.errstate(all="ignore"):
            self.draw(*figure.subplots(*self.panels, squeeze=False).flat)
        drawn, file = io.BytesIO(), io.BytesIO()
        figure.savefig(drawn, format="png")
        # A notebook keeps every figure twice, and few colours look the same in a third of the size.
        few = Image.open(drawn).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(file, format="png", optimize=True)
        return base64.b64encode(file.getvalue()).decode()


def _names(code: CodeType) -> Iterator[str]:
    """Every global name that a function speaks of, those inside its loops and lambdas too."""
    yield from code.co_names
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            yield from _names(constant)
