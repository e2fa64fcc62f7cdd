"""What a test cell can say.

A test cell names the aspects of an exercise and their points, checks each one in small sentences, and ends
with the total::

    from autograder import check

    marks = check.marks("relu", values=2, shapes=1)
    with marks.values:
        check.close(relu(np.array([-1.0, 2.0])), [0.0, 2.0], because="negative inputs give 0")
    marks.total()

It works alike in a student's notebook and on the grading side, where the student's functions are stand-ins
that call into the sandbox. Importing it needs NumPy alone.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.check import cases
    from autograder.check._compare import between, close, equal, finite, shape
    from autograder.check._cost import cost
    from autograder.check._depends import depends
    from autograder.check._derivation import derives, small_steps
    from autograder.check._finding import CheckFailed, Comparison, Finding, Opaque, ProcessDied, TookTooLong
    from autograder.check._functions import (
        accepts_read_only,
        gradient,
        invariant,
        leaves_arguments_alone,
        raises,
    )
    from autograder.check._integers import integer
    from autograder.check._marks import Marks, marks
    from autograder.check._matches import matches
    from autograder.check._mistakes import mistake, reference
    from autograder.check._report import AspectResult, Report
    from autograder.check._shown import show_chain
    from autograder.check._student import student_id
    from autograder.derive import Derivation, Only

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


def __getattr__(name: str) -> object:
    """Load everything at the first look at any of it: who draws a card alone (`_report`) needs no NumPy."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    if name == "cases":  # a module: it is there before the rest
        return import_module(f"{__name__}.cases")
    public = import_module(f"{__name__}._public")
    globals().update({one: getattr(public, one) for one in __all__})
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
