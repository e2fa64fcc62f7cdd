"""The trusted side's lesson: its source run twice, its tests run on whatever the submission bound.

One run gives the *reference* namespace, which nothing ever changes: references and known mistakes live there.
The other gives the *test* namespace. It is emptied of all but imports for each submission; then the lesson's
locked cells are run in it as they come, and its tests, with the submission's names laid in before each: a locked
helper, whose globals it is, calls the submission too.
"""

from __future__ import annotations

import random
import warnings
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder import check
from autograder.check import ProcessDied, grading
from autograder.grading import credit
from autograder.grading.expected import expected
from autograder.grading.follow import Follow
from autograder.grading.heard import Heard, run_at
from autograder.grading.names import Ledger, is_imported, kind_of, print_of
from autograder.grading.needs import INSIDE_TAG
from autograder.grading.passage import Givens, Passage, how_tests_stand
from autograder.grading.presented import error_output, presentable
from autograder.grading.reached import misses
from autograder.grading.remarks import remarks_of
from autograder.grading.shell import TrustedShell
from autograder.grading.steady import Steady, state
from autograder.grading.text import scrub, scrub_all
from autograder.grading.timer import timer
from autograder.lesson import notebook as cells
from autograder.sandbox.doubts import Doubts
from autograder.sandbox.proxy import TestDesk

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from nbformat import NotebookNode

    from autograder.grading.again import OneRun
    from autograder.sandbox.session import Submission


@dataclass(frozen=True, slots=True)
class TestCell:
    """A test cell of the source: what is run outside, on proxies."""

    __test__ = False

    grade_id: str
    source: str
    points: float
    inside: bool
    hidden: frozenset[int]  # its hidden lines


