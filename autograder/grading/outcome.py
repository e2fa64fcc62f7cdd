"""What passes between the rooms of grading: plans, results, outcomes. Plain data, no behaviour."""

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
