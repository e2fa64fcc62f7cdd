"""How far a submission has come in its lesson, and whether all is as it is for every other one there.

Only then may what a test said before be used again (`autograder.grading.heard`): a notebook may come in another order, a
test may break off before it has defined what others use, and a call may change an array of the lesson's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograder.check import grading
from autograder.grading.alone import Standing, standings
from autograder.grading.names import print_of
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from nbformat import NotebookNode

    from autograder.grading.names import Ledger
    from autograder.grading.shell import TrustedShell


class Passage:
    """The way through one lesson, from test to test.

    Parameters
    ----------
    standings
        How each test stands; nothing where that cannot be told.
    """

    def __init__(self, standings: Mapping[str, Standing]) -> None:
        self.standings = standings
        self._passed: list[str] = []  # tests and locked cells
        self._odd = False  # whether one of them has left what others find not as it is left to all

    def begin(self) -> None:
        """Begin with another submission."""
        self._passed.clear()
        self._odd = False

    def is_usual(self, grade_id: str) -> bool:
        """Whether this test finds what it finds in every submission, but for its answers."""
        return not self._odd and tuple(self._passed) == self.standings[grade_id].above

    def locked(self, grade_id: str, *, fine: bool) -> None:
        """Note that a locked cell was run, and whether it came to its end and no call changed an argument."""
        self._passed.append(grade_id)
        self._odd |= not fine

    def test(self, grade_id: str, done: int, *, changed: bool = False) -> list[int]:
        """Note that a test has come through so many statements; return which of these are given.

        With it goes whether a call changed an argument.
        """
        self._passed.append(grade_id)
        given = self.standings[grade_id].given if grade_id in self.standings else ()
        there = [number for number in given if number < done]
        self._odd |= changed or len(there) < len(given)
        return there


def how_tests_stand(
    source: NotebookNode, inside: Collection[str], ledger: Ledger, shell: TrustedShell, given: Givens
) -> dict[str, Standing]:
    """Return how each test stands, where all of the lesson can be told; nothing where it cannot.

    Parameters
    ----------
    source
        The lesson.
    inside
        Its tests that are run where the submission is.
    ledger, shell
        What its run has shown, and what ran it, with nothing bound now but what is bound all the time.
    given
        What its tests have left.
    """
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    tests = {cells.grade_id(cell) or "": cell.source for cell in code if cells.is_test(cell)}
    if any(text not in shell.codes for name, text in tests.items() if name not in inside):
        return {}
    found = standings(ledger, [cell.source for cell in code], shell.user_ns.keys(), inside)
    return (
        found if all(given.holds(shell, tests[name], name, one.given) for name, one in found.items()) else {}
    )


class Givens:
    """What each test has left in the lesson's own run, to look whether its given statements leave the same.

    Parameters
    ----------
    reference
        The namespace of the lesson's first run.
    """

    def __init__(self, reference: Mapping[str, Any]) -> None:
        self._reference = reference
        self._left: dict[str, dict[str, object]] = {}

    def leave(self, grade_id: str, names: Collection[str], namespace: Mapping[str, Any]) -> None:
        """Note what a test has left at these names."""
        self._left[grade_id] = {name: print_of(namespace.get(name)) for name in names}

    def holds(self, shell: TrustedShell, source: str, grade_id: str, numbers: tuple[int, ...]) -> bool:
        """Whether a test's given statements leave by themselves what the whole test has left."""
        stage = dict(self._reference)
        try:
            with grading.session(reference=self._reference):
                shell.run_statements(source, numbers, stage)
        except Exception:  # noqa: BLE001 - a cell of the source failed, which is said elsewhere
            return False
        left = self._left[grade_id]
        new = {name: value for name, value in stage.items() if value is not self._reference.get(name)}
        return all(print_of(value) == left.get(name) for name, value in new.items())
