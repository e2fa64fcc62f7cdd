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
from itertools import islice
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
_AHEAD = 4  # tasks of Dask's on their way for each thread of a worker
_FEWEST = 8  # before any worker is there
_TOGETHER = 4  # submissions in one, at most: what Dask takes for a task, it takes once for them
_CONNECT = 10.0  # seconds for one try to reach the scheduler
_SELDOM = {  # what Dask does for its dashboard and its profiles, whether or not there is work
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.worker.memory.monitor-interval": "1s",
}
_MISSING = (
    f"--engine dask needs the package distributed: {sys.executable} -m pip install distributed. "
    "It belongs to the extra `dask`."
)


def grade_there(key: str, kit: bytes, handins: list[bytes]) -> list[bytes]:
    """Grade hand-ins on the worker that this runs on, one after the other."""
    from distributed import get_worker  # noqa: PLC0415 - loaded where there is a cluster

    worker = get_worker()
    grade, jobs = crew.crew().grade, worker.state.nthreads
    return [grade(key, kit, handin, jobs=jobs, where=worker.address) for handin in handins]


def same(kit: bytes) -> bytes:
    """Hold a kit on the cluster: a result that is made again where it was lost."""
    return kit


@dataclass(slots=True, eq=False)
class _Flight:
    tasks: list[Task]  # of one assignment
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
        coming, waiting = iter(tasks), deque[Task]()
        while True:
            room = self._room()
            waiting.extend(islice(coming, max(room * _TOGETHER - len(waiting), 0)))
            while len(self._flying) < room and (self._again or waiting):
                self._send(self._again.popleft() if self._again else _next(waiting, room))
            if not (self._flying or self._again):
                return
            try:
                key = self._landed.get(timeout=_LOOK if self._flying else 0.0)
            except Empty:
                self._look()
                continue
            landed = self._flying.pop(key, None)
            if landed is not None:
                yield from self._land(landed)

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
        assignment = flight.tasks[0].assignment
        setting, kit = self._settings[assignment], self._packed[assignment]
        handins = [
            msgspec.msgpack.encode(read_handin(setting, task.student, Path(task.folder), Path(task.top)))
            for task in flight.tasks
        ]
        self._sent += 1
        name = f"grade-{self._sent}"
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="Sending large graph")
                if assignment not in self._kits:
                    self._kits[assignment] = self._client.submit(same, kit, key=f"kit-{key_of(kit)}")
                flight.future = self._client.submit(
                    grade_there, key_of(kit), self._kits[assignment], handins,
                    key=f"{self._client.id}-{name}", pure=False,
                )  # fmt: skip
        except (RuntimeError, OSError, ValueError):  # the client noticed first that the scheduler is gone
            self._again.append(flight)
            self._reconnect()
            return
        self._flying[name] = flight
        flight.future.add_done_callback(lambda _, name=name: self._landed.put(name))

    def _land(self, flight: _Flight) -> Iterator[Graded]:
        """Take what has come; nothing where it is on its way again."""
        future, flight.future = flight.future, None
        try:
            works = [crew.work_of(work) for work in future.result(timeout=_CONNECT)]
        except (NoSandboxError, SourceFailsError):
            raise
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
                raise
            yield from self._lost(flight, error)
            return
        for task, work in zip(flight.tasks, works, strict=True):
            yield self._written(task, work, task.fingerprint)

    def _lost(self, flight: _Flight, error: BaseException) -> Iterator[Graded]:
        if not self._running():
            self._again.append(flight)
            self._reconnect()
            return
        first = flight.tasks[0]
        self._kits.pop(first.assignment, None)  # it may be what was lost
        flight.losses += 1
        if flight.losses < _ENOUGH:  # each for itself: one of them may be what costs the worker
            self._again.extend(_Flight([task], flight.losses) for task in flight.tasks)
            return
        reason = f"the worker that graded it was lost {_ENOUGH} times ({type(error).__name__}). {NOT_YOURS}"
        work = rejected(
            self._settings[first.assignment], first.student, reason, read_timestamp(Path(first.folder))
        )
        yield self._written(first, work, "")

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
        """Return how many tasks may be on their way: a few for each thread, so that none waits for this process."""
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


def _next(waiting: deque[Task], room: int) -> _Flight:
    """Return the next task of Dask's: fewer submissions when few are left, so that all threads have work to the end."""
    count = max(1, min(_TOGETHER, len(waiting) // room))
    tasks = [waiting.popleft()]
    while waiting and len(tasks) < count and waiting[0].assignment == tasks[0].assignment:
        tasks.append(waiting.popleft())
    return _Flight(tasks)


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
        import dask.config  # noqa: PLC0415
        from distributed import LocalCluster  # noqa: PLC0415
    except ImportError as error:
        raise EngineError(_MISSING) from error
    with dask.config.set(_SELDOM):
        return LocalCluster(
            n_workers=1, threads_per_worker=jobs, processes=False, protocol="inproc://",
            dashboard_address=None, silence_logs=logging.CRITICAL,
        )  # fmt: skip
