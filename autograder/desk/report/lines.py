"""What to teach next week, in five lines: plain sentences, each with the numbers that it rests on.

A line about a pattern needs at least `FEW` students behind it and a class of at least `SMALL`; where there are
fewer, the line says so instead of guessing. The thresholds are rules of thumb and stand here in one place.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.desk.report import tallies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.desk.report.record import ClassRecord
    from autograder.desk.report.statistics import ItemStatistics

#: A pattern is shown by at least so many students, in a class of at least so many.
FEW = 3
SMALL = 10
_UNWRITTEN = 0.1  # of the class: more, and the lesson was too long, or too hard to begin
_HARD = 0.9  # of an exercise's points: more, and it is not worth an hour


@dataclass(frozen=True)
class Line:
    """One line: what it is about in two or three words, what it says, and whether the class carries it."""

    about: str
    text: str
    sound: bool = True


def next_week(record: ClassRecord, statistics: Sequence[ItemStatistics]) -> list[Line]:
    """Return the five lines.

    Parameters
    ----------
    record
        The class.
    statistics
        Of its exercises, in their order.
    """
    if len(record.counted) < SMALL:
        n = len(record.counted)
        graded = "1 submission is" if n == 1 else f"{n} submissions are"
        text = (
            f"{graded} graded, and a pattern needs {SMALL}. What follows describes these people and does not say what "
            "a class would do: read their pages instead."
            if n
            else "Nothing is graded yet, so there is nothing to say about the class."
        )
        small = Line("A small class", text, sound=False)
        return [small, *(_lines(record, statistics)[:4] if n else [])]
    return _lines(record, statistics)


def _lines(record: ClassRecord, statistics: Sequence[ItemStatistics]) -> list[Line]:
    return [
        _hardest(record, statistics),
        _mistake(record),
        _aspect(record),
        _derivation(record) or _second_mistake(record),
        _unfinished(record),
    ]


def _hardest(record: ClassRecord, statistics: Sequence[ItemStatistics]) -> Line:
    about = "Begin with"
    marked = [
        (one.share, item, one)
        for item, one in zip(record.items, statistics, strict=True)
        # An exercise that mostly waits for a person says nothing about the class yet.
        if one.share is not None and 2 * one.n >= len(record.counted)
    ]
    ranked = sorted(marked, key=lambda entry: entry[0])
    if not ranked:
        return Line(about, "No exercise has a mark yet.", sound=False)
    share, item, one = ranked[0]
    if share >= _HARD:
        return Line(
            about,
            f"No exercise was hard: even {item.label} earned {_percent(share)} of its points ({one.n} students).",
        )
    found = tallies.states(record, item)
    others = [f"{other.label} ({_percent(value)})" for value, other, _ in ranked[1:3] if value < _HARD]
    after = f" Next come {' and '.join(others)}." if others else ""
    nothing = found["none"] + found["unwritten"]
    return Line(
        about,
        f"{item.label}: the class earned {_percent(share)} of its points, and {nothing} of {one.n} earned none.{after}",
    )


def _mistake(record: ClassRecord) -> Line:
    about = "Talk about"
    found = [one for one in tallies.mistakes(record) if one.students >= FEW]
    if found:
        return Line(about, _told(found[0]))
    said = [one for one in tallies.said(record) if one.students >= FEW]
    if said:
        one = said[0]
        return Line(
            about, f"{one.item.label}: {one.students} of {len(record.counted)} were told the same: {one.said}"
        )
    return Line(about, f"No mistake was made by {FEW} students or more in the same way.", sound=False)


def _second_mistake(record: ClassRecord) -> Line:
    about = "And about"
    found = [one for one in tallies.mistakes(record) if one.students >= FEW]
    if len(found) > 1:
        return Line(about, _told(found[1]))
    said = [one for one in tallies.said(record) if one.students >= FEW]
    if len(said) > 1:
        one = said[1]
        return Line(about, f"{one.item.label}: {one.students} of {len(record.counted)} were told: {one.said}")
    return Line(about, f"There is no second mistake that {FEW} students made.", sound=False)


def _told(one: tallies.MistakeTally) -> str:
    advice = f" Ask them: {one.advice}" if one.advice else ""
    of = f"{one.students} of the {one.wrote} who wrote it"
    return f"{one.item.label}: {of} made the same mistake: {_ended(one.mistake)}{advice}"


def _aspect(record: ClassRecord) -> Line:
    """Say which aspect alone is lost most often, over all exercises that have one of its name."""
    about = "Practise"
    where: dict[str, list[tallies.AspectTally]] = defaultdict(list)
    for one in tallies.aspects(record):
        where[one.name].append(one)
    if not where:
        return Line(about, "These tests name no aspects.", sound=False)
    alone = {name: sum(one.alone for one in ones) for name, ones in where.items()}
    looked = {name: sum(one.looked for one in ones) for name, ones in where.items()}
    name = max(alone, key=lambda name: alone[name] / max(looked[name], 1))
    if alone[name] < FEW:
        return Line(about, f"No aspect alone was lost by {FEW} students or more.", sound=False)
    worst = max(where[name], key=lambda one: one.alone)
    most = f"{worst.item.label}, {worst.alone} of the {worst.looked} who wrote it"
    if len(where[name]) == 1:
        return Line(
            about,
            f"`{name}` in {worst.item.label}: {worst.alone} of the {worst.looked} who wrote it lost this and nothing else.",
        )
    share = _percent(alone[name] / looked[name])
    return Line(
        about,
        f"`{name}`: {alone[name]} answers were right but for it, which is {share} of those in the {len(where[name])} "
        f"exercises that have it; most in {most}.",
    )


def _derivation(record: ClassRecord) -> Line | None:
    about = "On the board"
    found = tallies.chains(record)
    if not found:
        return None
    worst = max(found, key=lambda one: one.broken)
    if worst.broken < FEW:
        return Line(about, f"No derivation breaks for {FEW} students or more.", sound=False)
    place, times = max(worst.places.items(), key=lambda entry: entry[1])
    step = worst.steps[0] if worst.steps and worst.steps[0].students >= FEW else None
    why = f" ({step.example.note})" if step and step.example.note else ""
    same = f" {step.students} wrote the same line there: `{step.example.line[0]}`{why}." if step else ""
    title = f" ({worst.title})" if worst.title else ""
    return Line(
        about,
        f"{worst.item.label}{title}: {worst.broken} of {worst.judged} chains break, "
        f"{times} of them at line {place}.{same}",
    )


def _unfinished(record: ClassRecord) -> Line:
    about = "Time"
    n = len(record.counted)
    late = sum(work.seconds_late > 0 for work in record.counted)
    unwritten = [(tallies.states(record, item)["unwritten"], item) for item in record.items]
    most, item = max(unwritten, key=lambda entry: entry[0], default=(0, None))
    handed = f"{late} of {n} handed in late." if late else "Nobody was late."
    if item is None or most < max(FEW, _UNWRITTEN * n):
        begun = (
            f"at most {most} of {n} left any one exercise as it was released"
            if most
            else "nobody left an exercise unwritten"
        )
        return Line(about, f"It was enough: {begun}. {handed}")
    last = record.items[-1]
    tail = tallies.states(record, last)["unwritten"]
    which = f"{item.label}, the last exercise," if last is item else item.label
    end = f", and {tail} left the last one, {last.label}" if last is not item and tail else ""
    return Line(about, f"{most} of {n} left {which} as it was released{end}. {handed}")


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."
