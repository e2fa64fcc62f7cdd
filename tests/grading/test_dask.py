"""Grading on a Dask cluster: a real scheduler and real workers on this machine's loopback, killed in the middle."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import pytest

from autograder.grading import run
from autograder.grading.engines import dask
from autograder.grading.engines.crew import Crew, OtherVersionError
from autograder.grading.engines.dask import OnDask
from autograder.grading.engines.engine import EngineError, Task
from autograder.grading.engines.kit import Kit, key_of, pack, unpack
from autograder.grading.outcome import Handin
from autograder.lesson.course import open_course
from autograder.sandbox.holder import bwrap_path

from .conftest import work
from .test_cli import grade as command
from .test_cli import hand_in, make_course

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from autograder.grading.outcome import Outcome

pytestmark = pytest.mark.sandbox

ANSWERS: dict[str, dict[str, str]] = {
    "right": {},
    "wrong": {"double": "def double(x):\n    return x + 2", "answer": "answer = 41"},
    "ends": {"double": "import os\nos._exit(0)"},
    "endless": {"halve": "def halve(x):\n    while True:\n        pass"},
}
STUDENTS = 8
FEW = 3  # graded before something is killed


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own, as `dask scheduler` and `dask worker` start them."""

    port: int = field(default_factory=free_port)
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    inside: tuple[str, ...] = ()  # a command that the workers are started by

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen([*words], stdout=quiet, stderr=quiet)

    def start_scheduler(self) -> None:
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        self.scheduler = self._start(sys.executable, "-m", "distributed.cli.dask_scheduler", *where)

    def start_worker(self) -> None:
        how = ["--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--no-dashboard"]
        python = [*self.inside, sys.executable]
        self.workers.append(self._start(*python, "-m", "distributed.cli.dask_worker", self.address, *how))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGKILL)
        process.wait()

    def lose_scheduler(self) -> None:
        """Kill the scheduler; its workers leave with it."""
        assert self.scheduler is not None
        self.kill(self.scheduler)

    def start_again(self) -> None:
        """Start another scheduler at the address of the first, and another worker."""
        self.start_scheduler()
        self.start_worker()

    def end(self) -> None:
        for process in filter(None, (*self.workers, self.scheduler)):
            self.kill(process)


