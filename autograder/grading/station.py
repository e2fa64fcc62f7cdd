"""One notebook's place in an examiner: its lesson run once, and a warm template beside it."""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.exam import Exam
from autograder.grading.lesson import Lesson
from autograder.grading.needs import needs_of
from autograder.grading.outcome import ExamResult
from autograder.grading.refusal import LostError
from autograder.sandbox import begin
from autograder.sandbox.holder import NoSandboxError
from autograder.sandbox.session import Template

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.grading.outcome import ExamRequest
    from autograder.grading.setting import Setting
    from autograder.sandbox.begin import Begun
    from autograder.sandbox.limits import Limits

_LONGEST_REASON = 2_000
_MOMENT = 0.1  # seconds
_STARTS = 3  # of a template that ends without a word


class Station:
    """Examines one notebook of an assignment. Its forks share the lesson and the template.

    Parameters
    ----------
    setting, source, limits
        The assignment, the notebook's instructor's version, and what a submission may use.
    begun
        A template that has begun for this notebook; one is started when None.

    Raises
    ------
    NoSandboxError
        If no wall can be built here.
    """

    def __init__(
        self, setting: Setting, source: NotebookNode, limits: Limits, begun: Begun | None = None
    ) -> None:
        self._limits = limits
        self._wall = needs_of(setting, source)
        begun = begun or begin.execute(self._wall)  # at work while the lesson is run here
        try:
            folder = Path(setting.folder)
            if folder.is_dir():
                os.chdir(folder)
            sys.path.insert(0, "")
            self._lesson = Lesson(source)
        except BaseException:
            begun.close()
            raise
        self._start(begun)
        self.problems = self._lesson.problems
        self._undisturbed = True  # no submission ended in a way that it should not have

    def _start(self, begun: Begun | None = None) -> None:
        """Start a template and try it: no wall, no grading, which is said now and not for each submission."""
        for left in reversed(range(_STARTS)):
            try:
                first, begun = begun, None
                self._template = Template(self._wall, first)
                self._ended = os.pidfd_open(self._template.process.pid)  # readable when it ends, in forks too
                self._template.start(self._limits).close()
            except NoSandboxError as error:
                if error.__cause__ is None or not left:  # it said why, or says nothing time and again
                    raise
            else:
                return

    def _is_lost(self, seconds: float = 0.0) -> bool:
        """Whether the template is gone, or goes within so many seconds."""
        return bool(select.select([self._ended], [], [], seconds)[0])

    def keep_warm(self) -> bool:
        """Start a new template in the place of one that is gone, and say whether it was; not in a fork."""
        lost = self._is_lost()
        if lost:
            self.close()
            self._start()
        return lost

    def is_as_before(self) -> bool:
        """Whether the submissions examined in this fork have left nothing that another one could feel."""
        return self._undisturbed and self._lesson.is_as_before()

    def examine(self, request: ExamRequest) -> ExamResult:
        """Examine one submission, in a fork that examines nothing beside it.

        Raises
        ------
        LostError
            If the template ended meanwhile.
        """
        try:
            result = Exam(self._lesson, self._template, self._limits, request).run()
        except BaseException as error:  # noqa: BLE001 - whatever it was, it costs this submission alone
            reason = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
            result = ExamResult(error=f"the examination did not come to its end: {reason}")
        self._undisturbed &= not (result.error or result.stopped)
        # What a sandbox ended by may be the end of the template, which is seen a moment later.
        if self._is_lost(_MOMENT if result.error or result.stopped else 0.0):
            raise LostError("the template ended")
        return result

    def close(self) -> None:
        """End the template."""
        os.close(self._ended)
        self._template.close()
