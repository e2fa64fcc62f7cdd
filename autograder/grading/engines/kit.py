"""An assignment packed for another machine: its setting, and the files that its lesson is run with.

The sources hold solutions and hidden tests, so a kit is a secret: it goes to machines that the course trusts, over a
connection that they share with nobody (docs/scale.md).
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from autograder.grading.kept import grader_version
from autograder.grading.setting import Setting  # noqa: TC001 - a field of what is decoded
from autograder.grading.sources import SourceFailsError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 256 << 20  # bytes of files
_SOURCES = {".py", ".ipynb"}  # of the other lessons: what their notebooks look like is read from these
_LESSON, _ASSETS, _OTHERS = "lesson", "assets", "others"


class Kit(msgspec.Struct, frozen=True):
    """What a machine needs to grade an assignment, beside this package and a sandbox.

    Attributes
    ----------
    version
        Of the package that packed it; another one might give other marks.
    files
        Relative path and content: of the lesson's folder, of the public data, of the other lessons' sources.
    """

    version: str
    setting: Setting
    files: list[tuple[str, bytes]]


def pack(setting: Setting) -> bytes:
    """Return a setting and its files as bytes.

    Raises
    ------
    SourceFailsError
        If the files are too many to be sent.
    """
    files = [(f"{_LESSON}/{name}", data) for name, data in _files(Path(setting.folder))]
    if setting.assets:
        files += [(f"{_ASSETS}/{name}", data) for name, data in _files(Path(setting.assets))]
    for lesson, folder in (setting.others.folders if setting.others else {}).items():
        sources = _files(Path(folder), _SOURCES)
        files += [(f"{_OTHERS}/{lesson}/{name}", data) for name, data in sources]
    if sum(len(data) for _, data in files) > MOST:
        raise SourceFailsError(
            f"the files of {setting.assignment} are more than {MOST >> 20} MiB: too much to send to every worker"
        )
    return msgspec.msgpack.encode(Kit(grader_version(), setting, files))


def key_of(kit: bytes) -> str:
    """Return a name for a kit: equal exactly when its content is."""
    return blake2b(kit, digest_size=16).hexdigest()


def unpack(kit: Kit, folder: Path) -> Setting:
    """Write a kit's files below an empty folder; return the setting that says where they lie."""
    for name, data in kit.files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    setting = kit.setting
    others = setting.others
    if others is not None:
        there = {name: str(folder / _OTHERS / name) for name in others.folders}
        others = msgspec.structs.replace(others, folders=there)
    lesson, assets = folder / _LESSON, folder / _ASSETS
    lesson.mkdir(exist_ok=True)
    return msgspec.structs.replace(
        setting,
        folder=str(lesson),
        assets=str(assets) if setting.assets else "",
        hidden=[*setting.hidden, str(folder / _OTHERS), str(lesson)],
        others=others,
    )


def _files(folder: Path, endings: set[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield a folder's own files, byte code and links apart."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        wanted = endings is None or path.suffix in endings
        if wanted and path.is_file() and not path.is_symlink() and "__pycache__" not in inside.parts:
            yield inside.as_posix(), path.read_bytes()