@contextmanager
def cluster(workers: int) -> Iterator[Cluster]:
    made = Cluster()
    try:
        made.start_scheduler()
        for _ in range(workers):
            made.start_worker()
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """Return a class that handed in, and the marks that it gets on this machine without any cluster."""
    course = make_course(tmp_path_factory.mktemp("dask") / "course")
    (course / "nbgrader_config.py").write_text(
        "from autograder.nbgrader_setup import configure\nc = get_config()\nconfigure(c)\n"
        "c.SandboxedExecute.call_seconds = 1\n"
    )
    kinds = [kind for kind in ANSWERS.values() for _ in range(STUDENTS // len(ANSWERS))]
    for number, kind in enumerate(kinds):  # those that take long come last
        hand_in(course, f"s{number:02}", work(kind))
    hand_in(course, "torn", b"{not json")
    fresh = course.parent / "here"
    shutil.copytree(course, fresh)
    done, _ = command(fresh)
    assert done.returncode == 0, done.stderr
    return course, (fresh / "marks.json").read_bytes()


@pytest.fixture
def course(marked: tuple[Path, bytes], tmp_path: Path) -> Path:
    shutil.copytree(marked[0], tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture(params=["one by one", "together"])
def sent(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have submissions go to the workers each in a task of its own, as in a small class, and several in one."""
    if request.param == "together":
        monkeypatch.setattr(dask, "_AHEAD", 1)
        monkeypatch.setattr(dask, "_FEWEST", 1)


def graded_on(
    course: Path, address: str, progress: Callable[[Outcome], None] = lambda _: None,
    hear: Callable[[str], None] = lambda _: None,
) -> tuple[bytes, list[str]]:  # fmt: skip
    """Grade on a cluster; return the JSON that `autograder grade` would write, and what was said meanwhile."""
    opened = open_course(course)
    said: list[str] = []

    def say(words: str) -> None:
        said.append(words)
        hear(words)

    outcomes = run.grade(
        opened, run.to_grade(opened, None, []), progress=progress, say=say,
        engine=lambda settings: OnDask(settings, scheduler=address, say=say),
    )  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(outcomes), indent=1) + b"\n", said


def test_a_cluster_in_this_process_gives_the_same_marks(course: Path, marked: tuple[Path, bytes]) -> None:
    done, _ = command(course, "--engine", "dask")
    assert done.returncode == 0, done.stderr
    assert (course / "marks.json").read_bytes() == marked[1]
    for name in ("s00", "torn"):
        assert (course / "autograded" / name / "ps" / ".autograder.json").is_file()


@pytest.mark.usefixtures("sent")
def test_a_killed_worker_loses_nothing(course: Path, marked: tuple[Path, bytes]) -> None:
    seen: list[str] = []
    with cluster(workers=2) as running:

        def progress(outcome: Outcome) -> None:
            seen.append(outcome.student)
            if len(seen) == FEW:
                running.kill(running.workers[0])

        marks, _ = graded_on(course, running.address, progress)
    assert marks == marked[1]
    assert sorted(seen) == sorted(set(seen))


@pytest.mark.usefixtures("sent")
def test_a_restarted_scheduler_loses_nothing(course: Path, marked: tuple[Path, bytes]) -> None:
    seen: list[str] = []
    with cluster(workers=1) as running:

        def progress(outcome: Outcome) -> None:
            seen.append(outcome.student)
            if len(seen) == FEW:
                running.lose_scheduler()

        def hear(words: str) -> None:
            if "is lost" in words:  # only now: who finds another one at once notices nothing
                running.start_again()

        marks, said = graded_on(course, running.address, progress, hear)
    assert marks == marked[1]
    assert sorted(seen) == sorted(set(seen))
    assert any("what was on its way is sent again" in words for words in said)


def test_several_go_together_as_long_as_many_are_left() -> None:
    waiting = deque(Task("a" if at < 30 else "b", f"s{at}", "", "", "", "") for at in range(33))
    sizes = []
    while waiting:
        tasks = dask._next(waiting, 4).tasks
        assert len({task.assignment for task in tasks}) == 1
        sizes.append(len(tasks))
    assert sizes == [4, 4, 4, 4, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1]


def test_a_worker_without_a_sandbox_says_which_it_is(course: Path) -> None:
    with cluster(workers=0) as running:
        running.inside = (
            "bwrap", "--die-with-parent", "--dev-bind", "/", "/", "--ro-bind", "/dev/null", bwrap_path()
        )  # fmt: skip
        running.start_worker()
        done, _ = command(course, "--engine", "dask", "--scheduler", running.address)
    assert done.returncode == 1
    assert "on tcp://127.0.0.1" in done.stderr
    assert "bubblewrap" in done.stderr


CLUSTER = """
from distributed import LocalCluster
from distributed.security import Security

if __name__ != "__main__":
    cluster = LocalCluster(
        n_workers=1, threads_per_worker=2, processes=True, dashboard_address=None,
        protocol="tls://", security=Security.temporary(),
    )
"""


def test_a_file_may_make_the_cluster_with_certificates_of_its_own(
    course: Path, marked: tuple[Path, bytes], tmp_path: Path
) -> None:
    (tmp_path / "cluster.py").write_text(CLUSTER)
    (tmp_path / "none.py").write_text("cluster = None")
    done, _ = command(course, "--engine", "dask", "--scheduler", str(tmp_path / "none.py"))
    assert "it has to give that name to a Dask cluster" in done.stderr
    done, _ = command(course, "--engine", "dask", "--scheduler", str(tmp_path / "cluster.py"))
    assert done.returncode == 0, done.stderr
    assert (course / "marks.json").read_bytes() == marked[1]


def test_no_scheduler_is_an_error_with_its_mend(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.grading.engines.dask._CONNECT", 0.5)
    with pytest.raises(EngineError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        OnDask({}, scheduler="tcp://127.0.0.1:9")
    done, _ = command(course, "--scheduler", "tcp://127.0.0.1:9")
    assert "--scheduler goes with --engine dask" in done.stderr


def packed(course: Path) -> bytes:
    kits: list[bytes] = []

    class Looked(Exception):  # noqa: N818 - no error: it ends the run once there is something to look at
        pass

    def engine(settings: object) -> OnDask:
        kits.extend(pack(setting) for setting in settings.values())  # type: ignore[attr-defined]
        raise Looked

    opened = open_course(course)
    with pytest.raises(Looked):
        run.grade(opened, run.to_grade(opened, None, []), engine=engine)
    return kits[0]


def test_another_version_on_a_worker_is_refused(course: Path) -> None:
    kit = msgspec.msgpack.decode(packed(course), type=Kit)
    other = msgspec.msgpack.encode(msgspec.structs.replace(kit, version="other"))
    handin = msgspec.msgpack.encode(Handin("ps", "s00"))
    with pytest.raises(OtherVersionError, match="here has another version of autograder"):
        Crew().grade(key_of(other), other, handin, jobs=1, where="here")


def test_a_kit_brings_the_lessons_files_to_a_machine_without_the_course(course: Path, tmp_path: Path) -> None:
    (course / "source" / "ps" / "data.csv").write_text("1,2\n")
    kit = msgspec.msgpack.decode(packed(course), type=Kit)
    shutil.rmtree(course)
    setting = unpack(kit, tmp_path)
    assert (tmp_path / "lesson" / "data.csv").read_text() == "1,2\n"
    assert setting.folder == str(tmp_path / "lesson")
    assert str(tmp_path / "lesson") in setting.hidden
