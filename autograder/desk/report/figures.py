"""The report's figures, by matplotlib: narrow, so that they are read on a phone as they are on paper.

Each function returns the figure with its words. What it shows stands in a table beside it, too.
"""

from __future__ import annotations

import math
from functools import wraps
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.patches
import matplotlib.ticker
from matplotlib.figure import Figure

from autograder.desk.report import svg
from autograder.desk.templating import points

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from markupsafe import Markup
    from matplotlib.axes import Axes

    from autograder.desk.report.statistics import Bar, Correlation, Spread

_WIDTH = 4.2  # inches: 302 units, so that type of 8.5 is read at 360 pixels
_COLOURS = {
    "full": svg.FULL, "part": svg.PART, "none": svg.NONE, "unwritten": svg.UNWRITTEN, "waiting": svg.WAITING,
}  # fmt: skip
#: Beside its colour a state has its own hatching: it is told on grey paper, too.
_HATCHES = {"full": "", "part": "", "none": "///", "unwritten": "", "waiting": "xxx"}
_LONGEST = 38
_LEGEND = 54  # characters that stand beside each other
#: From here on an exercise tells something about the rest.
FAIR = 0.2


def _styled(draw: Callable[..., Markup]) -> Callable[..., Markup]:
    @wraps(draw)
    def drawn(*given: object, **named: object) -> Markup:
        with mpl.rc_context(svg.STYLE):
            return draw(*given, **named)

    return drawn


@_styled
def scores(counts: Sequence[int], points_of_all: float, spread: Spread) -> Markup:
    """Draw how many students have how many points, in steps of a tenth."""
    figure, axes = _frame(2.3, bottom=0.42)
    step = points_of_all / len(counts)
    lefts = [step * at for at in range(len(counts))]
    axes.bar(lefts, counts, width=0.94 * step, align="edge", color=svg.FULL)
    top = max([*counts, 1])
    for left, count in zip(lefts, counts, strict=True):
        if count:
            axes.text(
                left + 0.47 * step, count + 0.015 * top, str(count), ha="center", va="bottom", color=svg.QUIET
            )
    axes.plot([spread.median], [1.16 * top], marker="v", color=svg.INK, markersize=6)
    left = spread.median > points_of_all / 2
    sides: dict[str, Any] = {"xytext": (-6 if left else 6, 0), "ha": "right" if left else "left"}
    axes.annotate(
        f"median {points(spread.median)}",
        (spread.median, 1.16 * top),
        textcoords="offset points",
        va="center",
        **sides,
    )
    axes.set_xlim(0, points_of_all)
    axes.set_ylim(0, 1.25 * top)
    axes.set_yticks([])
    ticks = [
        tick
        for tick in mpl.ticker.MaxNLocator(5).tick_values(0, points_of_all)
        if tick <= 0.93 * points_of_all
    ]
    axes.set_xticks([*ticks, points_of_all])
    axes.set_xticklabels([points(tick) for tick in axes.get_xticks()])
    axes.set_xlabel("points")
    _bare(axes, "left")
    alt = (
        f"Histogram of {spread.n} scores out of {points(points_of_all)} points. Median {points(spread.median)}, "
        f"the middle half from {points(spread.lower)} to {points(spread.upper)}, "
        f"least {points(spread.low)}, most {points(spread.high)}."
    )
    return svg.inline(figure, "scores", alt)


