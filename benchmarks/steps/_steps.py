"""Counting CPU time by step: functions are wrapped as their modules are loaded, sums are kept in shared memory."""

# ruff: noqa: INP001 - beside sitecustomize, which loads it

from __future__ import annotations

import functools
import importlib.util
import mmap
import os
import struct
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

ROLES = ("main", "examiner", "exam")
#: (module, function, what it does); the rest of a process's time is booked under "" (its start, and what lies between).
STEPS = (
    ("autograder.grading.run", "grade", "the run: tasks, answers, progress"),
    ("autograder.grading.kept", "fingerprint", "fingerprints of what was handed in"),
    ("autograder.grading.kept", "fingerprint_of", "the grader's and the lesson's fingerprint"),
    ("autograder.grading.gradebook", "Book.ensure_assignment", "gradebook: the assignment"),
    ("autograder.grading.gradebook", "Book.write", "gradebook: marks"),
    ("autograder.grading.table", "print_table", "the table"),
    ("autograder.grading.ready", "Ready.__init__", "the lesson made ready for mending"),
    ("autograder.grading.station", "Station.__init__", "the place: what the lesson imports, the wall"),
    ("autograder.sandbox.session", "Template.__init__", "the template started and waited for"),
    ("autograder.grading.lesson", "Lesson.__init__", "the lesson's source run"),
    ("autograder.grading.forks", "Forks._fork", "fork"),
    ("autograder.grading.folder", "read_handin", "read the folder"),
    ("autograder.grading.reading", "read_submission", "read the notebook"),
    ("autograder.grading.ready", "Ready.mend", "mend"),
    ("autograder.grading.core", "grade_handin", "from the notebook to files: the rest"),
    ("autograder.grading.exam", "Exam.run", "the exam: the rest"),
    ("autograder.sandbox.session", "Template.start", "ask for a sandbox"),
    ("autograder.sandbox.session", "Submission.run_cell", "ask for a cell"),
    ("autograder.sandbox.session", "Submission.close", "let the sandbox go"),
    ("autograder.grading.lesson", "Lesson.run_locked", "locked cells beside the tests"),
    ("autograder.grading.lesson", "Lesson.run_test", "test cells, checks and reports"),
    ("autograder.grading.heard", "Heard._follow", "asked as another was, and what came looked up"),
    ("autograder.grading.heard", "Heard._keep", "answers and what a test said kept"),
    ("autograder.grading.heard", "Heard._now", "whether a test has changed anything beside"),
    ("autograder.grading.shell", "TrustedShell._compile", "compile test cells"),
    ("autograder.sandbox.proxy", "TestDesk.look_up", "look up the names of a test"),
    ("autograder.sandbox.proxy", "TestDesk.call", "calls into the sandbox, one by one"),
    ("autograder.sandbox.proxy", "TestDesk.send_series", "calls into the sandbox, in series"),
    ("autograder.sandbox.proxy", "TestDesk.close", "let a test's worker go"),
    ("autograder.check._diagnose", "diagnose", "name the mistake"),
    ("autograder.grading.marks", "write_outputs", "outputs into the notebook"),
    ("autograder.grading.marks", "outcomes", "marks and reasons"),
    ("autograder.lesson.node", "writes", "the notebook as text"),
    ("autograder.grading.kept", "write_work", "write the folder"),
)
_SLOT = struct.Struct("dd")
SIZE = len(ROLES) * (len(STEPS) + 1) * _SLOT.size
_wanted: dict[str, list[int]] = {}


class _Books:
    """The sums, and whose time is running."""

    def __init__(self, path: str) -> None:
        with open(path, "r+b") as file:  # noqa: PTH123 - nothing more is imported than must be
            self.memory = mmap.mmap(file.fileno(), SIZE)
        self.role = 0
        self.stack = [0]
        self.since = 0.0  # of the process's own clock: what was used before this counts

    def book(self) -> None:
        """Book the time since the last look under the step that is running."""
        now = time.process_time()
        at = (self.role * (len(STEPS) + 1) + self.stack[-1]) * _SLOT.size
        seconds, count = _SLOT.unpack_from(self.memory, at)
        _SLOT.pack_into(self.memory, at, seconds + now - self.since, count)
        self.since = now

    def enter(self, step: int) -> None:
        self.book()
        self.stack.append(step)
        at = (self.role * (len(STEPS) + 1) + step) * _SLOT.size
        seconds, count = _SLOT.unpack_from(self.memory, at)
        _SLOT.pack_into(self.memory, at, seconds, count + 1)

    def leave(self) -> None:
        self.book()
        self.stack.pop()


_books: _Books


def begin(path: str) -> None:
    """Count in this process and in its forks."""
    global _books  # noqa: PLW0603 - one for a process
    _books = _Books(path)
    _books.role = 1 if any("examiner" in word for word in sys.orig_argv) else 0
    for step, (module, _, _) in enumerate(STEPS, 1):
        _wanted.setdefault(module, []).append(step)
    sys.meta_path.insert(0, _Finder())
    os.register_at_fork(after_in_child=_forked)
    leave = os._exit

    def _exit(code: int) -> None:
        _books.book()
        leave(code)

    os._exit = _exit  # type: ignore[assignment]
    import atexit  # noqa: PLC0415

    atexit.register(_books.book)


def _forked() -> None:
    _books.role, _books.stack, _books.since = 2, [0], 0.0


class _Finder:
    """Finds the modules with steps in them as others do, and wraps the steps once they are loaded."""

    def find_spec(self, name: str, *_: object) -> Any:
        if name not in _wanted:
            return None
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        if spec is not None and spec.loader is not None:
            loader, execute = spec.loader, spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                for step in _wanted[name]:
                    _wrap(module, STEPS[step - 1][1], step)

            loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _wrap(module: ModuleType, name: str, step: int) -> None:
    *owners, last = name.split(".")
    owner: Any = module
    for one in owners:
        owner = getattr(owner, one, None)
    function = getattr(owner, last, None)
    if function is not None:
        setattr(owner, last, _counted(function, step))


def _counted(function: Callable[..., Any], step: int) -> Callable[..., Any]:
    @functools.wraps(function)
    def counted(*args: Any, **named: Any) -> Any:
        depth = len(_books.stack)
        _books.enter(step)
        try:
            return function(*args, **named)
        finally:
            if len(_books.stack) > depth:  # not so in a fork that was made within
                _books.leave()

    return counted
