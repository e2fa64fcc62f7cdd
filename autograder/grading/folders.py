"""Names of files and folders that students chose: which can be written down, and which are links elsewhere.

Kept apart from `sources`, so that who only looks at names loads nothing of notebooks.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_ID = 128  # characters of a student's id in nbgrader's gradebook


def readable(name: str) -> str:
    """Return a file's name as text that can be written down: on disk any bytes will do."""
    return os.fsencode(name).decode("utf-8", "replace")


def unusable_id(student: str) -> str:
    """Say why a folder's name can be no student's id in the gradebook; empty where it can."""
    try:
        student.encode()
    except UnicodeEncodeError:
        return (
            f"the folder {readable(student)} has a name that is no text: no gradebook can hold it. Rename it."
        )
    if len(student) > LONGEST_ID:
        return f"the folder's name has {len(student)} characters, and the gradebook holds {LONGEST_ID}. Rename it."
    return ""


def link_in_the_way(path: Path, top: Path) -> Path | None:
    """Return the first link between `top` and `path`, both included in what is looked at but `top`."""
    inside = [p for p in (path, *path.parents) if top in p.parents]
    return next((p for p in reversed(inside) if p.is_symlink()), None)
