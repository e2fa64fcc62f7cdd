"""nbgrader's zip_collect takes apart what was downloaded, and the archives that students handed in.

nbgrader's own extractor ends at the first archive that it cannot read, and then nobody's work is collected; nor does it
look at how much an archive unpacks to. This one leaves out what cannot be had, says so, and goes on.
"""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from contextlib import closing
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from nbgrader.plugins import ExtractorPlugin

from autograder.desk.downloads import from_a_person
from autograder.grading.text import on_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Opened = Callable[[], IO[bytes] | None]

_MOST_BYTES = 256 << 20  # that all archives of one hand-in unpack to
_MOST_FILES = 2_000
_DEEPEST = 3  # archives within archives
_LONGEST_NAME = 200  # bytes
_CHUNK = 1 << 20
_RENAME = (
    ", the most for one person's, as its name says it is. If it is the download of the whole class, call it "
    "submissions.zip and run this again with --force"
)


class _TooMuchError(Exception):
    """An archive of a student's unpacks to more than a hand-in may."""


class _Room:
    """What is left to one hand-in."""

    def __init__(self) -> None:
        self.bytes, self.files = _MOST_BYTES, _MOST_FILES

    def take(self, files: int, size: int) -> None:
        """Take some of it; raise where that is too much."""
        self.files -= files
        self.bytes -= size
        if self.files < 0 or self.bytes < 0:
            raise _TooMuchError(
                f"it unpacks to more than {_MOST_FILES:,} files or {_MOST_BYTES >> 20} megabytes"
            )


class Archives(ExtractorPlugin):  # type: ignore[misc]
    """Set by `autograder.nbgrader_setup.configure` as ``c.ZipCollectApp.extractor_plugin``."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Copy what was downloaded, and take apart what is an archive."""
        self._left_out: list[str] = []
        top, target = Path(archive_path), Path(extracted_path)
        found = sorted(path for path in top.rglob("*") if path.is_file())
        if not found:
            self.log.warning("No files found in directory: %s", top)
        for path in found:
            inside = path.relative_to(top)
            whole = target.joinpath(*map(_name, inside.parts))
            whole.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix in self.zip_ext:
                own = any(map(from_a_person, inside.parts))
                self._take_apart(path, whole, inside, _Room() if own else None)
            else:
                try:
                    shutil.copyfile(path, whole)
                except OSError as error:
                    self._leave_out(inside, error)
        if self._left_out:
            lines = "\n".join(f"  {line}" for line in self._left_out)
            self.log.warning("Left out, because it cannot be unpacked:\n%s", lines)

    def _take_apart(
        self, archive: Path, whole: Path, shown: Path, room: _Room | None, depth: int = 0
    ) -> None:
        """Take one archive apart into a folder of its own, and the archives that are in it."""
        if depth > _DEEPEST:
            self._leave_out(shown, "archives within archives")
            return
        folder = whole.with_name(whole.name[: -len(whole.suffix)].removesuffix(".tar") or "_")
        within: list[tuple[Path, Path]] = []
        try:
            folder.mkdir(exist_ok=True)
            for name, opened in _members(archive):
                if room is not None:
                    room.take(1, 0)
                parts = [_name(part) for part in PurePosixPath(name.replace("\\", "/")).parts]
                if opened is None or not parts or ".." in parts or name.startswith(("/", "\\")):
                    continue
                to = folder.joinpath(*parts)
                if self._write(to, opened, shown / name, room) and to.suffix in self.zip_ext:
                    within.append((to, shown.joinpath(*parts)))
        except Exception as error:  # noqa: BLE001 - an archive may be broken in any way
            if room is None and depth == 0:
                self.parent.fail("%s cannot be unpacked: %s", archive, error)
            whole_class = depth == 0 and len(shown.parts) == 1 and isinstance(error, _TooMuchError)
            self._leave_out(shown, f"{error}{_RENAME}" if whole_class else error)
        for path, about in within:
            self._take_apart(path, path, about, room or _Room(), depth + 1)

    def _write(self, to: Path, opened: Opened, shown: Path, room: _Room | None) -> bool:
        """Write one file of an archive; return whether it is there."""
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            source = opened()
            if source is None:
                return False
            with source, to.open("xb") as file:
                while chunk := source.read(_CHUNK):
                    if room is not None:
                        room.take(0, len(chunk))
                    file.write(chunk)
        except FileExistsError as error:
            self._leave_out(shown, error)
            return False
        except _TooMuchError:
            to.unlink()
            raise
        except Exception as error:  # noqa: BLE001 - encrypted, broken, of an odd name
            self._leave_out(shown, error)
            if to.is_file():
                to.unlink()
            return False
        return True

    def _leave_out(self, shown: Path, error: object) -> None:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        self._left_out.append(on_one_line(f"{shown}: {why or type(error).__name__}"))


def _members(archive: Path) -> Iterator[tuple[str, Opened | None]]:
    """Yield what is in an archive, each file with what opens it; links and what is no file have none."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for info in packed.infolist():
                yield info.filename, None if info.is_dir() else partial(packed.open, info.filename)
        return
    if not tarfile.is_tarfile(archive):
        raise ValueError("it is no archive")
    with closing(tarfile.open(archive)) as packed_too:
        for member in packed_too:
            yield member.name, partial(packed_too.extractfile, member) if member.isreg() else None


def _name(name: str) -> str:
    """Return a name that a disk takes and a terminal may be told."""
    clean = on_one_line(name.encode("utf-8", "replace").decode()).replace("/", "_").replace("\0", "")
    stem, dot, suffix = clean.rpartition(".")
    while len(f"{stem}{dot}{suffix}".encode()) > _LONGEST_NAME and len(stem) > 1:
        stem = stem[:-1]
    return f"{stem}{dot}{suffix}" or "_"