class Lesson:
    """A lesson's source, run and ready to examine.

    Parameters
    ----------
    source
        The instructor's notebook, solutions and hidden tests included.
    """

    def __init__(self, source: NotebookNode) -> None:
        self._notebook = source
        self._mistakes = grading.Mistakes()
        self.reference: dict[str, Any] = {}
        self.problems: list[str] = []
        self.tests: dict[str, TestCell] = {}
        self.locked: dict[str, str] = {}
        for cell in source.cells:
            name = cells.grade_id(cell)
            if name is not None and cells.is_test(cell):
                inside = INSIDE_TAG in cells.tags(cell)
                worth, hidden = cells.points(cell) or 0.0, cells.hidden_lines(cell.source)
                self.tests[name] = TestCell(name, cell.source, worth, inside, hidden)
            elif name is not None and cell.cell_type == "code" and kind_of(cell) == "locked":
                self.locked[name] = cell.source
        self._ledger = Ledger()
        self._student = ""
        self._numeric: set[str] = set()  # tests whose last value is a number of points
        first = TrustedShell()
        self.reference = self._run_source(first, learn=True)
        self._ledger.close()
        points = {name: test.points for name, test in self.tests.items() if not test.inside}
        self.follow = Follow(self._ledger.booked, self.reference, points, remarks_of(source))
        self._mistakes.close()
        self._shell = TrustedShell(first)
        self._namespace = self._shell.user_ns
        given = Givens(self.reference)
        with grading.learning(self.reference.values()):
            self._run_source(self._shell, given)
        lasting = {name for name, value in self._namespace.items() if value is check.reference}
        for name in self._ledger.bound:
            if name not in lasting and not is_imported(self._namespace.get(name)):
                self._namespace.pop(name, None)
        self._shell.remember()
        within = [name for name, test in self.tests.items() if test.inside]
        self.passage = Passage(how_tests_stand(source, within, self._ledger, self._shell, given))
        grading.settle()  # derivations: each submission is judged with what the lesson's own run left
        self._steady = Steady(
            source,
            self._shell.codes,
            self.reference,
            [self._namespace, self._mistakes.functions(), self.follow.known],
        )
        alone = () if self._steady.reason else [n for n, one in self.passage.standings.items() if one.alone]
        self.heard = Heard(alone, self._around, lambda: self._shell.done)
        scrub("")  # prepares what it looks for

    def _run_source(
        self, shell: TrustedShell, given: Givens | None = None, *, learn: bool = False
    ) -> dict[str, Any]:
        """Run every code cell of the source; the first time, learn who binds which name."""
        namespace: dict[str, Any] = shell.user_ns

        def execute() -> bool:
            mapping = namespace if learn else self.reference
            with grading.session(reference=mapping, mistakes=self._mistakes):
                ok, outputs = shell.run(cell.source)
            if learn and any(
                credit.is_number(o["data"]) for o in outputs if o["output_type"] == "execute_result"
            ):
                self._numeric.add(cells.grade_id(cell) or "")
            if not ok and learn:
                error = f"{type(shell.last_error).__name__}: {shell.last_error}"
                self.problems.append(f"the source's cell {cells.grade_id(cell) or '?'} fails: {error}")
            return ok

        for at, cell in enumerate(c for c in self._notebook.cells if c.cell_type == "code"):
            if learn:
                self._ledger.run(cell, namespace, execute)
            else:
                booked = self._ledger.booked[at]
                names = None if booked.kind == "test" else booked.bound if booked.kind == "student" else ()
                self.follow.tally.run(booked.grade_id, namespace, names, execute)
                if given is not None:
                    given.leave(booked.grade_id, booked.bound, namespace)
        return namespace

    def _around(self, grade_id: str) -> object:
        """Return what differs once a test has changed something beside its own names."""
        reads = self.passage.standings[grade_id].reads.difference(self._ledger.all_names(grade_id))
        names = reads & self._namespace.keys()
        return state(), {name: print_of(self._namespace[name]) for name in names}

    def begin(self, student: str = "") -> None:
        """Make ready for one student's submission: nothing of the source's run stays but what it imported."""
        self._student = student
        self.passage.begin()
        self.heard.begin()
        self._shell.begin_again()
        with warnings.catch_warnings():
            pass  # by which Python forgets which warnings it has shown once
        np.random.seed(0)  # noqa: NPY002 - a test that draws without a seed draws the same each time
        random.seed(0)

    def is_as_before(self) -> bool:
        """Whether the submission that was examined has left nothing behind that `begin` does not put back."""
        self._shell.begin_again()
        holds = grading.go_back() and self._steady.holds()
        if holds:
            self.heard.publish()
        return holds

    def needs(self, grade_id: str) -> bool:
        """Whether a cell is a locked one with something in it that tests need."""
        return grade_id in self._ledger.essential

    def follows(self, grade_id: str) -> bool:
        """Whether a locked cell uses what the submission binds."""
        return grade_id in self._ledger.following

    def names(self, grade_id: str) -> list[str]:
        """Return the names that are the submission's to a test, as far as it can come to them."""
        return self._ledger.names(grade_id)

    def _session(self) -> AbstractContextManager[grading.Session]:
        return grading.session(reference=self.reference, mistakes=self._mistakes, student=self._student)

    def run_locked(self, grade_id: str, desk: TestDesk | None, seconds: float) -> None:
        """Run one locked cell beside the tests, for what it binds; what it shows is the sandbox's to show."""
        if desk is not None and self._lay(grade_id, desk):
            self.passage.locked(grade_id, fine=False)
            return
        with self._session(), timer(seconds):
            ok, _ = self._shell.run(self.locked[grade_id])
        self.passage.locked(grade_id, fine=ok and (desk is None or not desk.touched.is_left))

    def _lay(self, grade_id: str, desk: TestDesk) -> str:
        """Lay the submission's names into the namespace; return what went wrong, if anything did."""
        all_names = self._ledger.all_names(grade_id)
        # where something stands in, locked cells are run again in the test, which may come to others
        names = all_names if desk.stand_ins.laid else self._ledger.names(grade_id)
        try:
            found = desk.look_up(names)
        except ProcessDied as error:
            return str(error)
        for name in all_names:
            if name in found:
                self._namespace[name] = found[name]
            else:
                self._namespace.pop(name, None)
        self._namespace.update(desk.stand_ins.laid)
        desk.watch(self._namespace)
        return ""

    def tested(self, grade_id: str, submission: Submission, seconds: float) -> OneRun:
        """Return what a test says of a submission, from memory where the very same was answered before."""
        run = partial(self.run_test, grade_id)
        if not self.passage.is_usual(grade_id):
            return run_at(TestDesk(submission), run, seconds)
        names = partial(self._ledger.names, grade_id)
        found, done = self.heard.run(grade_id, names, submission, seconds, run)
        if done is not None:  # what it defines is defined for those below
            with self._session():
                given = self.passage.test(grade_id, done)
                self._shell.run_statements(self.tests[grade_id].source, given)
        return found

    def run_test(
        self, grade_id: str, desk: TestDesk, seconds: float
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Run one test cell on what the submission binds; return its outputs and its reports.

        Where it was passed in spite of a doubt, it is run once more, strictly, and the lower mark counts. Where it lost
        marks and misses one of the submission's names that it was not told, it is told all of them from then on.
        """
        self._shell.done = 0
        result = self._run_informed(grade_id, desk, seconds)
        self._shell.last_error = None  # whose frames hold what they were called with
        self.passage.test(grade_id, self._shell.done, changed=desk.touched.is_left)
        return result

    def _run_informed(
        self, grade_id: str, desk: TestDesk, seconds: float
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        test = self.tests[grade_id]
        result = self._run_doubting(test, desk, seconds)
        untold = self._ledger.untold(grade_id)
        if untold and credit.earned_by(result[0], test.points) < test.points and misses(result, untold):
            self._ledger.tell_all(grade_id)
            return self._run_doubting(test, desk, seconds)
        return result

    def _run_doubting(
        self, test: TestCell, desk: TestDesk, seconds: float
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        desk.doubts = Doubts(partial(expected, self.reference), self.reference)
        result = self._run_once(test, desk, seconds)
        doubted = desk.doubts.raised
        desk.doubts.begin_strictly()
        if doubted and (earned := credit.earned_by(result[0], test.points)):
            again = self._run_once(test, desk, seconds)
            if credit.earned_by(again[0], test.points) < earned:
                return again
        return result

    def run_test_again(
        self, grade_id: str, desk: TestDesk, seconds: float
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Run a test with the desk's stand-ins in their places, and leave no trace of it."""
        kept = dict(self._namespace)
        try:
            return self._run_informed(grade_id, desk, seconds)
        finally:
            self._namespace.clear()
            self._namespace.update(kept)

    def _run_once(
        self, test: TestCell, desk: TestDesk, seconds: float
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        if problem := self._lay(test.grade_id, desk):
            return [error_output("ProcessDied", problem)], []
        with self._session() as session, timer(seconds):
            for locked in desk.stand_ins.locked:
                if self.needs(locked):
                    self._shell.run(self.locked[locked])
            desk.stand_ins.are_prepared()
            _, outputs = self._shell.run(test.source)
        reports = [scrub_all(report.as_dict()) for report in session.reports]
        shown = []
        for about in reports:
            report = grading.Report.from_dict(about)
            data = {"text/html": report._repr_html_(), "text/plain": str(report)}
            shown.append({"output_type": "display_data", "data": data, "metadata": {"autograder": about}})
        is_number = test.grade_id in self._numeric
        rest = presentable(test, outputs, self._shell.last_error, is_number=is_number)
        return [*shown, *rest], reports
