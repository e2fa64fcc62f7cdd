"""Folders of the grading machine, taken out of what is written down for students.

A path in a student's output may name the course, the grader's home or another student; what it leads to is of no
use on any other machine.
"""

from __future__ import annotations

import re
import sys
import sysconfig
import tempfile
from functools import lru_cache
from pathlib import Path

import autograder

_PACKAGES = re.compile(r"(?<![\w.+@~-])(?:/[\w.+@~-]+)+/(?:(?:site|dist)-packages|python3\.\d+|autograder)/")
_ENDS = r"(?=[/\s\"'`<>():,;\]\[]|\\[nrt\"']|$)"


def without_places(text: str) -> str:
    """Shorten the machine's own paths in a text."""
    if "/" not in text:
        return text
    return _known().sub("…", _PACKAGES.sub("", text))


@lru_cache(maxsize=1)
def _known() -> re.Pattern[str]:
    """Return a pattern of the folders that this machine's Python, project and users live in."""
    here = Path(autograder.__file__).parents[1]
    found = {
        sys.prefix, sys.base_prefix, sys.exec_prefix, sysconfig.get_path("purelib"), str(here), str(Path.home()),
        str(Path.cwd()), tempfile.gettempdir() + "/autograder",
    }  # fmt: skip
    found |= {str(Path(one).resolve()) for one in found}
    # Nobody is told anything by /usr; and in the sandbox /tmp is the student's own.
    telling = {one.rstrip("/") for one in found if one.count("/") > 1 or one.startswith("/root")} - {
        "/usr/local"
    }
    longest = sorted(map(re.escape, telling), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(longest)}){_ENDS}" if longest else r"(?!)")
