"""What a student's page must not say: hidden tests, marking schemes and paths of the grading machine.

Text in, text out; no HTML here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograder.desk.notebook import Cell

#: nbgrader's delimiters, as in ClearHiddenTests and ClearMarkScheme.
_REGIONS = (("BEGIN HIDDEN TESTS", "END HIDDEN TESTS"), ("BEGIN MARK SCHEME", "END MARK SCHEME"))

#: A hidden line shorter than this ("else:", "x = 1") says nothing and would match everywhere.
_TELLING = 12
_WITHHELD = "[not shown: part of a hidden test]"

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Each begins where no path goes on: a search from every slash would take time that grows as their number squared.
_PACKAGE_PATH = re.compile(r"(?<![\w.+@~-])(?:/[\w.+@~-]+)+/(?:site|dist)-packages/")
_KERNEL_PATH = re.compile(r"(?<![\w.+@~-])(?:/[\w.+@~-]+)*/ipykernel_\d+/\d+\.py")
_PATH = re.compile(r"(?<![\w/.:<])(?:/[\w.+@~-]+){2,}/?|(?<!\w)[A-Za-z]:\\(?:[\w.+@~ -]+\\)*[\w.+@~-]+")


def visible(source: str) -> tuple[str, tuple[str, ...]]:
    """Split a cell's source into what a student may read and the lines that stay hidden.

    A region that is never closed hides all that follows.
    """
    shown: list[str] = []
    hidden: list[str] = []
    ending: str | None = None
    for line in source.split("\n"):
        if ending is not None:
            if ending in line:
                ending = None
            else:
                hidden.append(line)
            continue
        ending = next((end for begin, end in _REGIONS if begin in line), None)
        # A stray END says as much as its BEGIN would: neither is text for a student.
        if ending is None and not any(end in line for _, end in _REGIONS):
            shown.append(line)
    return "\n".join(shown).strip("\n"), tuple(hidden)


def plain(text: str) -> str:
    """Return text without terminal colours and control characters."""
    return _ANSI.sub("", text)


def without_paths(text: str) -> str:
    """Shorten absolute paths to what means something on any machine: `numpy/_core/numeric.py`, `data.csv`."""
    text = _KERNEL_PATH.sub("your cell", text)
    text = _PACKAGE_PATH.sub("", text)
    return _PATH.sub(lambda match: re.split(r"[\\/]", match[0].rstrip("/"))[-1], text)


@dataclass(frozen=True)
class Redactor:
    """Takes hidden lines out of anything a page quotes.

    Test cells' own tracebacks are never shown; this catches what reaches a page another way, such as a
    student who printed the cell history under a grader that runs the tests beside their code.
    """

    secrets: tuple[str, ...] = ()

    @classmethod
    def for_cells(cls, cells: Iterable[Cell]) -> Redactor:
        """Collect the hidden lines of a notebook's cells, without those that a student can read anyway."""
        cells = list(cells)
        hidden = {line.strip() for cell in cells for line in cell.hidden}
        if not hidden:
            return cls()
        shown = {line.strip() for cell in cells for line in cell.text.split("\n")}
        return cls(tuple(sorted(line for line in hidden - shown if len(line) >= _TELLING)))

    def text(self, text: str) -> str:
        """Replace each line that quotes a hidden one."""
        if not any(secret in text for secret in self.secrets):
            return text
        return "\n".join(
            _WITHHELD if any(secret in line for secret in self.secrets) else line for line in text.split("\n")
        )

    def html(self, html: str) -> str:
        """Withhold a piece of HTML as a whole when it quotes a hidden line."""
        if not self.secrets:
            return html
        read = re.sub(r"<[^>]*>", "", unescape(html))
        return _WITHHELD if any(secret in html or secret in read for secret in self.secrets) else html
