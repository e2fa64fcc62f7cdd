"""How the desk writes a file: whole or not at all, and what cannot be written is named."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def put(path: Path, text: str, *, mode: int | None = None) -> None:
    """Put a file in place in one step, so that nobody ever reads half of one; make its folder.

    Parameters
    ----------
    mode
        Of the file. By default everybody may read it, and its folder's group may write it where it may write there.

    Raises
    ------
    OSError
        Always with the path, also where the disk is full. What stood there before stays.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        fresh = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            fresh.chmod(mode or (0o664 if path.parent.stat().st_mode & 0o020 else 0o644))
            fresh.replace(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    except FileExistsError as error:  # a file where the folder should be
        raise named(error, Path(error.filename or path.parent)) from error
    except OSError as error:
        raise named(error, path) from error


@contextmanager
def placed(path: Path | None) -> Iterator[Path | None]:
    """Give a draft to write a file to, and put it in place at the end, whole; what stood there stays until then.

    What is no file, such as a pipe, is written as it is, and None stays None.

    Raises
    ------
    OSError
        With the file's path, also where the disk is full. No draft is left.
    """
    if path is None or (path.exists() and not path.is_file()):
        yield path
        return
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield draft
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    except OSError as error:
        if error.filename is not None and str(error.filename) != str(draft):
            raise
        raise named(error, path) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def named(error: OSError, path: Path) -> OSError:
    """Return the same error with the path that was to be written, not that of a draft beside it."""
    return OSError(error.errno, error.strerror, str(path))
