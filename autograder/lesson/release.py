"""Lessons built: NAME.py -> the instructor's NAME.ipynb -> nbgrader's release -> the students' NAME.ipynb.

Everything is made in a temporary folder first, looked through for secrets, and only then put in its place.
Files that are equal already are not touched. A folder of plain notebooks, without a NAME.py, is released as
it is.
"""

from __future__ import annotations

import contextlib
import fnmatch
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.lesson.course import Course, open_course
from autograder.lesson.generate import BuildError, generate
from autograder.lesson.leaks import find_leaks
from autograder.lesson.slips import Slip, find_slips
from autograder.lesson.source import Lesson, SourceError, read_lesson
from autograder.lesson.whereabouts import closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class SlipsFoundError(BuildError):
    """Lessons have slips, all listed in `slips`; nothing was built."""

    def __init__(self, slips: Iterable[Slip], unread: Iterable[str] = ()) -> None:
        self.slips = tuple(slips)
        self.unread = tuple(unread)
        super().__init__("\n".join([*self.unread, *map(str, self.slips)]))


@dataclass(frozen=True)
class BuildResult:
    """What a build did, or with ``check=True`` what it would do. Paths are absolute and sorted.

    Attributes
    ----------
    check : bool
        True if nothing was written.
    assignments : tuple of str
        What was built.
    written : tuple of Path
        Files that were missing or different.
    removed : tuple of Path
        Files in a release folder that the sources no longer give.
    orphans : tuple of Path
        Release folders that have no source folder at all. They are never removed, only told.
    unchanged : int
        Files that were right already and were not touched.
    added : mapping
        With ``add_cells=True``, the cells that came into a gradebook that has marks, by assignment.
    """

    check: bool
    assignments: tuple[str, ...]
    written: tuple[Path, ...]
    removed: tuple[Path, ...]
    orphans: tuple[Path, ...]
    unchanged: int
    added: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def in_step(self) -> bool:
        """Tell whether notebooks and sources already agreed."""
        return not (self.written or self.removed or self.orphans)


def build(
    course: Path | str, *, check: bool = False, names: Iterable[str] | None = None, add_cells: bool = False
) -> BuildResult:
    """Build the notebooks of a course.

    Parameters
    ----------
    course : Path or str
        The course folder.
    check : bool
        Write nothing, neither files nor gradebook; the result lists what is out of step.
    names : iterable of str, optional
        Only these assignments; all of them by default.
    add_cells : bool
        Take new cells into the gradebook also where it has marks of the assignment; these stay as they are.

    Returns
    -------
    BuildResult

    Raises
    ------
    SlipsFoundError
        If a lesson has slips; nothing is written then.
    BuildError
        If nbgrader fails, or a secret would reach a release folder; no notebook is written then.
    CourseError
        If the folder is no course.
    """
    opened = open_course(course)
    chosen = _chosen(opened, names)
    lessons = _read(opened, chosen)
    with _workshop() as folder:
        source, release = Path(folder, "source"), Path(folder, "release")
        for name in chosen:
            _stage(opened, name, lessons.get(name), source)
        added = generate(
            opened, chosen, source=source, release=release, record=not check, add_cells=add_cells
        )
        for name in chosen:
            _refuse_leaks(release / name, lessons.get(name))
        written, removed, unchanged = _put_in_place(opened, chosen, lessons, release, write=not check)
    return BuildResult(
        check=check,
        assignments=tuple(chosen),
        written=tuple(sorted(written)),
        removed=tuple(sorted(removed)),
        orphans=tuple(_orphans(opened)) if names is None else (),
        unchanged=unchanged,
        added=added,
    )


@contextlib.contextmanager
def _workshop() -> Iterator[str]:
    """Make a folder to build in; where its disk is full, the error names the folder that it is in."""
    try:
        with tempfile.TemporaryDirectory(prefix="autograder-build-") as folder:
            yield folder
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror, tempfile.gettempdir()) from error


