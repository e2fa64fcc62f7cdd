"""What an author says of a derivation: what is given, where it starts and ends, what a step may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Only:
    """A form that a line must have: no other function than these, and no longer than it need be.

    ``last=Only("sigmoid")`` asks for an end in terms of `sigmoid` alone (numbers and + - * / ** are always
    allowed). Without names: no function at all.
    """

    functions: tuple[str, ...]

    def __init__(self, *functions: str) -> None:
        """Take the names one by one: ``Only("exp", "log")``."""
        object.__setattr__(self, "functions", functions)


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """A derivation to be judged.

    Attributes
    ----------
    given : str
        Declarations separated by ";" : ``"x real"``, ``"x nonzero"``, ``"x positive"``, ``"x in (0, 1)"``,
        ``"a, b real"``, arrays with named sizes ``"dY (N, H); W (D, H)"``, vectors ``"s (n)"``, an integer
        label below m ``"y label(m)"``, N labels below C ``"y labels(N, C)"``. Sizes take values that are all
        different.
    start, end : str, optional
        Expressions. The first line is `start` (if it is not, the step from `start` to it is judged too); the
        last line equals `end`, in the form asked.
    let : tuple of str
        Definitions that the chain may use as named rules: ``("Z = X @ W1 + b1", "s[i] = exp(x[i]) / ...")``.
    entry : str
        The free indices in the order of the answer's axes: ``"i, j"``. A line in these is in index form, one
        without indices in matrix form; the two are equal when their entries are.
    first, last : {"index", "matrix", "linear"} or Only, optional
        The form of the first and of the last line. "linear": no intermediate has more entries than the
        answer or an array that was given has on its longest side.
    gradient : (str, str), optional
        ``("X", loss)``: every line is held against finite differences of `loss` by the entries of X.
    waypoints : tuple of str
        Expressions that some line must equal up to rearranging.
    known : tuple of str
        What was proved before, each of which a step may use as one rule. Derivatives: ``"diff(s[i], x[j]) =
        s[i] * (delta(i, j) - s[j])"`` for a defined name s, or ``"diff(sigmoid(x), x) = ..."``. Other forms:
        ``"sigmoid(x) = exp(x) / (1 + exp(x))"``, ``"softplus(x) = x + softplus(-x)"``. Both for sigmoid,
        softplus and tanh.
    rules : int
        How many named rules one step may take.
    end_given : bool
        The end stands in the exercise's text or stub. Where it is secret (a statement in a hidden block), say
        False: then writing it counts as a line of the student's own.
    """

    given: str
    start: str | None = None
    end: str | None = None
    let: tuple[str, ...] = ()
    entry: str = ""
    first: str | Only | None = None
    last: str | Only | None = None
    gradient: tuple[str, str] | None = None
    waypoints: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    rules: int = 2
    end_given: bool = True

    def __post_init__(self) -> None:
        """Take one definition or waypoint without its tuple, as authors write it."""
        for name in ("let", "waypoints", "known"):
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))


class StatementError(ValueError):
    """The author's statement cannot be used: says which part and why."""