@_styled
def outcomes(
    name: str, rows: Sequence[tuple[str, Mapping[Any, int], str]], words: Mapping[str, str], alt: str
) -> Markup:
    """Draw one bar for each row, in parts: how many ended how.

    Parameters
    ----------
    name
        Of the figure.
    rows
        Label, how many by state, and what stands at the right.
    words
        What a state is called in the legend, in the order in which they are drawn.
    alt
        What it shows, in words.
    """
    used = [state for state in words if any(counts.get(state) for _, counts, _ in rows)]
    columns = len(used) if sum(len(words[state]) + 4 for state in used) <= _LEGEND else 2
    lines = -(-len(used) // columns) if used else 0
    figure, axes = _frame(
        0.4 * len(rows) + 0.21 * lines + 0.1, top=0.06 + 0.21 * lines, bottom=0.02, left=0.02, right=0.02
    )
    for at, (label, counts, right) in enumerate(rows):
        y = len(rows) - 1 - at
        total = sum(counts.values())
        start = 0.0
        axes.text(0, y + 0.5, _cut(label), va="center")
        axes.text(1, y + 0.5, right, va="center", ha="right", color=svg.QUIET)
        for state in used:
            share = counts.get(state, 0) / total if total else 0.0
            if share:
                _bar(axes, y, start, share, state)
            start += share
        if not total:
            axes.plot([0, 1], [y + 0.1, y + 0.1], color=svg.LINE, linewidth=0.8)
    axes.set_xlim(-0.002, 1.002)
    axes.set_ylim(-0.25, len(rows) - 0.2)
    axes.set_xticks([])
    axes.set_yticks([])
    _bare(axes, "left", "bottom")
    # matplotlib fills a legend by columns; it is read by rows.
    by_rows = [used[at] for column in range(columns) for at in range(column, len(used), columns)]
    handles = [
        mpl.patches.Patch(
            facecolor=_COLOURS[state], hatch=_HATCHES[state], edgecolor=_edge(state), label=words[state]
        )
        for state in by_rows
    ]
    figure.legend(
        handles=handles, loc="upper left", ncols=max(columns, 1), frameon=False, bbox_to_anchor=(0.0, 1.0),
        borderaxespad=0, borderpad=0, handlelength=1.1, handleheight=0.8, handletextpad=0.4, columnspacing=1.0,
        labelspacing=0.3, labelcolor=svg.INK,
    )  # fmt: skip
    return svg.inline(figure, name, alt)


@_styled
def telling(rows: Sequence[tuple[str, Correlation | None]], alt: str) -> Markup:
    """Draw the item-rest correlation of each exercise with its interval."""
    figure, axes = _frame(0.4 * len(rows) + 0.5, bottom=0.45, left=0.1, right=0.1)
    known = [one for _, one in rows if one is not None]
    low = min([-0.2, *(one.low for one in known if not math.isnan(one.low)), *(one.r for one in known)])
    low = max(-1.0, math.floor(low * 5) / 5)
    for at, (label, one) in enumerate(rows):
        y = len(rows) - 1 - at
        axes.text(low, y + 0.42, _cut(label), va="center")
        axes.barh(y, 1 - FAIR, left=FAIR, height=0.4, color=svg.LINE, alpha=0.4, linewidth=0)
        axes.plot([0, 0], [y - 0.2, y + 0.2], color=svg.QUIET, linewidth=0.8)
        if one is None:
            axes.text(1, y + 0.42, "no value", va="center", ha="right", color=svg.QUIET)
            continue
        weak = one.r < FAIR
        colour = svg.NONE if weak else svg.FULL
        if not math.isnan(one.low):
            axes.plot([one.low, one.high], [y, y], color=colour, linewidth=1.6, solid_capstyle="butt")
        axes.plot([one.r], [y], marker="D" if weak else "o", color=colour, markersize=5.5)
        axes.text(1, y + 0.42, f"{one.r:.2f}", va="center", ha="right", color=svg.QUIET)
    axes.set_xlim(low, 1)
    axes.set_ylim(-0.4, len(rows) - 0.3)
    axes.set_yticks([])
    axes.set_xlabel("item-rest correlation, with its 95 % interval")
    _bare(axes, "left")
    return svg.inline(figure, "telling", alt)


@_styled
def handed_in(bars: Sequence[Bar], alt: str) -> Markup:
    """Draw when work came in, in hours after the deadline (before it: below zero)."""
    figure, axes = _frame(1.9, bottom=0.45, left=0.36)
    starts, width = [bar.start for bar in bars], bars[0].width
    top = max(bar.early + bar.late for bar in bars)
    shape: dict[str, Any] = {"width": 0.94 * width, "align": "edge", "linewidth": 0}
    axes.bar(starts, [bar.early for bar in bars], color=svg.FULL, **shape)
    axes.bar(starts, [bar.late for bar in bars], bottom=[bar.early for bar in bars], color=svg.NONE, **shape)
    axes.axvline(0, color=svg.INK, linewidth=1.4)
    axes.set_ylim(0, 1.25 * top)
    low, high = starts[0], starts[-1] + width
    left = -low > high  # the longer side has room for the word
    sides: dict[str, Any] = {"xytext": (-4 if left else 4, 0), "ha": "right" if left else "left"}
    axes.annotate("deadline", (0, 1.16 * top), textcoords="offset points", va="center", **sides)
    unit, word = (24, "days") if high - low > 3 * 24 else (1, "hours")
    every = max(1, math.ceil((high - low) / unit / 6))
    axes.set_xticks(
        [unit * at for at in range(math.ceil(low / unit), math.floor(high / unit) + 1) if at % every == 0]
    )
    axes.set_xticklabels([f"{tick / unit:+.0f}" if tick else "0" for tick in axes.get_xticks()])
    axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(3, integer=True))
    axes.set_xlabel(f"{word} before (-) and after (+) the deadline")
    _bare(axes)
    return svg.inline(figure, "handed-in", alt)


def _frame(
    height: float, *, left: float = 0.3, right: float = 0.08, bottom: float = 0.3, top: float = 0.06
) -> tuple[Figure, Axes]:
    """Return axes in a figure, with margins in inches."""
    figure = Figure(figsize=(_WIDTH, height))
    axes = figure.add_axes(
        (left / _WIDTH, bottom / height, 1 - (left + right) / _WIDTH, 1 - (bottom + top) / height)
    )
    return figure, axes


def _bar(axes: Axes, y: float, start: float, share: float, state: str) -> None:
    axes.barh(
        y + 0.1, share, left=start, height=0.36, color=_COLOURS[state], hatch=_HATCHES[state], edgecolor=_edge(state),
        linewidth=0.6,
    )  # fmt: skip


def _edge(state: str) -> str:
    return svg.QUIET if state == "unwritten" else svg.PAPER


def _bare(axes: Axes, *more: str) -> None:
    for side in ("top", "right", *more):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=2)


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…"
