"""What a lesson's text source was read as, kept for the next run: an unchanged source is not read by jupytext again.

It is kept in the cache folder of whoever grades, which nobody else may enter, and never in the course. An entry is
named by all that it was made from: the source's text, the code that reads it and the versions of what it reads with.
It carries a digest of itself. What does not fit, in a folder that is not this user's alone or in a file that was cut off,
is as if it were not there. So an entry can be deleted at any time, and none can be stale.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.lesson import node

if TYPE_CHECKING:
    from nbformat import NotebookNode

_READERS = ("source.py", "notebook.py", "node.py", "parsed.py")
_SIZE = 32  # bytes of a digest
_MOST = 100  # entries


def folder() -> Path:
    """Return where entries are kept. It holds solutions and hidden tests, as the course does."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autograder-lessons"


def read_notebook(path: Path) -> NotebookNode:
    """Return the instructor's notebook of a text source, as `autograder.lesson.source.read_lesson` does.

    Raises
    ------
    SourceError
        If the source cannot be read.
    """
    try:
        text = path.read_bytes()
    except OSError:
        return _read(path)  # says why
    key = _key(text)
    kept = _find(key)
    if kept is not None:
        return kept
    notebook = _read(path)
    if path.read_bytes() == text:  # and not written to meanwhile
        with suppress(OSError, RuntimeError):
            _keep(key, node.writes(notebook).encode())
    return notebook


def _read(path: Path) -> NotebookNode:
    from autograder.lesson.source import read_lesson  # noqa: PLC0415 - imports jupytext

    return read_lesson(path).notebook


def _key(text: bytes) -> bytes:
    from importlib.metadata import version  # noqa: PLC0415 - brings a reader of mail, which no examiner needs

    digest = blake2b(digest_size=_SIZE)
    here = Path(__file__).parent
    for part in (text, *((here / name).read_bytes() for name in _READERS)):
        digest.update(blake2b(part).digest())
    for package in ("jupytext", "nbformat"):
        digest.update(version(package).encode() + b"\0")
    return digest.digest()


def _find(key: bytes) -> NotebookNode | None:
    """Return an entry, if there is one that only this user can have written, and that is whole."""
    try:
        if not _is_ours(folder().lstat()):
            return None
        handle = os.open(folder() / key.hex(), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            data = file.read() if _is_ours(os.fstat(handle)) else b""
    except (OSError, RuntimeError):  # also where this user has no home
        return None
    digest, content = data[:_SIZE], data[_SIZE:]
    if digest != _seal(key, content):
        return None
    try:
        return node.reads(content)
    except (ValueError, AttributeError, KeyError):
        return None


def _is_ours(about: os.stat_result) -> bool:
    """Whether a folder or a plain file is this user's and nobody else may look at it or write there."""
    kind = stat.S_ISDIR(about.st_mode) or stat.S_ISREG(about.st_mode)
    return kind and about.st_uid == os.geteuid() and not about.st_mode & 0o077


def _seal(key: bytes, content: bytes) -> bytes:
    return blake2b(key + content, digest_size=_SIZE).digest()


def _keep(key: bytes, content: bytes) -> None:
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_ours(folder().lstat()):
        return
    handle, name = tempfile.mkstemp(dir=folder(), prefix=".")  # for this user alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_seal(key, content) + content)
        Path(name).replace(folder() / key.hex())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    for old in sorted(folder().iterdir(), key=lambda one: one.lstat().st_mtime_ns)[:-_MOST]:
        old.unlink(missing_ok=True)
