"""A disk that is full while something other than grading writes: named with what to do, and nothing is left half done."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1 << 20
FULL = "No space left on device. Make room there, and run the same command again."


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of two megabytes, empty."""
    if os.geteuid() != 0:
        pytest.skip("a small disk is mounted by root")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["/usr/bin/mount", "-t", "tmpfs", "-o", f"size={2 * MEGABYTE},mode=755", "tmpfs", place],
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["/usr/bin/umount", "-l", place], check=True)


def fill(disk: Path, left: int = 0) -> Path:
    """Write a file that leaves so many bytes of the disk."""
    about = os.statvfs(disk)
    film = disk / "film.mp4"
    film.write_bytes(b"\0" * (about.f_bavail * about.f_frsize - left))
    return film


def command(course: Path, *words: str, **environment: str) -> tuple[int, str]:
    """Run a command; return its code and what it said, on one line."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder.cli", *words, "--course", course],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )
    said = " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in said, said
    return done.returncode, said


def begin(course: Path) -> Path:
    code, said = command(course, "new-exercise", "hw1", "center", "--new-course")
    assert code == 0, said
    return course


def change(course: Path) -> None:
    """Change what the lesson asks."""
    source = course / "source/hw1/hw1.py"
    source.write_text(source.read_text() + "\n# %% [markdown]\n# One more line.\n")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def notebooks(course: Path) -> dict[str, bytes]:
    return {name: data for name, data in files(course).items() if name.endswith(".ipynb")}


@pytest.mark.parametrize("left", [0, 20 << 10, 128 << 10])
def test_a_full_disk_at_the_first_build_names_the_gradebook_and_the_next_goes_on(
    disk: Path, left: int
) -> None:
    course = begin(disk / "course")
    film = fill(disk, left)
    code, said = command(course, "build")
    assert code == 1
    assert f"{course}/gradebook.db cannot be used: database or disk is full. Make room there" in said
    assert "upgrade" not in said
    assert notebooks(course) == {}
    film.unlink()
    assert command(course, "build")[0] == 0
    assert command(course, "build", "--check")[0] == 0


def test_a_full_disk_at_a_later_build_leaves_the_notebooks_as_they_were(disk: Path) -> None:
    course = begin(disk / "course")
    assert command(course, "build")[0] == 0
    before = notebooks(course)
    change(course)
    film = fill(disk)
    code, said = command(course, "build")
    assert code == 1
    assert f"{course}/gradebook.db cannot be used: database or disk is full. Make room there" in said
    assert notebooks(course) == before
    film.unlink()
    assert command(course, "build")[0] == 0
    assert notebooks(course) != before
    assert command(course, "build", "--check")[0] == 0


@pytest.mark.parametrize("left", [4 << 10, 8 << 10, 12 << 10])
def test_a_full_disk_for_temporary_files_is_named_by_build(disk: Path, tmp_path: Path, left: int) -> None:
    course = begin(tmp_path / "course")
    before = files(course)
    scratch = disk / "tmp"
    scratch.mkdir()
    fill(disk, left)
    code, said = command(course, "build", TMPDIR=str(scratch))
    assert code == 1, said
    assert f"{scratch} cannot be used: {FULL}" in said
    assert list(scratch.iterdir()) == []
    after = files(course)
    after.pop("gradebook.db", None)
    assert after == before


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "words", [("grade", "--json"), ("grade", "--changes"), ("audit", "--json")], ids=" ".join
)
def test_a_full_disk_for_a_file_that_was_asked_for_keeps_the_old_one(
    handed_in: Path, disk: Path, tmp_path: Path, words: tuple[str, str]
) -> None:
    course = tmp_path / "course"
    if words[0] == "audit":
        begin(course)
    else:
        shutil.copytree(handed_in, course)
    asked = disk / "marks.json"
    asked.write_text("old")
    film = fill(disk)
    code, said = command(course, *words, str(asked))
    assert code == 1
    assert said.endswith(f"{asked} cannot be used: {FULL}"), said
    assert files(disk).keys() == {"marks.json", "film.mp4"}
    assert asked.read_text() == "old"
    if words[0] == "grade":
        with closing(sqlite3.connect(course / "gradebook.db")) as book:
            assert book.execute("select count(*) from submitted_assignment").fetchone()[0] > 0
    film.unlink()
    code, said = command(course, *words, str(asked))
    assert code == 0, said
    assert asked.read_text() != "old"
    if words[1] == "--json":
        assert json.loads(asked.read_text())


def test_a_full_disk_at_new_exercise_leaves_no_draft_and_says_to_make_room(disk: Path) -> None:
    course = begin(disk / "course")
    before = files(course)
    film = fill(disk)
    for words in (("hw1", "mine"), ("hw2", "mine", "--new-lesson")):
        code, said = command(course, "new-exercise", *words)
        assert code == 1
        assert "No space left on device. Nothing was changed. Make room there" in said
        assert "chown" not in said
        assert files(course) == before
        assert not (course / "source/hw2").exists()
    film.unlink()
    assert command(course, "new-exercise", "hw1", "mine")[0] == 0


@pytest.mark.parametrize("words", [("extend", "ada", "hw1", "--days", "1")], ids=lambda it: it[0])
def test_a_full_disk_at_a_small_file_says_what_to_do(disk: Path, words: tuple[str, ...]) -> None:
    course = begin(disk / "course")
    fill(disk)
    code, said = command(course, *words)
    assert code == 1
    assert said.endswith(f"{course}/extra_time.csv cannot be used: {FULL}"), said
    assert not list(course.glob(".extra*"))


def test_a_disk_that_can_only_be_read_is_called_so(disk: Path) -> None:
    course = begin(disk / "course")
    assert command(course, "build")[0] == 0
    change(course)
    subprocess.run(["/usr/bin/mount", "-o", "remount,ro", disk], check=True)
    code, said = command(course, "build")
    assert code == 1
    assert f"{course}/gradebook.db cannot be used: attempt to write a readonly database. Set right" in said
    code, said = command(course, "new-exercise", "hw1", "mine")
    assert code == 1
    assert "Read-only file system. Nothing was changed. The disk can only be read: mount it" in said
    code, said = command(course, "extend", "ada", "hw1", "--days", "1")
    assert code == 1
    assert f"{course}/extra_time.csv cannot be used: Read-only file system. The disk can only be read" in said
    code, said = command(course, "doctor", "--quick")
    assert code == 1
    assert said.count("the gradebook can be written") == 3, said  # its folder, its file, and once for both


def test_a_gradebook_that_somebody_holds_is_named_by_build(tmp_path: Path) -> None:
    course = begin(tmp_path / "course")
    assert command(course, "build")[0] == 0
    change(course)
    with closing(sqlite3.connect(course / "gradebook.db")) as formgrader:
        formgrader.execute("begin exclusive")
        code, said = command(course, "build")
    assert code == 1
    assert said.endswith(
        f"{course}/gradebook.db cannot be used: database is locked. Another program is at work there: wait for it, "
        "and run the same command again."
    )
    assert command(course, "build")[0] == 0


def test_a_file_that_cannot_be_is_told_before_the_work(tmp_path: Path) -> None:
    course = begin(tmp_path / "course")
    for words in (("grade", "--json"), ("audit", "--json"), ("audit", "--write"), ("export", "--output")):
        code, said = command(course, *words, str(course / "nowhere/it.json"))
        assert code == 1
        assert said.startswith(f"{course}/nowhere/it.json cannot be written: there is no folder"), said
        code, said = command(course, *words, str(course / "source"))
        assert code == 1
        assert said.startswith(f"{course}/source cannot be written: it is a folder. Name a file"), said
