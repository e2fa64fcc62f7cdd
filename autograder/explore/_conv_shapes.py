"""conv_shapes: a kernel sweeps over a row or an image; how many places it has, and what is left over.

The Python face: state, sizes, words. The still picture is in ``_conv_picture.py``. The drawing is in
``static/conv_shapes.js``, whose sizes and words are the same; a test holds them together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import traitlets

from autograder.explore._conv_picture import layer_picture, row_picture
from autograder.explore._explorable import Explorable, module, style

# The sliders' limits; static/conv_shapes.js holds the same numbers.
LIMITS = {
    "channels": (1, 16),
    "height": (1, 32),
    "width": (1, 32),
    "n_kernels": (1, 16),
    "k": (1, 7),
    "s": (1, 5),
    "p": (0, 4),
    "d": (1, 4),
}
HIDEABLE = (*LIMITS, "bias")


@dataclass(frozen=True)
class Axis:
    """One axis: input size, padded size, the kernel's effective size, places, and positions no weight touches."""

    i: int
    padded: int
    span: int
    o: int
    left: int
    unused: tuple[int, ...]

    @property
    def room(self) -> int:
        """How far the kernel can move; negative where it does not fit."""
        return self.padded - self.span


def along(i: int, k: int, s: int = 1, p: int = 0, d: int = 1) -> Axis:
    """Count the places of a kernel along one axis."""
    padded, span = i + 2 * p, k + (k - 1) * (d - 1)
    fits = padded >= span
    o = (padded - span) // s + 1 if fits else 0
    touched = {n * s + tap * d for n in range(o) for tap in range(k)}
    unused = tuple(x for x in range(padded) if x not in touched) if fits else ()
    return Axis(i, padded, span, o, (padded - span) % s if fits else 0, unused)


def _whole(name: str, default: int) -> "traitlets.Int[int, int]":
    low, high = LIMITS[name]
    return traitlets.Int(default, min=low, max=high).tag(sync=True)


def _short(x: float) -> str:
    return f"{round(x, 4) + 0:.15g}".replace("-", "\u2212")


def _count(n: int, one: str) -> str:
    return f"{n} {one}" if n == 1 else f"{n} {one}s"


