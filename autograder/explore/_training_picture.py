"""The still picture of training: what the net says, and its loss, as SVG text on a white ground."""

import base64
import struct
import zlib
from html import escape

import numpy as np

from autograder.explore._network import Array
from autograder.explore._training_net import ACROSS, DOWN, WINDOW, Examples, Labels

_WIDE, _HIGH, _TOP, _LEFT, _STEP = 320, 280, 36, 40, 400
_COLUMNS, _ROWS, _TILE = 10, 5, 20
_POINTS = 100


def picture(
    examples: Examples, said: Labels, margins: Array | None, losses: Array, description: str, cover: str
) -> str:
    """Draw both panels; with a `cover`, the words in place of the answer, the points or images alone."""
    if examples.x.shape[1] == 2:  # noqa: PLR2004 - points have two coordinates
        title, left = "what the net says", _plane(examples, None if cover else margins)
    else:
        title, left = "images that it was not trained on", _images(examples, said, hidden=bool(cover))
    right = "" if cover else _curve(losses, np.log(examples.classes))
    cover = (
        f'<text x="{_WIDE / 2:g}" y="{_TOP + _HIGH / 2:g}" text-anchor="middle" font-size="15">{cover}</text>'
    )
    words, wide, high = escape(description), 2 * _STEP - 20, _TOP + _HIGH + 28
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'role="img" aria-label="{words}" font-family="sans-serif" font-size="12">'
        f'<title>{words}</title><rect width="{wide}" height="{high}" fill="#fff"/>'
        f'<g transform="translate({_LEFT} 0)"><text y="18" font-size="14" font-weight="600">{title}</text>{left}</g>'
        f'<g transform="translate({_STEP + _LEFT} 0)"><text y="18" font-size="14" font-weight="600">loss, step by step'
        f"</text>{right}{cover}</g></svg>"
    )


def _plane(examples: Examples, margins: Array | None) -> str:
    def at(points: Array) -> Array:
        unit = (points / WINDOW + 1) / 2
        return np.column_stack([unit[:, 0] * _WIDE, _TOP + (1 - unit[:, 1]) * _HIGH])

    ground = ""
    if margins is not None:  # a stroke for each run of cells of class 1
        wide, high = _WIDE / (ACROSS - 1), _HIGH / (DOWN - 1)
        for row, ones in enumerate(margins.reshape(DOWN, ACROSS) > 0):
            edges = np.flatnonzero(np.diff(np.concatenate([[0], ones.astype(int), [0]])))
            for start, stop in edges.reshape(-1, 2):
                x, end = max((start - 0.5) * wide, 0), min((stop - 0.5) * wide, _WIDE)
                ground += f"M{x:.0f} {_TOP + row * high:.0f}h{end - x:.0f}"
        ground = f'<path d="{ground}" stroke="#f3d9c6" stroke-width="{high + 0.5:.1f}"/>'
        box = f'width="{_WIDE}" height="{_HIGH}"'
        ground = f'<svg y="{_TOP}" {box} viewBox="0 {_TOP} {_WIDE} {_HIGH}">{ground}</svg>'
    rest = "#fff" if margins is None else "#d6e6f0"
    paths = []
    for label, look in ((0, 'stroke="#0067a5" stroke-linecap="round"'), (1, 'stroke="#b34a00"')):
        dots = "".join(f"M{x - 0.1:.1f} {y:.1f}h.2" for x, y in at(examples.x[examples.y == label]))
        dots = dots if label == 0 else dots.replace("h.2", "h6")
        paths.append(f'<path d="{dots}" stroke-width="6" {look}/>')
    frame = f'<rect y="{_TOP}" width="{_WIDE}" height="{_HIGH}" fill="{{}}" {{}}/>'
    return (
        frame.format(rest, "") + ground + "".join(paths) + frame.format("none", 'stroke="#8a8a8a"')
        + f'<text y="{_TOP + _HIGH + 18}"><tspan fill="#0067a5">\u25cf</tspan> class 0   '
        f'<tspan dx="10" fill="#b34a00">\u25a0</tspan> class 1</text>'
    )  # fmt: skip


