"""The grading side: a session in which test cells run, and what they found.

Test cells say the same on both sides; inside a session `reference` and `mistake` come alive and `total`
files its report instead of showing it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograder.check import _context
from autograder.check._derivation import go_back, settle
from autograder.check._finding import NOT_WRITTEN
from autograder.check._missing import told
from autograder.check._mistakes import Mistake, Mistakes
from autograder.check._recall import learning
from autograder.check._render import SAME_ERROR
from autograder.check._report import AspectResult, Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "NOT_WRITTEN",
    "SAME_ERROR",
    "AspectResult",
    "Mistake",
    "Mistakes",
    "Report",
    "Session",
    "go_back",
    "learning",
    "session",
    "settle",
    "told",
]


@dataclass(frozen=True)
class Session:
    """One run of test cells.

    Parameters
    ----------
    reference
        The lesson's right versions by name.
    mistakes
        The known mistakes; may be shared with earlier runs.
    reports
        One for each total() so far.
    student
        The id that handed in; empty for the lesson's own run.
    """

    reference: Mapping[str, Any]
    mistakes: Mistakes = field(default_factory=Mistakes)
    reports: list[Report] = field(default_factory=list)
    student: str = ""


@contextmanager
def session(
    reference: Mapping[str, Any], mistakes: Mistakes | None = None, student: str = ""
) -> Iterator[Session]:
    """Run test cells as the grader does.

    Parameters
    ----------
    reference
        The lesson's right versions by name; `reference.relu` in a test cell is ``reference["relu"]``.
    mistakes
        A registry to share with other runs of the same lesson; a new one when left out.
    student
        The id that handed in, which `check.student_id()` then returns.

    Yields
    ------
    Session
        Its `reports` grow with every total().
    """
    opened = Session(reference, Mistakes() if mistakes is None else mistakes, student=student)
    token = _context.session.set(opened)
    try:
        yield opened
    finally:
        _context.session.reset(token)
