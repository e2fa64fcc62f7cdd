"""The template's memory, laid out so that a fork copies little.

A fork copies every mapping of the process, and for memory of its own an entry of the page tables for every page; its
end takes them down again. For a Python with NumPy that is most of what a fork costs: three hundred mappings, ten to
twenty thousand pages. So memory goes into pages of 2 MiB, of which one entry stands for 512, and the four or five
mappings of a library become two. This is done inside the template alone, where no student code runs yet; nothing of
the wall depends on which of its own memory a process may write or run.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from itertools import pairwise

_HUGE = 2 << 20
_MADV_COLLAPSE = 25  # Linux 6.1; before that the kernel says no, and all stays as it is
_READ, _WRITE, _EXEC = 1, 2, 4
_SMALL, _IN_ONE = (
    479,
    1984,
)  # bytes that take 512 with their head, the most that Python keeps in an arena; of 1 MiB
_libc = ctypes.CDLL(None)
_kept: list[bytes] = []
RESERVED = 20  # MiB of small objects that side by side there is room for
SPARE = 44  # MiB of what a process holds by all of this, above what it would: a submission's own limit begins above it
# For the template's environment: what is not small comes from one growing heap too, and goes back to it.
MALLOC = {
    "MALLOC_TOP_PAD_": str(4 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}


def reserve() -> None:
    """Have Python's arenas side by side: later they would fill gaps between libraries."""
    made = [bytes(_SMALL) for _ in range(RESERVED * _IN_ONE)]
    _kept.extend(made[:: _IN_ONE // 2])  # one or two in each, or it would be given back


@dataclass(frozen=True, slots=True)
class Mapping:
    """One line of /proc/self/maps."""

    start: int
    end: int
    rights: str
    offset: int
    file: str

    @classmethod
    def read(cls, line: str) -> Mapping:
        """Return what a line says."""
        place, rights, offset, _, inode, *name = line.split(maxsplit=5)
        start, _, end = place.partition("-")
        file = name[0].strip() if name and inode != "0" else ""
        return cls(int(start, 16), int(end, 16), rights, int(offset, 16), file)

    def continues(self, other: Mapping) -> bool:
        """Whether this is the next part of the same file at the next address."""
        return (
            bool(self.file)
            and self.file == other.file
            and self.start == other.end
            and (self.offset - other.offset == other.end - other.start)
        )


def mappings() -> list[Mapping]:
    """Return this process's mappings."""
    with open("/proc/self/maps") as file:  # noqa: PTH123
        return [Mapping.read(line) for line in file]


def merge() -> list[Mapping]:
    """Make one mapping of the parts of a library that are read or run, and one of those that were or are written.

    Returns
    -------
    list of Mapping
        What was changed, as it was, for `part`. A fork cannot merge what its parent wrote to.
    """
    changed = []
    for before, after in pairwise(mappings()):
        if not after.continues(before):
            continue
        kinds = before.rights, after.rights
        if kinds in {("r--p", "r-xp"), ("r-xp", "r--p")}:
            one = before if before.rights == "r--p" else after
            _protect(one, _READ | _EXEC)
            changed.append(one)
        elif kinds == ("r--p", "rw-p"):
            _protect(before, _READ | _WRITE)
            changed.append(before)
    return changed


def part(merged: list[Mapping]) -> None:
    """Give what was merged the rights that it had."""
    for one in merged:
        _protect(one, _READ)


def collapse() -> None:
    """Have the kernel put this process's own memory into huge pages, as far as it can."""
    for one in mappings():
        first, last = -(-one.start // _HUGE) * _HUGE, one.end // _HUGE * _HUGE
        if one.rights == "rw-p" and not one.file and first < last:
            _libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(last - first), _MADV_COLLAPSE)


def _protect(one: Mapping, rights: int) -> None:
    _libc.mprotect(ctypes.c_void_p(one.start), ctypes.c_size_t(one.end - one.start), rights)
