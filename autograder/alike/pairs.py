"""Which pairs of a class share passages of their own: found by an index of fingerprints, measured passage by passage.

No pair is looked at that shares no fingerprint. A passage is what `difflib` finds as the longest stretch of equal
fingerprints in two cells, then the next, wherever it stands; what counts of it are the words of its writer's own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from autograder.alike.common import common_stretches
from autograder.alike.pieces import PASSAGE, many_of, pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograder.alike.common import Stretch
    from autograder.alike.pieces import Piece
    from autograder.alike.prints import Numbers
    from autograder.alike.reading import ClassWork
    from autograder.alike.tokens import Token

LEAST = 25  # own words that two students must share to be listed: two lines of code or so
MOST_PAIRS = 500  # pairs that are measured
_OWN = 0.75  # share of a fingerprint's words that must be its writer's own
_PASSAGES = 30  # of two cells, the longest
_REPEATS = 8  # a cell that says the same more often is held against others with its first ones


@dataclass(frozen=True)
class Passage:
    """A passage in both cells: the tokens of each, and which of them count."""

    first: tuple[Token, ...]
    second: tuple[Token, ...]
    counts: tuple[bool, ...]

    @property
    def words(self) -> int:
        """How many words of it count."""
        return sum(self.counts)

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Names that stand for each other, where they differ."""
        pairs = zip(self.first, self.second, strict=True)
        return tuple(dict.fromkeys((a.text, b.text) for a, b in pairs if a.text != b.text))


@dataclass(frozen=True)
class Match:
    """Two cells that share passages; `first` and `second` are the cells' numbers in their works."""

    first: int
    second: int
    passages: tuple[Passage, ...]

    @property
    def words(self) -> int:
        """How many words of them count."""
        return sum(passage.words for passage in self.passages)


@dataclass(frozen=True)
class Pair:
    """Two students; `first` and `second` are numbers of works, `own` how many words each wrote that count."""

    first: int
    second: int
    matches: tuple[Match, ...]
    own: tuple[int, int]

    @property
    def words(self) -> int:
        """How many words of their own they share."""
        return sum(match.words for match in self.matches)

    @property
    def shares(self) -> tuple[float, float]:
        """Which share of what each wrote of their own is found in the other's."""
        return min(1.0, self.words / max(1, self.own[0])), min(1.0, self.words / max(1, self.own[1]))

    @property
    def longest(self) -> int:
        """How many words of the longest passage count."""
        return max((p.words for match in self.matches for p in match.passages), default=0)


@dataclass(frozen=True)
class Left:
    """What was left out of a class's text, in words, and what is left."""

    known: int
    common: int
    own: int


@dataclass(frozen=True)
class Found:
    """What was found in a class; `many` is how many may share a phrase before it is `common`."""

    pairs: tuple[Pair, ...]
    left: Left
    many: int
    common: tuple[Stretch, ...]


def find_pairs(found: ClassWork, many: int | None = None) -> Found:
    """Find the pairs of a class that are alike, the most alike first.

    Parameters
    ----------
    found
        From `autograder.alike.reading.read_class`.
    many
        How many students may share a phrase before it is common knowledge; see `many_of`.
    """
    many = many_of(len(found.works)) if many is None else many
    pieces = pieces_of(found, many)
    own = Counter[int]()
    for piece in pieces:
        own[piece.work] += int(piece.own.sum())
    index = _Index(pieces)
    pairs = [
        Pair(a, b, tuple(index.matches(a, b)), (own[a], own[b])) for a, b in index.candidates(MOST_PAIRS)
    ]
    pairs = [pair for pair in pairs if pair.words >= LEAST]
    pairs.sort(key=lambda pair: (-pair.words * max(pair.shares), pair.first, pair.second))
    left = Left(
        sum(int(one.known.sum()) for one in pieces),
        sum(int((one.common & ~one.known).sum()) for one in pieces),
        own.total(),
    )
    return Found(tuple(pairs), left, many, tuple(common_stretches(pieces)))


