"""Texts that student code had a hand in, made fit to be read: by a page, by a terminal, by a person.

A terminal obeys what is printed on it: escape sequences clear it, rename its window, make links that lie. Marks
that turn the direction of writing make one line pose as another.
"""

from __future__ import annotations

import re

#: A path up to a folder that names the machine. It starts where no path goes on, so that the search stays linear in
#: the text: a student chooses how many slashes there are.
_PATHS = re.compile(r"(?<![\w.+@-])(?:/[\w.+@-]+)+/(?:site-packages|python3\.\d+|autograder)/")
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def scrub(text: str) -> str:
    """Take machine paths, terminal colours and what a terminal would obey out of a text."""
    return _PATHS.sub("", _CONTROL.sub("", _ANSI.sub("", text)))


def on_one_line(text: str) -> str:
    """Return a text that stands on one line of a terminal."""
    return " ".join(scrub(text).split("\r")).replace("\n", " ").replace("\t", " ")
