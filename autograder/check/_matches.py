"""The check `matches`: a student's function against the reference, and what its results look like.

The other checks on functions are in `_functions`; they share the parts that put a finding together.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _calls, _context
from autograder.check._axes import settled
from autograder.check._calls import call, described, fresh, name_of, names, quietly
from autograder.check._compare import with_reason
from autograder.check._context import Evidence, Raised
from autograder.check._diagnose import Trial, diagnose
from autograder.check._difference import Difference, Inputs, agree, difference, numeric, within
from autograder.check._finding import CheckFailed, Finding, ProcessDied, TookTooLong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Function = Callable[..., Any]

KEPT = 20  # calls kept for the diagnosis
AFTERWARDS = 10  # calls made after the first wrong one, to see what the mistake is
_ELEMENTS_TRIED = 3
_HEAVY = 1_000_000  # entries; larger calls are not kept


def matches(f: Function, ref: Function, cases: Iterable[Any], *, because: str | None = None) -> None:
    """Check that a function gives what the reference gives, on every case.

    Parameters
    ----------
    f
        The student's function.
    ref
        The right version.
    cases
        Argument tuples, small ones first; see `check.cases`.
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
    trials: deque[Trial] = deque(maxlen=KEPT)
    first: CheckFailed | None = None
    changed, afterwards = False, 0
    for args in _calls.each(cases):
        if first is not None:
            afterwards += 1
            if afterwards > AFTERWARDS:
                break
        want = quietly(ref, args)
        given = fresh(args)
        named = names(len(args), ref, f)
        try:
            got: Any = call(f, given, described(args, named))
        except CheckFailed as failed:
            first = first or failed
            if hopeless(failed):
                break
            _record(f, ref, Evidence("", args, Raised(type(failed.__cause__).__name__), want, wrong=True))
            continue
        got = settled(got, want, case=described(args, named))
        wrong = not agree(got, want)
        changed = changed or difference(given, args, exact=True) is not None
        trials.append(Trial(args, got, want))
        _record(f, ref, Evidence("", args, got, want, wrong))
        if wrong and first is None:
            inputs = _inputs(ref, args, named, got, want)
            found = difference(got, want, inputs=inputs)
            if found is not None:  # as agree() has just said
                first = CheckFailed(located(found, args, named, because))
    if first is not None:
        raise advised(first, trials, changed=changed)


def hopeless(failed: CheckFailed) -> bool:
    """Return whether further calls would only cost time."""
    return isinstance(failed.__cause__, (NotImplementedError, TookTooLong, ProcessDied))


def _record(f: Function, ref: Function, evidence: Evidence) -> None:
    """Hand a call to the active aspect, under the function's own name or, for a lambda, the reference's."""
    collector = _context.aspect.get()
    if collector is None or _context.session.get() is None:
        return
    weight = sum(value.size for value in (*evidence.args, evidence.got) if isinstance(value, np.ndarray))
    if weight <= _HEAVY:
        name = name_of(f) if name_of(f).isidentifier() else name_of(ref)
        collector.record(replace(evidence, function=name))


def located(found: Difference, args: tuple[Any, ...], named: list[str], because: str | None) -> Finding:
    """Return a difference as a finding that says the call, or the one input that shows it."""
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
    for place in np.argwhere(~within(came, wanted))[:_ELEMENTS_TRIED]:
        # Beside another number, an entry alone gives what it gave in the array: then entries do not meet.
        entry = x[tuple(place)]
        pair = (*args[: arrays[0]], np.array([entry, entry + 1]), *args[arrays[0] + 1 :])
        try:
            alone = numeric(quietly(ref, pair))
        except Exception:  # noqa: BLE001 - then it is not elementwise
            return None
        if alone is None or alone.shape != (2,) or not agree(alone[0], wanted[tuple(place)]):
            return None
    return Inputs(named[arrays[0]], x)


def advised(failed: CheckFailed, trials: Sequence[Trial], *, changed: bool) -> CheckFailed:
    """Add what the results look like, where nothing better is known."""
    finding = failed.finding
    if finding.advice or failed.__cause__ is not None:
        return failed
    advice = diagnose(list(trials))
    if advice is None and changed:
        advice = (
            "Your function also changed its argument in place. Does a later step read the changed values?"
        )
    return CheckFailed(replace(finding, advice=advice))
