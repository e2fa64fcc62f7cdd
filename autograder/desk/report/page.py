"""The report as one HTML document: what is said and in what order. How it looks is in `templates/report.*`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from autograder.desk import prose
from autograder.desk.maths import to_mathml
from autograder.desk.redact import plain
from autograder.desk.report import figures, tallies
from autograder.desk.report.lines import SMALL, next_week
from autograder.desk.report.statistics import ENOUGH, bars, histogram, spread
from autograder.desk.templating import lateness, points, render

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from autograder.desk.report.people import People
    from autograder.desk.report.record import ClassRecord, Item, State
    from autograder.desk.report.statistics import Bar, Correlation, ItemStatistics

#: Rows of a table that are shown at once; the others are folded away.
SHOWN = 12

_FIGURES = ("scores", "exercises", "telling", "chains", "handed_in")
_STATES = {
    "full": "full marks", "part": "part", "none": "none", "unwritten": "not written", "waiting": "waits",
}  # fmt: skip
_ENDS = {"": "full", "far": "part", "astray": "waiting", "wrong": "none", "unread": "unwritten"}
_BROKEN = {
    "far": "a step too large", "astray": "a right line that is not what was asked", "wrong": "a wrong line",
    "unread": "a line that cannot be read",
}  # fmt: skip
_END_WORDS = {
    "full": "right to its end", "part": "a step too large", "waiting": "not what was asked", "none": "a wrong line",
    "unwritten": "a line that cannot be read",
}  # fmt: skip


@dataclass(frozen=True)
class ExerciseRow:
    """One exercise in the table of exercises."""

    item: Item
    statistics: ItemStatistics
    share: float | None
    states: Mapping[State, int]
    tells: str
    mistake: str


@dataclass(frozen=True)
class Group:
    """Submissions that need an eye for the same reason."""

    kind: str
    entries: Sequence[tuple[str, str, str]]

    @property
    def size(self) -> int:
        """How many submissions they are; a remark on all of them is none."""
        return sum(bool(student) for student, _, _ in self.entries)


def points_table(record: ClassRecord) -> NDArray[np.float64]:
    """Return points, students by exercises, of the works that count; nan where a person has still to mark."""
    table = np.full((len(record.counted), len(record.items)), np.nan)
    for row, work in enumerate(record.counted):
        for column, item in enumerate(record.items):
            result = work.results.get(item.key)
            if result is not None and result.state != "waiting":
                table[row, column] = result.score
    return table


def render_report(
    record: ClassRecord, statistics: Sequence[ItemStatistics], people: People, made: dt.datetime
) -> str:
    """Return the page on one assignment.

    Parameters
    ----------
    record
        The class.
    statistics
        Of its exercises, in their order.
    people
        How students are shown.
    made
        When, for the page's head.
    """
    scores = [work.score for work in record.counted]
    found = tallies.aspects(record)
    lost = sorted((one for one in found if one.lost), key=lambda one: (-one.share, -one.lost))
    chains = tallies.chains(record)
    groups = _groups(record, people)
    return render(
        "report.html.j2",
        record=record,
        made=made,
        people=people,
        due=record.due,
        spread=spread(scores),
        counts=list(zip(_steps(record.points), histogram(scores, record.points), strict=True)),
        small=SMALL,
        enough=ENOUGH,
        shown=SHOWN,
        lines=[
            (line.about, prose.inline(plain(line.text)), line.sound) for line in next_week(record, statistics)
        ],
        groups=groups,
        watched=len({(student, name) for group in groups for student, name, _ in group.entries if student}),
        exercises=_exercises(record, statistics),
        aspects=lost,
        has_aspects=bool(found),
        mistakes=tallies.mistakes(record),
        said=tallies.said(record),
        chains=chains,
        students=sorted(
            (*people.of_work(work), work.status, work.score, work.penalty, work.seconds_late)
            for work in record.works
        ),
        absent=sorted(people.of_student(*one) for one in record.absent),
        statuses={
            kind: sum(work.status == kind for work in record.works)
            for kind in ("graded", "partial", "rejected", "not graded")
        },
        late=sorted((work.seconds_late for work in record.counted if work.seconds_late > 0), reverse=True),
        penalties=sum(work.penalty for work in record.counted),
        mended=sum(work.mends > 0 for work in record.counted),
        older=sum(bool(work.later) for work in record.counted),
        by_hand=sum(result.by_hand for work in record.counted for result in work.results.values()),
        figures=_figures(record, statistics, chains, scores),
        formula=_formula,
        inline=lambda text: prose.inline(plain(text)),
        lateness=lateness,
        ends=_BROKEN,
        bars=[
            (f"{_when(bar.start)} to {_when(bar.start + bar.width)}", bar.early, bar.late)
            for bar in _bars(record)
        ],
    )


def _steps(worth: float) -> list[str]:
    edges = [points(worth * at / 10) for at in range(11)]
    return [f"{low} to {'' if high == edges[-1] else 'below '}{high}" for low, high in pairwise(edges)]


def _figures(
    record: ClassRecord,
    statistics: Sequence[ItemStatistics],
    chains: Sequence[tallies.ChainTally],
    scores: Sequence[float],
) -> dict[str, Markup | None]:
    """Draw what there is something to draw of."""
    drawn: dict[str, Markup | None] = dict.fromkeys(_FIGURES)
    if not scores:
        return drawn
    drawn["scores"] = figures.scores(histogram(scores, record.points), record.points, spread(scores))
    shares = [
        (share, item)
        for item, one in zip(record.items, statistics, strict=True)
        if (share := _difficulty(record, item, one)) is not None
    ]
    if shares:
        worst, best = min(shares, key=lambda pair: pair[0]), max(shares, key=lambda pair: pair[0])
        rows = [
            (item.label, tallies.states(record, item), _percent(_difficulty(record, item, one)))
            for item, one in zip(record.items, statistics, strict=True)
        ]
        alt = (
            f"One bar for each of {len(rows)} exercises: how many students earned full marks, part, or none. "
            f"The hardest is {worst[1].label} with {_percent(worst[0])} of its points, "
            f"the easiest {best[1].label} with {_percent(best[0])}."
        )
        drawn["exercises"] = figures.outcomes("exercises", rows, _STATES, alt)
    known = [
        (item.label, one.rest)
        for item, one in zip(record.items, statistics, strict=True)
        if one.rest is not None
    ]
    if len(record.counted) >= ENOUGH and known:
        weak = [label for label, rest in known if rest.r < figures.FAIR]
        alt = (
            f"Item-rest correlation of {len(known)} exercises, from {min(rest.r for _, rest in known):.2f} to "
            f"{max(rest.r for _, rest in known):.2f}. Below 0.2: {', '.join(weak) or 'none'}."
        )
        rests = [(item.label, one.rest) for item, one in zip(record.items, statistics, strict=True)]
        drawn["telling"] = figures.telling(rests, alt)
    if any(chain.broken for chain in chains):
        bars = [
            (
                _chain_label(chain),
                {_ENDS[how]: count for how, count in chain.ends.items()},
                f"{chain.broken} of {chain.judged} break",
            )
            for chain in chains
        ]
        alt = "How each derivation ends: " + "; ".join(f"{label}, {right}" for label, _, right in bars) + "."
        drawn["chains"] = figures.outcomes("chains", bars, _END_WORDS, alt)
    times = _bars(record)
    if times:
        early, late = sum(bar.early for bar in times), sum(bar.late for bar in times)
        drawn["handed_in"] = figures.handed_in(
            times, f"When work was handed in: {early} in time, {late} late."
        )
    return drawn


def _bars(record: ClassRecord) -> list[Bar]:
    """Count when work came in; nothing where there is no deadline."""
    hours = [
        ((work.handed_in - record.due).total_seconds() / 3600, work.seconds_late > 0)
        for work in record.works
        if work.handed_in is not None and record.due is not None
    ]
    return (
        bars([when for when, late in hours if not late], [when for when, late in hours if late])
        if hours
        else []
    )


def _when(hours: float) -> str:
    days, rest = divmod(abs(round(hours)), 24)
    parts = [f"{days} d" if days else "", f"{rest} h" if rest else ""]
    told = " ".join(filter(None, parts))
    return f"{told} {'before' if hours < 0 else 'after'}" if told else "the deadline"


def _exercises(record: ClassRecord, statistics: Sequence[ItemStatistics]) -> list[ExerciseRow]:
    often: dict[Item, str] = {}
    for one in tallies.mistakes(record):
        if one.students > 1:
            often.setdefault(one.item, f"{one.students}: {one.mistake}")
    for told in tallies.said(record):
        often.setdefault(told.item, f"{told.students}: {told.said}")
    return [
        ExerciseRow(
            item,
            one,
            _difficulty(record, item, one),
            tallies.states(record, item),
            _tells(one.rest, len(record.counted)),
            often.get(item, ""),
        )
        for item, one in zip(record.items, statistics, strict=True)
    ]


def _tells(rest: Correlation | None, n: int) -> str:
    """Say in a word what an item-rest correlation means for an exercise."""
    if rest is None:
        return "no spread"
    if n < ENOUGH:
        return "too few"
    for least, word in ((0.4, "well"), (figures.FAIR, "fairly"), (0.0, "weakly")):
        if rest.r >= least:
            return word if word != "weakly" or rest.high >= figures.FAIR else "hardly"
    return "the wrong way" if rest.high < 0 else "weakly"


def _groups(record: ClassRecord, people: People) -> list[Group]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for look in tallies.looks(record):
        shown = people.of_work(look.work) if look.work else ("", "")
        why = look.why if look.work is None or look.kind.endswith("sandbox") else people.told(look.why)
        told = "; ".join(filter(None, (", ".join(look.exercises), why)))
        found.setdefault(look.kind, []).append((*shown, plain(told)))
    return [Group(kind, sorted(entries)) for kind, entries in found.items()]


def _chain_label(chain: tallies.ChainTally) -> str:
    return f"{chain.item.label} ({chain.title})" if chain.title else chain.item.label


def _formula(line: tuple[str, str]) -> Markup:
    """Return a line as it was read, else as it was written."""
    text, latex = line
    if latex:
        return Markup(to_mathml(latex))  # noqa: S704  only known MathML gets through there
    return Markup("<code>{}</code>").format(plain(text))


def _difficulty(record: ClassRecord, item: Item, one: ItemStatistics) -> float | None:
    """Return the share of its points that it earned; None while it mostly waits: only who wrote nothing has a mark."""
    return None if tallies.states(record, item)["waiting"] > one.n else one.share


def _percent(share: float | None) -> str:
    return "" if share is None else f"{round(100 * share)} %"
