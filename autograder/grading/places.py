"""Folders of the grading machine, taken out of what is written down for students.

A path in a student's output may name the course, the grader's home or another student; what it leads to is of no
use on any other machine.
"""

from __future__ import annotations

import re
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import autograder

#: A path up to a folder that names the machine. It starts where no path goes on, so that the search stays linear in
#: the text: a student chooses how many slashes there are.
_PACKAGES = re.compile(r"(?<![\w.+@~-])(?:/[\w.+@~-]+)+/(?:(?:site|dist)-packages|python3\.\d+|autograder)/")
_ENDS = r"(?![\w+@~-])"
#: Folders that every machine has, and that tell nothing; the sandbox's own home and /tmp are the student's.
_COMMON = ("", "usr", "usr/local", "usr/bin", "home", "tmp", "var", "var/tmp", "opt", "srv")
_EVERYWHERE = frozenset(f"/{name}" for name in _COMMON)


def without_places(text: str) -> str:
    """Shorten the machine's own paths in a text."""
    if "/" not in text:
        return text
    return _known().sub("…", _PACKAGES.sub("", text))


def remember(*folders: Path) -> None:
    """Name folders that this process works in, such as the course's."""
    new = {folder.resolve() for folder in folders} - _folders
    if new:
        _folders.update(new)
        _known.cache_clear()


_folders: set[Path] = {Path(autograder.__file__).resolve().parents[1]}


@lru_cache(maxsize=1)
def _known() -> re.Pattern[str]:
    """Return a pattern of the folders that this machine's Python, project and users live in."""
    plain = {
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(sys.exec_prefix),
        Path.home(),
        Path.cwd(),
        *_folders,
    }
    found = plain | {path.resolve() for path in plain}
    found |= {path for one in found for path in one.parents}
    found.add(Path(tempfile.gettempdir()) / "autograder")
    telling = sorted((str(path) for path in found if str(path) not in _EVERYWHERE), key=len, reverse=True)
    return re.compile(f"(?<![\\w.+@~-])(?:{'|'.join(map(re.escape, telling))}){_ENDS}")
