"""Whatever process of a run is killed, and whenever: nothing is lost, and the marks are those of a run left in peace."""

from __future__ import annotations

import os
import random
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from autograder.grading.folder import restore, write_folder
from autograder.grading.interrupted import CtrlC

from .conftest import ANSWERS, Marks, Run, marks

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sandbox
SEEDS = range(int(os.environ.get("AUTOGRADER_FAULTS", "2")))  # more of them by hand


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["examiner", "template", "fork"])
def test_a_run_goes_on_without_a_process_that_was_killed(
    course: Path, undisturbed: Marks, kind: str, seed: int
) -> None:
    chance = random.Random(f"{kind} {seed}")  # noqa: S311 - no secret
    with Run(course) as run:
        killed = run.kill_one(kind, chance.randrange(len(ANSWERS) - 3), chance.uniform(0, 0.3))
        assert run.end() == 0, run.told
    assert marks(course) == undisturbed
    assert killed


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_that_was_killed_is_started_again(course: Path, undisturbed: Marks, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    with Run(course) as run:
        assert run.kill_one("main", chance.randrange(len(ANSWERS) - 2), chance.uniform(0, 0.3))
    with Run(course) as run:
        assert run.end() == 0, run.told
    assert marks(course) == undisturbed


def test_ctrl_c_says_how_to_go_on(course: Path, undisturbed: Marks) -> None:
    with Run(course, ("--jobs", "1")) as run:  # two seconds at least are left when the first is done
        while not list((course / "autograded").glob("*/ps/.autograder.json")):
            assert run.process.poll() is None
        run.process.send_signal(signal.SIGINT)
        assert run.end() == 130
    assert "Run the same command again to go on" in run.told[-1]
    with Run(course) as run:
        assert run.end() == 0, run.told
    assert marks(course) == undisturbed


def test_a_ctrl_c_that_python_dropped_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    dropped: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda about: dropped.append(about.exc_type))

    class Ends:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)

    with CtrlC() as ctrl_c:
        ctrl_c.heed()
        Ends()
        assert dropped == [KeyboardInterrupt]
        with pytest.raises(KeyboardInterrupt):
            ctrl_c.heed()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


BEFORE = {"ps.ipynb": b"old", "data/a.csv": b"1"}
AFTER = {"ps.ipynb": b"new", "data/b.csv": b"2", "data/c.csv": b"3"}


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def write_and_die(target: Path, moment: int) -> bool:
    """Replace a folder in a process that is killed at its n-th step in the file system; return whether it was."""
    pid = os.fork()
    if pid == 0:
        left = moment

        def step(event: str, _: object) -> None:
            nonlocal left
            if event in {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir"}:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(step)
        write_folder(target, AFTER.items())
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def test_a_folder_is_the_old_one_or_the_new_one_wherever_its_writer_is_killed(tmp_path: Path) -> None:
    moment, seen = 0, []
    killed = True
    while killed:
        target = tmp_path / str(moment) / "ps"
        write_folder(target, BEFORE.items())
        killed = write_and_die(target, moment)
        restore(target)
        assert os.listdir(target.parent) == ["ps"]  # noqa: PTH208 - hidden ones too
        assert content(target) in (BEFORE, AFTER)
        seen.append(content(target) == AFTER)
        write_folder(target, AFTER.items())
        assert content(target) == AFTER
        moment += 1
    assert seen == sorted(seen)  # once new, it stays new
    assert len(seen) > 10
