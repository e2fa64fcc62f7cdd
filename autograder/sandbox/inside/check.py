"""Stands for `autograder.check` in the sandbox: compares what it is given, and knows nothing more.

Marks are made outside, by the real checks. Here a cell of the student's own may compare values, show a card and name
everything that the real package has. What would compute an answer (a gradient, a derivation, what a wrong result looks
like) is left to the tests, and its aspect says "checked when graded".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from autograder.check import _context, _show, cases
from autograder.check._difference import ABSOLUTE, RELATIVE, Difference, difference, numeric, shape_verdict
from autograder.check._finding import (
    NOT_WRITTEN,
    CheckFailed,
    Comparison,
    Finding,
    Opaque,
    ProcessDied,
    TookTooLong,
)
from autograder.check._report import AspectResult, Report
from autograder.check._student import student_id
from autograder.derive import Derivation, Only

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from autograder.check._chain import Chain
    from autograder.check._context import Called, Evidence

__all__ = [
    "AspectResult",
    "CheckFailed",
    "Comparison",
    "Derivation",
    "Finding",
    "Marks",
    "Only",
    "Opaque",
    "ProcessDied",
    "Report",
    "TookTooLong",
    "accepts_read_only",
    "between",
    "cases",
    "close",
    "cost",
    "depends",
    "derives",
    "equal",
    "finite",
    "gradient",
    "integer",
    "invariant",
    "leaves_arguments_alone",
    "marks",
    "matches",
    "mistake",
    "raises",
    "reference",
    "shape",
    "show_chain",
    "small_steps",
    "student_id",
]


def _fail(verdict: str, because: str | None, case: str | None = None) -> CheckFailed:
    return CheckFailed(Finding(f"{verdict} ({because})" if because else verdict, case=case))


def _raise(found: Difference | None, because: str | None) -> None:
    if found is not None:
        verdict = f"{found.verdict} ({because})" if because else found.verdict
        raise CheckFailed(Finding(verdict, case=found.where, comparison=found.comparison))


def close(got: Any, want: Any, *, because: str | None = None) -> None:
    """Check that numbers agree."""
    _raise(difference(got, want), because)


def equal(got: Any, want: Any, *, because: str | None = None) -> None:
    """Check that values are the same."""
    _raise(difference(got, want, exact=True), because)


def _array(got: Any, because: str | None) -> Any:
    came = numeric(got)
    if came is None:
        raise _fail(f"expected numbers, got {_show.described(got)}", because)
    return came


def shape(got: Any, shape: int | tuple[int, ...], *, because: str | None = None) -> None:
    """Check the shape of an array."""
    want = (shape,) if isinstance(shape, int) else tuple(shape)
    came = _array(got, because)
    if came.shape != want:
        raise _fail(shape_verdict(came.shape, want), because)


def between(got: Any, low: Any, high: Any, *, because: str | None = None) -> None:
    """Check that every entry lies in a closed interval."""
    came = _array(got, because)
    lows, highs = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    slack_low, slack_high = (ABSOLUTE + RELATIVE * np.abs(side) for side in (lows, highs))
    if not bool(np.all((came >= lows - slack_low) & (came <= highs + slack_high))):
        raise _fail(f"expected values in [{_show.value(lows)}, {_show.value(highs)}]", because)


def finite(got: Any, *, because: str | None = None) -> None:
    """Check that there is no nan and no infinity."""
    if not bool(np.isfinite(_array(got, because)).all()):
        raise _fail("expected finite numbers", because)


def integer(got: Any, want: int | None = None, *, because: str | None = None) -> None:
    """Check that a value is one whole number."""
    values = numeric(got)
    if values is None or values.ndim > 0 or values.dtype.kind not in "iu":
        raise _fail(f"expected an int, got {_show.described(got)}", because)
    if want is not None:
        equal(got, want, because=because)


def raises(
    error: type[BaseException], f: Callable[..., Any], *args: Any, because: str | None = None, **options: Any
) -> None:
    """Check that a call raises the error that was asked for."""
    try:
        f(*args, **options)
    except error:
        return
    except Exception as other:
        raise _fail(f"expected {error.__name__}, got {type(other).__name__}", because) from other
    raise _fail(f"expected {error.__name__}, and nothing was raised", because)


def _left_to_the_tests(*_: object, **__: object) -> None:
    aspect = _context.aspect.get()
    if isinstance(aspect, Aspect):
        aspect.waits = True


accepts_read_only = cost = depends = derives = gradient = invariant = _left_to_the_tests
leaves_arguments_alone = matches = small_steps = _left_to_the_tests


def mistake(name: str, advice: str) -> Callable[[Any], Any]:  # noqa: ARG001 - as the real one is called
    """Return a decorator that changes nothing."""
    return lambda function: function


reference: Any = None  # there is none here


class ShownChain:
    """The lines of a chain, as they were written."""

    def __init__(self, chain: Any) -> None:
        self._lines = chain if isinstance(chain, (list, tuple)) else [chain]

    def __repr__(self) -> str:
        return "\n".join([*map(str, self._lines), "", "Your notebook says of each line whether it follows."])


def show_chain(chain: Any, statement: Derivation) -> ShownChain:  # noqa: ARG001 - as the real one is called
    """Show a chain's lines."""
    return ShownChain(chain)


