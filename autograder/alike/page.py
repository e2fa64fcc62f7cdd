"""The page on one assignment: the pairs, and for each the cells side by side with what both have marked.

How it looks is in `templates/`. Everything that a student wrote is escaped, and the page runs nothing.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.alike.pairs import LEAST
from autograder.alike.pieces import MOST, PASSAGE, PHRASE, is_read_in_part
from autograder.alike.tokens import MAX_TEXT
from autograder.desk.redact import plain

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from autograder.alike.common import Stretch
    from autograder.alike.pairs import Found, Match, Pair, Passage
    from autograder.alike.reading import ClassWork, Work
    from autograder.alike.tokens import Token
    from autograder.desk.report.people import People

SHOWN = 30  # pairs whose cells stand on the page
LISTED = 200  # pairs in its table
_OPEN = 3  # that are unfolded from the start
_AROUND = 2  # lines around a passage
_CELLS = 20  # cells of a pair that are shown
_LINE = 400  # characters of a line that are shown
_LINES = 200  # lines of a cell that are shown
_STRETCH = 3_000  # characters of what many wrote
_NAMED = 6  # other names that are told
_TURNED = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_COLOURS = 4


@dataclass(frozen=True)
class Who:
    """A student as the page shows them."""

    id: str
    name: str

    def __str__(self) -> str:
        return self.name or self.id


@dataclass(frozen=True)
class Side:
    """One cell of a match."""

    who: Who
    place: str
    text: Markup


@dataclass(frozen=True)
class Shown:
    """Two cells side by side, and which names stand for each other in them."""

    sides: tuple[Side, Side]
    words: int
    renamed: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True)
class Row:
    """A pair in the table and on its own; `cells` is empty where it is not shown in full."""

    number: int
    pair: Pair
    who: tuple[Who, Who]
    places: tuple[str, ...]
    cells: tuple[Shown, ...]
    left: int


def render_page(
    found: ClassWork, alike: Found, people: People, names: Mapping[str, str], made: dt.datetime
) -> str:
    """Return the page.

    Parameters
    ----------
    found, alike
        The class, and its pairs.
    people, names
        How students are shown, and what they are called, by id.
    made
        When, for the page's head.
    """
    who = [Who(*people.of_student(work.student, names.get(work.student, ""))) for work in found.works]
    rows = []
    for number, pair in enumerate(alike.pairs[:LISTED], 1):
        pair_who = who[pair.first], who[pair.second]
        works = found.works[pair.first], found.works[pair.second]
        hide = (lambda text: text) if people.named else _without_names(works, pair_who, names)
        matches = sorted(pair.matches, key=lambda match: -match.words)
        cells = [_shown(one, works, pair_who, hide) for one in matches[:_CELLS]] if number <= SHOWN else []
        rows.append(
            Row(number, pair, pair_who, places(pair, works[0]), tuple(cells), len(matches) - len(cells))
        )
    return (
        _environment()
        .get_template("similar.html.j2")
        .render(
            found=found,
            alike=alike,
            people=people,
            rows=rows,
            widely=[_widely(one, found, who, _hide(one, found, who, people, names)) for one in alike.common],
            made=made,
            unread=[
                (Who(*people.of_student(one, names.get(one, ""))), people.told(clean(why)))
                for one, why in found.unread
            ],
            long=[one for one, work in zip(who, found.works, strict=True) if is_read_in_part(work)],
            bounds={
                "text": MAX_TEXT,
                "most": MOST,
                "least": LEAST,
                "passage": PASSAGE,
                "phrase": PHRASE,
                "open": _OPEN,
            },
        )
    )


def places(pair: Pair, work: Work) -> tuple[str, ...]:
    """Return where in the first work the passages of a pair stand."""
    return tuple(dict.fromkeys(clean(work.cells[match.first].place) for match in pair.matches))


def clean(text: str) -> str:
    """Return text without what changes a terminal or turns a line around."""
    return _TURNED.sub("", plain(text)).replace("\r", " ")


def _without_names(
    works: Sequence[Work], who: Sequence[Who], names: Mapping[str, str]
) -> Callable[[str], str]:
    """Return what puts pseudonyms in the place of the two students' ids and names, where cells hold them."""
    stands: dict[str, str] = {}
    for work, one in zip(works, who, strict=True):
        for text in (work.student, names.get(work.student, ""), *names.get(work.student, "").split()):
            if len(text) > 1:
                stands[text.casefold()] = one.id
    if not stands:
        return lambda text: text
    words = "|".join(re.escape(text) for text in sorted(stands, key=len, reverse=True))
    sought = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    return lambda text: sought.sub(lambda match: stands[match[0].casefold()], text)


