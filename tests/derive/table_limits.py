"""The table, chapter nine: what the judge is known to get wrong, and what it cannot know."""

from __future__ import annotations

from autograder.check import Derivation

from .table import Section, right

# The layout is the table's: a chain on as few lines as it needs.
# fmt: off

LIMITS = Section(
    "Known to be judged wrongly",
    "Equality is decided by numbers at some points, never proved. These rows are the price.",
    Derivation(start="x", given="x real"),
    (
        right("x", "x + 0 * abs(x) ** 1000", why="equal, with a large number on the way",
              known="powers above 100 are refused"),
    ),
)

SECTIONS = [LIMITS]
