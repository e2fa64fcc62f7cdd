"""Lists of whole numbers, such as all kernel sizes that fit: some are missing, or there are others among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_MISSING = (
    "What you have is right, but more is missing. Which ones do you not try, or where does the search stop?"
)
_TOO_MANY = "The right ones are all there, and others with them. What should rule those out?"


def is_list(want: Any) -> bool:
    """Return whether a list of whole numbers is asked for."""
    return type(want) is list and all(type(item) is int for item in want)


def of(trials: Sequence[tuple[Any, list[int]]]) -> str | None:
    """Say how what came differs from the lists that were asked for.

    Parameters
    ----------
    trials
        What came and what was wanted, the right ones too.
    """
    wrong = [(got, want) for got, want in trials if got != want]
    if all(_number(got) for got, _ in wrong):
        return "A list is asked for, also where there is one answer alone."
    if not all(isinstance(got, list) and all(map(_number, got)) for got, _ in wrong):
        return None
    rules: tuple[tuple[Callable[[list[int], list[int]], bool], str], ...] = (
        (lambda got, want: sorted(got) == sorted(want), "The numbers are right, their order is not."),
        (lambda got, want: set(got) < set(want), _MISSING),
        (lambda got, want: set(got) > set(want), _TOO_MANY),
    )
    return next((said for rule, said in rules if all(rule(*pair) for pair in wrong)), None) or _off(wrong)


def _off(wrong: list[tuple[list[int], list[int]]]) -> str | None:
    if len(wrong) < 2 or any(len(got) != len(want) for got, want in wrong):  # noqa: PLR2004 - once is chance
        return None
    away = {a - b for got, want in wrong for a, b in zip(sorted(got), sorted(want), strict=True)}
    return (
        f"Every number is off by the same amount: {away.pop()}." if len(away) == 1 and 0 not in away else None
    )


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
