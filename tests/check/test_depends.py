"""`check.depends`: a function that does nothing is told so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from autograder import check

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = [(np.array([1.0, 2.0]), 1), (np.array([1.0, 2.0]), 3)]


def refuse(*_: Any) -> Any:
    raise ValueError("no")


@pytest.mark.parametrize(
    ("f", "says"),
    [
        (lambda *_: 0.0, "the answer is the same as for argument 1 = [1, 2], argument 2 = 1"),
        (lambda *given: given[0], "the answer is the same"),
        (lambda *_: None, "got None"),
        (lambda *_: print, "expected a value, got a"),
        (lambda *_: np.array(print), "expected a value, got an"),
        (lambda *given: (print, *given), "expected a value, got a tuple"),
        (refuse, "ValueError: no"),
    ],
)
def test_what_does_nothing_fails(f: Callable[..., Any], says: str) -> None:
    with pytest.raises(check.CheckFailed, match=says.replace("[", r"\[")):
        check.depends(f, CASES)


def test_what_answers_passes_even_if_wrongly() -> None:
    check.depends(lambda x, n: -x * n, CASES)


def test_the_reason_is_told() -> None:
    with pytest.raises(check.CheckFailed, match="another label"):
        check.depends(lambda *given: given[0], CASES, because="another label")
