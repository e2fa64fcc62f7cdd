"""Texts that student code had a hand in, made fit to be read: by a page, by a terminal, by a person.

A terminal obeys what is printed on it: escape sequences clear it, rename its window, make links that lie. Marks
that turn the direction of writing make one line pose as another.
"""

from __future__ import annotations

import re
from typing import Any

from autograder.grading.places import without_places

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def scrub(text: str) -> str:
    """Take machine paths, terminal colours and what a terminal would obey out of a text."""
    return without_places(_CONTROL.sub("", _ANSI.sub("", text)))


def scrub_all(value: Any) -> Any:
    """Return data with every text in it scrubbed."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {key: scrub_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [scrub_all(item) for item in value]
    return value


def on_one_line(text: str) -> str:
    """Return a text that stands on one line of a terminal."""
    return " ".join(scrub(text).split("\r")).replace("\n", " ").replace("\t", " ")
