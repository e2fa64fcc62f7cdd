"""nbgrader's own arithmetic on cells: checksums, points, timestamps. The same answers without its imports.

nbgrader takes more than a second to import, a hundred times what a submission's marks take to count. A test holds
each function here against nbgrader's own.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from hashlib import md5
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: What nbgrader's exchange writes.
_USUAL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})? UTC", re.ASCII)


def checksum(cell: NotebookNode) -> str:
    """Return what nbgrader keeps of a cell to tell whether it was changed."""
    about = cell.metadata["nbgrader"]
    grade, solution = about.get("grade", False), about.get("solution", False)
    locked = False if solution else True if grade else about.get("locked", False)
    text = f"{cell.source}{cell.cell_type}{grade}{solution}{locked}{about['grade_id']}"
    if grade:
        text += str(float(about["points"]))
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def determine_grade(cell: NotebookNode) -> tuple[float | None, float]:
    """Return (points, of how many) of a graded cell; None where a person decides.

    Raises
    ------
    ValueError
        If the cell is not graded, or its result is more than its points.
    """
    about = cell.metadata.get("nbgrader", {})
    if not about.get("grade", False):
        raise ValueError("cell is not a grade cell")
    points = float(about["points"])
    if about.get("solution", False):
        return (0 if "checksum" in about and about["checksum"] == checksum(cell) else None), points
    if cell.cell_type != "code":
        return None, points
    for output in cell.outputs:
        kind = output["output_type"]
        if kind == "error" or (kind == "stream" and output["name"] == "stderr"):
            return 0, points
        if kind == "execute_result":
            return _partial(output, points), points
    return points, points


def _partial(output: Any, points: float) -> float:
    said = output["data"]["text/plain"]
    if not said:
        raise KeyError("output ['data']['text/plain'] does not exist")
    if isinstance(said, list):
        if len(said) > 1:
            return points
        said = said[0]
    try:
        earned = float(said)
    except ValueError:
        return points
    if not earned >= 0.0:
        return points
    if earned > points:
        raise ValueError("partial credit cannot be greater than maximum points for cell")
    return earned


#: Names of zones. A path is none: it would be opened, wherever on the machine it leads.
_ZONE = re.compile(r"[\w+-]+(?:/[\w+-]+)*", re.ASCII)


def parse_utc(text: str) -> datetime:
    """Read a timestamp as nbgrader does, as a time in UTC without a zone.

    Raises
    ------
    ValueError
        If it is none.
    """
    if _USUAL.fullmatch(text):
        with suppress(ValueError):  # the 31st of February: said below, in the words that nbgrader has for it
            return datetime.fromisoformat(text.removesuffix(" UTC"))
    import dateutil.parser  # type: ignore[import-untyped]  # noqa: PLC0415 - only for what nbgrader itself does not write
    from dateutil.tz import gettz  # type: ignore[import-untyped]  # noqa: PLC0415

    parts = text.split(" ")
    if len(parts) == 3:  # noqa: PLR2004 - day, time, zone
        zone: Any
        try:
            zone = int(parts[2])
        except ValueError:
            zone = gettz(parts[2]) if _ZONE.fullmatch(parts[2]) else None
        found = dateutil.parser.parse(" ".join([*parts[:2], "TZ"]), tzinfos={"TZ": zone})
    else:
        found = dateutil.parser.parse(text)
    offset = found.utcoffset()
    utc: datetime = found if offset is None else (found - offset).replace(tzinfo=None)
    return utc
