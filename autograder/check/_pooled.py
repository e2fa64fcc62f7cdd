"""What all calls of a test cell say together about an aspect that failed, once the cell has come to its end.

The first check that fails is often a small one: two numbers look alike in many ways. The calls that were made
afterwards tell one cause from another, so they are looked at together, and they overrule what one case suggested.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _calls
from autograder.check._context import Evidence, Raised
from autograder.check._diagnose import LAST, Trial, diagnose, is_large
from autograder.check._difference import agree, numeric
from autograder.check._probes import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograder.check._diagnose import Rule
    from autograder.check._finding import CheckFailed, Finding

_MOST = 40
_UNSTEADY = (
    "The same arguments gave another result the second time. Does chance come in, an array of np.empty, or a value kept "
    "from an earlier call?"
)


def looked_at(
    finding: Finding,
    here: Sequence[Evidence],
    seen: Sequence[Evidence],
    *,
    thin: bool,
    later: Sequence[CheckFailed],
    advice: Callable[[], str | None],
    said_of: dict[object, str | None] | None = None,
) -> Finding:
    """Return a finding with the best advice that the calls of its test cell give.

    Parameters
    ----------
    finding
        Of an aspect, with no known mistake.
    here
        The calls that were made for the aspect.
    seen
        All calls of the test cell.
    thin
        Whether the finding's own advice comes from one case alone.
    later
        What failed in the aspect after the first failure.
    advice
        Finds out what the one case looks like, where `thin`.
    said_of
        What all calls of a function say, as it was found out for another aspect of the test cell.
    """
    if finding.advice and not thin:
        return finding
    wrong = next((item for item in here if item.wrong and not item.refusal), None)
    if wrong is None or isinstance(wrong.got, Raised):
        return replace(finding, advice=_otherwise(later) or (advice() if wrong is None else None))
    sure = next((failed.finding.advice for failed in later if failed.sure), None)
    said = sure or _all_alike(seen, wrong, {} if said_of is None else said_of)
    said = said or _alike(here, wrong, every=False)
    if said is None and not _steady(wrong):
        said = _UNSTEADY
    if said is None and any(_loses(item) for item in here if item.kind == wrong.kind):
        said = _alike(here, wrong, every=True, rules=LAST)
    return replace(finding, advice=said or _otherwise(later))


def _all_alike(seen: Sequence[Evidence], wrong: Evidence, said_of: dict[object, str | None]) -> str | None:
    """Look at all calls of the test cell, once for each function and part of its result."""
    about = wrong.function, wrong.kind
    if about not in said_of:
        said_of[about] = _alike(seen, wrong, every=True)
    return said_of[about]


def _alike(
    items: Sequence[Evidence], wrong: Evidence, *, every: bool, rules: tuple[Rule, ...] | None = None
) -> str | None:
    """Look at the calls of one function and one part of its result that gave something."""
    alike = [i for i in items if i.function == wrong.function and i.kind == wrong.kind]
    return _diagnosed([i for i in alike if not isinstance(i.got, Raised)][-_MOST:], every=every, rules=rules)


def _loses(item: Evidence) -> bool:
    got = numeric(item.got)
    return item.wrong and got is not None and not bool(np.isfinite(got).all())


def _otherwise(later: Sequence[CheckFailed]) -> str | None:
    """Say how other inputs ended with an error, where they did."""
    for failed in later:
        if failed.__cause__ is not None and failed.finding.advice:
            return f"With other inputs your function {failed.finding.verdict}. {failed.finding.advice}"
        if not failed.thin and failed.finding.advice:
            return failed.finding.advice
    return None


def _diagnosed(
    items: Sequence[Evidence], *, every: bool, rules: tuple[Rule, ...] | None = None
) -> str | None:
    wrong = [item for item in items if item.wrong]
    if not wrong:
        return None
    ref = wrong[-1].ref  # a stand-in by hand comes first, and answers one question alone

    def probe() -> str | None:
        if ref is None:
            return None
        calls = [
            _whole(item, ref)
            for item, trial in zip(items, trials, strict=True)
            if item.ref is ref and not is_large(trial)
        ]
        names, _ = _signature(ref)
        return Asked(calls, names or items[0].names, _partly(ref, wrong[0].part)).look()

    trials = [Trial(*_whole(item, ref), _names(item, ref)) for item in items]
    return diagnose(trials, probe, every=every, last=rules or ())


def _whole(item: Evidence, ref: Callable[..., Any] | None) -> tuple[tuple[Any, ...], Any, Any]:
    """Return a call with the arguments that were left to their defaults."""
    names, defaults = _signature(ref)
    left = names[len(item.args) :]
    if left and len(left) <= len(defaults):
        return (*item.args, *defaults[len(defaults) - len(left) :]), item.got, item.want
    return item.args, item.got, item.want


def _names(item: Evidence, ref: Callable[..., Any] | None) -> tuple[str, ...]:
    return _signature(ref)[0] or item.names


def _signature(ref: Callable[..., Any] | None) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Return the names of a function's arguments, and the defaults of the last ones."""
    code = getattr(ref, "__code__", None)
    if code is None:
        return (), ()
    return code.co_varnames[: code.co_argcount], getattr(ref, "__defaults__", None) or ()


def _partly(ref: Callable[..., Any], part: tuple[int | str, ...]) -> Callable[..., Any]:
    def one(*args: Any) -> Any:
        result = ref(*args)
        for step in part:
            result = result[step]
        return result

    return one


def _steady(item: Evidence) -> bool:
    """Return whether a call gives again what it gave."""
    if item.call is None:
        return True
    try:
        again = _calls.quietly(item.call, item.args)
        for step in item.part:
            again = again[step]
    except Exception:  # noqa: BLE001 - it returned before; why not now is another matter
        return True
    return agree(np.squeeze(again) if isinstance(again, np.ndarray) else again,
                 np.squeeze(item.got) if isinstance(item.got, np.ndarray) else item.got)  # fmt: skip
