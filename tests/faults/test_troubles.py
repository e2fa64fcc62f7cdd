"""A full disk, a gradebook that is in use, another grader, a worker without memory: said in words, and gone on from."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from grading.conftest import work
from grading.test_cli import hand_in

from autograder.grading.lock import alone_in

from .conftest import Marks, Run, marks

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.sandbox
SIZE = 1 << 20  # bytes of a disk
LITTLE = 225 << 20  # bytes of memory: less than zoe's answer, and enough to read the others


@pytest.fixture
def small_disk(handed_in: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a copy of the course on a disk of a megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("a small disk is mounted by root")
    mounted = subprocess.run(
        ["/usr/bin/mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", place],
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        yield shutil.copytree(handed_in, place / "course")
    finally:
        subprocess.run(["/usr/bin/umount", "-l", place], check=True)


def fill(course: Path, left: int) -> Path:
    """Write a file that leaves so many bytes of the disk."""
    about = os.statvfs(course)
    file = course.parent / "film.mp4"
    file.write_bytes(b"\0" * (about.f_bavail * about.f_frsize - left))
    return file


@pytest.mark.parametrize("left", [0, 20 << 10, 60 << 10])
def test_a_full_disk_stops_the_run_with_words_and_it_goes_on_when_there_is_room(
    small_disk: Path, undisturbed: Marks, left: int
) -> None:
    film = fill(small_disk, left)
    with Run(small_disk) as run:
        assert run.end() == 1
    assert "No space left on device" in run.told[-1] or "full" in run.told[-1], run.told
    assert run.told[-1].endswith("Run the same command again to go on: what is graded stays graded.")
    assert not any("Traceback" in line for line in run.told)
    film.unlink()
    with Run(small_disk) as run:
        assert run.end() == 0, run.told
    assert marks(small_disk) == undisturbed


def test_a_gradebook_that_is_in_use_is_waited_for(course: Path, undisturbed: Marks) -> None:
    with closing(sqlite3.connect(course / "gradebook.db")) as formgrader:
        formgrader.execute("begin immediate")
        with Run(course) as run:
            assert "another program is writing" in run.until("Waiting for the gradebook")
            formgrader.rollback()
            assert run.end() == 0, run.told
    assert marks(course) == undisturbed


def test_a_second_grader_says_whom_it_waits_for(course: Path, undisturbed: Marks) -> None:
    with alone_in(course, "grading ps", print), Run(course) as second:
        told = second.until("Waiting for")
        assert f"process {os.getpid()}" in told
        assert "grading ps" in told
        assert not (course / "autograded").exists()
        second.process.kill()
    with Run(course) as run:
        assert run.end() == 0, run.told
    assert marks(course) == undisturbed


def test_two_graders_at_once_do_no_harm(course: Path, undisturbed: Marks) -> None:
    with Run(course) as one, Run(course) as other:
        assert (one.end(), other.end()) == (0, 0), (one.told, other.told)
    assert marks(course) == undisturbed


def test_a_lock_that_was_left_behind_is_none(course: Path) -> None:
    with alone_in(course, "grading ps", print):
        pass
    said: list[str] = []
    with alone_in(course, "grading ps", said.append):
        assert said == []


def data_of(process: psutil.Process) -> int:
    """Return the bytes that count for the limit."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.split("\n") if line.startswith("VmData:"))


def test_a_worker_without_memory_costs_one_submission(course: Path, undisturbed: Marks) -> None:
    hand_in(course, "zoe", work({"answer": "answer = np.zeros(31_000_000)"}))
    with Run(course, ("--jobs", "1")) as run:
        examiner = run.find("examiner", after=1)
        assert examiner is not None
        most = data_of(examiner) + LITTLE
        examiner.rlimit(psutil.RLIMIT_DATA, (most, most))  # its forks from now on
        assert run.end() == 0, run.told
    *others, zoe = marks(course).entries
    assert others == undisturbed.entries
    assert (zoe["student"], zoe["status"]) == ("zoe", "rejected")
    assert "MemoryError" in zoe["reason"]
    assert "This is not your fault" in zoe["reason"]
    before = (course / "autograded" / "zoe").stat().st_mtime_ns
    with Run(course) as run:  # with memory again
        assert run.end() == 0, run.told
    assert (course / "autograded" / "zoe").stat().st_mtime_ns != before
    assert marks(course).entries[-1]["status"] == "graded"
