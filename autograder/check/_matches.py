"""The check `matches`: a student's function against the reference, and what its results look like.

The other checks on functions are in `_functions`; they share the parts that put a finding together.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _context, _parts
from autograder.check._axes import settled
from autograder.check._calls import described, in_words, name_of, names, quietly, series
from autograder.check._compare import with_reason
from autograder.check._context import Evidence
from autograder.check._diagnose import Trial, diagnose
from autograder.check._difference import Difference, Inputs, agree, difference, numeric, within
from autograder.check._equal import same
from autograder.check._errors import refusal
from autograder.check._finding import CheckFailed, Finding, ProcessDied, TookTooLong
from autograder.check._recognise import raised
from autograder.check._remarks import remark
from autograder.check._remembered import Remembered, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from autograder.check._calls import Case
    from autograder.check._parts import Part, Place

    Function = Callable[..., Any]
    Made = Callable[[Case], tuple[Any, tuple[Any, ...]]]  # what came, and the arguments as the call left them

KEPT = 20  # calls kept for the diagnosis
AFTERWARDS = 10  # calls made after the first wrong one, to see what the mistake is
_ELEMENTS_TRIED = 3
_HEAVY = 500_000  # entries; larger calls are not kept


def matches(
    f: Function,
    ref: Function,
    cases: Iterable[Any],
    *,
    part: Part | None = None,
    because: str | None = None,
) -> None:
    """Check that a function gives what the reference gives, on every case.

    Parameters
    ----------
    f
        The student's function.
    ref
        The right version.
    cases
        Argument tuples, small ones first; see `check.cases`.
    part
        Of several results the one to compare; the others may be wrong. A key of a dict (``"W1"``), a position
        in a tuple (``0``), or a name for the messages and the way to the part (``("dW", 1)``, and
        ``("dW1", 1, "W1")`` for the key W1 of the dict at position 1).
    because
        Why, in a few words.

    Raises
    ------
    CheckFailed
        With the first case that differs, which is the smallest one.

    Examples
    --------
    >>> import numpy as np
    >>> from autograder import check
    >>> check.matches(lambda x: np.maximum(x, 0), lambda x: x * (x > 0), check.cases.reals())
    """
    where = None if part is None else _parts.place(part)
    seen = _Seen(f, ref, where, cases)
    for args, key, made in seen.calls():
        if seen.first is not None:
            seen.afterwards += 1
            if seen.afterwards > AFTERWARDS:
                break
        if not seen.compare(args, key, made, because):
            break
    if seen.first is not None:
        raise seen.advised()


class _Seen:
    """What `matches` saw so far."""

    def __init__(self, f: Function, ref: Function, where: Place | None, cases: Iterable[Any]) -> None:
        self.f, self.ref, self.where, self.cases = f, ref, where, cases
        self.first: CheckFailed | None = None
        self.afterwards = 0
        self._trials: deque[Trial] = deque(maxlen=KEPT)
        self._wholes: deque[tuple[Any, Any]] = deque(maxlen=KEPT)
        self._changed = False
        self._names: dict[int, list[str]] = {}
        self._function = known_as(f, ref)

    def calls(self) -> Iterator[tuple[tuple[Any, ...], object, Made]]:
        """Go through the cases, what tells them apart, and what makes each call."""

        def ahead() -> int:
            return AFTERWARDS if self.first is None else AFTERWARDS - self.afterwards

        if self.where is not None:
            yield from Remembered(self.f, self.cases, most=ahead)
            return
        for args, given, made in series(self.f, self.cases, most=ahead):
            yield args, None, lambda case, made=made, given=given: (made(case), given)  # type: ignore[misc]

    def compare(self, args: tuple[Any, ...], key: object, made: Made, because: str | None) -> bool:
        """Make one call and compare; return whether another one is worth its time."""
        whole = quietly(self.ref, args) if self.where is None else answer(self.ref, args, key)
        want = whole if self.where is None else _parts.right(whole, self.where)
        named = self._names_of(args)
        case = in_words(args, named)
        try:
            got, given = made(case)
        except CheckFailed as failed:
            self.first = self.first or refused(failed, because)
            if hopeless(failed):
                return False
            self._record(args, raised(failed.__cause__ or failed), want)
            return True
        held = got
        try:
            got = held if self.where is None else _parts.came(held, whole, self.where)
        except CheckFailed as failed:
            self.first = self.first or CheckFailed(replace(failed.finding, case=case()))
            self._record(args, held, whole, path=())
            return True
        name = "" if self.where is None else self.where.name
        wrong = False
        if not same(got, want):  # most of what comes is: the paths here would come to this
            got = settled(got, want, case=case, name=name)
            wrong = not agree(got, want)
            remark(got, want)
        self._changed = self._changed or difference(given, args, exact=True) is not None
        if got is not None or self.where is None:
            self._trials.append(Trial(args, got, want, tuple(named)))
        self._wholes.append((held, whole))
        self._record(args, got, want, wrong=wrong)
        if wrong and self.first is None:
            inputs = _inputs(self.ref, args, named, got, want) if self.where is None else None
            found = difference(got, want, inputs=inputs)
            if found is not None:  # as agree() has just said
                self.first = CheckFailed(located(found, args, named, because, part=name))
        return True

    def _record(
        self,
        args: tuple[Any, ...],
        got: Any,
        want: Any,
        *,
        wrong: bool = True,
        path: tuple[int | str, ...] | None = None,
    ) -> None:
        if path is None:
            path = () if self.where is None else self.where.path
        named = tuple(self._names_of(args))
        if _context.aspect.get() is None:
            return
        record(
            Evidence(
                self._function,
                args,
                got,
                want,
                wrong,
                path,
                call=self.f,
                ref=self.ref,
                cases=self.cases,
                names=named,
            )
        )

    def _names_of(self, args: tuple[Any, ...]) -> list[str]:
        if len(args) not in self._names:
            self._names[len(args)] = names(len(args), self.ref, self.f)
        return self._names[len(args)]

    def advised(self) -> CheckFailed:
        """Return the first failure with what all of them look like."""
        assert self.first is not None  # noqa: S101 - asked for only where there is one
        finding = self.first.finding
        if self.where is not None and finding.advice is None and self.first.__cause__ is None:
            swapped = _parts.elsewhere(list(self._wholes), self.where)
            if swapped:
                said, sure = swapped
                return CheckFailed(replace(finding, advice=said), thin=not sure, sure=sure)
        return advised(self.first, self._trials, changed=self._changed)


def refused(failed: CheckFailed, because: str | None) -> CheckFailed:
    """Say of an error in the student's own words that a result is due, and why."""
    advice = refusal(failed.__cause__)
    if advice is None or failed.finding.advice is not None:
        return failed
    verdict = with_reason(failed.finding.verdict, because)
    told = CheckFailed(replace(failed.finding, verdict=verdict, advice=advice))
    told.__cause__ = failed.__cause__
    return told