class Aspect:
    """One aspect of an exercise, used as ``with marks.values:``."""

    def __init__(self, name: str, points: float) -> None:
        self.name, self.points = name, points
        self.checked = self.waits = False
        self.finding: Finding | None = None
        self.calls: dict[object, Called] = {}
        self._tokens: list[Any] = []

    def __enter__(self) -> Self:
        self.checked = True
        self._tokens.append(_context.aspect.set(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        _context.aspect.reset(self._tokens.pop())
        if self.finding is None and isinstance(error, Exception):
            self.finding = _found(error)
        return error is None or isinstance(error, Exception)

    @property
    def form(self) -> Self:
        """The aspect, entered for the form of an answer."""
        return self

    def waits_for(self, aspect: str) -> None:  # noqa: ARG002 - as the real one is called
        """Say that another aspect has to pass first."""
        self.waits = True

    def saw(self, function: str) -> None: ...
    def tell(self, note: str) -> None: ...
    def record(self, evidence: Evidence) -> None: ...
    def show(self, chain: Chain) -> None: ...
    def charge_shapes(self, finding: Finding) -> bool:  # noqa: ARG002
        return False

    def result(self, *, failed: bool) -> AspectResult:
        """Return what the card says of it."""
        sure = self.checked and not self.waits
        status: Literal["passed", "failed", "unchecked"] = (
            "failed" if self.finding else "passed" if sure else "unchecked"
        )
        earned = self.points if status == "passed" or (status == "unchecked" and not failed) else 0.0
        return AspectResult(self.name, self.points, earned, status, self.finding)


def _found(error: Exception) -> Finding:
    if isinstance(error, CheckFailed):
        return error.finding
    if isinstance(error, NotImplementedError):
        return Finding(NOT_WRITTEN)
    return Finding(f"raised {type(error).__name__}: {error}")


class Marks:
    """The aspects of one exercise; made by `marks`."""

    def __init__(self, title: str, aspects: dict[str, float]) -> None:
        self._title = title
        self._aspects = {name: Aspect(name, float(points)) for name, points in aspects.items()}

    def __getattr__(self, name: str) -> Aspect:
        aspects: dict[str, Aspect] = self.__dict__.get("_aspects", {})
        if name in aspects:
            return aspects[name]
        raise AttributeError(f"there is no aspect {name!r}; these marks have {', '.join(aspects)}")

    def total(self) -> float:
        """Show the card and return its sum: words for the page, and no mark."""
        failed = any(aspect.finding is not None for aspect in self._aspects.values())
        results = tuple(aspect.result(failed=failed) for aspect in self._aspects.values())
        earned, points = sum(r.earned for r in results), sum(r.points for r in results)
        print(Report(self._title, results, earned, points, student_side=True))  # noqa: T201
        return earned


def marks(title: str = "", /, **aspects: float) -> Marks:
    """Start the marks of an exercise: its aspects and their points."""
    return Marks(title, aspects)
