"""What an engine is: it is given submissions to grade, and says of each what came of it.

An engine grades and writes the ``autograded`` folders. It knows nothing of the gradebook, of other runs and of what
is shown; `autograder.grading.run` does, and is given the records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from autograder.grading.outcome import Graded


class EngineError(RuntimeError):
    """What grades cannot be reached, or is gone; the message says what and what to do. What was yielded stands."""


class Task(msgspec.Struct, frozen=True):
    """One submission to grade.

    Attributes
    ----------
    folder
        Where it lies.
    top
        The folder of all submissions: below it no link is followed.
    target
        Its ``autograded`` folder, which is replaced whole.
    fingerprint
        Of all that the marks are made of; kept in the target.
    """

    assignment: str
    student: str
    folder: str
    top: str
    target: str
    fingerprint: str


class Engine(Protocol):
    """Grades submissions. Made with the settings of their assignments, by name."""

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        """Grade each task and write its target; yield what came of it, in any order, as soon as it is there.

        Whatever becomes of a submission, something is yielded for it once, after its target is written. A worker that
        is lost costs no more than its submission, which is then rejected (`core.rejected`).

        Raises
        ------
        NoSandboxError, SourceFailsError, CannotWriteError, EngineError
            If nobody's work can be graded; what was yielded before stands.
        """

    def close(self) -> None:
        """End every worker. Safe to call twice, and while `grade` is at work."""
