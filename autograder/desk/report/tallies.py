"""Counts over a class: aspects lost, known mistakes, where derivations break, and what a person has to look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.desk.report.record import STATES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.desk.report.record import Break, ClassRecord, Derivation, Item, State, Work


#: What is said of an assert without a message whose line is hidden: it tells nothing about the class.
_BARE = "the assertion does not hold"


@dataclass(frozen=True)
class AspectTally:
    """One aspect of one exercise.

    Parameters
    ----------
    item, name
        Of which exercise, and what it is called.
    lost, looked
        How many lost it, of how many who wrote the exercise.
    alone
        How many lost it and no other aspect: all right but for this.
    points
        What it cost the class.
    """

    item: Item
    name: str
    lost: int
    looked: int
    alone: int
    points: float

    @property
    def share(self) -> float:
        """Part of those who wrote the exercise that lost it."""
        return self.lost / self.looked if self.looked else 0.0


@dataclass(frozen=True)
class MistakeTally:
    """A known mistake: how many students made it, of how many who wrote the exercise."""

    item: Item
    mistake: str
    advice: str
    students: int
    wrote: int


@dataclass(frozen=True)
class SaidTally:
    """What a test without aspects said most often."""

    item: Item
    said: str
    students: int


@dataclass(frozen=True)
class StepTally:
    """A step of a derivation that several students got wrong in the same way."""

    example: Derivation
    students: int


@dataclass(frozen=True)
class ChainTally:
    """What became of one derivation in a class.

    Parameters
    ----------
    item, title
        The exercise, and the aspect where an exercise has several chains.
    ends
        How many chains ended how; "" is right to the end.
    places
        How many broke at each line.
    steps
        The steps that at least two students got wrong in the same way, most frequent first.
    """

    item: Item
    title: str
    ends: Mapping[Break, int]
    places: Mapping[int, int]
    steps: tuple[StepTally, ...]

    @property
    def broken(self) -> int:
        """How many chains break."""
        return sum(count for how, count in self.ends.items() if how)

    @property
    def judged(self) -> int:
        """How many chains there are."""
        return sum(self.ends.values())


@dataclass(frozen=True)
class Look:
    """A submission that needs a person's eye: what it is, and why."""

    work: Work | None
    kind: str
    why: str = ""
    exercises: tuple[str, ...] = field(default=())


def states(record: ClassRecord, item: Item) -> dict[State, int]:
    """Count what an exercise came to."""
    found = Counter(result.state for result in record.results(item))
    return {state: found[state] for state in STATES}


def aspects(record: ClassRecord) -> list[AspectTally]:
    """Count lost aspects in the lesson's order. Who has not written an exercise, or has it marked by hand, is left out."""
    found = []
    for item in record.items:
        looked: Counter[str] = Counter()
        lost: Counter[str] = Counter()
        alone: Counter[str] = Counter()
        cost: dict[str, float] = defaultdict(float)
        for result in record.results(item):
            if result.state in {"unwritten", "waiting"}:
                continue
            looked.update(aspect.name for aspect in result.aspects)
            short = [aspect for aspect in result.aspects if aspect.earned < aspect.points]
            lost.update(aspect.name for aspect in short)
            alone.update(aspect.name for aspect in short if len(short) == 1)
            for aspect in short:
                cost[aspect.name] += aspect.points - aspect.earned
        found += [
            AspectTally(item, name, lost[name], looked[name], alone[name], cost[name]) for name in looked
        ]
    return found


def mistakes(record: ClassRecord) -> list[MistakeTally]:
    """Count known mistakes, the most frequent first; a student counts once for each."""
    found = []
    for item in record.items:
        results = record.results(item)
        wrote = sum(result.state not in {"unwritten", "waiting"} for result in results)
        students = Counter(mistake for result in results for mistake in result.mistakes)
        advice = {mistake: said for result in results for mistake, said in result.mistakes.items()}
        found += [MistakeTally(item, name, advice[name], n, wrote) for name, n in students.items()]
    return sorted(found, key=lambda one: -one.students)


def said(record: ClassRecord, least: int = 2) -> list[SaidTally]:
    """Count what tests without aspects said, where at least so many students were told the same."""
    found = []
    for item in record.items:
        told = Counter(
            result.said
            for result in record.results(item)
            if result.said
            and result.said != _BARE
            and not result.aspects
            and result.state in {"part", "none"}
        )
        found += [SaidTally(item, text, n) for text, n in told.items() if n >= least]
    return sorted(found, key=lambda one: -one.students)


def chains(record: ClassRecord) -> list[ChainTally]:
    """Say of each derivation where it breaks, in the lesson's order."""
    found = []
    for item in record.items:
        by_title: dict[str, list[Derivation]] = {}
        for result in record.results(item):
            if result.state != "unwritten":
                for one in result.derivations:
                    by_title.setdefault(one.title, []).append(one)
        for title, ones in by_title.items():
            several = len(by_title) > 1
            found.append(_chain(item, title if several else "", ones))
    return found


def _chain(item: Item, title: str, ones: list[Derivation]) -> ChainTally:
    steps: dict[tuple[str, str], list[Derivation]] = defaultdict(list)
    for one in ones:
        if one.broken:
            steps[_form(one.before), _form(one.line)].append(one)
    often = sorted((same for same in steps.values() if len(same) > 1), key=len, reverse=True)
    return ChainTally(
        item=item,
        title=title,
        ends=Counter(one.broken for one in ones),
        places=dict(sorted(Counter(one.number for one in ones if one.broken).items())),
        steps=tuple(StepTally(same[0], len(same)) for same in often),
    )


def _form(line: tuple[str, str]) -> str:
    """Return what makes two lines the same: how they were read, else what was written without spaces."""
    text, latex = line
    return latex or "".join(text.split())


def looks(record: ClassRecord) -> list[Look]:
    """List what needs a person's eye, the gravest first."""
    found: list[Look] = []
    by = record.works
    found += [Look(work, "not readable", work.reason) for work in by if work.status == "rejected"]
    found += [Look(work, "handed in and not graded yet") for work in by if work.status == "not graded"]
    found += [Look(work, "graded in part", work.reason) for work in by if work.status == "partial"]
    found += [
        Look(work, "a notebook is missing", ", ".join(work.missing))
        for work in record.counted
        if work.missing
    ]
    found += [
        Look(work, "graded without a sandbox", "this mark could have been forged")
        for work in record.counted
        if not work.sandboxed
    ]
    for work in record.counted:
        waiting = tuple(item.label for item in record.items if _state(work, item) == "waiting")
        if waiting:
            found.append(Look(work, "waits for points by hand", "", waiting))
    found += _older(record)
    inside = tuple(
        item.label for item in record.items if any(result.inside for result in record.results(item))
    )
    if inside:
        why = "these tests ran beside the students' own code, which can read them"
        found.append(Look(None, "marked inside the sandbox", why, inside))
    return found


def _older(record: ClassRecord) -> list[Look]:
    """List hand-ins of an older release; where all are and lack the same, in one line."""
    kind = "of an older release, with no points for what came later"
    older = [Look(work, kind, "", (work.later,)) for work in record.counted if work.later]
    lacking = {look.exercises for look in older}
    if len(older) == len(record.counted) > 1 and len(lacking) == 1:
        return [Look(None, kind, "all that were handed in lack it", *lacking)]
    return older


def _state(work: Work, item: Item) -> str:
    result = work.results.get(item.key)
    return result.state if result else ""
