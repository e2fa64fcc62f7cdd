"""Rights of files and folders, as the system keeps them: who owns what, and what others may do there.

The bits are read, not tried: root can do everything, and what matters is what the course's account and students may.
"""

from __future__ import annotations

import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

READ, WRITE, ENTER = 4, 2, 1


@dataclass(frozen=True)
class Account:
    """Whose the course is.

    Attributes
    ----------
    uid, name, home
        Of the account that owns the course's folder.
    """

    uid: int
    name: str
    home: Path


def owner_of(folder: Path) -> Account:
    """Return the account that owns a folder."""
    uid = folder.stat().st_uid
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:  # in a container, or after an account was removed
        return Account(uid, str(uid), Path("/nonexistent"))
    return Account(uid, entry.pw_name, Path(entry.pw_dir))


def mode_of(path: Path) -> int:
    """Return the permission bits, the sticky bit among them."""
    return stat.S_IMODE(path.stat().st_mode)


def others_may(path: Path, what: int) -> bool:
    """Whether everybody on the machine has these rights there."""
    return mode_of(path) & what == what


def closed_above(path: Path) -> Path | None:
    """Return the outermost folder above a place that others cannot enter; None where they come through."""
    return next((part for part in reversed(path.resolve().parents) if not others_may(part, ENTER)), None)


def reachable_by_others(folder: Path) -> bool:
    """Whether everybody on the machine can look into a folder."""
    return folder.is_dir() and closed_above(folder) is None and others_may(folder, ENTER)


def may_write(path: Path, account: Account) -> bool:
    """Whether an account may write a file or into a folder, by its bits; root may."""
    status = path.stat()
    if account.uid == 0:
        return True
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IWUSR)
    if status.st_gid in _groups(account):
        return bool(status.st_mode & stat.S_IWGRP)
    return bool(status.st_mode & stat.S_IWOTH)


def foreign(paths: Iterable[Path], account: Account) -> list[tuple[Path, str]]:
    """Return those of the places that belong to somebody else, each with whom."""
    there = [path for path in paths if path.exists()]
    return [(path, owner_of(path).name) for path in there if path.stat().st_uid != account.uid]


def _groups(account: Account) -> set[int]:
    import os  # noqa: PLC0415 - for this one question

    try:
        return set(os.getgrouplist(account.name, pwd.getpwuid(account.uid).pw_gid))
    except KeyError:
        return set()
