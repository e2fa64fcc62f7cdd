"""A statement made ready: its scope, start, end, waypoints and points, kept for every chain judged by it."""

from __future__ import annotations

import decimal
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from autograder.derive import _drawn as drawn
from autograder.derive._build import build
from autograder.derive._derivative import Derivative
from autograder.derive._open import open_scope
from autograder.derive._points import points
from autograder.derive._proved import check_identities
from autograder.derive._read import Unreadable, read
from autograder.derive._statement import Derivation, StatementError
from autograder.derive._steps import Steps
from autograder.derive._table import Comparer, Here, Table, table
from autograder.derive._tree import subtrees
from autograder.derive._truth import DIGITS, TooLarge, Undefined, close, context, truth

if TYPE_CHECKING:
    from autograder.derive._scope import Scope
    from autograder.derive._tree import Node

KEPT_NODES = 2_000
"""So many nodes, and a statement is made ready anew: memory stays bounded over many submissions."""
KEPT_STATEMENTS = 40
FORMS = ("index", "matrix", "linear")


@dataclass
class Prepared:
    """Everything about a statement that does not depend on the chain."""

    statement: Derivation
    scope: Scope
    start: Table | None
    end: Table | None
    loss: Node | None
    waypoints: tuple[tuple[str, Table], ...]
    comparer: Comparer
    steps: Steps
    slopes: dict[int, dict[tuple[int, ...], decimal.Decimal]] = field(default_factory=dict)


remembered: dict[Derivation, Prepared] = {}
"""What was made ready, the one used last at the end."""
used: dict[Derivation, bool] = {}
"""Which of the statements that were settled (`_workings`) were judged by since."""


def prepare(statement: Derivation) -> Prepared:
    """Return the statement made ready, from memory if it was used before.

    Raises
    ------
    StatementError
        When the author's statement cannot be used.
    """
    if statement in used:
        used[statement] = True
    found = remembered.pop(statement, None)
    if found is None or len(found.scope.pool.known) > KEPT_NODES:
        found = _prepare(statement)
    remembered[statement] = found
    while len(remembered) > KEPT_STATEMENTS:
        del remembered[next(iter(remembered))]
    return found


def _prepare(statement: Derivation) -> Prepared:
    for part in (statement.first, statement.last):
        if isinstance(part, str) and part not in FORMS:
            raise StatementError(f"first, last: {part!r} is none of {', '.join(FORMS)} or Only(...)")
    scope = open_scope(statement)
    clash = [name for name in scope.entry if name in scope.names()]
    if clash:
        raise StatementError(f"entry: {clash[0]!r} is a given name, not an index")
    loss = None
    if statement.gradient is not None:
        name, text = statement.gradient
        if name not in scope.variables and name not in scope.lets:
            raise StatementError(f"gradient: {name!r} is not given")
        # The loss is a number of its own: the free indices of the answer are not free in it.
        loss = _build(scope, text, "gradient", {})
        if loss.shape:
            raise StatementError("gradient: the loss must be one number")
        shape = scope.shape(name)
        if scope.entry:
            if len(shape) != len(scope.entry):
                raise StatementError(f"gradient: {name} has {len(shape)} axes, entry has {len(scope.entry)}")
            scope.ranges.update(zip(scope.entry, shape, strict=True))
    nodes = {
        part: _build(scope, getattr(statement, part), part)
        for part in ("start", "end")
        if getattr(statement, part) is not None
    }
    waypoints = [(text, _build(scope, text, "waypoint")) for text in statement.waypoints]
    tables = {part: _table(scope, node, part) for part, node in nodes.items()}
    derivative = Derivative(scope)
    heres = [Here(point, truth(scope, point, derivative)) for point in points(scope)]
    comparer = Comparer(scope, derivative, heres)
    roots = [node for node in (*nodes.values(), *(node for _, node in waypoints), loss) if node is not None]
    comparer.soft_kinks = statement.gradient is not None or any(
        node.op == "diff" for node in subtrees(*roots)
    )
    ready = Prepared(
        statement,
        scope,
        tables.get("start"),
        tables.get("end"),
        loss,
        tuple((text, _table(scope, node, "waypoint")) for text, node in waypoints),
        comparer,
        Steps(scope, derivative),
    )
    ready.comparer.skipped |= undefined(ready, heres)
    if len(ready.comparer.skipped) == len(heres):
        raise StatementError(
            "start, end or loss has no value at any point of the domain: narrow the domain in given"
        )
    _check_facts(ready)
    check_identities(scope, heres[0].point)
    return ready


def _build(scope: Scope, text: str, part: str, indices: dict[str, str] | None = None) -> Node:
    try:
        return build(scope, read(text), indices=indices)
    except Unreadable as error:
        raise StatementError(f"{part}: {error.under(text)}") from None


def _table(scope: Scope, node: Node, part: str) -> Table:
    try:
        return table(scope, node)
    except Unreadable as error:
        raise StatementError(f"{part}: {error.says}") from None


def _check_facts(ready: Prepared) -> None:
    """Refuse a "known" derivative that is wrong."""
    scope = ready.scope
    for (name, by), fact in scope.facts.items():
        here = next(here for n, here in enumerate(ready.comparer.heres) if n not in ready.comparer.skipped)
        node = scope.pool.node("let", data=name, shape=scope.shape(name))
        taken = ready.comparer.derivative.of(node, (by, 0))
        with decimal.localcontext(context(DIGITS)):
            for at in here.at.entries(scope.shape(name)):
                for below in here.at.entries(scope.shape(by)):
                    slots = {f"$0_{axis}": k for axis, k in enumerate(below)}
                    indices = dict(zip((*fact.above, *fact.below), (*at, *below), strict=True))
                    if not close(here.at.entry(taken, at, slots), here.at.entry(fact.body, (), indices)):
                        raise StatementError(f"known: the derivative of {name} by {by} is not what is said")


def undefined(ready: Prepared, heres: list[Here]) -> set[int]:
    """Return the numbers of the points where what is given has no value: they are not in the domain."""
    given = [t for t in (ready.start, ready.end) if t is not None]
    if ready.loss is not None:
        given.append(Table(ready.loss, (), ()))
    found = set()
    for number, here in enumerate(heres):
        with decimal.localcontext(context(DIGITS)):
            try:
                for known in given:
                    for _, inner, env in known.entries(here.at):
                        here.at.work = 0
                        here.at.entry(known.node, inner, env)
            except TooLarge:
                if not here.far:
                    found.add(number)
            except (Undefined, decimal.DecimalException):
                found.add(number)
    return found


def with_more(ready: Prepared, texts: list[str], tables: list[Node]) -> Comparer:
    """Return the statement's comparer with the points of one chain."""
    known = ready.comparer
    given = [own.node for own in (ready.start, ready.end) if own is not None]
    given += [let.body for let in ready.scope.lets.values()]
    more = [
        Here(point, truth(ready.scope, point, known.derivative), far=drawn.far(point))
        for point in drawn.points(ready.scope, texts, given, tables)
    ]
    outside = {len(known.heres) + number for number in undefined(ready, more)}
    return replace(known, heres=[*known.heres, *more], skipped=known.skipped | outside)
