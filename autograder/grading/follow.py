"""Which exercises build on which, so that an error is paid for once.

Learned from the lesson: who binds a name, and which tests mark it. Then, for one submission and one of its tests:
which of its names have lost marks already, whether the test's exercise uses them, and which cells to run again with
the reference in their place. What students wrote is searched by words, never parsed (`words`). A word too many costs
time alone.

A name is stood in for only in a test that does not mark it, that stands below every one that does in the source, and
once every test above it there has been run: students can reorder their notebook, but not the lesson.
"""

from __future__ import annotations

import builtins
import keyword
from typing import TYPE_CHECKING, Any

from autograder.grading.names import is_imported
from autograder.grading.remarks import without
from autograder.grading.tally import Tally
from autograder.grading.words import words_of
from autograder.sandbox.stand_ins import StandIns, can_stand_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autograder.grading.names import Booked
    from autograder.grading.outcome import PlanCell

_LONG = 200_000  # characters of a cell that are searched
_PLAIN = frozenset({*keyword.kwlist, *dir(builtins), "self"})


class Follow:
    """The lesson's own side of it: made once.

    Parameters
    ----------
    booked
        Every code cell of the source, in order.
    reference
        What the source's names are bound to.
    points
        What each test is worth that is run outside.
    remarks
        What the lesson's cells say and do not do, by grade id.
    """

    def __init__(
        self, booked: Sequence[Booked], reference: Mapping[str, Any], points: Mapping[str, float],
        remarks: Mapping[str, tuple[str, ...]],
    ) -> None:  # fmt: skip
        self.tally = Tally()
        self._points = points
        self._remarks = remarks
        self._reference = reference
        self._locked = {cell.grade_id: cell for cell in booked if cell.kind == "locked" and cell.grade_id}
        self._same = {name for name, value in reference.items() if is_imported(value)} | _PLAIN
        self._marked: dict[str, frozenset[str]] = {}  # names, by the test that marks them
        self._spoken: dict[str, frozenset[str]] = {}  # names that a test comes to use, by the test
        self._by: dict[str, set[str]] = {}  # tests, by the name that they mark
        self._above: dict[str, set[str]] = {}  # tests above it in the source, by the test
        homes = _homes(booked)
        tests = {cell.grade_id for cell in booked if cell.kind == "test"}
        for at, cell in enumerate(booked):
            if cell.kind == "test" and cell.grade_id and cell.mentions is not None:
                self._marked[cell.grade_id] = marked = _marked(cell, booked[:at], homes, tests)
                self._spoken[cell.grade_id] = self._closure(marked | cell.mentions)
                self._above[cell.grade_id] = {c.grade_id for c in booked[:at] if c.kind == "test"} & set(
                    points
                )
                for name in marked:
                    self._by.setdefault(name, set()).add(cell.grade_id)
        others = {name for cell in booked if cell.kind != "student" for name in cell.bound}
        self._known = {
            n
            for n in self._by
            if n not in others
            and can_stand_in(reference.get(n))
            and (callable(reference[n]) or self._is_built_on(n, booked))
        }

    @property
    def known(self) -> dict[str, Any]:
        """What may stand in for a submission's, by name."""
        return {name: self._reference[name] for name in self._known}

    def _is_built_on(self, name: str, booked: Iterable[Booked]) -> bool:
        """Whether anything in the lesson uses a value but its own tests: nobody has to be told the others."""
        return any(
            cell.mentions is None or (name in cell.mentions and name not in cell.bound)
            for cell in booked
            if cell.grade_id not in self._by[name]
        )

    def _closure(self, names: frozenset[str]) -> frozenset[str]:
        """Add what the locked cells that bind these names speak of."""
        found = set(names)
        grown = True
        while grown:
            grown = False
            for cell in self._locked.values():
                if cell.bound & found and cell.mentions is not None and not cell.mentions <= found:
                    found |= cell.mentions
                    grown = True
        return frozenset(found)

    def lost(self, grade_id: str, earned: Mapping[str, float]) -> set[str]:
        """Return the names that this test does not mark, and that lost marks in the tests that do."""
        marked, above = self._marked.get(grade_id), self._above.get(grade_id, set())
        if marked is None or not above <= earned.keys():
            return set()
        return {
            name
            for name in self._known - marked
            if self._by[name] <= above and any(earned[test] < self._points[test] for test in self._by[name])
        }

    def stand_ins(
        self, grade_id: str, earned: Mapping[str, float], before: Iterable[PlanCell]
    ) -> StandIns | None:
        """Return what is to stand in for what in this test; None where nothing would be another.

        Parameters
        ----------
        grade_id
            The test's.
        earned
            What the tests that were run have earned.
        before
            The submission's cells above the test.
        """
        lost = self.lost(grade_id, earned)
        if not lost:
            return None
        read = [(cell, *self._read(cell)) for cell in before if cell.kind == "run"]
        wanted = _reached(self._spoken[grade_id], lost, read)
        if not lost & wanted:
            return None
        touched = set(lost)
        again = []
        for cell, words, bound in read:
            if words & touched:
                touched |= bound
                if bound & (wanted - lost):
                    again.append(cell)
        standing = [name for name in self._by if name in lost & wanted]
        ids = [cell.grade_id for cell in again]
        return StandIns(
            {name: self._reference[name] for name in standing},
            [cell.source for cell in again],
            [grade_id for grade_id in ids if grade_id in self._locked],
            {name: self.tally.allowance(grade_id, name, ids) for name in standing},
        )

    def _read(self, cell: PlanCell) -> tuple[frozenset[str], frozenset[str]]:
        """Return the words of a cell, and those that it may bind."""
        booked = self._locked.get(cell.grade_id)
        if booked is not None:
            return (booked.mentions or frozenset()) | booked.bound, booked.bound
        source = without(cell.source[:_LONG], self._remarks.get(cell.grade_id, ()))
        words = words_of(source)
        return words.read - self._same, words.bound - self._same


