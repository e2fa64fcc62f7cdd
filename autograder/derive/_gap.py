"""Where a model of `_free` or `_real` has nothing to say."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.derive._algebra import V

NEAR = Decimal("1e-9")
"""What is decided by less than this, is decided by rounding."""


class Gap(Exception):  # noqa: N818 (the model says nothing here)
    """A model has no value here: it cannot decide."""


class Blind(Gap):
    """A number is too small, too large or too near to another for a model to tell."""


def leading(entries: list[V], true: list[Decimal], same: Callable[[V, V], bool]) -> V:
    """Return the largest of several entries, which must be so clearly."""
    top = max(true)
    first = entries[true.index(top)]
    if not all(top - value >= NEAR or same(first, entry) for entry, value in zip(entries, true, strict=True)):
        raise Blind
    return first
