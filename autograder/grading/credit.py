"""Partial credit: a test's last value as text, and what nbgrader makes of it.

nbgrader takes the first result that reads as a number for the points. It refuses one above the maximum, and it
gives all points for one below zero, for nan, for a NumPy scalar (whose text it cannot read) and for text. Where
that value is made of what a submission gave, each of these would be a way to be paid for a wrong answer.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCALAR = re.compile(r"(?:np|numpy)\.\w+\((.*)\)", re.DOTALL)


def _number(data: Mapping[str, Any]) -> float | None:
    text = str(data.get("text/plain", "")).strip()
    scalar = _SCALAR.fullmatch(text)
    try:
        return float(scalar[1] if scalar else text)
    except ValueError:
        return None


def is_number(data: Mapping[str, Any]) -> bool:
    """Tell whether a result is a number of points."""
    return _number(data) is not None


def counted(data: Mapping[str, Any], points: float, *, number: bool = False) -> str:
    """Return a test's last value as text that nbgrader counts as its author meant it.

    Parameters
    ----------
    data
        The result, by media type.
    points
        What the cell is worth.
    number
        Whether the lesson's own run of the test ended with a number: then text earns nothing.
    """
    text = str(data.get("text/plain", "")) or "None"
    value = _number(data)
    if value is None:
        return "0.0" if number else text
    if not 0 <= value < math.inf:
        return "0.0"
    if value > points:
        return repr(points)
    return repr(value) if _SCALAR.fullmatch(text.strip()) else text


def earned_by(outputs: list[dict[str, Any]], points: float) -> float:
    """Return what nbgrader will give for a test's outputs."""
    for output in outputs:
        if output["output_type"] == "error":
            return 0.0
        if output["output_type"] == "execute_result":
            try:
                return float(output["data"]["text/plain"])
            except ValueError:
                return points
    return points
