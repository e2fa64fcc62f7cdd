"""What counts of a class's text: everything but what the lesson gave, what its answers say, and what many wrote."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from autograder.alike.prints import Run, Vocabulary, back_of, covered
from autograder.alike.tokens import is_read_in_part as is_long
from autograder.alike.tokens import lexed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from autograder.alike.prints import Numbers
    from autograder.alike.reading import Cell, ClassWork, Known, Work
    from autograder.alike.tokens import Token

    Mask = NDArray[np.bool_]

#: Tokens in a row that say what is known or common; and, more of them, that are a passage when two students share them.
PHRASE = {"code": 8, "words": 5}
PASSAGE = {"code": 16, "words": 7}
MOST = 10_000  # tokens of one student that are looked at
_MANY, _SHARE = 5, 0.05


def many_of(size: int) -> int:
    """Return how many students of a class may share a phrase before it is common knowledge."""
    return max(_MANY, ceil(_SHARE * size))


@dataclass(frozen=True, eq=False)
class Piece:
    """The code, or the words, of one cell.

    Attributes
    ----------
    work, cell
        Whose it is, and which cell: numbers.
    tokens
        Without those on lines that were given.
    known, common
        Which of them the course says as well, or many of the class.
    """

    work: int
    cell: int
    kind: str
    tokens: tuple[Token, ...]
    run: Run
    known: Mask
    common: Mask

    @property
    def own(self) -> Mask:
        """Which tokens are their writer's own."""
        return ~(self.known | self.common)


def pieces_of(found: ClassWork, many: int) -> list[Piece]:
    """Return the pieces of a class, with what is left out of each."""
    vocabulary = Vocabulary()
    known = {kind: _known_phrases(found.known, vocabulary, kind) for kind in PHRASE}
    made: list[tuple[int, int, str, tuple[Token, ...], Run]] = []
    for number, work in enumerate(found.works):
        left = MOST
        bound = frozenset[str]().union(*(lexed(c.source, is_code=c.is_code).bound for c in work.cells))
        chosen = bound - found.known.names
        in_order = sorted(enumerate(work.cells), key=lambda one: not one[1].exercise)
        for at, cell in in_order:  # cells of one's own come last: a flood of them hides no answer
            for kind, written in _tokens(cell, found.known):
                tokens = written[:left]
                left -= len(tokens)
                if tokens:
                    made.append((number, at, kind, tokens, _run(tokens, kind, chosen, vocabulary)))
    phrases = [run.prints(PHRASE[kind]) for _, _, kind, _, run in made]
    common = _common([one[0] for one in made], phrases, many)
    pieces = []
    for one, mine in zip(made, phrases, strict=True):
        k, count = PHRASE[one[2]], len(one[3])
        pieces.append(
            Piece(
                *one,
                known=covered(_among(mine, known[one[2]]), k, count),
                common=covered(_among(mine, common), k, count),
            )
        )
    return pieces


def is_read_in_part(work: Work) -> bool:
    """Whether a student wrote more than is looked at."""
    if any(is_long(cell.source, is_code=cell.is_code) for cell in work.cells):
        return True
    found = [lexed(cell.source, is_code=cell.is_code) for cell in work.cells]
    return sum(len(one.code) + len(one.words) for one in found) > MOST


def _tokens(cell: Cell, known: Known) -> Iterable[tuple[str, tuple[Token, ...]]]:
    """Yield a cell's code and its words, without the lines that its exercise was released with."""
    found = lexed(cell.source, is_code=cell.is_code)
    given = known.given.get(cell.exercise, frozenset())
    for kind, tokens in (("code", found.code), ("words", found.words)):
        yield kind, _without_lines(cell.source, tokens, given) if given else tokens


def _without_lines(source: str, tokens: Sequence[Token], given: frozenset[str]) -> tuple[Token, ...]:
    place, spans = 0, []
    for line in source.split("\n"):
        if line.strip() in given:
            spans.append((place, place + len(line)))
        place += len(line) + 1
    kept, at = [], 0
    for token in tokens:
        while at < len(spans) and spans[at][1] <= token.start:
            at += 1
        if at == len(spans) or token.start < spans[at][0]:
            kept.append(token)
    return tuple(kept)


def _run(tokens: Sequence[Token], kind: str, chosen: frozenset[str], vocabulary: Vocabulary) -> Run:
    names = [token.text if token.is_name and token.text in chosen else None for token in tokens]
    return Run(vocabulary.of([token.text for token in tokens]), back_of(names), kind)


def _known_phrases(known: Known, vocabulary: Vocabulary, kind: str) -> Numbers:
    found = [np.empty(0, np.uint64)]
    for cell in known.texts:
        chosen = lexed(cell.source, is_code=cell.is_code).bound - known.names
        for one, tokens in _tokens(cell, known):
            if one == kind and tokens:
                found.append(_run(tokens, kind, chosen, vocabulary).prints(PHRASE[kind]))
    return np.unique(np.concatenate(found))


def _among(values: Numbers, ordered: Numbers) -> Mask:
    """Return which values are among others, which are in order."""
    if not len(ordered):
        return np.zeros(len(values), np.bool_)
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: Mask = ordered[places] == values
    return found


def _common(owners: Sequence[int], phrases: Sequence[Numbers], many: int) -> Numbers:
    """Return the phrases that more than `many` students wrote."""
    if not phrases:
        return np.empty(0, np.uint64)
    owner = np.repeat(np.array(owners), [len(one) for one in phrases])
    pairs = np.unique(np.stack([np.concatenate(phrases), owner.astype(np.uint64)]), axis=1)
    values, counts = np.unique(pairs[0], return_counts=True)
    found: Numbers = values[counts > many]
    return found
