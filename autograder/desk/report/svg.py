"""A matplotlib figure as SVG inside a page: the page's own colours and type, words for those who do not see it.

The figure is drawn in a few stand-in colours, which become the page's CSS variables: so it is right in the dark and on
paper. Names inside the drawing that nothing refers to are dropped; the others are made unlike in each figure.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Stand-ins by the name of the CSS variable.
INK, QUIET, LINE, PAPER = "#010101", "#020202", "#030303", "#040404"
FULL, PART, NONE, UNWRITTEN, WAITING = "#050505", "#060606", "#070707", "#080808", "#090909"
_VARIABLES = {
    INK: "ink", QUIET: "quiet", LINE: "line", PAPER: "paper", FULL: "full", PART: "part", NONE: "none",
    UNWRITTEN: "unwritten", WAITING: "waiting",
}  # fmt: skip

#: Text stays text; a dollar in an exercise's name is a dollar; the same figure is the same bytes.
STYLE: Any = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 9.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": LINE,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "hatch.linewidth": 0.6,
}
_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_OPEN = re.compile(r"<svg[^>]*?viewBox=\"([^\"]+)\"[^>]*>")
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_FONT = re.compile(r"font: ([\d.]+)px [^;\"]+")
_ID = re.compile(r' id="([^"]+)"')
_USED = re.compile(r'(?:url\(#|xlink:href="#)([^)"]+)')


def inline(figure: Figure, name: str, alt: str) -> Markup:
    """Return a figure as an `<svg>` element.

    Parameters
    ----------
    figure
        Drawn with `STYLE` in force, in the stand-in colours.
    name
        Unlike any other figure's on the page.
    alt
        What it shows, in words.
    """
    out = io.StringIO()
    with mpl.rc_context({**STYLE, "svg.hashsalt": name}):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = _METADATA.sub("", _HEAD.sub("", out.getvalue()))
    box = _OPEN.search(text)
    view = box[1] if box else "0 0 300 200"
    text = _OPEN.sub("", text, count=1)
    used = set(_USED.findall(text))
    text = _ID.sub(lambda match: f' id="{name}-{match[1]}"' if match[1] in used else "", text)
    text = _USED.sub(lambda match: match[0].replace(f"#{match[1]}", f"#{name}-{match[1]}"), text)
    text = text.replace("xlink:href", "href").replace(' type="text/css"', "")
    text = re.sub(r"\s*<defs>\s*<style>.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
    text = _FONT.sub(r"font-size: \1px", text)
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var(--{variable})")
    head = Markup('<svg class="figure" role="img" aria-label="{}" viewBox="{}">').format(alt, view)
    return head + Markup(text)  # noqa: S704  matplotlib escapes what it writes
