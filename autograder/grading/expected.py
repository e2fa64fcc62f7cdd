"""What the reference answers where the submission was asked: by that a doubtful answer is looked at."""

from __future__ import annotations

import copy
import io
import random
import warnings
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.sandbox.doubts import Callee, Expected, Returned

if TYPE_CHECKING:
    from collections.abc import Mapping


def expected(reference: Mapping[str, Any], callee: Callee, arguments: Mapping[str, Any]) -> Expected | None:
    """Call the reference as the submission was called, on copies, and leave no other trace.

    Parameters
    ----------
    reference
        The names of the lesson's own run.
    callee
        What was called.
    arguments
        What it was called with; names of keywords begin with ``=``.

    Returns
    -------
    Expected or None
        None where the reference cannot be asked so.
    """
    if isinstance(callee, Returned):
        made = expected(reference, callee.of, callee.arguments)
        function = None if made is None else callee.right(made.value)
    else:
        function = reference.get(callee) if isinstance(callee, str) else callee.right(reference)
    if not callable(function) or isinstance(function, type):
        return None
    states = np.random.get_state(), random.getstate()  # noqa: NPY002 - the global state is what is kept
    try:
        given = {key: v if callable(v) else copy.deepcopy(v) for key, v in arguments.items()}
        named = {key[1:]: value for key, value in given.items() if key.startswith("=")}
        with warnings.catch_warnings(action="ignore"), redirect_stdout(io.StringIO()):
            value = function(*(v for key, v in given.items() if not key.startswith("=")), **named)
        return Expected(value, given)
    except Exception:  # noqa: BLE001 - it cannot be asked with these arguments
        return None
    finally:
        np.random.set_state(states[0])  # noqa: NPY002
        random.setstate(states[1])
