"""Derivations: the language of a chain's lines, and the judge that says which line does not follow.

A chain is a list of strings in Python's own expression syntax. `judge` reads it against a `Derivation` and
returns a `Verdict`: line by line, what is right, what differs and where, and which rules each step takes.
Nothing here shows anything or gives points; `autograder.check` does. Needs no package beyond the standard
library.
"""

from autograder.derive._judge import judge
from autograder.derive._statement import Derivation, Only, StatementError
from autograder.derive._verdict import Complaint, CounterExample, Line, Status, Verdict
from autograder.derive._workings import go_back, settle

__all__ = [
    "Complaint",
    "CounterExample",
    "Derivation",
    "Line",
    "Only",
    "StatementError",
    "Status",
    "Verdict",
    "go_back",
    "judge",
    "settle",
]
