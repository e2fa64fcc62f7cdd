"""The examiner's process: an assignment's lessons run once, and forks of itself that grade submissions.

It begins as `autograder.sandbox.warm`, which forks the template and then goes on here. It is trusted, and it runs no
student code; it does handle values that came from student code, so submissions are graded in forks, and a fork that is
lost costs the submission that it was at alone. It grades the next one only if nothing is left of the one before. The
fork does the whole of it: it reads what was handed in, mends it, examines it, writes its ``autograded`` folder, and
answers with what was found.
"""

from __future__ import annotations

import gc
import os
import resource
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from autograder.grading.core import grade_handin
from autograder.grading.folder import CannotWriteError, read_handin
from autograder.grading.forks import Forks
from autograder.grading.kept import write_work
from autograder.grading.outcome import ExamRequest, ExamResult
from autograder.grading.pool import SLACK, Question, question
from autograder.grading.ready import Ready
from autograder.grading.refusal import LostError, failed, rejected
from autograder.grading.setting import Setting
from autograder.grading.station import Station
from autograder.sandbox import lockdown, wire
from autograder.sandbox.holder import NoSandboxError
from autograder.sandbox.surroundings import count_seedings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autograder.sandbox.begin import Begun

MEMORY = 4 << 30  # of the trusted fork, in bytes: plain values only, but a student chose how many
GARBAGE = (
    20_000  # objects made, beyond those gone again, between two looks for garbage: there is little of it
)
MOST_GROWN = 192 << 10  # KiB by which a fork may grow, to be asked again
_question = msgspec.msgpack.Decoder(Question)
_encode = msgspec.json.Encoder().encode


class Examiner:
    """Answers questions on one assignment. A notebook beside the first has a process of its own.

    Parameters
    ----------
    ready
        The assignment.
    name
        The notebook that this process examines itself.
    beside
        Links to the processes of the other notebooks, by name.
    begun
        The template that has begun for it; one is started when None.
    """

    def __init__(
        self, ready: Ready, name: str, beside: dict[str, socket.socket], begun: Begun | None = None
    ) -> None:
        self._ready = ready
        self._name = name
        self._beside = beside
        self._memory = 0  # of this process at its first question, in KiB
        self.station = Station(ready.setting, ready.sources[name], ready.limits, begun)

    def answer(self, connection: socket.socket) -> bool:
        """Answer one question, in a fork; return whether it may answer another."""
        # A test can be driven to all that it may take: then this process goes first, and no sandbox of another's.
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
        self._memory = self._memory or _memory()
        most = resource.getrlimit(resource.RLIMIT_DATA)[1]
        memory = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        try:
            what = _question.decode(wire.receive(connection)[1])
            if what.exam is not None:
                answer = _encode(self._examine(what.notebook or self._name, what.exam))
            elif what.handin is not None:
                answer = msgspec.msgpack.encode(grade_handin(self._ready, what.handin, self._examine))
            else:
                answer = _encode(self._grade(what))
            wire.send(connection, {}, [answer])
            return self.station.is_as_before() and _memory() - self._memory < MOST_GROWN
        except LostError as error:
            wire.send(connection, {"again": str(error)})
        except CannotWriteError as error:
            wire.send(connection, {"disk": str(error.strerror)})
        except NoSandboxError as error:
            wire.send(connection, {"no sandbox": str(error)})
        return False

    def _grade(self, what: Question) -> object:
        setting = self._ready.setting
        handin = read_handin(setting, what.student, Path(what.folder), Path(what.top))
        work = grade_handin(self._ready, handin, self._examine)
        try:
            write_work(work, Path(what.target), what.fingerprint)
        except CannotWriteError:
            raise
        except Exception as error:  # noqa: BLE001 - names that a student chose, and that no folder takes
            work = rejected(setting, what.student, failed(error), handin.timestamp)
            write_work(work, Path(what.target), what.fingerprint)
        return work.graded

    def _examine(self, name: str, request: ExamRequest) -> ExamResult:
        if name == self._name:
            return self.station.examine(request)
        patience = time.monotonic() + self._ready.limits.submission_seconds + SLACK
        try:
            with question(self._beside[name]) as connection:
                wire.send(connection, {}, [msgspec.msgpack.encode(Question(exam=request, notebook=name))])
                answer, payload = wire.receive(connection, patience)
        except (wire.WireError, wire.Deadline, OSError):
            answer = {"again": "its examiner was lost"}
        if "again" in answer:
            raise LostError(str(answer["again"]))
        if "lost" in answer:
            return ExamResult(error=f"the examination did not come to its end: {answer['lost']}")
        return msgspec.json.decode(payload, type=ExamResult)


def _memory() -> int:
    """Return the most memory that this process has held, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def serve(
    ready: Ready, name: str, link: socket.socket, jobs: int, hello: socket.socket, begun: Begun | None = None
) -> None:
    """Make ready to examine one notebook, say so, and answer until the grader goes.

    The other notebooks of the assignment are served by forks of this process, made before any lesson has run here.
    """
    beside: dict[str, socket.socket] = {}
    if name == next(iter(ready.sources)):
        others = {other: _serve_beside(ready, other, jobs) for other in ready.sources if other != name}
        beside = {other: ends[0] for other, ends in others.items()}
    examiner = Examiner(ready, name, beside, begun)
    problems = list(examiner.station.problems)
    if beside:
        for _, their_hello in others.values():
            said, _ = wire.receive(their_hello)
            their_hello.close()
            if not said.get("ready"):
                wire.send(hello, said)
                return
            problems += said["problems"]
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 20)
    wire.send(hello, {"ready": True, "problems": problems})
    hello.close()
    patience = ready.limits.submission_seconds * len(ready.sources) + SLACK
    try:
        Forks(link, jobs, patience, examiner.answer, examiner.station.keep_warm).serve()
    finally:
        examiner.station.close()


def _serve_beside(ready: Ready, name: str, jobs: int) -> tuple[socket.socket, socket.socket]:
    link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    hello, their_hello = socket.socketpair()
    if os.fork() == 0:
        try:
            lockdown.die_with_parent()
            link.close()
            hello.close()
            guarded(their_hello, lambda: serve(ready, name, theirs, jobs, their_hello))
        finally:
            os._exit(0)
    theirs.close()
    their_hello.close()
    return link, hello


def guarded(hello: socket.socket, work: Callable[[], None]) -> None:
    """Work; what goes wrong before all is ready is said over `hello`."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whatever it was, the grader must hear it
        with suppress(wire.WireError, OSError):
            wire.send(hello, {"ready": False, "kind": type(error).__name__, "error": str(error)})


def main(
    link: socket.socket, hello: socket.socket, begun: Begun, header: Mapping[str, Any], payload: memoryview
) -> None:
    """Be the examiner that is asked at `link`, with what was sent over `hello`, and a template that has begun."""
    count_seedings()

    def work() -> None:
        ready = Ready(msgspec.json.decode(payload, type=Setting))
        serve(ready, next(iter(ready.sources)), link, int(header["jobs"]), hello, begun)

    guarded(hello, work)