def _images(examples: Examples, said: Labels, *, hidden: bool) -> str:
    """Draw the first images as one picture, the answers below each, an orange frame round those that are wrong."""
    count = min(len(said), _COLUMNS * _ROWS)
    side = int(np.sqrt(examples.x.shape[1]))
    sheet = np.zeros((_ROWS * side, _COLUMNS * side))
    step_x, step_y = _WIDE / _COLUMNS, _HIGH / _ROWS
    texts = []
    for k in range(count):
        row, column = divmod(k, _COLUMNS)
        sheet[row * side : (row + 1) * side, column * side : (column + 1) * side] = examples.counted_x[
            k
        ].reshape(side, side)
        x, y = column * step_x, _TOP + row * step_y
        if not hidden:
            wrong = said[k] != examples.counted_y[k]
            name = "?" if said[k] < 0 else said[k]
            look = 'fill="#b34a00" font-weight="700"' if wrong else 'fill="#595959"'
            texts.append(f'<text x="{x + 14:.0f}" y="{y + 46:.0f}" text-anchor="middle" {look}>{name}</text>')
            if wrong:
                place = f'x="{x - 1:.0f}" y="{y - 1:.0f}" width="31" height="35"'
                texts.append(f'<rect {place} fill="none" stroke="#b34a00" stroke-width="2"/>')
    tiles = []
    data = _png(255 - np.round(255 * np.clip(sheet, 0, 1)))
    for row in range(
        -(-count // _COLUMNS)
    ):  # each row of the sheet in a window of its own, with room for answers
        y = _TOP + row * step_y
        tiles.append(
            f'<svg y="{y:.0f}" width="{_WIDE}" height="32" viewBox="0 {row * side} {_COLUMNS * side} {side}" '
            f'preserveAspectRatio="none"><use href="#ag-sheet"/></svg>'
        )
    size = f'width="{_COLUMNS * side}" height="{_ROWS * side}"'
    sheet_of_all = (
        f'<defs><image id="ag-sheet" {size} style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>'
        "</defs>"
    )
    return sheet_of_all + "".join(tiles) + "".join(texts)


def _png(levels: Array) -> str:
    """Return grey levels as a PNG, in base64."""
    high, wide = levels.shape

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes(row) for row in levels.astype(np.uint8))
    header = struct.pack(">2I5B", wide, high, 8, 0, 0, 0, 0)
    file = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )
    return base64.b64encode(file).decode()


def _curve(losses: Array, guess: float) -> str:
    finite = losses[np.isfinite(losses)]
    top = max(1.2 * guess, min(1.1 * float(finite.max(initial=0.0)), 3 * guess))
    last = max(len(losses) - 1, 1)
    keep = np.unique(np.linspace(0, len(losses) - 1, min(len(losses), _POINTS)).astype(int))
    parts, pen = "", "M"
    for k in keep:
        if np.isfinite(losses[k]):
            y = _TOP + _HIGH * (1 - min(losses[k] / top, 1))
            parts += f"{pen}{k / last * _WIDE:.0f} {y:.1f}"
            pen = "L"
        else:
            pen = "M"
    known = _TOP + _HIGH * (1 - guess / top)
    foot = _TOP + _HIGH
    return (
        f'<path d="M0 {known:.1f}h{_WIDE}" stroke="#8a8a8a" stroke-dasharray="5 4"/>'
        f'<text x="{_WIDE}" y="{known - 5:.0f}" text-anchor="end" fill="#595959">knows nothing</text>'
        f'<path d="M0 {foot}h{_WIDE}" stroke="#8a8a8a"/><path d="{parts}" fill="none" stroke="#0067a5" '
        f'stroke-width="2.5"/><text x="-6" y="{foot + 4}" text-anchor="end">0</text>'
        f'<text x="-6" y="{_TOP + 10}" text-anchor="end">{top:.1f}</text>'
        f'<text y="{foot + 18}">0</text><text x="{_WIDE}" y="{foot + 18}" text-anchor="end">step {last}</text>'
    )
