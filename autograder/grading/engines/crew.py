"""What a worker on another machine does: it keeps an examiner for each assignment, and asks it about hand-ins.

Plain functions on plain bytes, so that whatever calls them (here: Dask) need know nothing of grading.
"""

from __future__ import annotations

import atexit
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from autograder.grading.engines.kit import Kit, unpack
from autograder.grading.kept import grader_version
from autograder.grading.outcome import Handin, Work
from autograder.grading.pool import SLACK, ExaminerProcess, Question
from autograder.grading.refusal import NOT_YOURS, rejected
from autograder.grading.sources import SourceFailsError
from autograder.sandbox import scratch, wire
from autograder.sandbox.holder import NoSandboxError

if TYPE_CHECKING:
    from autograder.grading.setting import Setting
    from autograder.sandbox.scratch import Scratch

_KEEP = 4  # assignments whose examiners are kept when others come
_ENOUGH = 4  # as in `engines.local`
_LATE = 180.0
_handin = msgspec.msgpack.Decoder(Handin)
_work = msgspec.msgpack.Decoder(Work)


class OtherVersionError(SourceFailsError):
    """A worker has another version of this package; the message says which worker."""


@dataclass(slots=True, eq=False)
class _Post:
    """An assignment on this worker: its examiner, and how many hand-ins are at it."""

    setting: Setting
    folder: Scratch
    jobs: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    examiner: ExaminerProcess | None = None
    at_work: int = 0
    used: float = 0.0

    def end(self) -> None:
        if self.examiner is not None:
            self.examiner.close()
            self.examiner = None


class Crew:
    """The examiners of one worker process; used by as many threads as it grades submissions at a time."""

    def __init__(self) -> None:
        self._posts: dict[str, _Post] = {}
        self._lock = threading.Lock()
        # An examiner ends with the thread that started it (prctl's parent is a thread): this one stays.
        self._starter = ThreadPoolExecutor(1, "examiners")
        atexit.register(self.close)

    def grade(self, key: str, kit: bytes, handin: bytes, *, jobs: int, where: str) -> bytes:
        """Grade a hand-in, and return the `Work` that comes of it, as msgpack.

        Parameters
        ----------
        key, kit
            The assignment, as packed by `kit.pack`, and its name.
        handin
            A `Handin`, as msgpack.
        jobs
            How many hand-ins may be at work on this worker at a time.
        where
            The worker's name, for messages.

        Raises
        ------
        NoSandboxError, SourceFailsError, OtherVersionError
            If nobody's work can be graded here; the message names the worker.
        """
        post = self._post(key, kit, jobs, where)
        what = Question(handin=_handin.decode(handin))
        try:
            return self._asked(post, what, where)
        finally:
            with self._lock:
                post.at_work -= 1
                post.used = time.monotonic()

    def _asked(self, post: _Post, what: Question, where: str) -> bytes:
        losses, words = 0, ""
        while losses < _ENOUGH:
            examiner = self._examiner(post, where)
            try:
                with examiner.ask(what) as connection:
                    answer, payload = wire.receive(connection, time.monotonic() + _longest(post.setting))
            except (wire.WireError, wire.Deadline, OSError):
                losses, words = losses + 1, "the examiner was lost"
                self._forget(post, examiner)
                continue
            if payload:
                return bytes(payload)
            if "no sandbox" in answer:
                raise NoSandboxError(f"on {where}: {answer['no sandbox']}")
            if "lost" in answer:
                losses += 2 if answer.get("killed") else _ENOUGH
                words = f"the examination did not come to its end: {answer['lost']}"
            else:
                losses, words = losses + 1, "the examiner was lost"
        handin = what.handin
        assert handin is not None  # noqa: S101 - `grade` put it there
        work = rejected(post.setting, handin.student, f"{words}. {NOT_YOURS}", handin.timestamp)
        return msgspec.msgpack.encode(work)

    def _post(self, key: str, kit: bytes, jobs: int, where: str) -> _Post:
        with self._lock:
            post = self._posts.get(key)
            if post is None:
                packed = msgspec.msgpack.decode(kit, type=Kit)
                if packed.version != grader_version():
                    raise OtherVersionError(
                        f"{where} has another version of autograder, or changed files of it, and might give other "
                        "marks. Install there what is installed here."
                    )
                self._make_room()
                post = self._posts[key] = _opened(packed, jobs)
            post.at_work += 1
            return post

    def _examiner(self, post: _Post, where: str) -> ExaminerProcess:
        with post.lock:
            if post.examiner is not None and post.examiner.process.poll() is not None:
                post.end()
            if post.examiner is None:
                try:
                    started = self._starter.submit(ExaminerProcess, post.setting, post.jobs).result()
                    started.wait()
                except (SourceFailsError, NoSandboxError) as error:
                    raise type(error)(f"on {where}: {error}") from None
                post.examiner = started
            return post.examiner

    def _forget(self, post: _Post, examiner: ExaminerProcess) -> None:
        with post.lock:
            if post.examiner is examiner:
                post.end()

    def _make_room(self) -> None:
        idle = sorted((post.used, key) for key, post in self._posts.items() if not post.at_work)
        for _, key in idle[: max(0, len(self._posts) - _KEEP + 1)]:
            self._dismiss(key)

    def _dismiss(self, key: str) -> None:
        post = self._posts.pop(key)
        post.end()
        post.folder.close()

    def close(self) -> None:
        """End every examiner and remove what was unpacked."""
        with self._lock:
            for key in list(self._posts):
                self._dismiss(key)


def _opened(packed: Kit, jobs: int) -> _Post:
    folder = scratch.make("kit")
    try:
        return _Post(unpack(packed, folder.path), folder, jobs)
    except BaseException:
        folder.close()
        raise


def _longest(setting: Setting) -> float:
    return (float(setting.limits["submission_seconds"]) + SLACK) * len(setting.notebooks) + _LATE


_crew: list[Crew] = []
_making = threading.Lock()


def crew() -> Crew:
    """Return this process's crew."""
    with _making:
        if not _crew:
            _crew.append(Crew())
        return _crew[0]


def work_of(data: bytes) -> Work:
    """Return what `Crew.grade` returned, unpacked."""
    return _work.decode(data)
