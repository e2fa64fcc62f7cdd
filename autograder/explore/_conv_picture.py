"""Still pictures of `conv_shapes`, for where no JavaScript runs: squares as SVG paths on a white ground."""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.explore._conv_shapes import ConvShapes

_WIDTH = 720
_HATCH = (
    '<pattern id="ag-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#fff"/><path d="M1 0V6" stroke="#595959" stroke-width="2"/></pattern>'
)
_LOOKS = {
    "image": 'fill="#d3d8dd"',
    "pad": 'fill="#fff" stroke="#b0b0b0"',
    "unused": 'fill="url(#ag-hatch)" stroke="#595959"',
    "kernel": 'fill="#0067a5" fill-opacity="0.85"',
    "other": 'fill="#0067a5" fill-opacity="0.3"',
    "beyond": 'fill="none" stroke="#7b3f8c" stroke-width="1.5" stroke-dasharray="4 3"',
    "out": 'fill="#fff" stroke="#8a8a8a"',
    "now": 'fill="#b34a00"',
}
Cell = tuple[int, int]


def row_picture(shown: "ConvShapes", words: str) -> str:
    """Draw one row and the kernel at each of its places; before the reveal at the first alone."""
    axis = shown.columns
    across = max(axis.padded, axis.o * shown.s + axis.span) + 3
    size = min(28.0, _WIDTH / across)
    o = axis.o if shown.revealed else 0
    taps = [[(n * shown.s + tap * shown.d, n) for tap in range(shown.k)] for n in range(o + 1)]
    row = [(x, 0) for x in range(axis.padded)]
    drawn = _image(shown, row, {(x, 0) for x in axis.unused} if shown.revealed else set(), (10, 34), size)
    below = (10.0, 34 + 1.35 * size)
    here = min(shown.place, max(0, o - 1))
    if shown.revealed:
        drawn += _squares("other", (cell for place in taps[:-1] for cell in place), below, size)
        drawn += _squares("beyond", taps[-1], below, size)
    if o or not shown.revealed:
        drawn += _squares("kernel", taps[here], below, size)
    if o:
        right = (10 + (across - 1.5) * size, below[1])
        drawn += _squares("out", ((0, n) for n in range(o)), right, size)
        drawn += _squares("now", [(0, here)], right, size)
        drawn += _text(right[0] - 4, 34 + 0.7 * size, f"o = {o}")
    drawn += _text(10, 20, f"i = {axis.i}" + (f", padded {axis.padded}" if shown.p else ""))
    if not shown.revealed:
        drawn += _text(10, below[1] + 2.6 * size, "Hidden until you predict it")
    foot = below[1] + (max(o, 2) + 1.5) * size
    if o:
        drawn += _text(10, foot + 10, f"o = {shown.solved(axis)}")
        foot += 20
    return _svg(drawn, foot, words)


def layer_picture(shown: "ConvShapes", words: str) -> str:
    """Draw an image under its kernel, and what comes out beside it."""
    rows, columns = shown.rows, shown.columns
    high, wide = max(rows.padded, rows.span), max(columns.padded, columns.span)
    size = min(26.0, 340 / wide, 300 / high)
    cells = [(x, y) for y in range(rows.padded) for x in range(columns.padded)]
    lost = {cell for cell in cells if cell[0] in columns.unused or cell[1] in rows.unused}
    drawn = _image(shown, cells, lost if shown.revealed else set(), (10, 34), size)
    row, column = shown.at if shown.revealed else (0, 0)
    taps = {
        (column * shown.s + v * shown.d, row * shown.s + u * shown.d)
        for u in range(shown.k)
        for v in range(shown.k)
    }
    outside = taps - set(cells)
    drawn += _squares("kernel", sorted(taps - outside), (10, 34), size)
    drawn += _squares("beyond", sorted(outside), (10, 34), size)
    image = f"input ({shown.channels}, {shown.height}, {shown.width})"
    drawn += _text(10, 20, image + (f", padded {rows.padded} \u00d7 {columns.padded}" if shown.p else ""))
    if not shown.revealed:
        drawn += _text(400, 160, "Hidden until you predict it")
    elif shown.output_shape is None:
        drawn += _text(400, 20, "no output")
    else:
        out = [(x, y) for y in range(rows.o) for x in range(columns.o)]
        drawn += _squares("out", out, (400, 34), size) + _squares("now", [(column, row)], (400, 34), size)
        drawn += _text(400, 20, f"output {shown.output_shape}")
        for axis, what, y in ((rows, "rows", 30), (columns, "columns", 52)):
            drawn += _text(10, 34 + high * size + y, f"{what}: {shown.solved(axis)}")
    return _svg(drawn, 34 + high * size + 64, words)


def _image(
    shown: "ConvShapes", cells: list[Cell], lost: set[Cell], corner: tuple[float, float], size: float
) -> str:
    p, top = shown.p, 0 if shown.view == "row" else shown.p
    lower = 1 if shown.view == "row" else top + shown.height
    inside = [cell for cell in cells if p <= cell[0] < p + shown.width and top <= cell[1] < lower]
    pads = sorted(set(cells) - set(inside))
    return (
        _squares("pad", pads, corner, size)
        + _squares("image", inside, corner, size)
        + _squares("unused", sorted(lost), corner, size)
    )


def _squares(look: str, cells: Iterable[Cell], corner: tuple[float, float], size: float) -> str:
    side = size - 2
    left, top = corner[0] + 1, corner[1] + 1
    path = "".join(
        f"M{left + x * size:.1f} {top + y * size:.1f}h{side:.1f}v{side:.1f}h{-side:.1f}z" for x, y in cells
    )
    return f'<path d="{path}" {_LOOKS[look]}/>' if path else ""


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="14" font-weight="600">{escape(text)}</text>'


def _svg(drawn: str, height: float, words: str) -> str:
    size = f'width="{_WIDTH + 20}" height="{height:.0f}"'
    said = escape(words)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + 20} {height:.0f}" {size} role="img" '
        f'aria-label="{said}" font-family="sans-serif"><title>{said}</title><defs>{_HATCH}</defs>'
        f'<rect {size} fill="#fff"/>{drawn}</svg>'
    )
