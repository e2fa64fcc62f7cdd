"""backprop's still picture, for where no JavaScript runs: the net as a graph with the numbers known so far."""

from dataclasses import dataclass, field
from html import escape

from autograder.explore._backprop_steps import Index, Net, found_at, short

_CELL, _ROW, _TOP, _WIDTH = 46, 20, 62, 888  # as in static/backprop_graph.js
_COLUMNS = {"x": 6, "W1": 162, "h_a": 270, "h_s": 392, "W2": 540, "o_a": 648, "o_s": 762, "L": 832}
_SINGLE = {"o_s": 52, "L": 50}
_TITLES = {
    "column": (
        "x",
        "W\u207d\u00b9\u207e",
        "h\u1d43",
        "h\u02e2",
        "W\u207d\u00b2\u207e",
        "o\u1d43",
        "o\u02e2",
        "L",
    ),
    "batch": ("X", "W\u2081", "Z", "H", "W\u2082", "S", "P", "L"),
}
_WIDE = 2 * _CELL
_BLUE, _ORANGE = "#0067a5", "#b34a00"


def brief(x: float) -> str:
    """Write a number as a cell has room for: three decimals, fewer when it is large."""
    size = abs(x)
    decimals = 3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0  # noqa: PLR2004
    return short(round(x, decimals))


@dataclass(frozen=True)
class _Plan:
    """Where the units of a net stand, and how high the picture is."""

    net: Net

    @property
    def examples(self) -> int:
        return len(self.net.y) if self.net.form == "batch" else 1

    def units(self, key: str) -> int:
        return int(self.net.arrays[key].shape[-1])

    def slot(self, part: str) -> int:
        node = self.examples * _ROW
        below = {"x": 0, "h": self.units("x") + 1, "o": self.units("h_a") + 1}[part]
        return max(below * (_ROW + 2), node + 6) if below else node

    @property
    def high(self) -> int:
        return max(
            self.units(key) * (self.slot(part) + 16) for key, part in (("x", "x"), ("h_a", "h"), ("o_a", "o"))
        )

    def middle(self, part: str, unit: int) -> float:
        n, slot = self.units({"x": "x", "h": "h_a", "o": "o_a"}[part]), self.slot(part)
        gap = min(36, (self.high - n * slot) / n)
        return _TOP + self.high / 2 + (unit - (n - 1) / 2) * (slot + gap)


@dataclass
class _Drawing:
    """The pieces of a picture, gathered part by part."""

    plan: _Plan
    seen: int
    boxes: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)

    def cell(self, key: str, index: Index, y: float) -> None:
        """Draw an entry's box, its value, and its gradient beside it."""
        arrays = self.plan.net.arrays
        x, wide = _COLUMNS[key.replace("b", "W")], _SINGLE.get(key, _WIDE)
        corner = 8 if key[0] in "xWb" else 2
        self.boxes.append(f'<rect x="{x}" y="{y:g}" width="{wide}" height="{_ROW}" rx="{corner}"/>')
        half = wide / 2 if key in _SINGLE else _CELL / 2
        for name, at, colour in ((key, x + half, _BLUE), (f"\u2202{key}", x + 3 * half, _ORANGE)):
            if name in arrays and found_at(name) <= self.seen:
                text = brief(float(arrays[name][index]))
                self.texts.append(f'<text x="{at:g}" y="{y + 14:g}" fill="{colour}">{text}</text>')

    def edge(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Join two points by a curve that leaves and arrives level."""
        bend = (x1 + x2) / 2
        self.edges.append(f"M{x1:g} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {x2:g} {y2:g}")

    def units(self, key: str, part: str) -> None:
        """Draw a column of units, each with a row for every example."""
        plan = self.plan
        for unit in range(plan.units(key)):
            middle = plan.middle(part, unit)
            for n in range(plan.examples):
                index = (n, unit) if plan.net.form == "batch" else (unit,)
                self.cell(key, index, middle + (n - plan.examples / 2) * _ROW)
            if key in ("h_a", "o_a"):
                self.edge(_COLUMNS[key] + _WIDE, middle, _COLUMNS[f"{key[0]}_s"], middle)

    def weights(self, layer: str, source: tuple[str, str], target: tuple[str, str]) -> None:
        """Draw a stack of weights and a bias before each unit of a layer."""
        (below, part_below), (above, part), plan = source, target, self.plan
        x, count = _COLUMNS[f"W{layer}"], plan.units(below)
        for k in range(plan.units(above)):
            top = plan.middle(part, k) - (count + 1) * (_ROW + 2) / 2 + 1
            for i in range(count + 1):
                y = top + i * (_ROW + 2)
                self.edge(x + _WIDE, y + _ROW / 2, _COLUMNS[above], plan.middle(part, k))
                if i == count:
                    self.cell(f"b{layer}", (k,), y)
                    continue
                self.cell(f"W{layer}", (i, k) if plan.net.form == "batch" else (k, i), y)
                self.edge(_COLUMNS[below] + _WIDE, plan.middle(part_below, i), x, y + _ROW / 2)

    def heads(self) -> None:
        """Write the names and shapes of the columns."""
        net = self.plan.net
        for title, (key, x) in zip(_TITLES[net.form], _COLUMNS.items(), strict=True):
            middle = x + _SINGLE.get(key, _WIDE) / 2
            shape = net.arrays[key].shape or ""
            self.texts.append(f'<text x="{middle:g}" y="20" font-size="17">{title}</text>')
            self.texts.append(f'<text x="{middle:g}" y="38" fill="#595959">{shape}</text>')


def picture(net: Net, seen: int, description: str) -> str:
    """Draw the net; numbers that a step after `seen` finds are left out."""
    plan = _Plan(net)
    drawing = _Drawing(plan, seen)
    for key, part in (("x", "x"), ("h_a", "h"), ("h_s", "h"), ("o_a", "o"), ("o_s", "o")):
        drawing.units(key, part)
    drawing.weights("1", ("x", "x"), ("h_a", "h"))
    drawing.weights("2", ("h_s", "h"), ("o_a", "o"))
    centre = _TOP + plan.high / 2
    drawing.cell("L", (), centre - _ROW / 2)
    for k in range(plan.units("o_a")):
        drawing.edge(_COLUMNS["o_s"] + _SINGLE["o_s"], plan.middle("o", k), _COLUMNS["L"], centre)
    drawing.heads()
    high, words = plan.high + _TOP + 8, escape(description)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {high}" width="{_WIDTH}" height="{high}" '
        f'role="img" aria-label="{words}" font-family="sans-serif" font-size="12"><title>{words}</title>'
        f'<rect width="{_WIDTH}" height="{high}" fill="#fff"/>'
        f'<path d="{"".join(drawing.edges)}" fill="none" stroke="#8a8a8a"/>'
        f'<g fill="#fff" stroke="#767676">{"".join(drawing.boxes)}</g>'
        f'<g text-anchor="middle">{"".join(drawing.texts)}</g></svg>'
    )
