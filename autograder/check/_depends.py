"""The check `depends`: a function that does nothing is not paid for what it leaves alone.

`raises`, `leaves_arguments_alone` and the like ask what a function does not do, or does for some arguments alone. A
function that always raises, or always returns zeros, passes them. So an aspect made of these alone asks this too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograder.check import _calls, _show
from autograder.check._calls import call, described, fresh, names
from autograder.check._compare import fail
from autograder.check._difference import agree, numeric
from autograder.check._habits import FORGOT_RETURN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def depends(f: Callable[..., Any], cases: Iterable[Any], *, because: str | None = None) -> None:
    """Check that a function answers, and that its answers are not all the same.

    Parameters
    ----------
    f
        The student's function.
    cases
        Argument tuples to which the right answers differ from one to the next; two are enough.
    because
        Why they differ, in a few words.

    Raises
    ------
    CheckFailed
        When the function raises, returns None, or answers two cases in a row alike.

    Examples
    --------
    >>> from autograder import check
    >>> check.depends(lambda x: 2 * x, [(1.0,), (2.0,)])
    """
    before: tuple[Any, str] | None = None
    for args in _calls.each(cases):
        case = described(args, names(len(args), f))
        got = call(f, fresh(args), case)
        if got is None:
            raise fail("expected a value, got None", case=case, advice=FORGOT_RETURN)
        if not _is_plain(got):
            raise fail(f"expected a value, got {_show.described(got)}", case=case)
        if before is not None and agree(got, before[0]):
            verdict = f"the answer is the same as for {before[1]}, and it should differ"
            raise fail(verdict, because=because, case=case)
        before = got, case


def _is_plain(value: Any) -> bool:
    """Return whether a result is made of numbers and text: a function handed back is no answer."""
    if isinstance(value, (list, tuple, dict)):
        return all(_is_plain(part) for part in (value.values() if isinstance(value, dict) else value))
    return value is None or isinstance(value, str) or numeric(value) is not None