def _chosen(course: Course, names: Iterable[str] | None) -> list[str]:
    """Choose the assignments to build: those named, or all that hold a lesson or a notebook."""
    there = [name for name in course.assignments() if _has_something(course.source(name), name)]
    if names is None:
        return there
    wanted = sorted(set(names))
    unknown = [name for name in wanted if name not in there]
    if unknown:
        raise BuildError(
            f"No source for {', '.join(unknown)}.{closest(unknown[0], there)} "
            f"{course.source('NAME')} should hold NAME.py or a notebook; "
            f"there is {', '.join(there) or 'none yet'}."
        )
    return wanted


def _has_something(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").is_file() or any(folder.glob("*.ipynb"))


def _read(course: Course, names: list[str]) -> dict[str, Lesson]:
    """Read every lesson and gather the slips of all before stopping."""
    lessons: dict[str, Lesson] = {}
    slips: list[Slip] = []
    unread: list[str] = []
    for name in names:
        path = course.source(name) / f"{name}.py"
        if not path.is_file():
            continue
        try:
            lessons[name] = read_lesson(path)
        except SourceError as error:
            unread.append(str(error))
        else:
            slips += find_slips(lessons[name], config=course.config)
    if slips or unread:
        raise SlipsFoundError(slips, unread)
    return lessons


def _stage(course: Course, name: str, lesson: Lesson | None, source: Path) -> None:
    """Lay out one assignment's source as nbgrader wants it, without copying what can be linked."""
    target = source / name
    if lesson is None:
        source.mkdir(exist_ok=True)
        target.symlink_to(course.source(name), target_is_directory=True)
        return
    generated = f"{name}.ipynb"
    shutil.copytree(
        course.source(name),
        target,
        ignore=lambda folder, _: {generated} if Path(folder) == course.source(name) else set(),
        copy_function=os.symlink,
    )
    target.chmod(0o700)  # a source that may only be read is built all the same, to compare
    (target / generated).write_text(lesson.notebook_text(), encoding="utf-8")


def _refuse_leaks(release: Path, lesson: Lesson | None) -> None:
    leaks = find_leaks(release, lesson)
    if leaks:
        raise BuildError(
            "Stopped: a secret would reach the students' folder, so no notebook was written.\n"
            + "\n".join(leaks)
        )


def _put_in_place(
    course: Course, names: list[str], lessons: dict[str, Lesson], release: Path, *, write: bool
) -> tuple[list[Path], list[Path], int]:
    """Bring the course's folders in step; only files that differ are written."""
    written: list[Path] = []
    removed: list[Path] = []
    unchanged = 0
    wanted: dict[Path, bytes] = {}
    for name, lesson in lessons.items():
        wanted[course.source(name) / f"{name}.ipynb"] = lesson.notebook_text().encode()
    for name in names:
        target = course.release(name)
        made = {
            target / file.relative_to(release / name): file.read_bytes() for file in _files(release / name)
        }
        wanted |= made
        removed += [file for file in _files(target, ignore=course.ignore) if file not in made]
    for file, content in wanted.items():
        if file.is_file() and file.read_bytes() == content:
            unchanged += 1
            continue
        written.append(file)
        if write:
            _write(file, content)
    if write:
        for file in removed:
            file.unlink()
    return written, removed, unchanged


def _write(file: Path, content: bytes) -> None:
    """Replace a file in one step, so that nobody reads half a notebook."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    except OSError as error:  # named after what was to be written; a full disk names nothing at all
        raise OSError(error.errno, error.strerror, str(file)) from error
    finally:
        draft.unlink(missing_ok=True)


def _files(folder: Path, *, ignore: Iterable[str] = ()) -> Iterator[Path]:
    """Files below a folder, without those whose own name or a parent's name is ignored."""
    globs = tuple(ignore)
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        if file.is_file() and not any(fnmatch.fnmatch(part, glob) for part in parts for glob in globs):
            yield file


def _orphans(course: Course) -> list[Path]:
    """Release folders with notebooks in them but no source folder of the same name."""
    released = Path(course.release("*"))
    anchor = Path(released.anchor)
    sources = set(course.assignments())
    return sorted(
        folder
        for folder in anchor.glob(str(released.relative_to(anchor)))
        if folder.is_dir() and any(folder.glob("*.ipynb")) and folder.name not in sources
    )
