"""How much memory a submission's processes use together, read from /proc as seldom and as little as will do."""

from __future__ import annotations

import os
from contextlib import suppress

_PAGE = os.sysconf("SC_PAGE_SIZE")


def family(root: int) -> list[int]:
    """Return a process and all that came of it, as far as they still run."""
    found, new = [root], [root]
    while new:
        pid = new.pop()
        with suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - looked at every 50 ms
                children = [int(word) for word in _read(f"/proc/{pid}/task/{thread}/children").split()]
                found += children
                new += children
    return found


def too_much(root: int, limit: int) -> bool:
    """Whether all that came of a process uses more than `limit` bytes, shared ones counted once."""
    pids = family(root)[1:]  # the keeper itself is none of the submission's
    return sum(map(_resident, pids)) > limit and sum(map(_proportional, pids)) > limit


def _read(path: str) -> str:
    with open(path) as file:  # noqa: PTH123 - as above
        return file.read()


def _resident(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        return int(_read(f"/proc/{pid}/statm").split()[1]) * _PAGE
    return 0


def _proportional(pid: int) -> int:
    """Return what is a process's own and its part of what is shared; all it maps, where it hides that."""
    try:
        for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    except OSError:
        return _resident(pid)
    return 0