class _Index:
    """The fingerprints of a class that tell something. What many have is nobody's own, so no print has many owners."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._prints = [_telling(piece) for piece in pieces]
        self._of_work: dict[int, list[int]] = {}
        for number, piece in enumerate(pieces):
            self._of_work.setdefault(piece.work, []).append(number)

    def candidates(self, most: int) -> list[tuple[int, int]]:
        """Return the pairs of works that share most fingerprints."""
        values = np.concatenate([np.empty(0, np.uint64), *self._prints])
        works = np.repeat([piece.work for piece in self._pieces], [len(one) for one in self._prints]).astype(
            int
        )
        tells = values != 0
        values, works = values[tells], works[tells]
        order = np.lexsort((works, values))
        values, works = values[order], works[order]
        once = np.ones(len(values), np.bool_)
        once[1:] = (values[1:] != values[:-1]) | (works[1:] != works[:-1])
        values, works = values[once], works[once]
        _, starts, counts = np.unique(values, return_index=True, return_counts=True)
        shared = Counter[tuple[int, int]]()
        for start, count in zip(starts[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True):
            shared.update(combinations(works[start : start + count].tolist(), 2))
        return sorted(shared, key=lambda pair: (-shared[pair], pair))[:most]

    def matches(self, a: int, b: int) -> Iterable[Match]:
        """Yield the cells of two works that share passages, each passage once."""
        mine = {n: self._prints[n].tolist() for n in self._of_work[a]}
        theirs = {n: self._prints[n].tolist() for n in self._of_work[b]}
        where: dict[int, list[int]] = {}
        for n, prints in theirs.items():
            for one in set(prints) - {0}:
                where.setdefault(one, []).append(n)
        votes = Counter(
            (n, m) for n, prints in mine.items() for one in set(prints) for m in where.get(one, ())
        )
        passages: dict[tuple[int, int], list[Passage]] = {}
        for n, m in sorted(votes, key=lambda key: (-votes[key], key)):
            first, second = self._pieces[n], self._pieces[m]
            taken = list(_passages(first, second, mine[n], theirs[m]))
            if taken:
                passages.setdefault((first.cell, second.cell), []).extend(taken)
        for (first_cell, second_cell), taken in sorted(passages.items()):
            yield Match(first_cell, second_cell, tuple(taken))


def _telling(piece: Piece) -> Numbers:
    """Return a piece's fingerprints; 0 for those with few words of its writer's own, and for the ninth of the same."""
    k = PASSAGE[piece.kind]
    if len(piece.tokens) < k:
        return np.empty(0, np.uint64)
    own = np.concatenate([[0], np.cumsum(piece.own)])
    found = np.where(own[k:] - own[:-k] >= _OWN * k, piece.run.prints(k), np.uint64(0))
    seen = Counter[int]()
    for at, one in enumerate(found.tolist()):
        seen[one] += 1
        if seen[one] > _REPEATS:
            found[at] = 0
    return found


def _passages(first: Piece, second: Piece, mine: list[int], theirs: list[int]) -> Iterable[Passage]:
    """Yield what two pieces share, the longest first; takes it out of both lists."""
    k = PASSAGE[first.kind]
    for _ in range(_PASSAGES):
        other = set(theirs)
        both = {one for one in mine if one and one in other}
        if not both:
            return
        # What is not in both is told apart by side, so that it matches nothing.
        a = [one if one in both else -1 for one in mine]
        b = [one if one in both else -2 for one in theirs]
        at, to, size = SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
        end, until = at + size + k - 1, to + size + k - 1
        counts = first.own[at:end] | second.own[to:until]
        yield Passage(first.tokens[at:end], second.tokens[to:until], tuple(counts.tolist()))
        for prints, start, stop in ((mine, at, end), (theirs, to, until)):  # no token twice
            for place in range(max(0, start - k + 1), min(len(prints), stop)):
                prints[place] = 0
