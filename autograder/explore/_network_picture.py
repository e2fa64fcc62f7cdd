"""The still picture of relu_gradients: histogram, slopes, norms through depth, as SVG text on a white ground."""

from collections.abc import Mapping
from html import escape

import numpy as np

from autograder.explore._network import BENDS, Array

_WIDE, _HIGH, _STEP, _LEFT, _TOP = 250, 180, 300, 40, 36
_LEVELS = 4
_NORMS = (-11.0, 4.5)


def picture(
    z: Array, slopes: Array, norms: Mapping[str, Array], chosen: str, description: str, *, revealed: bool
) -> str:
    """Draw the panels side by side; `norms` is empty where there is only one layer."""
    panels = [("pre-activations z, from \u22126 to 6", _histogram(z, slopes, revealed=revealed))]
    size = f"{len(z)} examples \u00d7 {z.shape[1]} units"
    panels.append((f"slopes, {size}", _table(slopes) if revealed else _hidden()))
    if norms:
        panels.append(("norm of the gradient, by layer", _lines(norms, chosen) if revealed else _hidden()))
    drawn = "".join(
        f'<g transform="translate({i * _STEP + _LEFT} 0)">'
        f'<text y="18" font-size="14" font-weight="600">{title}</text>{inside}</g>'
        for i, (title, inside) in enumerate(panels)
    )
    wide, high = _STEP * len(panels) + 20, _TOP + _HIGH + 28
    words = escape(description)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'role="img" aria-label="{words}" font-family="sans-serif" font-size="12">'
        f'<title>{words}</title><rect width="{wide}" height="{high}" fill="#fff"/>{drawn}</svg>'
    )


def _hidden() -> str:
    return f'<text x="{_WIDE / 2:g}" y="{_TOP + _HIGH / 2:g}" text-anchor="middle">Hidden until you predict it</text>'


def _histogram(z: Array, slopes: Array, *, revealed: bool) -> str:
    counts, edges = np.histogram(z, 24, (-6, 6))
    passing, _ = np.histogram(z, edges, weights=np.abs(slopes))
    scale = _HIGH / max(counts.max(), 1)
    foot, step = _TOP + _HIGH, _WIDE / 24

    def bars(heights: Array) -> str:
        return "".join(
            f"M{i * step + 0.7:.1f} {foot}v{-high * scale:.1f}h{step - 1.4:.1f}V{foot}Z"
            for i, high in enumerate(heights)
            if high
        )

    inside = f'<path d="{bars(counts.astype(float))}" fill="#f4f6f8" stroke="#8a8a8a"/>'
    if revealed:
        inside += f'<path d="{bars(passing)}" fill="#0067a5"/>'
    ticks = "".join(
        f'<text x="{(t + 6) / 12 * _WIDE:.0f}" y="{foot + 18}" text-anchor="middle">{t}</text>'.replace(
            ">-", ">\u2212"
        )
        for t in (-6, -3, 0, 3, 6)
    )
    return f'{inside}<path d="M0 {foot}h{_WIDE}" stroke="#8a8a8a"/>{ticks}'


def _table(slopes: Array) -> str:
    """Draw the slopes as shades; equal neighbours in a column are one stroke, to keep the text short."""
    rows, columns = slopes.shape
    high, wide = _HIGH / rows, _WIDE / columns
    levels = np.ceil(np.abs(slopes) * _LEVELS).astype(int)
    shades = [""] * (_LEVELS + 1)
    for column in range(columns):
        ends = [*np.flatnonzero(np.diff(levels[:, column])) + 1, rows]
        for start, end in zip([0, *ends], ends, strict=False):
            shades[levels[start, column]] += f"M{column} {start}v{end - start}"
    scaled = f'transform="translate({wide / 2:g} {_TOP}) scale({wide:g} {high:g})" stroke-width="0.9"'
    drawn = "".join(
        f'<path d="{shade}" {scaled} stroke="#0067a5" stroke-opacity="{level / _LEVELS:g}"/>'
        for level, shade in enumerate(shades)
        if level and shade
    )
    crosses = "".join(
        f"M{(unit + 0.5) * wide - 4:.1f} {_TOP - 12}l8 8m0 -8l-8 8"
        for unit in np.flatnonzero((slopes == 0).all(axis=0))
    )
    frame = f'<path d="M0 {_TOP}h{_WIDE}v{_HIGH}h-{_WIDE}Z" fill="none" stroke="#dcdcdc"/>'
    return f'{frame}{drawn}<path d="{crosses}" stroke="#b34a00" stroke-width="2"/>'


def _lines(norms: Mapping[str, Array], chosen: str) -> str:
    low, high = _NORMS
    room = 72  # for the names, left of the input

    def y(exponent: float) -> float:
        return _TOP + (high - exponent) / (high - low) * _HIGH

    drawn = "".join(
        f'<path d="M0 {y(t):.1f}h{_WIDE}" stroke="#dcdcdc"/>'
        f'<text x="-4" y="{y(t) + 4:.1f}" text-anchor="end">1e{t}</text>'.replace("1e-", "1e\u2212")
        for t in (-9, -6, -3, 0, 3)
    )
    heights = {}
    for name, values in norms.items():
        with np.errstate(divide="ignore"):
            heights[name] = [y(e) for e in np.clip(np.log10(values), low + 0.2, high)]
    below = float(_TOP)
    for name, points in sorted(heights.items(), key=lambda item: item[1][0]):
        step = (_WIDE - room) / (len(points) - 1)
        colour, width = ("#b34a00", 3) if name == chosen else ("#8a8a8a", 1.5)
        line = "L".join(f"{room + i * step:.1f} {p:.1f}" for i, p in enumerate(points))
        below = max(below + 13, points[0] + 4)
        label = escape(BENDS[name].label)
        drawn += f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
        place = f'x="{room - 4}" y="{below:.1f}" text-anchor="end"'
        drawn += f'<text {place} fill="{"#b34a00" if name == chosen else "#595959"}">{label}</text>'
    foot = _TOP + _HIGH + 18
    return f'{drawn}<text x="{room}" y="{foot}">input</text><text x="{_WIDE}" y="{foot}" text-anchor="end">output</text>'
