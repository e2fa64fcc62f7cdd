"""Whole numbers: a size, a count, a label. 28.0 equals 28, but is not an int."""

from __future__ import annotations

from typing import Any

from autograder.check import _show
from autograder.check._asked import asked
from autograder.check._compare import equal, fail
from autograder.check._difference import numeric
from autograder.check._remarks import is_whole

_DIVIDED = "/ gives floats even for whole numbers, // does not."
_WRITTEN = "A whole number has no decimal point. (/ gives one even for whole numbers, // does not.)"


def integer(got: Any, want: int | None = None, *, because: str | None = None) -> None:
    """Check that a value is one whole number: an int of Python's or NumPy's, no float, no True or False.

    The other checks take 28.0 for 28 and say so in a note. Ask with this one where the exercise says "-> int".

    Parameters
    ----------
    got
        What the student's code gave.
    want
        What it should be, if that is to be checked too.
    because
        Why, in a few words.

    Examples
    --------
    >>> from autograder import check
    >>> check.integer(7 // 2, 3)
    """
    values = numeric(got)
    if values is None or values.ndim > 0 or values.dtype.kind not in "iu":
        if is_whole(got):
            verdict = f"expected an int, got the float {float(got)}"
            case = asked()
            raise fail(verdict, because=because, case=case, advice=_WRITTEN if case is None else _DIVIDED)
        if values is not None and values.ndim == 0 and values.dtype.kind in "fc":
            verdict = f"expected an int, got the float {_show.number(values[()])}"
            raise fail(
                verdict,
                because=because,
                case=asked(),
                advice="A count is a whole number. Which step should round?",
            )
        raise fail(f"expected an int, got {_show.described(got)}", because=because, case=asked())
    if want is not None:
        equal(got, want, because=because)
