"""The grader's handle on examiners: one process per lesson source and worker, started when first needed."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
import nbformat

from autograder.grading.outcome import ExamRequest, ExamResult
from autograder.sandbox import wire
from autograder.sandbox.holder import NoSandboxError

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

    from autograder.sandbox.limits import Limits

_START_SECONDS = 600.0
_result = msgspec.json.Decoder(ExamResult)


class SourceFailsError(RuntimeError):
    """A lesson's own source cannot be run, so nothing can be graded with it."""


@dataclass(
    frozen=True, slots=True, eq=False
)  # itself, and hashable: a notebook is neither compared nor hashed
class LessonSource:
    """What an examiner is made of.

    Attributes
    ----------
    notebook
        The instructor's version, with solutions and hidden tests.
    folder
        Where its cells run on the trusted side: the source's own folder, with its data.
    hidden
        Folders that student code must not see even where the machine shows what is around them.
    assets
        Public data shown to student code, or None.
    unsafe
        Do without a sandbox; every grade says so.
    """

    notebook: NotebookNode
    folder: Path
    hidden: tuple[Path, ...]
    assets: Path | None = None
    unsafe: bool = False

    @lru_cache(maxsize=64)  # noqa: B019 - asked once for each submission; sources are few and small
    def key(self, limits: Limits) -> str:
        """Return a name for this source under these limits; equal exactly when both are."""
        text = nbformat.writes(self.notebook) + repr(
            (self.folder, self.hidden, self.assets, self.unsafe, limits)
        )
        return sha256(text.encode()).hexdigest()


class Examiner:
    """One examiner process. Not shared between threads."""

    def __init__(self, source: LessonSource, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self.problems: list[str] = []
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        environment = {**os.environ, "MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "autograder.grading.examiner", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),), env=environment, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self._link = ours
        source, limits = self._source, self._limits
        config = {
            "limits": limits.as_dict(),
            "folder": str(source.folder),
            "hidden": [str(path) for path in source.hidden],
            "assets": str(source.assets or ""),
            "unsafe": source.unsafe,
        }
        try:
            wire.send(ours, config, [nbformat.writes(source.notebook).encode()])
            ready, _ = wire.receive(ours, time.monotonic() + _START_SECONDS)
        except (wire.WireError, wire.Deadline) as error:
            self.close()
            raise SourceFailsError(f"the examiner of {source.folder.name} did not start: {error}") from error
        if not ready.get("ready"):
            self.close()
            kind = NoSandboxError if ready.get("kind") == "NoSandboxError" else SourceFailsError
            raise kind(str(ready.get("error")))
        self.problems = list(ready.get("problems", ()))

    def examine(self, request: ExamRequest) -> ExamResult:
        """Examine one submission. Always a result; one with `error` set where the examiner was lost."""
        patience = self._limits.submission_seconds + 180.0
        try:
            if self._process.poll() is not None:
                self._start()
            wire.send(self._link, {}, [msgspec.json.encode(request)])
            _, payload = wire.receive(self._link, time.monotonic() + patience)
            return _result.decode(payload)
        except (wire.WireError, wire.Deadline, msgspec.DecodeError) as error:
            self.close()
            return ExamResult(error=f"the examiner was lost ({type(error).__name__}: {error})")

    def close(self) -> None:
        """End the process; its template and sandboxes end with it."""
        self._link.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


class Pool:
    """Examiners kept warm, the least lately used closed first. One for each thread that asks.

    Parameters
    ----------
    keep
        How many a thread keeps.
    """

    def __init__(self, keep: int = 4) -> None:
        self._keep = keep
        self._local = threading.local()
        self._all: set[Examiner] = set()
        self._lock = threading.Lock()
        atexit.register(self.close)

    def get(self, source: LessonSource, limits: Limits) -> Examiner:
        """Return a running examiner of this source; raises `SourceFailsError` or `NoSandboxError`."""
        mine: dict[str, Examiner] = self._local.__dict__.setdefault("examiners", {})
        key = source.key(limits)
        examiner = mine.pop(key, None)
        if examiner is None:
            while len(mine) >= self._keep:
                self._close(mine.pop(next(iter(mine))))
            examiner = Examiner(source, limits)
            with self._lock:
                self._all.add(examiner)
        mine[key] = examiner
        return examiner

    def _close(self, examiner: Examiner) -> None:
        with self._lock:
            self._all.discard(examiner)
        examiner.close()

    def close(self) -> None:
        """End every examiner."""
        for examiner in list(self._all):
            self._close(examiner)
