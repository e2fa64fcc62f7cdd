"""Where a lesson's source and a submission's files are read from the course's folders."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from autograder.grading.folders import LONGEST_ID, link_in_the_way, readable, unusable_id
from autograder.lesson import node, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbformat import NotebookNode

    from autograder.lesson.course import Course

MAX_FILES = 500
_LONGEST_NAME, _LONGEST_PATH = 255, 1_000  # bytes, as they are written
__all__ = [
    "LONGEST_ID", "extra_files", "lesson_source", "link_in_the_way", "read_sources", "readable",
    "source_notebooks", "unusable_id",
]  # fmt: skip


class SourceFailsError(RuntimeError):
    """A lesson's own source cannot be run, so nothing can be graded with it."""


@dataclass(frozen=True, slots=True, eq=False)  # itself: a notebook is not compared
class LessonSource:
    """What one notebook is examined with.

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


def source_notebooks(course: Course, assignment: str) -> dict[str, NotebookNode]:
    """Return the instructor's notebooks of an assignment by name, each from its text source where it has one.

    Raises
    ------
    SourceFailsError
        If there is none; the message says where it was looked for.
    """
    return read_sources(course.source(assignment), assignment)


def read_sources(folder: Path, assignment: str) -> dict[str, NotebookNode]:
    """Return the instructor's notebooks that a folder holds; see `source_notebooks`."""
    text = folder / f"{assignment}.py"
    found: dict[str, NotebookNode] = {
        path.stem: node.reads(path.read_bytes())
        for path in sorted(folder.glob("*.ipynb"))
        if path.stem != assignment or not text.is_file()
    }
    if text.is_file():
        found[assignment] = parsed.read_notebook(text)
    if not found:
        raise SourceFailsError(
            f"{folder} holds no notebook. Grading needs the instructor's version of {assignment} there: "
            "its test cells are run from it."
        )
    return found


def lesson_source(
    course: Course, assignment: str, notebook: NotebookNode, *, unsafe: bool = False
) -> LessonSource:
    """Return what an examiner of this notebook is made of."""
    hidden = [course.root]
    with suppress(RuntimeError):  # of a user without a home
        hidden += [folder for folder in (parsed.folder(),) if folder.is_dir()]
    if course.db_url.startswith("sqlite:///"):
        hidden.append(Path(course.db_url.removeprefix("sqlite:///")).parent)
    folders = {course.source(assignment).parent, course.submitted(assignment, "x").parent.parent}
    folders.add(course.exchange)  # by default under /usr, which is shown; all handed-in work is in it
    hidden += [f for f in folders if course.root not in f.parents and f.is_dir()]
    assets = course.root / "assets"
    return LessonSource(
        notebook, course.source(assignment), tuple(hidden), assets if assets.is_dir() else None, unsafe
    )


def extra_files(folder: Path, ignore: Sequence[str], room: int) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Read the files that lie beside a notebook: regular files only, never through a link, while there is room.

    Returns
    -------
    list of (relative path, content), list of str
        And what was left out, with the reason.
    """
    kept: list[tuple[str, bytes]] = []
    left: list[str] = []
    taken: set[str] = set()
    for path in _walk(folder):
        name = readable(path.relative_to(folder).as_posix())
        if path.suffix == ".ipynb" or any(fnmatch(part, p) for part in path.parts[-3:] for p in ignore):
            continue
        if problem := _unusable_name(name, taken):
            left.append(f"{name[:80]} was left out: {problem}")
            continue
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            why = "it is a link" if path.is_symlink() else (error.strerror or "it cannot be read")
            left.append(f"{name} was left out: {why}")
            continue
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                left.append(f"{name} was left out: it is no file")
                continue
            if status.st_size > room or len(kept) >= MAX_FILES:
                left.append(f"{name} was left out: there is no room for its {_size(status.st_size)}")
                continue
            data = file.read(room + 1)
        room -= len(data)
        kept.append((name, data))
        taken.update((name, *(f"{above.as_posix()}/" for above in PurePosixPath(name).parents)))
    return kept, left


def _unusable_name(name: str, taken: set[str]) -> str:
    """Say why a file cannot be written under its name; bytes that are no text take more room once they are readable.

    `taken` holds the files that are kept, and the folders that they are in, with a slash at the end.
    """
    if len(name.encode()) > _LONGEST_PATH or any(
        len(part.encode()) > _LONGEST_NAME for part in name.split("/")
    ):
        return "its name is too long"
    above = {parent.as_posix() for parent in PurePosixPath(name).parents}
    if name in taken or f"{name}/" in taken or above & taken:
        return "another file has its name"
    return ""


def _size(count: int) -> str:
    return f"{count / (1 << 20):.1f} MiB" if count >= 1 << 20 else f"{count} bytes"


def _walk(folder: Path) -> Iterator[Path]:
    for base, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        yield from (Path(base, name) for name in sorted(files))
