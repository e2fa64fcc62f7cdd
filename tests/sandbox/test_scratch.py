"""Temporary folders of processes that are killed: the next one of their kind removes them, and none that is in use."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograder.sandbox import scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[[str], subprocess.Popen[str]]

MAKE = "import sys; from autograder.sandbox import scratch; one = scratch.make('kit'); "
HOLDS = f"{MAKE}(one.path / 'secret').write_text('42'); print(one.path, flush=True); sys.stdin.read()"
MANY = f"{MAKE}[scratch.make('kit') for _ in range(50)]; print(one.path, flush=True); sys.stdin.read()"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def started(program: str) -> subprocess.Popen[str]:
            pipe = subprocess.PIPE
            process = subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, text=True)
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield started


def made_by(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def test_what_a_killed_process_left_goes_with_the_next_of_its_kind(start: Start, place: Path) -> None:
    process = start(HOLDS)
    left = made_by(process)
    kill(process)
    assert (left / "secret").read_text() == "42"
    scratch.make("stage").close()
    assert left.is_dir()
    with scratch.folder("kit") as mine:
        assert [path.name for path in place.iterdir()] == [mine.name]
    assert not list(place.iterdir())


def test_what_is_in_use_stays(start: Start) -> None:
    other = made_by(start(HOLDS))
    with scratch.folder("kit") as mine, scratch.folder("kit") as second:
        assert mine.is_dir()
        assert second.is_dir()
        assert (other / "secret").is_file()
    assert not mine.exists()
    assert (other / "secret").is_file()


def test_many_that_begin_at_once_leave_each_other_alone(start: Start, place: Path) -> None:
    begun = [start(MANY) for _ in range(4)]
    assert all(made_by(process).is_dir() for process in begun)
    assert len(list(place.iterdir())) == 4 * 51
    for process in begun:
        kill(process)
    scratch.make("kit").close()
    assert not list(place.iterdir())


def test_a_link_and_a_folder_of_another_kind_are_let_alone(place: Path) -> None:
    with scratch.folder("kit") as mine:
        prefix = mine.name.rpartition("-")[0]
    aside = place / "elsewhere"
    aside.mkdir()
    (aside / "work").write_text("kept")
    (place / f"{prefix}-link").symlink_to(aside)
    (place / f"{prefix}-file").write_text("kept")
    scratch.make("kit").close()
    assert sorted(path.name for path in place.iterdir()) == sorted(
        ["elsewhere", f"{prefix}-link", f"{prefix}-file"]
    )
    assert (aside / "work").read_text() == "kept"


def test_a_folder_is_for_its_user_alone() -> None:
    with scratch.folder("dry") as mine:
        assert mine.stat().st_mode & 0o777 == 0o700