def hopeless(failed: CheckFailed) -> bool:
    """Return whether further calls would only cost time."""
    return isinstance(failed.__cause__, (NotImplementedError, TookTooLong, ProcessDied))


def known_as(f: Function, ref: Function) -> str:
    """Return a function's own name or, for a lambda, the reference's."""
    return name_of(f) if name_of(f).isidentifier() else name_of(ref)


def record(evidence: Evidence) -> None:
    """Hand a call to the active aspect."""
    collector = _context.aspect.get()
    if collector is None:
        return
    weight = sum(value.size for value in (*evidence.args, evidence.got) if isinstance(value, np.ndarray))
    if weight <= _HEAVY:
        collector.record(evidence)


def located(
    found: Difference, args: tuple[Any, ...], named: list[str], because: str | None, *, part: str = ""
) -> Finding:
    """Return a difference as a finding that says the call, or the one input that shows it."""
    if part:
        spot = f"{part}, {found.where}" if found.where else part
        verdict = with_reason(f"{spot}: {found.verdict}", because)
        return Finding(verdict, case=described(args, named), comparison=found.comparison)
    if found.at_input and found.where is not None:
        rest = [i for i, arg in enumerate(args) if not isinstance(arg, np.ndarray)]
        others = described(tuple(args[i] for i in rest), [named[i] for i in rest])
        case = ", ".join(part for part in (found.where, others) if part)
    else:
        case = ", ".join(part for part in (described(args, named), found.where) if part)
    return Finding(with_reason(found.verdict, because), case=case, comparison=found.comparison)


def _inputs(ref: Function, args: tuple[Any, ...], named: list[str], got: Any, want: Any) -> Inputs | None:
    """Return the argument whose entries make the result's entries one by one, if the reference works so."""
    arrays = [i for i, arg in enumerate(args) if isinstance(arg, np.ndarray)]
    came, wanted = numeric(got), numeric(want)
    if len(arrays) != 1 or came is None or wanted is None or wanted.ndim == 0:
        return None
    x = args[arrays[0]]
    if x.shape != wanted.shape or came.shape != wanted.shape:
        return None
    for index in np.argwhere(~within(came, wanted))[:_ELEMENTS_TRIED]:
        # Beside another number, an entry alone gives what it gave in the array: then entries do not meet.
        entry = x[tuple(index)]
        pair = (*args[: arrays[0]], np.array([entry, entry + 1]), *args[arrays[0] + 1 :])
        try:
            alone = numeric(quietly(ref, pair))
        except Exception:  # noqa: BLE001 - then it is not elementwise
            return None
        if alone is None or alone.shape != (2,) or not agree(alone[0], wanted[tuple(index)]):
            return None
    return Inputs(named[arrays[0]], x)


def advised(failed: CheckFailed, trials: Sequence[Trial], *, changed: bool) -> CheckFailed:
    """Add what the results look like, where nothing better is known."""
    finding = failed.finding
    if finding.advice or failed.__cause__ is not None:
        return failed
    seen = list(trials)

    def advise() -> str | None:
        advice = diagnose(seen)
        if advice is None and changed:
            return (
                "Your function also changed its argument in place. Does a later step read the changed values?"
            )
        return advice

    return CheckFailed(finding, thin=True, advise=advise)
