"""The table, chapter nine: what the judge is known to get wrong, and what it cannot know."""

from __future__ import annotations

from autograder.check import Derivation

from .table import Section, right, wrong

# The layout is the table's: a chain on as few lines as it needs.
# fmt: off

LIMITS = Section(
    "Known to be judged wrongly",
    "Equality is decided by numbers at some points, never proved. These rows are the price.",
    Derivation(start="x", given="x real"),
    (
        wrong(2, "x", "x + (x == 0.123456789)", says="line 2", why="differs at one point that nobody tries",
              known="that point is not among those tried"),
        wrong(2, "x", "x + relu(x - 1000)", says="x = ", why="differs beyond 1000",
              known="points so far out are not tried"),
        right("x", "x + 0 * abs(x) ** 1000", why="equal, with a large number on the way",
              known="powers above 100 are refused"),
    ),
)

SECTIONS = [LIMITS]
