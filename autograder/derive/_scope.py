"""The names of one statement: variables with their domains and shapes, labels, sizes, definitions, indices."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.derive._statement import StatementError
from autograder.derive._tree import Node, Pool, Shape

if TYPE_CHECKING:
    from autograder.derive._statement import Derivation

NAME = r"[A-Za-z][A-Za-z0-9_]*"
NAMES = rf"{NAME}(?:\s*,\s*{NAME})*"
FUNCTIONS = (
    "exp", "log", "ln", "sqrt", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "abs", "sign", "softmax",
    "max", "maximum", "sum", "delta", "diff", "diag", "outer", "dot", "ones", "zeros", "eye", "onehot", "where",
    "transpose",
)  # fmt: skip


@dataclass(frozen=True)
class Domain:
    """Where a real variable may lie: between `low` and `high` (open), never at 0 if `nonzero`."""

    low: float | None = None
    high: float | None = None
    nonzero: bool = False
    closed: bool = False


@dataclass(frozen=True)
class Variable:
    """A given name: a number, an array, or (when `below` is a size) a label or a vector of labels."""

    name: str
    shape: Shape
    domain: Domain = Domain()
    below: str | None = None


@dataclass(frozen=True)
class Let:
    """A definition: entry `indices` of the name is `body`; without indices body is the whole array."""

    name: str
    shape: Shape
    indices: tuple[str, ...]
    body: Node


@dataclass(frozen=True)
class Fact:
    """A derivative proved before: d name[above] / d by[below] is `body`."""

    above: tuple[str, ...]
    below: tuple[str, ...]
    body: Node


@dataclass(frozen=True)
class Identity:
    """A function's other form, proved before: f(name) is `body`, which `uses` other functions.

    `turns` says that f itself stands in it, at minus the name.
    """

    function: str
    name: str
    body: Node
    turns: bool
    uses: frozenset[str]


@dataclass
class Scope:
    """Everything that a line may name, and the pool that its nodes live in."""

    variables: dict[str, Variable] = field(default_factory=dict)
    lets: dict[str, Let] = field(default_factory=dict)
    sizes: list[str] = field(default_factory=list)
    entry: tuple[str, ...] = ()
    ranges: dict[str, str] = field(default_factory=dict)
    facts: dict[tuple[str, str], Fact] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    forms: dict[str, Identity] = field(default_factory=dict)
    functions: tuple[str, ...] = ()
    """Those that the statement itself names."""
    pool: Pool = field(default_factory=Pool)

    def names(self) -> list[str]:
        """List the names that a line may use, functions apart."""
        return [*self.variables, *self.lets, *self.sizes]

    def shape(self, name: str) -> Shape:
        """Return the shape of a variable or a defined name."""
        return self.variables[name].shape if name in self.variables else self.lets[name].shape


def domain(words: str, whole: str) -> Domain:
    """Read the words that say where a number may lie."""
    plain = {
        "real": Domain(),
        "": Domain(),
        "nonzero": Domain(nonzero=True),
        "positive": Domain(low=0.0),
        "negative": Domain(high=0.0),
        "nonnegative": Domain(low=0.0, closed=True),
    }
    if words in plain:
        return plain[words]
    number = r"(-?\d+(?:\.\d+)?)"
    if found := re.fullmatch(rf"in\s*([(\[])\s*{number}\s*,\s*{number}\s*[)\]]", words):
        low, high = float(found[2]), float(found[3])
        if low < high:
            return Domain(low, high, closed=found[1] == "[")
    raise StatementError(
        f"given: {whole!r} is no declaration. Write 'x real', 'x nonzero', 'x positive', 'x in (0, 1)', "
        "'W (D, H)', 'y label(m)' or 'y labels(N, C)', and a semicolon between two of them"
    )


def declare(statement: Derivation) -> Scope:
    """Return the scope of a statement without its definitions (`_build` reads those)."""
    scope = Scope(entry=tuple(name.strip() for name in statement.entry.split(",") if name.strip()))
    asked = " ".join([statement.start or "", statement.end or "", repr(statement.last)])
    scope.functions = tuple(word for word in FUNCTIONS if word in re.findall(NAME, asked))
    for part in (part.strip() for part in statement.given.split(";")):
        if not part:
            continue
        found = re.fullmatch(rf"({NAMES})\s*(labels?)?\s*(\(\s*{NAMES}\s*\))?\s*(.*)", part)
        if found is None:
            domain(part, part)  # says what a declaration is
            raise StatementError(f"given: {part!r} declares no name")
        names = [name.strip() for name in found[1].split(",")]
        label, rest = found[2], found[4].strip()
        sizes = tuple(re.findall(NAME, found[3] or ""))
        for name in names:
            scope.variables[name] = _variable(scope, name, label, sizes, rest, part)
        scope.sizes += [size for size in sizes if size not in scope.sizes]
    clash = [size for size in scope.sizes if size in scope.variables]
    if clash:
        raise StatementError(f"given: {clash[0]!r} is both a size and a variable")
    return scope


def _variable(
    scope: Scope, name: str, label: str | None, sizes: tuple[str, ...], rest: str, part: str
) -> Variable:
    if name in scope.variables or name in FUNCTIONS or name in {"np", "e", "pi"}:
        raise StatementError(f"given: the name {name!r} is taken")
    if label is None:
        if len(sizes) > 2:  # noqa: PLR2004 (vectors and matrices are all there is)
            raise StatementError(f"given: {part!r} has more than two axes")
        return Variable(name, sizes, domain(rest, part))
    if (label, len(sizes)) not in {("label", 1), ("labels", 2)} or rest:
        raise StatementError(f"given: write 'y label(m)' or 'y labels(N, C)', not {part!r}")
    return Variable(name, sizes[:-1], below=sizes[-1])
