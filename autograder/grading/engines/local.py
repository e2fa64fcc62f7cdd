"""Grading on this machine: an examiner for each assignment, and as many forks of it at work as there are jobs."""

from __future__ import annotations

import selectors
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from autograder.grading.folder import CannotWriteError, read_timestamp
from autograder.grading.kept import write_work
from autograder.grading.outcome import Graded
from autograder.grading.pool import SLACK, ExaminerProcess, NotStartedError, Question
from autograder.grading.refusal import NOT_YOURS, rejected
from autograder.sandbox import wire
from autograder.sandbox.holder import NoSandboxError

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from autograder.grading.engines.engine import Task
    from autograder.grading.setting import Setting

_ENOUGH = (
    4  # losses after which a submission is rejected: of its fork, which counts twice, or of its examiner
)
_STARTS = 3  # of an examiner that says nothing before it ends
_LATE = 180.0  # seconds beyond all limits after which an examiner is taken for hung
_graded = msgspec.json.Decoder(Graded)


@dataclass(slots=True, eq=False)
class _Flight:
    """A task on its way: who has it, and how often it was lost."""

    task: Task
    losses: int = 0
    examiner: ExaminerProcess | None = field(default=None)


class Local:
    """See `autograder.grading.engines.engine.Engine`.

    Parameters
    ----------
    settings
        Of the assignments, by name.
    jobs
        Submissions at work at a time.
    held
        Descriptors that stay open for as long as anything is written, such as a lock.
    """

    def __init__(self, settings: Mapping[str, Setting], *, jobs: int, held: Sequence[int] = ()) -> None:
        self._held = held
        self._settings = settings
        self._jobs = jobs
        self._examiners: dict[str, ExaminerProcess] = {}
        self._selector = selectors.DefaultSelector()
        self._flying: dict[socket.socket, _Flight] = {}
        self._again: deque[_Flight] = deque()
        self._starts: Counter[str] = Counter()
        self._heard = time.monotonic()

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        """Grade; see `Engine.grade`. Tasks of an assignment that come together share its examiner."""
        coming = iter(tasks)
        last = ""
        more = True
        self._heard = time.monotonic()
        while more or self._again or self._flying:
            # as many again are on their way, so that no fork waits for this process
            while len(self._flying) < 2 * self._jobs and (self._again or more):
                flight = self._again.popleft() if self._again else None
                if flight is None:
                    task = next(coming, None)
                    if task is None:
                        more = False
                        break
                    last, flight = task.assignment, _Flight(task)
                self._send(flight)
            if self._flying:
                yield from self._landed()
            self._end_idle(last if more else "")

    def close(self) -> None:
        """End every examiner."""
        for connection in list(self._flying):
            self._take(connection)
        for assignment in list(self._examiners):
            self._end(assignment)

    def _send(self, flight: _Flight) -> None:
        task = flight.task
        examiner = self._examiners.get(task.assignment)
        if examiner is None:
            examiner = ExaminerProcess(self._settings[task.assignment], self._jobs, self._held)
            self._examiners[task.assignment] = examiner
            self._selector.register(examiner.hello, selectors.EVENT_READ, examiner)
        what = Question(
            student=task.student, folder=task.folder, top=task.top, target=task.target,
            fingerprint=task.fingerprint,
        )  # fmt: skip
        flight.examiner = examiner
        try:
            connection = examiner.ask(what)
        except (wire.WireError, OSError):  # it is gone; those that it had are told so by their connections
            self._forget(examiner)
            self._again.append(flight)
            return
        self._flying[connection] = flight
        self._selector.register(connection, selectors.EVENT_READ, flight)

    def _landed(self) -> Iterator[Graded]:
        """Wait for something to come, and yield what is graded."""
        ready = self._selector.select(_LATE)
        if not ready:
            self._end_hung()
        for key, _ in ready:
            self._heard = time.monotonic()
            if isinstance(key.data, ExaminerProcess):
                self._greet(key.data)
            elif key.fileobj in self._flying:
                done = self._land(key.fileobj)
                if done is not None:
                    yield done

    def _greet(self, examiner: ExaminerProcess) -> None:
        self._selector.unregister(examiner.hello)
        assignment = examiner.setting.assignment
        self._starts[assignment] += 1
        try:
            examiner.wait()
        except NotStartedError:
            if self._starts[assignment] >= _STARTS:
                raise
            self._forget(examiner)
        else:
            self._starts[assignment] = 0

    def _land(self, connection: socket.socket) -> Graded | None:
        """Take what has come over a connection; nothing where its task is on its way again."""
        flight = self._flying[connection]
        try:
            answer, payload = wire.receive(connection, time.monotonic() + wire.SEND_SECONDS)
        except (wire.WireError, wire.Deadline):
            answer, payload = {}, memoryview(b"")
        self._take(connection)
        if payload:
            return _graded.decode(payload)
        if "disk" in answer:
            raise CannotWriteError(0, str(answer["disk"]))
        if "no sandbox" in answer:
            raise NoSandboxError(str(answer["no sandbox"]))
        return self._lost(flight, answer)

    def _lost(self, flight: _Flight, answer: dict[str, Any]) -> Graded | None:
        """Have a lost task graded again, or reject it where that would go on for ever."""
        if "lost" in answer:
            flight.losses += 2 if answer.get("killed") else _ENOUGH
            words = f"the examination did not come to its end: {answer['lost']}"
        else:
            flight.losses += 1
            words = "the examiner was lost"
            if "again" not in answer and flight.examiner is not None:
                self._forget(flight.examiner)
        if flight.losses < _ENOUGH:
            self._again.append(flight)
            return None
        task = flight.task
        timestamp = read_timestamp(Path(task.folder))
        work = rejected(self._settings[task.assignment], task.student, f"{words}. {NOT_YOURS}", timestamp)
        write_work(work, Path(task.target), "")
        return work.graded

    def _take(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        connection.close()
        del self._flying[connection]

    def _forget(self, examiner: ExaminerProcess) -> None:
        """Close an examiner that is gone; its successor is started when there is something for it."""
        if self._examiners.get(examiner.setting.assignment) is examiner:
            self._end(examiner.setting.assignment)

    def _end(self, assignment: str) -> None:
        examiner = self._examiners.pop(assignment)
        with suppress(KeyError, ValueError):
            self._selector.unregister(examiner.hello)
        examiner.close()

    def _end_idle(self, coming: str) -> None:
        """End examiners for which nothing is left; the tasks that come are of another assignment."""
        needed = {flight.task.assignment for flight in (*self._again, *self._flying.values())}
        for assignment in self._examiners.keys() - needed - {coming}:
            self._end(assignment)

    def _end_hung(self) -> None:
        """Kill examiners when nothing has come for longer than anything may take."""
        longest = max(
            (float(one.limits["submission_seconds"]) + SLACK) * len(one.notebooks)
            for one in self._settings.values()
        )
        if time.monotonic() - self._heard > 2 * longest + _LATE:
            for examiner in self._examiners.values():
                examiner.process.kill()
