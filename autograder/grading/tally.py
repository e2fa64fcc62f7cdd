"""How often the solutions call one another: what a submission may ask of a reference that stands in.

Counted once, while the lesson's source is run. Who calls an earlier function much more often than the solution does is
not building on it, but getting an answer out of it: a derivative by differences, say.
"""

from __future__ import annotations

import functools
import math
import sys
import types
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from autograder.grading.names import is_imported
from autograder.sandbox.stand_ins import Allowance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_FEW = 2  # calls of a function that the solution leaves alone, in one call of the tested one
_SOME = 4  # calls more than the solution makes
_PARTS = 8  # calls of one that it leaves alone where it calls others as often
_TIMES = 3  # as often as the solution
_TRIES = 40  # calls of cells that are run again: students try things out
_UNKNOWN = 40  # calls where nothing could be counted


class Tally:
    """Who called what, by cell. Call `run` for each code cell of the source, in order."""

    def __init__(self) -> None:
        self._most: dict[str, Counter[str]] = defaultdict(Counter)  # within one call of the test's
        self._all: dict[str, Counter[str]] = defaultdict(Counter)  # within the cell
        self._calls: Counter[str] = Counter()  # of the test's own
        self._untold: set[str] = set()
        self._files: set[str] = set()
        self._now: Counter[str] = Counter()
        self._cell = ""
        self._depth = 0

    def run(
        self,
        grade_id: str,
        namespace: dict[str, Any],
        names: Iterable[str] | None,
        execute: Callable[[], bool],
    ) -> None:
        """Execute one cell; count in it, and from now on what it binds to names of the submission.

        Parameters
        ----------
        grade_id
            The cell's.
        namespace
            What it is run in.
        names
            What students bind there; None for a test.
        execute
            Runs the cell, and says whether it raised nothing.
        """
        self._cell, self._depth = grade_id, int(names is not None)
        if not execute():
            self._untold.add(grade_id)
        self._depth = 1  # whatever is called after the last cell
        for name in names or ():
            value = namespace.get(name)
            if isinstance(value, types.FunctionType) and not is_imported(value):
                self._files.add(value.__code__.co_filename)
                namespace[name] = self._counted(name, value)

    def _counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def counted(*args: Any, **kwargs: Any) -> Any:
            outermost = self._depth == 0
            if outermost and sys._getframe(1).f_code.co_filename in self._files:  # noqa: SLF001 - no other way to ask
                self._most[self._cell][name] += 1  # by a function that was returned, say
            elif outermost:
                self._now.clear()
                self._calls[self._cell] += 1
            else:
                self._now[name] += 1
                self._all[self._cell][name] += 1
            self._depth += 1
            try:
                return function(*args, **kwargs)
            finally:
                self._depth -= 1
                if outermost:
                    self._most[self._cell] |= self._now

        return counted

    def allowance(self, grade_id: str, name: str, again: Iterable[str]) -> Allowance:
        """Return how often a test's functions may call a reference that stands in.

        Parameters
        ----------
        grade_id
            The test's.
        name
            Of what stands in.
        again
            Grade ids of the cells that are run again.
        """
        cells = _TRIES + _TIMES * sum(self._all[cell][name] for cell in again if cell)
        if grade_id in self._untold:
            return Allowance(_UNKNOWN, _UNKNOWN, 0, _UNKNOWN, cells)
        most, calls, total = self._most[grade_id], self._calls[grade_id], self._all[grade_id][name]
        if not most[name]:
            few = min(max([_FEW, *most.values()]), _PARTS)
            return Allowance(few, few * calls, calls, few, cells)
        on_average = max(math.ceil(_TIMES * total / max(calls, 1)), _FEW)
        return Allowance(_TIMES * most[name] + _SOME, on_average * calls + _SOME, calls, on_average, cells)
