"""The check `cost`: arguments so large that only work and memory in proportion to them come through.

A table of n x n numbers for n = 1,000,000 takes 8 TB. In the sandbox such a call ends at its limits; in a student's
own kernel it must not take the machine down, so there the growth of memory is measured on small cuts first.
"""

from __future__ import annotations

import math
import signal
import threading
import tracemalloc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _calls, _context
from autograder.check._calls import fresh
from autograder.check._compare import fail
from autograder.check._explain import said
from autograder.check._finding import CheckFailed, Finding, ProcessDied, TookTooLong
from autograder.check._matches import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from autograder.check._parts import Part

    Function = Callable[..., Any]

SECONDS = 10.0  # for one call in a student's kernel; the sandbox has limits of its own
_CUTS = (1000, 2000)  # lengths at which memory is measured first
_STEEP = 1.5  # growth from which n times more memory is not what happens
_MUCH = 2 << 30  # bytes that a call in a student's kernel may be expected to need
_TABLE = "Which array has an entry for every pair of entries? Can the answer be had without ever making it?"
_WORK = "How many operations does one entry of the answer take, and how many all n of them?"


def cost(
    f: Function, ref: Function, cases: Iterable[Any], *, part: Part | None = None, because: str | None = None
) -> None:
    """Check that a function copes with very large arguments, and is right there too.

    Parameters
    ----------
    f, ref, part, because
        As for `matches`.
    cases
        Argument tuples so large that time or memory that grows as n^2 does not come through; one is enough.

    Raises
    ------
    CheckFailed
        When the call runs out of memory or time, or gives something else than `ref`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograder import check
    >>> check.cost(lambda x: x - x.mean(), lambda x: x - np.mean(x), [np.linspace(0.0, 1.0, 1_000_000)])
    """
    for args in _calls.each(cases):
        n = _longest(args)
        if _context.session.get() is None:
            _measure(f, args, n, because)
        try:
            with _alarm():
                matches(f, ref, [args], part=part, because=because)
        except CheckFailed as failed:
            raise _told(failed, n, because) from failed.__cause__


def _longest(args: tuple[Any, ...]) -> int:
    return max((max(arg.shape, default=1) for arg in args if isinstance(arg, np.ndarray)), default=1)


def _told(failed: CheckFailed, n: int, because: str | None) -> CheckFailed:
    error = failed.__cause__
    if isinstance(error, MemoryError):
        what, advice = f"it runs out of memory ({said(error)})" if said(error) else "", _TABLE
    elif isinstance(error, TookTooLong):
        what, advice = said(error), _WORK
    elif isinstance(error, ProcessDied):
        what, advice = said(error), _TABLE
    elif error is None:
        return _wrong(failed.bare)
    else:
        return failed
    verdict = f"does not cope with n = {n:,}"
    grows = "Memory or time that grows as n^2 is too much here."
    return fail(f"{verdict}: {what}" if what else verdict, because=because, advice=f"{grows} {advice}")


def _wrong(finding: Finding) -> CheckFailed:
    """Say that there was nothing to judge: inputs as plain as these make one mistake look like another."""
    verdict = "the cost was not judged, because the numbers are wrong (see values)"
    if finding.comparison is None:
        verdict = f"{verdict}: {finding.verdict}"
    advice = "Once they are right, time and memory are looked at."
    return CheckFailed(Finding(verdict, advice=advice, comparison=finding.comparison))


def _measure(f: Function, args: tuple[Any, ...], n: int, because: str | None) -> None:
    """Fail where the memory of small calls says that the large one would need too much."""
    if n <= 2 * _CUTS[-1]:
        return
    try:
        small, large = (_peak(f, _cut(args, n, length)) for length in _CUTS)
    except Exception:  # noqa: BLE001 - the large call will show what is wrong
        return
    growth = math.log2(max(large, 1) / max(small, 1))
    needed = large * (n / _CUTS[-1]) ** growth
    if growth > _STEEP and needed > _MUCH:
        verdict = (
            f"does not cope with n = {n:,}: memory grows about as n^{growth:.2g}, "
            f"from {_bytes(large)} at n = {_CUTS[-1]:,} to {_bytes(needed)}"
        )
        raise fail(verdict, because=because, advice=_TABLE)


def _cut(args: tuple[Any, ...], n: int, length: int) -> tuple[Any, ...]:
    """Return the arguments with every axis of n entries cut short."""
    return tuple(
        arg[tuple(slice(length) if size == n else slice(None) for size in arg.shape)]
        if isinstance(arg, np.ndarray)
        else arg
        for arg in args
    )


def _peak(f: Function, args: tuple[Any, ...]) -> int:
    """Return how many bytes a call takes at most at one time."""
    given = fresh(args)
    ours = not tracemalloc.is_tracing()
    if ours:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        with _alarm():
            f(*given)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if ours:
            tracemalloc.stop()


def _bytes(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:  # noqa: PLR2004 - the step from one unit to the next
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"


@contextmanager
def _alarm() -> Iterator[None]:
    """Interrupt a call in the student's kernel that does not end; while grading, the sandbox does that."""
    timed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if _context.session.get() is not None or not timed:
        yield
        return

    def ring(signum: int, frame: Any) -> None:  # noqa: ARG001 - a signal handler's signature
        raise TookTooLong(f"not done after {SECONDS:g} s")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, 2.0)  # and again, should the call swallow the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