def _reached(
    spoken: Iterable[str], lost: set[str], read: Sequence[tuple[PlanCell, frozenset[str], frozenset[str]]]
) -> set[str]:
    """Return the names that a test comes to use by way of any cell, short of what these would make of lost ones."""
    there = lost.union(*(bound for _, _, bound in read))
    found = set(spoken)
    grown = True
    while grown:
        grown = False
        for _, words, bound in read:
            new = (words & there) - found
            if new and bound & (found - lost):
                found |= new
                grown = True
    return found


def _homes(booked: Sequence[Booked]) -> dict[str, set[str]]:
    """Return the grade ids of the cells that bind each of the submission's names."""
    homes: dict[str, set[str]] = {}
    for cell in booked:
        if cell.kind == "student":
            for name in cell.bound:
                homes.setdefault(name, set()).add(cell.grade_id)
    return homes


def _marked(
    test: Booked, above: Sequence[Booked], homes: Mapping[str, set[str]], tests: set[str]
) -> frozenset[str]:
    """Return the submission's names that a test marks.

    ``test_relu`` marks what the cell ``relu`` binds, and of the other names it speaks of those whose cell has no
    test by that rule. A test of any other id marks what is bound right above it, as far as it speaks of it; else
    whatever it speaks of; and if it speaks of none of the names, all that is bound right above it.
    """
    spoken = {name for name in test.mentions or () if name in homes}
    home = test.grade_id.removeprefix("test_")
    own = {name for name, ids in homes.items() if home in ids} if home != test.grade_id else set()
    if own:
        return frozenset(own | {n for n in spoken if not any(f"test_{i}" in tests for i in homes[n])})
    right_above = _right_above(above)
    return frozenset(spoken & right_above or spoken or right_above)


def _right_above(above: Sequence[Booked]) -> set[str]:
    found: set[str] = set()
    for cell in reversed(above):
        if cell.kind == "student":
            found |= cell.bound
        elif cell.kind == "test" and found:
            break
    return found
