"""All that `autograder.check` offers, imported at once."""

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
