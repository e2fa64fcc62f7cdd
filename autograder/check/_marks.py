"""Marks: an exercise's aspects, each worth points, and the total at the end of a test cell."""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Self

from autograder.check import _chain, _context
from autograder.check._arguments import CHANGED
from autograder.check._calls import hushed
from autograder.check._explain import explain
from autograder.check._finding import CheckFailed, Finding
from autograder.check._pooled import looked_at
from autograder.check._recognise import Outcomes, explaining
from autograder.check._report import AspectResult, Report

if TYPE_CHECKING:
    from contextvars import Token
    from types import TracebackType

    from autograder.check._context import Called, Evidence

NEVER_CHECKED = Finding(
    "nothing checked this aspect", advice="Tell your teacher: the test cell lacks a check."
)
_MOST_NOTES = 3
_MOST_EVIDENCE = 20
_LONG_NOTE = 160


class Aspect:
    """One aspect of an exercise, used as ``with marks.values:``.

    It may be entered several times and passes when every check in it passes. An exception raised inside is
    kept as the reason and goes no further; warnings raised inside become notes.
    """

    def __init__(self, name: str, points: float) -> None:
        self.name = name
        self.points = points
        self.finding: Finding | None = None
        self.failure: CheckFailed | None = None  # the finding's own, which can say what it looks like
        self.checked = False
        self.thin = False  # whether its advice rests on one case
        self.later: list[CheckFailed] = []  # what failed after the first failure
        self.foreign = False  # whether the finding came from the check of another aspect
        self.waiting = ""  # for which aspect, where that has to pass first
        self.shapes: Aspect | None = None  # the aspect that pays for shapes, where it is another one
        self.functions: list[str] = []
        self.evidence: list[Evidence] = []
        self.notes: list[str] = []
        self.chains: list[_chain.Chain] = []
        self.calls: dict[object, Called] = {}  # shared by the aspects of one test cell
        self._open: list[tuple[warnings.catch_warnings[Any], list[warnings.WarningMessage], Token[Any]]] = []

    def __enter__(self) -> Self:
        self.checked = True
        catcher = warnings.catch_warnings(record=True)
        heard = catcher.__enter__()
        warnings.simplefilter("always")
        self._open.append((catcher, [] if heard is None else heard, _context.aspect.set(self)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        catcher, heard, token = self._open.pop()
        catcher.__exit__(kind, error, trace)
        _context.aspect.reset(token)
        for warning in heard:
            self._note(warning)
        if error is None:
            return False
        if not isinstance(error, Exception):
            return False  # an interrupt is the student's own wish
        if self.finding is None:
            self.failure = error if isinstance(error, CheckFailed) else None
            self.finding = explain(error) if self.failure is None else self.failure.bare
            self.thin = self.failure is not None and self.failure.thin
        elif isinstance(error, CheckFailed):
            self.later.append(error)
        return True

    @property
    def form(self) -> FormOnly:
        """The aspect, entered to look at an answer's form alone.

        ``with marks.values.form:`` fails as any check does, but passing it says nothing of the answer: in a
        student's notebook the aspect stays "checked when graded".
        """
        return FormOnly(self)

    def waits_for(self, aspect: str) -> None:
        """Say in a student's notebook that this aspect is not looked at until another one passes."""
        self.waiting = aspect

    def _note(self, warning: warnings.WarningMessage) -> None:
        plain = warning.category is UserWarning  # what a test cell says by `warnings.warn` alone
        self.tell(str(warning.message) if plain else f"{warning.category.__name__}: {warning.message}")

    def tell(self, text: str) -> None:
        """Add a remark that costs nothing."""
        if text not in self.notes and len(self.notes) < _MOST_NOTES:
            self.notes.append(text if len(text) <= _LONG_NOTE else text[: _LONG_NOTE - 3] + "...")

    def saw(self, function: str) -> None:
        """Note that a function was checked."""
        if function and function not in self.functions:
            self.functions.append(function)

    def show(self, chain: _chain.Chain) -> None:
        """Put a derivation on the card."""
        self.chains.append(chain)

    def charge_shapes(self, finding: Finding) -> bool:
        """Let the aspect `shapes` pay for a shape; False where that is this one, or there is none."""
        if self.shapes is None:
            return False
        self.shapes.checked = True
        here = f"in the check of `{self.name}`"  # it is not among the calls that `shapes` makes
        if finding.case:
            finding = replace(finding, case=f"{finding.case}, {here}")
        else:
            finding = replace(finding, verdict=f"{here}: {finding.verdict}")
        if self.shapes.finding is None:
            self.shapes.finding = finding
            self.shapes.foreign = True
        return True

    def record(self, evidence: Evidence) -> None:
        """Keep a call for the search of known mistakes; among many, wrong ones first."""
        if len(self.evidence) < _MOST_EVIDENCE:
            self.evidence.append(evidence)
        elif evidence.wrong:
            right = [i for i, item in enumerate(self.evidence) if not item.wrong]
            if right:
                self.evidence[right[-1]] = evidence


class FormOnly:
    """An aspect entered for the form of an answer: whether it is checked stays as it was."""

    def __init__(self, aspect: Aspect) -> None:
        self._aspect = aspect
        self._checked = aspect.checked

    def __enter__(self) -> Self:
        self._aspect.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        swallowed = self._aspect.__exit__(kind, error, trace)
        self._aspect.checked = self._checked
        return swallowed


class Marks:
    """The aspects of one exercise; made by `marks`.

    Every aspect is an attribute of its name. `total` comes last.
    """

    def __init__(self, title: str, aspects: dict[str, float]) -> None:
        if not aspects:
            raise ValueError("marks need at least one aspect, such as check.marks(values=2)")
        for name, points in aspects.items():
            if name == "total" or name.startswith("_"):
                raise ValueError(f"an aspect cannot be called {name!r}")
            if not points > 0:
                raise ValueError(f"the aspect {name!r} needs points above 0, not {points!r}")
        self._title = title
        self._aspects = {name: Aspect(name, float(points)) for name, points in aspects.items()}
        for name, aspect in self._aspects.items():
            aspect.shapes = self._aspects.get("shapes") if name != "shapes" else None
            aspect.calls = next(iter(self._aspects.values())).calls

    def __getattr__(self, name: str) -> Aspect:
        aspects: dict[str, Aspect] = self.__dict__.get("_aspects", {})
        if name in aspects:
            return aspects[name]
        raise AttributeError(f"there is no aspect {name!r}; these marks have {', '.join(aspects)}")

    def total(self) -> float:
        """Show the card and return the points earned.

        In a student's notebook, where hidden checks are absent, an aspect without a visible check counts
        fully as long as nothing visible failed, and not at all otherwise. While grading, it counts nothing.
        """
        session = _context.session.get()
        report = self._report()
        if session is not None:
            session.reports.append(report)
        else:
            _show(report)
            if report.earned < report.points and os.environ.get("NBGRADER_EXECUTION") == "validate":
                # Validate shows what stands on stderr, and without it "Partial credit" and no reason.
                print(report, file=sys.stderr)  # noqa: T201
        return report.earned

    def _report(self) -> Report:
        session = _context.session.get()
        aspects = tuple(self._aspects.values())
        failed = any(aspect.finding is not None for aspect in aspects)
        results = []
        outcomes, said_of = Outcomes(), dict[object, str | None]()
        for aspect in aspects:
            status: Literal["passed", "failed", "unchecked"] = (
                "failed" if aspect.finding else "passed" if aspect.checked else "unchecked"
            )
            hopeful = status == "unchecked" and session is None and not failed
            earned = aspect.points if status == "passed" or hopeful else 0.0
            finding = aspect.finding
            if status == "unchecked" and session is not None:
                finding = NEVER_CHECKED
            kept = "; points kept" if status == "passed" else ""
            notes = tuple(f"{note}{kept}" for note in aspect.notes)
            waits = aspect.waiting if status == "unchecked" and session is None else ""
            result = AspectResult(aspect.name, aspect.points, earned, status, finding, notes, waits)
            results.append(self._explained(result, aspect, outcomes, said_of))
        points = sum(aspect.points for aspect in aspects)
        title = self._title or next((name for aspect in aspects for name in aspect.functions), "")
        earned = sum(result.earned for result in results)
        chains = _chain.merge(chain for aspect in aspects for chain in aspect.chains)
        return Report(title, tuple(results), earned, points, student_side=session is None, chains=chains)

    def _explained(
        self, result: AspectResult, aspect: Aspect, outcomes: Outcomes, said_of: dict[object, str | None]
    ) -> AspectResult:
        """Name the known mistake behind a failure, if one gives the very same results, or say what they look like."""
        session = _context.session.get()
        finding = bare = result.finding
        if result.status != "failed" or finding is None or bare is None:
            return result

        def whole() -> Finding:
            return bare if aspect.failure is None else aspect.failure.finding

        if aspect.foreign or finding.verdict.startswith(CHANGED):
            return replace(
                result, finding=whole()
            )  # the calls that were seen are not what this finding is about
        seen = [item for other in self._aspects.values() for item in other.evidence]
        known = None
        with hushed():
            if session is not None:
                known = explaining(seen, aspect.evidence, session.mistakes, outcomes)
            if known is not None:
                finding = replace(finding, mistake=known.name, advice=known.advice)
            else:
                finding = looked_at(
                    finding,
                    aspect.evidence,
                    seen,
                    thin=aspect.thin,
                    later=aspect.later,
                    advice=lambda: whole().advice,
                    said_of=said_of,
                )
        return replace(result, finding=finding)


def marks(title: str = "", /, **aspects: float) -> Marks:
    """Start the marks of an exercise: its aspects and their points.

    Parameters
    ----------
    title
        The exercise's name; taken from the first function checked when left out.
    **aspects
        Points of each aspect.

    Examples
    --------
    >>> from autograder import check
    >>> marks = check.marks("halve", values=2, shapes=1)
    >>> with marks.values:
    ...     check.close(4 / 2, 2.0)
    >>> with marks.shapes:
    ...     check.shape([1.0, 2.0], (2,))
    >>> marks.total()
    halve   every check here passes
      values   2/2
      shapes   1/1
      Grading tries more cases than the ones here.
    3.0
    """
    return Marks(title, aspects)


def _show(report: Report) -> None:
    """Display the card in Jupyter, print it elsewhere. IPython is never imported for this alone."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        from IPython.display import display  # noqa: PLC0415 - see above

        display(report)
    else:
        print(report)  # noqa: T201
