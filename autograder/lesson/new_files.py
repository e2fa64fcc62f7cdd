"""Several files changed together: all of them are written beside their places first, and then put there, whole."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

from autograder.lesson.new_names import NewError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ROOM = "Make room there, and run the same command again."
_MENDS = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EROFS: "The disk can only be read: mount it for writing, and run the same command again.",
}


def put_in_place(changes: Mapping[Path, tuple[bytes | None, bytes]]) -> None:
    """Write files, each given as what was read of it (None: there was none) and what it becomes.

    Folders that are missing are made. A file that somebody changed meanwhile is left alone, and so are the others.

    Raises
    ------
    NewError
        If one cannot be written; then none is changed.
    """
    drafts: dict[Path, Path] = {}
    made: list[Path] = []
    try:
        for path, (before, after) in changes.items():
            made += _make_folder(path.parent)
            drafts[path] = _draft(path.resolve() if before is not None else path, after)
        for path, (before, _) in changes.items():
            if (path.read_bytes() if path.exists() else None) != before:
                raise NewError(
                    f"{path} was changed by somebody else just now. Nothing was written; try again."
                )
        for path in list(drafts):
            drafts.pop(path).replace(path.resolve())
        made.clear()
    except OSError as error:
        where = error.filename or next(iter(changes))
        mend = _MENDS.get(error.errno or 0, "Make it yours (chown, chmod u+w), or ask whose it is.")
        raise NewError(f"{where} cannot be written: {error.strerror}. Nothing was changed. {mend}") from error
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder and those above it; return the new ones, the outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()][::-1]
    for path in missing:
        path.mkdir()
    return missing


def _draft(path: Path, content: bytes) -> Path:
    """Write the content beside its place, under the owner and the rights of what is there."""
    there = path.stat() if path.exists() else None
    if there is not None and not os.access(path, os.W_OK, effective_ids=True):
        number = errno.EROFS if os.statvfs(path).f_flag & os.ST_RDONLY else errno.EACCES
        raise OSError(number, os.strerror(number), str(path))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path.parent)) from error
    draft = path.with_name(os.path.basename(name))  # noqa: PTH119 - a name, as mkstemp gives it
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if there is None:
            draft.chmod(0o666 & ~_umask())
        else:
            shutil.copymode(path, draft)
            if os.geteuid() == 0:
                os.chown(draft, there.st_uid, there.st_gid)
    except OSError as error:  # a full disk names nothing, and would leave a draft
        draft.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    return draft


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
