"""Names that no cell has defined: what a student reads in the notebook, and what once it is handed in.

In the notebook "run its cell" is what to do. After handing in nobody can, so the grader says what became of the
cell that should have defined the name.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.check._finding import Finding
    from autograder.check._report import Report

NOT_DEFINED = re.compile(r"name '(\w+)' is not defined")
_MISSING = re.compile(r"`(\w+)` is not defined: ")


def missing(name: str, *, graded: bool) -> str:
    """Return the verdict on a test cell that finds no such name."""
    return f"`{name}` is not defined: " + ("no cell above defines it" if graded else "run its cell")


def told(report: Report, endings: Mapping[str, str]) -> Report:
    """Say in a report why names are missing.

    Parameters
    ----------
    report
        Of a test cell that was graded.
    endings
        For each name that a failed cell would have defined, how that cell ended, as in "its cell ended with
        SyntaxError: expected ':' (line 1)".

    Returns
    -------
    Report
        The same marks; where a finding is about one of these names, it says how the cell ended.
    """
    aspects = tuple(
        replace(aspect, finding=_told(aspect.finding, endings)) if aspect.finding else aspect
        for aspect in report.aspects
    )
    return replace(report, aspects=aspects)


def _told(finding: Finding, endings: Mapping[str, str]) -> Finding:
    absent = _MISSING.match(finding.verdict)
    if absent and absent[1] in endings:
        return replace(finding, verdict=f"{endings[absent[1]]}, so `{absent[1]}` is not defined")
    inside = NOT_DEFINED.search(finding.verdict)
    if inside and inside[1] in endings:
        return replace(finding, advice=f"`{inside[1]}`: {endings[inside[1]]}.")
    return finding
