"""Inside the sandbox: what the test's own functions have answered, where they answer the same to the same.

The other side says which answers may be kept, and hears with the next message how often each was taken again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograder.sandbox.wire import encoded

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALL = 4 << 10  # bytes of arguments, above which nothing is kept


class Answered:
    """The answers of one test's functions; gone with the test."""

    def __init__(self) -> None:
        self._kept: dict[tuple[bytes, ...], tuple[int, dict[str, Any], memoryview]] = {}
        self._again: dict[int, int] = {}

    def key(self, asked: dict[str, Any], buffers: Sequence[Any], size: int) -> tuple[bytes, ...] | None:
        """Return what stands for a question; None for one that is too large."""
        return (encoded(asked), *map(bytes, buffers)) if size <= SMALL else None

    def get(self, key: tuple[bytes, ...] | None) -> tuple[dict[str, Any], memoryview] | None:
        """Return the answer that was kept for a question, and count it."""
        found = self._kept.get(key) if key is not None else None
        if found is None:
            return None
        number, answer, payload = found
        self._again[number] = self._again.get(number, 0) + 1
        return answer, payload

    def keep(self, key: tuple[bytes, ...] | None, answer: dict[str, Any], payload: memoryview) -> None:
        """Keep an answer, if the other side says that it may be."""
        if key is not None and "keep" in answer:
            self._kept[key] = answer["keep"], answer, payload

    def told(self) -> dict[str, Any]:
        """Return what is to be said of answers that were taken again since the last message."""
        if not self._again:
            return {}
        found, self._again = [[number, times] for number, times in self._again.items()], {}
        return {"repeated": found}
