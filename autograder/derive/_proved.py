"""Forms proved before (`_identities`): read from the author's text, and tried before they are believed."""

from __future__ import annotations

import decimal
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from autograder.derive._build import build
from autograder.derive._read import Unreadable, read
from autograder.derive._scope import NAME, Identity, Scope, Variable
from autograder.derive._statement import StatementError
from autograder.derive._tree import subtrees
from autograder.derive._truth import DIGITS, TooLarge, Undefined, close, context, truth

if TYPE_CHECKING:
    from autograder.derive._algebra import Point

PARTS = {"var", "num", "pi", "add", "neg", "mul", "div", "pow", "call"}
TRIED = ("0", "0.7", "-1.3", "2", "-3", "11.5", "-20")


def declare_identity(scope: Scope, text: str) -> bool:
    """Read a form proved before into the scope; False when the text is none.

    Raises
    ------
    StatementError
        When it is one that no model can follow.
    """
    left, _, right = (part.strip() for part in text.partition("="))
    found = re.fullmatch(rf"(sigmoid|softplus|tanh)\(({NAME})\)", left)
    if found is None:
        return False
    function, name = found[1], found[2]
    own = Scope(variables={name: Variable(name, ())}, pool=scope.pool)
    try:
        body = build(own, read(right))
    except Unreadable as error:
        raise StatementError(f"known: {text!r}: {error.under(right)}") from None
    calls = [node for node in subtrees(body) if node.op == "call"]
    inside = [node for node in calls if node.data == function]
    minus = scope.pool.node("neg", scope.pool.node("var", data=name))
    plain = all(node.op in PARTS for node in subtrees(body))
    if not plain or any(node.args[0] is not minus for node in inside):
        raise StatementError(
            f"known: {text!r} should give {left} in plain functions, {function} itself at -{name} at most"
        )
    uses = frozenset(str(node.data) for node in calls) - {function}
    scope.forms[f"form {text}"] = Identity(function, name, body, turns=bool(inside), uses=uses)
    _refuse_circles(scope, function, text)
    return True


def _refuse_circles(scope: Scope, function: str, text: str) -> None:
    reached: set[str] = set()
    todo = [function]
    while todo:
        here = todo.pop()
        for identity in scope.forms.values():
            if identity.function == here and not identity.uses <= reached:
                todo.extend(identity.uses - reached)
                reached |= identity.uses
    if function in reached:
        raise StatementError(f"known: {text!r} and another form lead round in a circle")


def check_identities(scope: Scope, point: Point) -> None:
    """Refuse a form that is not equal to its function."""
    for rule, identity in scope.forms.items():
        variable = scope.pool.node("var", data=identity.name)
        call = scope.pool.node("call", variable, data=identity.function)
        with decimal.localcontext(context(DIGITS)):
            for value in map(Decimal, TRIED):
                here = truth(scope, point)
                here.fixed[identity.name] = {(): value}
                try:
                    same = close(here.entry(call, (), {}), here.entry(identity.body, (), {}))
                except (Undefined, TooLarge):
                    same = False
                if not same:
                    raise StatementError(f"known: {rule.partition(' ')[2]!r} does not hold at {value}")
