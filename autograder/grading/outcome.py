"""What passes between the rooms of grading: hand-ins, plans, results, outcomes, records. Plain data, no behaviour.

All of it can be written down and sent: between processes, and from one machine to another.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Kind = Literal["run", "test", "inside"]
Status = Literal["graded", "partial", "rejected"]
CellStatus = Literal["full", "part", "none", "manual", "not run"]


class PlanCell(msgspec.Struct, frozen=True):
    """One code cell of a submission, in the order in which it is examined.

    Attributes
    ----------
    index
        Its place in the notebook.
    kind
        "run": in the sandbox. "test": outside, on proxies. "inside": a test tagged in-sandbox.
    source
        Its code; empty for a test, whose code is the lesson's.
    grade_id
        For tests.
    pictures
        Whether figures are drawn and kept: only where a person will look.
    """

    index: int
    kind: Kind
    source: str
    grade_id: str = ""
    pictures: bool = False


class CellResult(msgspec.Struct, frozen=True):
    """What became of one code cell."""

    index: int
    outputs: list[dict[str, Any]]
    fate: str = "ok"
    reports: list[dict[str, Any]] = []


class ExamResult(msgspec.Struct, frozen=True):
    """What became of one submission."""

    cells: list[CellResult] = []
    notes: list[str] = []
    stopped: bool = False
    error: str = ""


class ExamRequest(msgspec.Struct, frozen=True):
    """What the examiner is asked to do."""

    cells: list[PlanCell]
    files: list[tuple[str, bytes]] = []
    student: str = ""


class CellOutcome(msgspec.Struct, frozen=True):
    """The mark of one graded cell, with its reason."""

    score: float
    max_score: float
    status: CellStatus
    message: str = ""
    mistakes: list[str] = []


class Outcome(msgspec.Struct, frozen=True):
    """The marks of one submission: one entry of ``autograder grade --json``."""

    student: str
    assignment: str
    status: Status
    score: float
    max_score: float
    cells: dict[str, CellOutcome] = {}
    reason: str = ""
    mends: list[str] = []
    sandboxed: bool = True


class NotebookRecord(msgspec.Struct, frozen=True):
    """What the gradebook is told about one graded notebook. Cells that it knows and this does not earn nothing.

    Attributes
    ----------
    scores
        The automatic points by grade id, of graded cells that are no tasks; None where a person gives them.
    tasks
        Grade ids of nbgrader's task cells, which are a person's from the start.
    answered
        Grade ids of the cells with a response; the comment on every other one reads "No response.".
    """

    scores: dict[str, float | None] = {}
    tasks: list[str] = []
    answered: list[str] = []


class Record(msgspec.Struct, frozen=True):
    """What the gradebook is told about one submission.

    Attributes
    ----------
    timestamp
        When it was handed in, as ISO text in UTC; None where that is not known.
    notebooks
        By name; None for one that was not handed in, which earns nothing. Empty for a submission that was
        rejected: all its grades wait for a person.
    """

    assignment: str
    student: str
    timestamp: str | None = None
    notebooks: dict[str, NotebookRecord | None] = {}


class Graded(msgspec.Struct, frozen=True):
    """What is known of a submission once it is graded: what is told, and what is recorded."""

    outcome: Outcome
    record: Record


class Beside(msgspec.Struct, frozen=True):
    """A file that lay beside a handed-in notebook; `fits` tells whether it goes into the sandbox too."""

    name: str
    data: bytes
    fits: bool = True


class Handin(msgspec.Struct, frozen=True):
    """What one student handed in, read from its folder: grading goes on from here without any folder.

    Attributes
    ----------
    notebooks
        The bytes of the files that were taken for the assignment's notebooks, by the notebooks' names.
    beside
        Files beside them, in order of their names.
    notes
        What a student should know of the choice of files, and what was left out.
    timestamp
        When it was handed in, as ISO text in UTC.
    problem
        Why it cannot be read at all, in words for the student: it is then rejected with these.
    """

    assignment: str
    student: str
    notebooks: dict[str, bytes] = {}
    beside: list[Beside] = []
    notes: list[str] = []
    timestamp: str | None = None
    problem: str = ""


class Work(msgspec.Struct, frozen=True):
    """What grading made of a hand-in.

    Attributes
    ----------
    graded
        Its outcome and its record.
    files
        What its ``autograded`` folder holds, by relative path.
    """

    graded: Graded
    files: list[tuple[str, bytes]] = []
