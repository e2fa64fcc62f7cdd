"""A submission's folders: read once, with what a student may have put in the way, and written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec.structs import replace

from autograder.grading.folders import link_in_the_way, readable
from autograder.grading.handin import find_notebooks, read_bytes
from autograder.grading.outcome import Beside, Handin
from autograder.grading.reading import UnreadableError
from autograder.grading.refusal import failed
from autograder.grading.sources import extra_files
from autograder.lesson.nbgraded import parse_utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from autograder.grading.setting import Setting

MAX_TIMESTAMP = 100  # bytes
MAX_LEFT = 5  # files left out that are named
_FRESH, _BEFORE = ".fresh", ".before"
#: What is wrong with the disk or with our rights there, and not with one student's files.
_PLACE = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EIO,
        errno.EACCES,
        errno.EPERM,
        errno.EMFILE,
        errno.ENFILE,
    }
)


class CannotWriteError(OSError):
    """A folder of the course cannot be written; nobody's work can be graded until it can. The message says why."""


def refuse_links(folder: Path, top: Path) -> None:
    """Raise `UnreadableError` where a submission is reached through a link, which may lead to somebody else's."""
    link = link_in_the_way(folder, top)
    if link is not None:
        raise UnreadableError(
            f"{readable(link.name)} is a link to another folder. Hand in the folder itself."
        )


def read_handin(setting: Setting, student: str, folder: Path, top: Path) -> Handin:
    """Read what a student handed in; whatever lies there, there is a hand-in, if only one with a problem.

    Parameters
    ----------
    folder
        The submission's.
    top
        The folder of all submissions: below it no link is followed.
    """
    timestamp = read_timestamp(folder)
    about = Handin(setting.assignment, student, timestamp=timestamp)
    try:
        refuse_links(folder, top)
        found, notes = find_notebooks(folder, list(setting.notebooks))
        beside, left = _beside(folder, setting.ignore, int(setting.limits["disk_mib"]) << 20)
        notebooks = {name: read_bytes(path) for name, path in found.items()}
    except UnreadableError as error:
        return replace(about, problem=str(error))
    except Exception as error:  # noqa: BLE001 - whatever lies there, the class goes on
        return replace(about, problem=failed(error))
    return replace(about, notebooks=notebooks, beside=beside, notes=notes + left[:MAX_LEFT])


def _beside(folder: Path, ignore: Sequence[str], room: int) -> tuple[list[Beside], list[str]]:
    """Read the files beside the notebooks: in half of the room those that go into the sandbox."""
    kept, left = extra_files(folder, ignore, room)
    if sum(len(data) for _, data in kept) <= room // 2:
        return [Beside(name, data) for name, data in kept], left
    inside, left = extra_files(folder, ignore, room // 2)
    fits = {name for name, _ in inside}
    return [Beside(name, data, name in fits) for name, data in kept], left


def read_timestamp(folder: Path) -> str | None:
    """Return when a folder was handed in, as ISO text in UTC."""
    path = folder / "timestamp.txt"
    with suppress(Exception):  # a student could have written anything there; without a time it is not late
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                return parse_utc(file.read(MAX_TIMESTAMP).decode().strip()).isoformat()
    return None


def write_folder(target: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write a folder beside its place, and put it there whole.

    Killed anywhere, this leaves the former folder or the new one under its name, or the former one under a name
    from which `restore` brings it back.

    Raises
    ------
    CannotWriteError
        If the disk is full, or the place cannot be written.
    """
    fresh, before = _beside_it(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        restore(target)
        fresh.mkdir(mode=0o755)
        for name, data in files:
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if target.exists():
            target.rename(before)
        fresh.rename(target)
        shutil.rmtree(before, ignore_errors=True)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if error.errno in _PLACE:
            raise CannotWriteError(
                error.errno, f"{target.parent} cannot be written: {error.strerror}"
            ) from error
        raise


def restore(target: Path) -> None:
    """Set right what a killed run left of a folder's replacement."""
    fresh, before = _beside_it(target)
    if before.exists():
        if target.exists():
            shutil.rmtree(before)
        else:
            before.rename(target)
    if fresh.exists():
        shutil.rmtree(fresh)


def former_place(target: Path) -> Path:
    """Return where a folder lies now, whatever a killed run left of its replacement; nothing is written."""
    before = _beside_it(target)[1]
    return target if target.exists() or not before.exists() else before


def _beside_it(target: Path) -> tuple[Path, Path]:
    return tuple(target.with_name(f".{target.name}{ending}") for ending in (_FRESH, _BEFORE))  # type: ignore[return-value]
