"""Calls remembered within one test cell: where aspects look at parts of one result, each case is called once."""

from __future__ import annotations

import pickle
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from autograder.check import _context
from autograder.check._calls import each, name_of, quietly, series
from autograder.check._context import Called
from autograder.check._copies import print_of, weight
from autograder.check._finding import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from autograder.check._calls import Case

    Made = tuple[Any, tuple[Any, ...]]  # what came, and the arguments as the call left them

_HEAVY_BYTES = 1 << 20  # larger calls are made again, not remembered


class Remembered:
    """Calls a function with copies of each case's arguments, or remembers the same call of this test cell.

    To be gone through once. Each item is a case, what tells it from others (for `answer`), and what makes the call: it
    takes the case in words, and returns what came and the copies as the call left them, or raises a failed check, as
    it did the first time. It is to be called at once.

    Parameters
    ----------
    function, cases, most
        As for `series`.
    """

    def __init__(
        self, function: Callable[..., Any], cases: Iterable[Any], *, most: Callable[[], int]
    ) -> None:
        self._function, self._cases, self._most = function, cases, most
        self._collector = _context.aspect.get()
        self._calls = {} if self._collector is None else self._collector.calls
        self._order: deque[tuple[tuple[Any, ...], object, bool]] = deque()  # and whether it was called before

    def __iter__(self) -> Iterator[tuple[tuple[Any, ...], object, Callable[[Case], Made]]]:
        """Go through the cases in their order, those that were called before in between."""
        coming = series(self._function, self._new(), most=self._ahead)
        one: Any = None
        error: Exception | None = None
        while True:
            try:
                one = next(coming, None)
            except Exception as raised:  # noqa: BLE001 - a case's own, to be raised when it is its turn
                one, error = None, raised
            while self._order and self._order[0][2]:
                args, key, _ = self._order.popleft()
                yield args, key, partial(self._again, key)
            if error is not None:
                raise error
            if one is None:
                return
            args, key, _ = self._order.popleft()
            yield args, key, partial(self._first, key, *one[1:])

    def _ahead(self) -> int:
        return self._most() - sum(known for _, _, known in self._order)

    def _new(self) -> Iterator[tuple[Any, ...]]:
        """Go through the cases that have to be called."""
        asked: set[object] = set()
        for args in each(self._cases):
            key = None if self._collector is None else _key(args)
            known = key is not None and (key in asked or (id(self._function), key) in self._calls)
            self._order.append((args, key, known))
            if not known:
                asked.add(key)
                yield args

    def _first(
        self, key: object, given: tuple[Any, ...], take: Callable[[Case], Any], case: Case = None
    ) -> Made:
        got, failure = None, None
        try:
            got = take(case)
        except CheckFailed as failed:
            failure = failed
        if key is not None:
            self._calls[id(self._function), key] = Called(got, given, self._function, failure)
        if failure is not None:
            raise failure
        return got, given

    def _again(self, key: object, _: Case = None) -> Made:
        known = self._calls[id(self._function), key]
        if self._collector is not None:
            self._collector.saw(name_of(self._function))
        if known.failed is not None:
            raise known.failed
        return known.got, known.given


def answer(function: Callable[..., Any], args: tuple[Any, ...], key: object) -> Any:
    """Return what the reference gives for a case, or gave before in this test cell."""
    collector = _context.aspect.get()
    if collector is None or key is None:
        return quietly(function, args)
    at = id(function), key
    if at not in collector.calls:
        collector.calls[at] = Called(quietly(function, args), (), function)
    return collector.calls[at].got


def _key(args: tuple[Any, ...]) -> object:
    """Return what tells a case from others, or None for one that is not worth keeping."""
    heavy = weight(args)
    if heavy >= 0:
        return print_of(args) if heavy <= _HEAVY_BYTES else None
    try:
        packed = pickle.dumps(args)  # only compared, never read back
    except Exception:  # noqa: BLE001 - such as a function among the arguments
        return None
    return packed if len(packed) <= _HEAVY_BYTES else None
