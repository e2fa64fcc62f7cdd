"""Forms proved before, such as sigmoid(x) = exp(x) / (1 + exp(x)): each counts as one rule of a step.

In the model of such a rule the function *is* its other form. Where the form holds the function itself, at minus
its argument (softplus(x) = x + softplus(-x)), it is used for negative arguments only, so that it comes to an end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.derive._tree import broadcast

if TYPE_CHECKING:
    from collections.abc import Collection
    from decimal import Decimal

    from autograder.derive._scope import Scope
    from autograder.derive._tree import Node, Pool


def other_form(
    scope: Scope, rules: Collection[str], node: Node, true: Decimal | None, *, turning: bool = True
) -> Node | None:
    """Return what a call is by a form whose rule is on, None when there is none for it here.

    `true` is the true value of its argument; with `turning` False, forms that hold the function are left out.
    """
    for rule, identity in scope.forms.items():
        if rule not in rules or identity.function != node.data:
            continue
        if identity.turns and not (turning and true is not None and true < 0):
            continue
        return _filled(scope.pool, identity.body, identity.name, node.args[0])
    return None


def _filled(pool: Pool, body: Node, name: str, argument: Node) -> Node:
    """Return a form with the argument in place of its name."""
    if body.op == "var" and body.data == name:
        return argument
    if not body.args:
        return body
    args = [_filled(pool, arg, name, argument) for arg in body.args]
    return pool.node(body.op, *args, data=body.data, shape=broadcast([arg.shape for arg in args]) or ())
