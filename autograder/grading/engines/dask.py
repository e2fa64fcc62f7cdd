"""Grading on the workers of a Dask cluster, by distributed's public API: a university's own, or one in this process.

This process reads what was handed in and writes ``autograded/``; hand-ins and what comes of them travel as bytes, and
a kit (`kit`) once to each worker. Nothing is kept by the cluster: whatever is lost there, a worker or the scheduler,
what was on its way is sent again.
"""

from __future__ import annotations

import logging
import runpy
import sys
import time
import warnings
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import msgspec

from autograder.grading.engines import crew
from autograder.grading.engines.engine import EngineError, Task
from autograder.grading.engines.kit import key_of, pack
from autograder.grading.folder import CannotWriteError, read_handin, read_timestamp
from autograder.grading.kept import write_work
from autograder.grading.refusal import NOT_YOURS, failed, rejected
from autograder.grading.sources import SourceFailsError
from autograder.sandbox.holder import NoSandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from autograder.grading.outcome import Graded, Work
    from autograder.grading.setting import Setting

_ENOUGH = 4  # losses after which a submission is rejected
_LOOK = 1.0  # seconds between two looks at the cluster while nothing comes
_COUNT = 5.0  # seconds between two counts of its workers
_AHEAD = 4  # submissions on their way for each thread of a worker
_FEWEST = 8  # before any worker is there
_CONNECT = 10.0  # seconds for one try to reach the scheduler
_MISSING = (
    f"--engine dask needs the package distributed: {sys.executable} -m pip install distributed. "
    "It belongs to the extra `dask`."
)


def grade_there(key: str, kit: bytes, handin: bytes) -> bytes:
    """Grade a hand-in on the worker that this runs on."""
    from distributed import get_worker  # noqa: PLC0415 - loaded where there is a cluster

    worker = get_worker()
    return crew.crew().grade(key, kit, handin, jobs=worker.state.nthreads, where=worker.address)


def same(kit: bytes) -> bytes:
    """Hold a kit on the cluster: a result that is made again where it was lost."""
    return kit


@dataclass(slots=True, eq=False)
class _Flight:
    task: Task
    losses: int = 0
    future: Any = None