def _shown(match: Match, works: tuple[Work, Work], who: tuple[Who, Who], hide: Callable[[str], str]) -> Shown:
    passages = sorted(match.passages, key=lambda one: one.first[0].start)
    sides = []
    for side, number in enumerate((match.first, match.second)):
        cell = works[side].cells[number]
        spans = [
            span
            for at, passage in enumerate(passages)
            for span in _spans(cell.source, at, (passage.first, passage.second)[side], passage)
        ]
        sides.append(Side(who[side], clean(cell.place), _marked(cell.source, sorted(spans), hide)))
    renamed = dict.fromkeys(pair for passage in passages for pair in passage.renamed)
    told = tuple((clean(a), clean(b)) for a, b in renamed)
    return Shown((sides[0], sides[1]), match.words, told[:_NAMED], max(0, len(told) - _NAMED))


def _hide(
    stretch: Stretch, found: ClassWork, who: Sequence[Who], people: People, names: Mapping[str, str]
) -> Callable[[str], str]:
    if people.named:
        return lambda text: text
    return _without_names([found.works[stretch.work]], [who[stretch.work]], names)


def _widely(
    stretch: Stretch, found: ClassWork, who: Sequence[Who], hide: Callable[[str], str]
) -> tuple[str, int, int, str, list[Who]]:
    """Return where a stretch stands that many wrote, its words, its writers' number, its text, and who they are."""
    cell = found.works[stretch.work].cells[stretch.cell]
    text = hide(clean(textwrap.dedent(_from_line(cell.source, stretch.start, stretch.end))))
    writers = sorted((who[work] for work in stretch.works), key=str)
    return clean(cell.place), stretch.words, len(writers), text[:_STRETCH], writers


def _from_line(source: str, start: int, end: int) -> str:
    """Return a part of a source, with the spaces before its first word where it begins a line."""
    line = source.rfind("\n", 0, start) + 1
    return source[line if source[line:start].isspace() else start : end]


Span = tuple[int, int, int, bool]  # start, end, which passage, whether it counts


def _spans(source: str, number: int, tokens: Sequence[Token], passage: Passage) -> Iterable[Span]:
    """Yield what of a cell is marked: tokens that stand together on a line in one."""
    last: Span | None = None
    for token, counts in zip(tokens, passage.counts, strict=True):
        if last is not None and counts == last[3]:
            between = source[last[1] : token.start]
            if "\n" not in between and len(between) <= len(between.split()) + 2:
                last = (last[0], token.end, number, counts)
                continue
        if last is not None:
            yield last
        last = (token.start, token.end, number, counts)
    if last is not None:
        yield last


def _marked(source: str, spans: Sequence[Span], hide: Callable[[str], str]) -> Markup:
    """Return a cell's lines with its passages marked; those far from any are left out, and said to be."""
    lines: list[Markup] = []
    place = at = skipped = shown = 0
    keep = _near(source, spans)
    for number, line in enumerate(source.split("\n")):
        end = place + len(line)
        if number in keep and shown < _LINES:
            if skipped:
                lines.append(_gap(skipped))
            skipped, shown = 0, shown + 1
            made, here = Markup(), place
            while at < len(spans) and spans[at][0] < end:
                start, stop, passage, counts = spans[at]
                at += 1
                start, stop = max(start, here), min(stop, end)
                if start >= stop or start - place > _LINE:
                    continue
                kind = f"p{passage % _COLOURS}" + ("" if counts else " given")
                made += escape(hide(clean(source[here:start])))
                made += Markup('<mark class="{}">{}</mark>').format(
                    kind, hide(clean(source[start:stop])[:_LINE])
                )
                here = stop
            lines.append(made + escape(hide(clean(source[here:end])[:_LINE])))
        else:
            while at < len(spans) and spans[at][0] < end:
                at += 1
            skipped += 1
        place = end + 1
    if skipped:
        lines.append(_gap(skipped))
    return Markup("\n").join(lines)


def _near(source: str, spans: Sequence[Span]) -> set[int]:
    """Return the lines on which passages stand, and those around them; a single line between two as well."""
    starts = [0, *(found.end() for found in re.finditer("\n", source))]
    keep: set[int] = set()
    at = 0
    for start, _, _, _ in spans:
        while at + 1 < len(starts) and starts[at + 1] <= start:
            at += 1
        keep.update(range(max(0, at - _AROUND), at + _AROUND + 1))
    return keep | {n for n in range(len(starts)) if n - 1 in keep and n + 1 in keep} | {0}


def _gap(count: int) -> Markup:
    return Markup('<span class="gap">{} more {}</span>').format(count, "line" if count == 1 else "lines")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=ChoiceLoader([PackageLoader("autograder.alike"), PackageLoader("autograder.desk")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
