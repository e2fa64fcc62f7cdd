"""A derivation as a card shows it: each line as written and as read, with what was found of it.

Plain frozen data, which crosses from the judge to the card and from the grader to the feedback page. Judging is
in `autograder.derive`, asking for it in `_derivation`, drawing in `_typeset`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

#: From the mildest to the gravest: where two checks look at one line, the graver finding stands.
Mark = Literal["unjudged", "start", "right", "far", "astray", "wrong", "unread"]
_GRAVITY: tuple[Mark, ...] = ("unjudged", "start", "right", "far", "astray", "wrong", "unread")


@dataclass(frozen=True)
class ChainLine:
    """One line of a chain.

    Parameters
    ----------
    text
        As the student wrote it, cut where it is long.
    latex
        As it was read; empty where it could not be.
    mark
        "start" where it is the line that was given, "right", "far" (right, but too large a step), "astray" (right,
        and not what is asked there), "wrong", "unread" (it could not be read), "unjudged" (a line before it
        stopped the judge).
    note
        The counter-example, the rules that lie between, or why it could not be read.
    """

    text: str
    latex: str
    mark: Mark
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the line as a dict that JSON can hold."""
        return {"text": self.text, "latex": self.latex, "mark": self.mark, "note": self.note}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ChainLine:
        """Rebuild what `as_dict` gave; an unknown mark is a ValueError."""
        mark = data["mark"]
        if mark not in _GRAVITY:
            raise ValueError(f"no such mark: {mark!r}")
        return cls(text=data["text"], latex=data["latex"], mark=mark, note=data.get("note", ""))

    def merged(self, other: ChainLine) -> ChainLine:
        """Return the graver of two findings on one line."""
        return max(self, other, key=lambda line: (_GRAVITY.index(line.mark), bool(line.note)))


@dataclass(frozen=True)
class Chain:
    """A whole derivation.

    Parameters
    ----------
    title
        The aspect that it was checked for, shown where a report has several chains.
    lines
        In order.
    """

    title: str
    lines: tuple[ChainLine, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the chain as a dict that JSON can hold."""
        return {"title": self.title, "lines": [line.as_dict() for line in self.lines]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Chain:
        """Rebuild what `as_dict` gave."""
        return cls(title=data["title"], lines=tuple(ChainLine.from_dict(line) for line in data["lines"]))

    @property
    def _texts(self) -> tuple[str, ...]:
        return tuple(line.text for line in self.lines)


def merge(chains: Iterable[Chain]) -> tuple[Chain, ...]:
    """Return each chain once, however many checks looked at it, with the gravest finding on each line."""
    found: list[Chain] = []
    for chain in chains:
        for place, known in enumerate(found):
            if known._texts == chain._texts:  # noqa: SLF001 - a class may look at its own kind
                lines = tuple(a.merged(b) for a, b in zip(known.lines, chain.lines, strict=True))
                found[place] = replace(known, lines=lines)
                break
        else:
            found.append(chain)
    return tuple(found)