class OnDask:
    """See `autograder.grading.engines.engine.Engine`.

    Parameters
    ----------
    settings
        Of the assignments, by name.
    scheduler
        Where the cluster's scheduler listens, as ``tcp://host:8786``; or a Python file that makes one and names it
        `cluster`, which is closed in the end; when empty, a cluster in this process, which listens nowhere.
    jobs
        Submissions at a time, for a cluster in this process. Another one's workers have threads of their own.
    patience
        Seconds that a lost scheduler is waited for.
    say
        Called with words on what is waited for.

    Raises
    ------
    EngineError
        If distributed is not installed, or the scheduler cannot be reached.
    """

    def __init__(
        self, settings: Mapping[str, Setting], *, scheduler: str = "", jobs: int = 1, patience: float = 600.0,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._scheduler = scheduler
        self._patience = patience
        self._say = say
        self._packed = {name: pack(setting) for name, setting in settings.items()}
        self._kits: dict[str, Any] = {}
        self._flying: dict[str, _Flight] = {}
        self._again: deque[_Flight] = deque()
        self._landed: SimpleQueue[str] = SimpleQueue()
        self._sent = 0
        self._threads, self._counted = 0, 0.0
        self._waits = False
        self._cluster: Any = None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost here is said here
        if not scheduler:
            self._cluster = _own_cluster(jobs)
        elif scheduler.endswith(".py"):
            self._cluster = _made_by(Path(scheduler))
        self._client: Any = self._connected()

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        """Grade; see `Engine.grade`."""
        coming = iter(tasks)
        more = True
        while more or self._again or self._flying:
            while len(self._flying) < self._room() and (self._again or more):
                flight = self._again.popleft() if self._again else None
                if flight is None:
                    task = next(coming, None)
                    if task is None:
                        more = False
                        break
                    flight = _Flight(task)
                self._send(flight)
            if not self._flying:
                continue
            try:
                key = self._landed.get(timeout=_LOOK)
            except Empty:
                self._look()
                continue
            landed = self._flying.pop(key, None)
            graded = self._land(landed) if landed is not None else None
            if graded is not None:
                yield graded

    def close(self) -> None:
        """Leave the cluster; end it where it is this process's own."""
        for flight in self._flying.values():
            with suppress(Exception):
                flight.future.cancel()
        self._flying.clear()
        self._kits.clear()
        self._leave()
        if self._cluster is not None:
            crew.crew().close()  # of a worker in this process
            self._cluster.close()
            self._cluster = None

    def _send(self, flight: _Flight) -> None:
        task = flight.task
        handin = read_handin(self._settings[task.assignment], task.student, Path(task.folder), Path(task.top))
        self._sent += 1
        name = f"grade-{self._sent}"
        kit = self._packed[task.assignment]
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="Sending large graph")
                if task.assignment not in self._kits:
                    self._kits[task.assignment] = self._client.submit(same, kit, key=f"kit-{key_of(kit)}")
                flight.future = self._client.submit(
                    grade_there, key_of(kit), self._kits[task.assignment], msgspec.msgpack.encode(handin),
                    key=f"{self._client.id}-{name}", pure=False,
                )  # fmt: skip
        except (RuntimeError, OSError, ValueError):  # the client noticed first that the scheduler is gone
            self._again.append(flight)
            self._reconnect()
            return
        self._flying[name] = flight
        flight.future.add_done_callback(lambda _, name=name: self._landed.put(name))

    def _land(self, flight: _Flight) -> Graded | None:
        """Take what has come; nothing where it is on its way again."""
        future, flight.future = flight.future, None
        try:
            work = crew.work_of(future.result(timeout=_CONNECT))
        except (NoSandboxError, SourceFailsError):
            raise
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
                raise
            return self._lost(flight, error)
        return self._written(flight.task, work, flight.task.fingerprint)

    def _lost(self, flight: _Flight, error: BaseException) -> Graded | None:
        if not self._running():
            self._again.append(flight)
            self._reconnect()
            return None
        self._kits.pop(flight.task.assignment, None)  # it may be what was lost
        flight.losses += 1
        if flight.losses < _ENOUGH:
            self._again.append(flight)
            return None
        task = flight.task
        reason = f"the worker that graded it was lost {_ENOUGH} times ({type(error).__name__}). {NOT_YOURS}"
        setting = self._settings[task.assignment]
        return self._written(
            task, rejected(setting, task.student, reason, read_timestamp(Path(task.folder))), ""
        )

    def _written(self, task: Task, work: Work, fingerprint: str) -> Graded:
        try:
            write_work(work, Path(task.target), fingerprint)
        except CannotWriteError:
            raise
        except Exception as error:  # noqa: BLE001 - names that a student chose, and that no folder takes
            setting = self._settings[task.assignment]
            work = rejected(setting, task.student, failed(error), read_timestamp(Path(task.folder)))
            write_work(work, Path(task.target), fingerprint)
        return work.graded

    def _room(self) -> int:
        """Return how many submissions may be on their way: a few for each thread, so that none waits for this process."""
        if time.monotonic() - self._counted > _COUNT and self._running():
            with suppress(Exception):
                self._threads = sum(self._client.nthreads().values())
            self._counted = time.monotonic()
            if self._threads == 0 and not self._waits:
                self._say(f"Waiting for workers: {self._where()} has none yet.")
            self._waits = self._threads == 0
        return max(_FEWEST, _AHEAD * self._threads)

    def _look(self) -> None:
        """Ask whether the scheduler is still there: nothing has come for a while."""
        if not self._running():
            self._reconnect()

    def _running(self) -> bool:
        return bool(self._client.status == "running")

    def _reconnect(self) -> None:
        """Join the cluster again; what was on its way there is sent again."""
        self._say(
            f"The connection to {self._where()} is lost. Waiting for it; what was on its way is sent again."
        )
        self._again.extend(self._flying.values())
        self._flying.clear()
        self._kits.clear()
        self._leave()
        end = time.monotonic() + self._patience
        while True:
            try:
                self._client = self._connected()
            except EngineError:
                if time.monotonic() > end:
                    raise
            else:
                return

    def _connected(self) -> Any:
        try:
            from distributed import Client  # noqa: PLC0415 - loaded where there is a cluster
        except ImportError as error:
            raise EngineError(_MISSING) from error
        try:
            return Client(self._cluster or self._scheduler, timeout=_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise EngineError(
                f"No Dask scheduler answers at {self._where()}: {error}. Is it running, and is the address right? "
                "`dask scheduler` prints its own."
            ) from error

    def _leave(self) -> None:
        with suppress(Exception):
            self._client.close(timeout=_CONNECT)

    def _where(self) -> str:
        return self._scheduler or "the cluster in this process"


def _made_by(file: Path) -> Any:
    """Run a Python file, and return what it calls `cluster`: of dask-jobqueue, dask-gateway or whatever Dask knows."""
    try:
        cluster = runpy.run_path(str(file)).get("cluster")
    except Exception as error:
        raise EngineError(f"{file} did not make a cluster: {type(error).__name__}: {error}") from error
    if cluster is None:
        raise EngineError(f"{file} makes no `cluster`: it has to give that name to a Dask cluster.")
    return cluster


def _own_cluster(jobs: int) -> Any:
    """Start scheduler and worker in this process: no port is opened, which others on this machine could reach."""
    try:
        from distributed import LocalCluster  # noqa: PLC0415
    except ImportError as error:
        raise EngineError(_MISSING) from error
    return LocalCluster(
        n_workers=1, threads_per_worker=jobs, processes=False, protocol="inproc://",
        dashboard_address=None, silence_logs=logging.CRITICAL,
    )  # fmt: skip
