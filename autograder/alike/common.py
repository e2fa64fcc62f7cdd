"""What many of a class wrote and the course did not: it counts for no pair, and is shown, for it may have gone around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from autograder.alike.pieces import PHRASE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autograder.alike.pieces import Piece

LEAST = 25  # words of a stretch that is shown
_MOST = 5


@dataclass(frozen=True)
class Stretch:
    """A stretch that many wrote, as it stands in one of their cells.

    Attributes
    ----------
    work, cell
        In whose work, and in which cell: numbers.
    start, end
        Where in it.
    works
        Who wrote its middle: numbers of works, or most of it under other names.
    """

    work: int
    cell: int
    start: int
    end: int
    words: int
    works: tuple[int, ...]


def common_stretches(pieces: Sequence[Piece]) -> list[Stretch]:
    """Return the longest stretches of what many wrote, each once."""
    prints = [piece.run.prints(PHRASE[piece.kind]).tolist() for piece in pieces]
    runs = sorted(
        (
            (end - start, number, start, end)
            for number, piece in enumerate(pieces)
            for start, end in _runs(piece)
        ),
        key=lambda run: (-run[0], run[1:]),
    )
    seen: set[int] = set()
    found: list[Stretch] = []
    for words, number, start, end in runs:
        if len(found) == _MOST:
            break
        piece = pieces[number]
        inside = prints[number][start : max(start + 1, end - PHRASE[piece.kind] + 1)]
        if seen.intersection(inside):
            continue
        seen.update(inside)
        middle = inside[len(inside) // 2]
        works = {one.work for one, mine in zip(pieces, prints, strict=True) if middle in mine}
        span = piece.tokens[start].start, piece.tokens[end - 1].end
        found.append(Stretch(piece.work, piece.cell, *span, words, tuple(sorted(works))))
    return found


def _runs(piece: Piece) -> Iterator[tuple[int, int]]:
    """Yield where tokens that many wrote, and the course did not, stand in a row."""
    mask = np.concatenate([[False], piece.common & ~piece.known, [False]])
    edges = np.flatnonzero(mask[1:] != mask[:-1]).reshape(-1, 2)
    for start, end in edges.tolist():
        if end - start >= LEAST:
            yield start, end
