"""What the judge says of a chain: frozen dataclasses, plain text and LaTeX, no behaviour worth the name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "wrong", "far", "unread", "unjudged"]
"""What became of a line.

ok
    It follows from the line above (the first line: from the start that was given).
wrong
    It differs from the line above somewhere, or its shapes do not fit. `Line.counter` shows where.
far
    It is right, but the step to it takes more rules than a step may.
unread
    It cannot be read as an expression; `Line.says` points at the character.
unjudged
    It stands after a line that could not be read, so there is nothing to hold it against, or it could not
    be computed in the work that a check may take.
"""

Topic = Literal["chain", "start", "end", "first form", "last form", "waypoint", "gradient", "own lines"]


@dataclass(frozen=True)
class CounterExample:
    """The simplest place found where a line differs from what it should equal.

    Attributes
    ----------
    where : str
        The place in words: ``"x = 2"``, ``"i = 0, j = 2"``, or ``""`` when only the shapes differ.
    before, after : str
        The value of the line above and of this line there, short but visibly different.
    against : str
        What `before` is the value of: ``"line 2"``, ``"the start"``, ``"the loss's slope"``.
    """

    where: str
    before: str
    after: str
    against: str


@dataclass(frozen=True)
class Line:
    """One line of the chain and what is said of it.

    Attributes
    ----------
    number : int
        Counted from 1, as students count.
    text : str
        The line as written (cut when it is very long).
    latex : str
        The line typeset, without dollars; ``""`` when it could not be read.
    status : Status
    says : str
        One to three sentences; may hold newlines (a caret line under the text). ``""`` when all is well.
    counter : CounterExample or None
    rules : tuple of str, or None
        The named rules of the step from the line above (from the start, for the first line): ``()`` when
        rearranging is enough, None when the step was not measured or no set up to the limit suffices.
    """

    number: int
    text: str
    latex: str
    status: Status
    says: str = ""
    counter: CounterExample | None = None
    rules: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Complaint:
    """What is wrong with the chain as a whole: how it starts or ends, a waypoint that no line passes.

    `line` is the number of the line that it is about, if it is about one. `costs` says which of the two
    aspects it touches: ``"holds"`` (the values) or ``"steps"``.
    """

    topic: Topic
    says: str
    line: int | None = None
    costs: Literal["holds", "steps"] = "holds"


@dataclass(frozen=True)
class Verdict:
    """The whole judgement.

    Attributes
    ----------
    lines : tuple of Line
    complaints : tuple of Complaint
    holds : bool
        Every line was read and equals the one above, and the chain starts, passes and ends as asked.
    steps_small : bool
        No step takes more rules than the statement allows, and no waypoint is missed. False too when a
        step cannot be measured because a line is wrong or unread.
    own_lines : bool
        There is at least one line that was not given with the exercise.
    """

    lines: tuple[Line, ...]
    complaints: tuple[Complaint, ...]
    holds: bool
    steps_small: bool
    own_lines: bool

    @property
    def first_bad(self) -> Line | None:
        """The first line that is wrong or unread, None when there is none."""
        return next((line for line in self.lines if line.status in {"wrong", "unread"}), None)

    @property
    def far(self) -> tuple[Line, ...]:
        """The lines whose step is too long."""
        return tuple(line for line in self.lines if line.status == "far")
