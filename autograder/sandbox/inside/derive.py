"""Stands for `autograder.derive` in the sandbox: statements can be written down, and nothing is judged."""

from autograder.derive._statement import Derivation, Only, StatementError

__all__ = ["Derivation", "Only", "StatementError"]
