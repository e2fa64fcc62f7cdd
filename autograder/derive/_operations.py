"""What each operation of a node gives, entry by entry: one function for each, asked for by the operation's name.

The evaluator's inner loop: a chain's judgement goes through here some ten thousand times.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from autograder.derive._derivative import slot
from autograder.derive._tree import pick

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.derive._algebra import Entry, Env
    from autograder.derive._evaluate import Evaluator
    from autograder.derive._tree import Node

_ONE, _NONE = Fraction(1), Fraction(0)


def fraction(value: object) -> Fraction:
    """Return 1 for what holds, 0 for what does not."""
    return _ONE if value else _NONE


def _size(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:  # noqa: ARG001 (one signature for all)
    return here.algebra.size(str(node.data), here.point.sizes[str(node.data)])


def _var(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:  # noqa: ARG001
    name = str(node.data)
    if name in here.fixed:
        return here.fixed[name][at]
    return here.algebra.var(name, at, here.point.values[name][at])


def _add(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    return here.algebra.add([here.entry(arg, pick(arg.shape, at), env) for arg in node.args])


def _mul(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    a, b = node.args
    first = here.entry(a, pick(a.shape, at), env)
    return here.algebra.mul(first, here.entry(b, pick(b.shape, at), env))


def _div(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    a, b = node.args
    first = here.entry(a, pick(a.shape, at), env)
    return here.algebra.div(first, here.entry(b, pick(b.shape, at), env))


def _pow(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    a, b = node.args
    first = here.entry(a, pick(a.shape, at), env)
    return here.algebra.pow(first, here.entry(b, pick(b.shape, at), env))


def _largest_of_all(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:  # noqa: ARG001
    inner = node.args[0]
    return here.largest([(inner, place) for place in here.entries(inner.shape)], env)


def _where(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    condition, yes, no = node.args
    which = yes if here.condition(condition, pick(condition.shape, at), env) else no
    return here.entry(which, pick(which.shape, at), env)


def _sum(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    bound: tuple[str, str] = node.data  # type: ignore[assignment]
    name, size = bound
    inner = node.args[0]
    return here.algebra.sum([here.entry(inner, at, {**env, name: k}) for k in range(here.length(size))])


def _axis_sum(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    axis = int(str(node.data))
    inner = node.args[0]
    places = [(*at[:axis], k, *at[axis:]) for k in range(here.length(inner.shape[axis]))]
    return here.algebra.sum([here.entry(inner, place, env) for place in places])


def _row(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> list[Any]:
    inner = node.args[0]
    return [here.entry(inner, (*at[:-1], k), env) for k in range(here.length(inner.shape[-1]))]


def _turned(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    inner = node.args[0]
    turned = at[1:] if len(inner.shape) == 1 else (0, *at) if len(at) == 1 else at[::-1]
    return here.entry(inner, turned, env)


def _index(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    number, kept, place = 0, 0, []
    args = node.args
    for taken in node.data:  # type: ignore[attr-defined]
        if taken:
            number += 1
            index = args[number]
            place.append(env[index.data] if index.op == "idx" else here.integer(index, env))  # type: ignore[index]
        else:
            place.append(at[kept])
            kept += 1
    return here.entry(args[0], tuple(place), env)


def _outer(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    left, right = node.args
    return here.algebra.mul(here.entry(left, at[:1], env), here.entry(right, at[1:], env))


def _diagonal(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    return here.entry(node.args[0], at[:1], env) if at[0] == at[1] else here.algebra.number(_NONE)


def _unit(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    here_it_is = all(env[slot.data] == k for slot, k in zip(node.args, at, strict=True))  # type: ignore[index]
    return here.algebra.number(fraction(here_it_is))


def _bind(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    inner = dict(env)
    for name, index in zip(node.data, node.args[1:], strict=True):  # type: ignore[call-overload]
        inner[name] = env[index.data] if index.op == "idx" else here.integer(index, env)
    return here.entry(node.args[0], at, inner)


def _derivative(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    if len(node.args) > 1:
        return here.entry(here.derivative.taken(node), at, env)
    inner = node.args[0]
    cut = len(inner.shape)
    by: tuple[str, int] = node.data  # type: ignore[assignment]
    bound = {slot(by, axis): k for axis, k in enumerate(at[cut:])}
    return here.entry(here.derivative.whole(inner, by), at[:cut], {**env, **bound})


def _fact(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    fact = here.scope.facts[node.data]  # type: ignore[index]
    below = [env[str(s.data)] for s in node.args]
    return here.entry(fact.body, (), dict(zip((*fact.above, *fact.below), (*at, *below), strict=True)))


def _slope(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:
    inner = node.args[0]
    if here.truth is None:
        return here.entry(here.derivative.of(inner, node.data), at, env)  # type: ignore[arg-type]
    return here.algebra.slope(here.entry(inner, at, env), here.truth.entry(node, at, env))


def _at_largest(here: Evaluator[Any], node: Node, at: Entry, env: Env) -> Any:  # noqa: ARG001
    inner = node.args[0]
    judge = here.truth or here
    best = max(here.entries(inner.shape), key=lambda place: judge.entry(inner, place, env))
    return here.entry(node.args[1], best, env)


OPERATIONS: dict[str, Callable[[Evaluator[Any], Node, Entry, Env], Any]] = {
    "num": lambda here, node, _at, _env: here.algebra.number(node.data),  # type: ignore[arg-type]
    "fill": lambda here, node, _at, _env: here.algebra.number(fraction(node.data)),
    "size": _size,
    "pi": lambda here, _node, _at, _env: here.algebra.pi(),
    "var": _var,
    "let": lambda here, node, at, env: here.defined(node, at, env),
    "dlet": lambda here, node, at, env: here.defined(node, at, env),
    "add": _add,
    "neg": lambda here, node, at, env: here.algebra.neg(here.entry(node.args[0], at, env)),
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "call": lambda here, node, at, env: here.call(node, at, env),
    "max": lambda here, node, at, env: here.largest([(arg, pick(arg.shape, at)) for arg in node.args], env),
    "amax": _largest_of_all,
    "where": _where,
    "cmp": lambda here, node, at, env: here.algebra.number(fraction(here.condition(node, at, env))),
    "sum": _sum,
    "asum": _axis_sum,
    "rowsum": lambda here, node, at, env: here.algebra.sum(_row(here, node, at, env)),
    "softmax": lambda here, node, at, env: here.algebra.softmax(_row(here, node, at, env), at[-1]),
    "T": _turned,
    "index": _index,
    "matmul": lambda here, node, at, env: here.product(node, at, env),
    "outer": _outer,
    "diag": _diagonal,
    "eye": lambda here, _node, at, _env: here.algebra.number(fraction(at[0] == at[1])),
    "onehot": lambda here, node, at, env: here.algebra.number(
        fraction(here.integer(node.args[0], env, at[:-1]) == at[-1])
    ),
    "unit": _unit,
    "bind": _bind,
    "diff": _derivative,
    "fact": _fact,
    "slope": _slope,
    "atmax": _at_largest,
}
