"""The lesson's cells as Python reads them: each text is parsed once while a lesson is made ready, whoever looks at it.

What several look at is changed by nobody. What students wrote is never parsed here.
"""

from __future__ import annotations

import ast
import warnings
from functools import cache


def tree_of(source: str) -> ast.Module | None:
    """Return a cell's tree; None where Python cannot read it as it stands, or has something to say of it."""
    return _tree(source if source.endswith("\n") else f"{source}\n")


def forget() -> None:
    """Let go of every tree."""
    _tree.cache_clear()


@cache
def _tree(text: str) -> ast.Module | None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            return None
    return None if said else tree
