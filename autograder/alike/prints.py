"""Fingerprints: one number for every run of `k` tokens, the same for two runs that differ in their names alone.

A name that its writer chose counts by where in the run it stood before (B. S. Baker, Parameterized pattern matching,
JCSS 52, 1996), so that renamed runs are equal only where names were changed alike. Every run is kept: what a class
writes is small, and nothing needs to be left out as in winnowing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.uint64]

_LONGEST = 64
_RANDOM = np.random.default_rng(20061)  # the same in every run
_FACTORS = _RANDOM.integers(1, 2**63, _LONGEST, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_KINDS = {"code": np.uint64(0x9E3779B97F4A7C15), "words": np.uint64(0xC2B2AE3D27D4EB4F)}
_NAME = np.uint64(0xD6E8FEB86659FD93)


class Vocabulary:
    """Numbers for words, the same word the same number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, texts: Sequence[str]) -> Numbers:
        """Return the number of each text, spread over 64 bits."""
        known = self._numbers
        plain = np.fromiter((known.setdefault(t, len(known) + 1) for t in texts), np.uint64, len(texts))
        return _spread(plain)


@dataclass(frozen=True, eq=False)
class Run:
    """Tokens in a row, ready to be fingerprinted.

    Attributes
    ----------
    literal
        The number of each token.
    back
        For a name of its writer's own, how many tokens ago it stood last, 0 for nowhere; -1 for all else.
    kind
        "code" or "words": these are never compared with each other.
    """

    literal: Numbers
    back: NDArray[np.int64]
    kind: str

    def prints(self, k: int) -> Numbers:
        """Return the fingerprint of each `k` tokens; of a shorter run, one of the whole."""
        count = len(self.literal)
        if count == 0:
            return np.empty(0, np.uint64)
        k = min(k, count)
        back = sliding_window_view(self.back, k)
        inside = np.where(back <= np.arange(k), back, 0)
        values = np.where(
            back < 0, sliding_window_view(self.literal, k), _NAME * (inside + 1).astype(np.uint64)
        )
        found: Numbers = _spread((values * _FACTORS[:k]).sum(axis=1, dtype=np.uint64) ^ _KINDS[self.kind])
        return found


def back_of(names: Sequence[str | None]) -> NDArray[np.int64]:
    """Return for each name how many tokens ago it stood last; None is no name."""
    last: dict[str, int] = {}
    back = np.full(len(names), -1, np.int64)
    for at, name in enumerate(names):
        if name is not None:
            back[at] = at - last[name] if name in last else 0
            last[name] = at
    return back


def covered(hits: NDArray[np.bool_], k: int, count: int) -> NDArray[np.bool_]:
    """Return which of `count` tokens lie in a run of `k` whose fingerprint is hit."""
    if count == 0:
        return np.zeros(0, np.bool_)
    k = min(k, count)
    steps = np.zeros(count + 1, np.int64)
    at = np.flatnonzero(hits)
    np.add.at(steps, at, 1)
    np.add.at(steps, at + k, -1)
    found: NDArray[np.bool_] = np.cumsum(steps[:-1]) > 0
    return found


def _spread(values: Numbers) -> Numbers:
    """Mix the bits of numbers (splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
