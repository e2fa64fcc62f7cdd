"""The grader's handle on examiners: processes that are asked over a socket, and answer each question in a fork.

A question is a connection: one end of a socket pair travels to the examiner, which forks for it, and the fork reads
what is asked and answers there. So any number of questions may be open at a time, and an end without an answer says
that the examiner is gone.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from autograder.grading.needs import needs_of
from autograder.grading.outcome import ExamRequest, ExamResult, Handin
from autograder.grading.setting import Setting, alone
from autograder.grading.sources import LessonSource, SourceFailsError
from autograder.lesson import node
from autograder.sandbox import wire
from autograder.sandbox.environment import of_a_template
from autograder.sandbox.holder import NoSandboxError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.sandbox.limits import Limits

__all__ = ["Examiner", "ExaminerProcess", "LessonSource", "Pool", "SourceFailsError", "question"]
SLACK = 60.0  # seconds between a submission's own limit and the end of patience with its fork
_START_SECONDS = 600.0
_BEGINS, _EXAMINER = "autograder.sandbox.warm", "autograder.grading.examiner"
_result = msgspec.json.Decoder(ExamResult)


class NotStartedError(SourceFailsError):
    """An examiner ended before it was ready, and said nothing."""


class Question(msgspec.Struct, frozen=True):
    """What a fork of an examiner is asked; one of three things.

    Attributes
    ----------
    exam, notebook
        To examine the cells of the notebook of this name. The answer is an `ExamResult`, as JSON.
    handin
        To grade what was read elsewhere. The answer is a `Work`, as msgpack; nothing is written.
    student, folder, top, target
        To grade a submission whole: whose it is, where it lies, the folder of all submissions, and where it is
        written to. The answer is a `Graded`, as JSON.
    fingerprint
        Kept with what is written.
    """

    exam: ExamRequest | None = None
    notebook: str = ""
    handin: Handin | None = None
    student: str = ""
    folder: str = ""
    top: str = ""
    target: str = ""
    fingerprint: str = ""


def question(link: socket.socket) -> socket.socket:
    """Open a connection to a fork of the examiner behind `link`.

    Raises
    ------
    OSError
        If the examiner is gone.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            socket.send_fds(link, [b"?"], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
    return ours


def _here() -> bytes:
    try:
        return os.getcwdb()  # noqa: PTH109 - bytes, as the kernel has them
    except OSError:  # it is gone
        return b"/"


class ExaminerProcess:
    """One examiner's process, started at once; `wait` until it is ready.

    It begins as something that knows nothing (`autograder.sandbox.warm`), and is told of the assignment when its template
    has been forked.

    Parameters
    ----------
    setting
        What it examines with.
    jobs
        Forks at work at a time; further questions wait for their turn.
    held
        Descriptors that stay open for as long as it or a fork of it lives.

    Raises
    ------
    NoSandboxError
        If student code would see what it must not.
    """

    def __init__(self, setting: Setting, jobs: int = 1, held: Sequence[int] = ()) -> None:
        self.setting = setting
        self.problems: list[str] = []
        self.link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        config = needs_of(setting, node.reads(next(iter(setting.notebooks.values()))))
        environment = {
            **os.environb,
            b"MPLBACKEND": b"agg",
            b"OPENBLAS_NUM_THREADS": b"1",
            b"PYTHONHASHSEED": b"0",
        }
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", _BEGINS, _EXAMINER, str(theirs.fileno())],
                pass_fds=(theirs.fileno(), *held), env=of_a_template(), stdin=subprocess.DEVNULL, cwd="/",
            )  # fmt: skip
            self.hello = question(self.link)
        with suppress(wire.WireError):  # said by `wait`
            wire.send(self.hello, {"config": config})  # all that it knows when the template is forked
            about = {"jobs": jobs, "environment": [*environment.items()], "folder": _here()}
            wire.send(self.hello, about, [msgspec.json.encode(setting)])

    def wait(self) -> None:
        """Wait until it has run the lesson.

        Raises
        ------
        SourceFailsError, NoSandboxError
            If it cannot examine; the message says why. `NotStartedError` where it ended without a word.
        """
        try:
            ready, _ = wire.receive(self.hello, time.monotonic() + _START_SECONDS)
        except (wire.WireError, wire.Deadline) as error:
            self.close()
            raise NotStartedError(
                f"the examiner of {self.setting.assignment} did not start: {error}"
            ) from error
        self.hello.close()
        if not ready.get("ready"):
            self.close()
            kind = NoSandboxError if ready.get("kind") == "NoSandboxError" else SourceFailsError
            raise kind(str(ready.get("error")))
        self.problems = list(ready.get("problems", ()))

    def ask(self, what: Question) -> socket.socket:
        """Put a question; its answer comes over the connection that is returned.

        Raises
        ------
        WireError, OSError
            If the examiner is gone.
        """
        connection = question(self.link)
        try:
            wire.send(connection, {}, [msgspec.msgpack.encode(what)])
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """End the process; its forks, its template and its sandboxes end with it."""
        self.link.close()
        self.hello.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Examiner:
    """An examiner of one notebook, asked and waited for.

    Parameters
    ----------
    source
        The lesson.
    limits
        Of a submission.
    jobs
        How many may be examined at a time, by as many threads.

    Raises
    ------
    SourceFailsError, NoSandboxError
        If it cannot examine; the message says why.
    """

    def __init__(self, source: LessonSource, limits: Limits, jobs: int = 1) -> None:
        self._limits = limits
        self._jobs = jobs
        self._setting = alone(source, limits)
        self._lock = threading.Lock()
        self._process: ExaminerProcess | None = None
        self.problems = self._running().problems

    def _running(self) -> ExaminerProcess:
        with self._lock:
            if self._process is not None and self._process.process.poll() is not None:
                self._process.close()
                self._process = None
            if self._process is None:
                started = ExaminerProcess(self._setting, self._jobs)
                started.wait()
                self._process = started
            return self._process

    def examine(self, request: ExamRequest) -> ExamResult:
        """Examine one submission. Always a result; one with `error` set where the examiner was lost."""
        reason = ""
        for _ in range(2):  # an examiner may end by nothing of this submission's doing
            process = self._running()
            try:
                return self._examine(process, request)
            except (wire.WireError, wire.Deadline, OSError, msgspec.DecodeError) as error:
                process.close()
                reason = f"{type(error).__name__}: {error}"
        return ExamResult(error=f"the examiner was lost ({reason})")

    def _examine(self, process: ExaminerProcess, request: ExamRequest) -> ExamResult:
        patience = self._limits.submission_seconds + 180.0
        with process.ask(Question(exam=request)) as connection:
            answer, payload = wire.receive(connection, time.monotonic() + patience)
        if "again" in answer:
            raise wire.Closed(str(answer["again"]))
        if "lost" in answer:
            return ExamResult(error=f"the examination did not come to its end: {answer['lost']}")
        return _result.decode(payload)

    def close(self) -> None:
        """End the process; its template and sandboxes end with it."""
        if self._process is not None:
            self._process.close()


class Pool:
    """Examiners kept warm, the least lately used closed first; threads may share it.

    Parameters
    ----------
    keep
        How many are kept.
    """

    def __init__(self, keep: int = 4) -> None:
        self._keep = keep
        self._examiners: dict[str, Examiner] = {}
        self._lock = threading.Lock()
        atexit.register(self.close)

    def get(self, source: LessonSource, limits: Limits) -> Examiner:
        """Return a running examiner of this source; raises `SourceFailsError` or `NoSandboxError`."""
        key = sha256(msgspec.json.encode(alone(source, limits))).hexdigest()
        with self._lock:
            examiner = self._examiners.pop(key, None)
            if examiner is None:
                while len(self._examiners) >= self._keep:
                    self._examiners.pop(next(iter(self._examiners))).close()
                examiner = Examiner(source, limits, os.cpu_count() or 1)
            self._examiners[key] = examiner
            return examiner

    def close(self) -> None:
        """End every examiner."""
        with self._lock:
            while self._examiners:
                self._examiners.popitem()[1].close()
