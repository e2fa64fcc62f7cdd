"""A class's work on one assignment as plain frozen data: who handed in what, and what each exercise came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

Status = Literal["graded", "partial", "rejected", "not graded"]

#: What an exercise came to. "unwritten": handed in as it was released. "waiting": a person has still to mark it.
State = Literal["full", "part", "none", "unwritten", "waiting"]
STATES: tuple[State, ...] = ("full", "part", "none", "unwritten", "waiting")

#: How the first line that is not right is wrong; "" for a chain that is right to its end.
Break = Literal["", "far", "astray", "wrong", "unread"]

Key = tuple[str, str]


@dataclass(frozen=True)
class Item:
    """One graded cell of the assignment.

    Parameters
    ----------
    notebook, grade_id
        Where it is, and nbgrader's id of it.
    label
        The exercise's name, as students see it.
    points
        What it is worth.
    """

    notebook: str
    grade_id: str
    label: str
    points: float

    @property
    def key(self) -> Key:
        """What results are found by."""
        return self.notebook, self.grade_id


@dataclass(frozen=True)
class Aspect:
    """One aspect of an exercise in one submission: its points, those earned, and the known mistake if one was named."""

    name: str
    points: float
    earned: float
    mistake: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Derivation:
    """One chain of lines in one submission.

    Parameters
    ----------
    title
        The aspect it was checked for.
    broken
        How the first line that is not right is wrong.
    number
        Of that line, from 1; 0 for a right chain.
    before, line
        The last right line and the first wrong one, as (text, LaTeX).
    note
        What the judge said.
    """

    title: str
    broken: Break
    number: int = 0
    before: tuple[str, str] = ("", "")
    line: tuple[str, str] = ("", "")
    note: str = ""


@dataclass(frozen=True)
class Result:
    """What one exercise came to in one submission.

    Parameters
    ----------
    score
        By the gradebook: points given by hand count.
    state
        In a word.
    by_hand
        A person gave the points.
    said
        For a test without aspects, what failed, in one line.
    inside
        The test ran inside the sandbox, beside the student's code.
    """

    score: float
    state: State
    by_hand: bool = False
    aspects: tuple[Aspect, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    said: str = ""
    inside: bool = False

    @property
    def mistakes(self) -> dict[str, str]:
        """Advice of each known mistake that was named, by its name."""
        return {aspect.mistake: aspect.advice for aspect in self.aspects if aspect.mistake}


@dataclass(frozen=True)
class Work:
    """One student's work.

    Parameters
    ----------
    student, name
        The id, and the full name where the gradebook has one.
    status
        How grading ended; "not graded" before it began.
    reason
        Why, where it was rejected or graded in part.
    results
        By `Item.key`.
    penalty
        Points taken off for being late.
    seconds_late, handed_in
        By the gradebook, extensions counted in.
    missing
        Notebooks of the assignment that are not in it.
    sandboxed
        False where it was graded without a sandbox.
    mends
        How many things that the student had done to the notebook were put right before it was graded.
    later
        Cells that came into the lesson after the notebook was released and have no points here, as grading names them.
    """

    student: str
    name: str
    status: Status
    reason: str = ""
    results: Mapping[Key, Result] = field(default_factory=dict)
    penalty: float = 0.0
    seconds_late: float = 0.0
    handed_in: dt.datetime | None = None
    missing: tuple[str, ...] = ()
    sandboxed: bool = True
    mends: int = 0
    later: str = ""

    @property
    def score(self) -> float:
        """Points in the end, never below zero, as nbgrader's export counts them."""
        return max(0.0, sum(result.score for result in self.results.values()) - self.penalty)

    @property
    def counts(self) -> bool:
        """Whether it stands in the statistics: it was graded, whole or in part."""
        return self.status in {"graded", "partial"}


@dataclass(frozen=True)
class ClassRecord:
    """A class's work on an assignment.

    Parameters
    ----------
    assignment
        Its name.
    items
        Its exercises in the lesson's order.
    works
        Everything handed in, by student.
    absent
        (id, name) of students whom the gradebook knows and who handed in nothing.
    due
        The deadline in UTC, where there is one.
    """

    assignment: str
    items: tuple[Item, ...]
    works: tuple[Work, ...]
    absent: tuple[tuple[str, str], ...] = ()
    due: dt.datetime | None = None

    @property
    def points(self) -> float:
        """What the assignment is worth."""
        return sum(item.points for item in self.items)

    @cached_property
    def counted(self) -> tuple[Work, ...]:
        """The works that stand in the statistics."""
        return tuple(work for work in self.works if work.counts)

    def results(self, item: Item) -> list[Result]:
        """Return an exercise's results in the works that count."""
        return [work.results[item.key] for work in self.counted if item.key in work.results]