class ConvShapes(Explorable):
    """The widget that `conv_shapes` returns; its parameters are attributes to read, set and observe."""

    _esm = module("conv_shapes")
    _css = style("conv")
    controls: ClassVar[tuple[str, ...]] = (*HIDEABLE, "place")

    view = traitlets.Enum(["row", "layer"], default_value="row").tag(sync=True)
    hide = traitlets.List(traitlets.Enum(HIDEABLE)).tag(sync=True)
    channels = _whole("channels", 1)
    height = _whole("height", 8)
    width = _whole("width", 8)
    n_kernels = _whole("n_kernels", 1)
    k = _whole("k", 3)
    s = _whole("s", 1)
    p = _whole("p", 0)
    d = _whole("d", 1)
    bias = traitlets.Bool(default_value=False).tag(sync=True)
    place = traitlets.Int(0, min=0).tag(sync=True)

    @property
    def columns(self) -> Axis:
        """What happens along the width, or along the row."""
        return along(self.width, self.k, self.s, self.p, self.d)

    @property
    def rows(self) -> Axis:
        """What happens along the height; a row is one row high."""
        if self.view == "row":
            return along(self.k, self.k)
        return along(self.height, self.k, self.s, self.p, self.d)

    @property
    def output_shape(self) -> tuple[int, int, int] | None:
        """The output's (channels, height, width), or None where the kernel does not fit."""
        return (self.n_kernels, self.rows.o, self.columns.o) if self.places else None

    @property
    def places(self) -> int:
        """How many places the kernel has; 0 where it does not fit."""
        return self.rows.o * self.columns.o

    @property
    def left_over(self) -> tuple[int, int]:
        """Rows at the lower border and columns at the right border that no place reaches."""
        return self.rows.left, self.columns.left

    @property
    def at(self) -> tuple[int, int]:
        """Row and column of the output number that is looked at, both from 0."""
        row, column = divmod(min(self.place, max(0, self.places - 1)), max(1, self.columns.o))
        return row, column

    @property
    def parameters(self) -> int:
        """How many numbers the layer has to learn."""
        return self.n_kernels * (self.channels * self.k * self.k + int(self.bias))

    def describe(self) -> str:
        """Say in words what the figure shows now; what comes out only once it is revealed."""
        settings = ", ".join(f"{name} = {getattr(self, name)}" for name in "kspd" if not self._silent(name))
        image = (self.channels, self.height, self.width)
        if self.view == "row":
            given = f"One row: i = {self.width}, {settings}."
        else:
            given = f"Input {image}, {_count(self.n_kernels, 'kernel')}: {settings}."
        if not self.revealed:
            return f"{given} What comes out is hidden until you predict it."
        lines = [given, *self._outcome()]
        if self.view == "layer":
            each = f"{self.channels}\u00b7{self.k}\u00b7{self.k}"
            each = f"({each} + 1)" if self.bias else each
            lines.append(f"Parameters: {self.n_kernels}\u00b7{each} = {self.parameters}.")
        return "\n".join(lines)

    def picture(self) -> str:
        """Draw what the figure shows now as a still SVG; what comes out only once it is revealed."""
        if self.view == "row":
            return row_picture(self, self.describe())
        return layer_picture(self, self.describe())

    def _silent(self, name: str) -> bool:
        """Tell whether the lesson has not come to this letter, and it does nothing."""
        return name in self.hide and getattr(self, name) == (0 if name == "p" else 1)

    def _outcome(self) -> list[str]:
        rows, columns = self.rows, self.columns
        axes = [(columns, "row")] if self.view == "row" else [(rows, "height"), (columns, "width")]
        if not self.places:
            return [self._too_long(axis, what) for axis, what in axes if not axis.o]
        if self.view == "row":
            size = f"{_count(self.places, 'place')}, so o = {columns.o}."
        else:
            size = f"Output {self.output_shape}: {_count(rows.o, 'place')} down, {columns.o} across."
        return [size, self._remains(), self._here()]

    def solved(self, axis: Axis) -> str:
        """Write the formula of an axis's size with its numbers filled in."""
        padding = "" if self._silent("p") else f" + 2\u00b7{self.p}"
        room = f"({axis.i}{padding} \u2212 {axis.span}) / {self.s}"
        return f"\u230a{room}\u230b + 1 = \u230a{_short(axis.room / self.s)}\u230b + 1 = {axis.o}"

    def _too_long(self, axis: Axis, what: str) -> str:
        gives = _short(axis.room // self.s + 1)
        return (
            f"The kernel does not fit: from its first weight to its last it spans {axis.span}, "
            f"and the {what} with its padding has {axis.padded}. It has no place at all, whatever the "
            f"formula gives (\u230a{_short(axis.room / self.s)}\u230b + 1 = {gives})."
        )

    def _remains(self) -> str:
        if self.view == "row":
            axes = [(self.columns, "pixel", "at the right border")]
        else:
            axes = [(self.rows, "row", "below"), (self.columns, "column", "on the right")]
        left = [f"{_count(axis.left, one)} {where}" for axis, one, where in axes if axis.left]
        skipped = [(len(axis.unused) - axis.left, one) for axis, one, _ in axes]
        between = [f"{_count(n, one)} in between" for n, one in skipped if n]
        over = f"Left over, hatched: {', '.join(left)}." if left else "Nothing is left over at the border."
        return f"{over} Never looked at: {', '.join(between)}." if between else over

    def _here(self) -> str:
        def reach(start: int) -> str:
            end = start + self.columns.span - 1
            return f"{start}" if end == start else f"{start} to {end}"

        row, column = self.at
        what = "padded " if self.p else ""
        gaps = f", each {self.d} apart" if self.d > 1 and self.k > 1 else ""
        here = f"Place {row * self.columns.o + column + 1} of {self.places}:"
        if self.view == "row":
            return f"{here} pixels {reach(column * self.s)} of the {what}row{gaps}."
        seen = f"rows {reach(row * self.s)} and columns {reach(column * self.s)} of the {what}image{gaps}"
        return f"{here} row {row}, column {column} of the output looks at {seen}."


def conv_shapes(
    shape: int | tuple[int, int, int] = 8,
    n_kernels: int = 1,
    k: int = 3,
    s: int = 1,
    p: int = 0,
    d: int = 1,
    *,
    bias: bool = False,
    place: int = 0,
    hide: Sequence[str] = (),
    ask: str = "",
    revealed: bool | None = None,
    lock: Sequence[str] = (),
) -> ConvShapes:
    """Lay a kernel on a row of pixels or on an image, and count its places.

    Drag the kernel, move it with the arrow keys, or let it sweep. The formula of the output's size stands under
    the figure with its numbers filled in. Pixels that no place reaches are hatched. A kernel that does not fit
    is drawn hanging over the edge, and the words say why.

    Parameters
    ----------
    shape : int or tuple of int
        The input: the size i of one row, up to 32, or an image's (C, H, W).
    n_kernels : int
        How many kernels a layer has, which is its number of output channels; up to 16.
    k, s, p, d : int
        Kernel size (up to 7), stride (5), zeros of padding on each side (4), dilation (4).
    bias : bool
        Whether each kernel of a layer has a bias, for the count of parameters.
    place : int
        Where the kernel lies, counted from 0, row by row.
    hide : sequence of str
        Controls that are not there, for a lesson that has not come to them, such as ``["p", "d"]``. Formulas and
        words leave out a hidden padding of 0 and a hidden dilation of 1.
    ask : str
        A question, plain text. Until the student reveals it, what comes out stays hidden.
    revealed : bool, optional
        Whether what comes out is shown. By default it is, unless there is a question.
    lock : sequence of str
        Controls that cannot be moved by hand, such as ``["k"]``. The size of a row is ``"width"``.

    Returns
    -------
    ConvShapes
        The widget. Its parameters are attributes (`shape` as ``channels``, ``height``, ``width``);
        ``output_shape``, ``places``, ``left_over``, ``at`` and ``parameters`` follow them, ``prediction`` is what
        the student wrote, ``reset()`` starts over.

    Raises
    ------
    traitlets.TraitError
        If a size is outside its limits, or `hide` names no control.
    ValueError
        If `lock` names no control.

    References
    ----------
    V. Dumoulin and F. Visin, A guide to convolution arithmetic for deep learning, arXiv 1603.07285 (2016).

    Examples
    --------
    >>> from autograder import explore
    >>> shown = explore.conv_shapes((3, 32, 20), n_kernels=6, k=5, s=2)
    >>> shown.output_shape, shown.left_over, shown.parameters
    ((6, 14, 8), (1, 1), 450)
    """
    channels, height, width = (1, 1, shape) if isinstance(shape, int) else shape
    return ConvShapes(
        view="row" if isinstance(shape, int) else "layer",
        channels=channels,
        height=height,
        width=width,
        n_kernels=n_kernels,
        k=k,
        s=s,
        p=p,
        d=d,
        bias=bias,
        place=place,
        hide=list(hide),
        ask=ask,
        revealed=revealed,
        lock=lock,
    )
