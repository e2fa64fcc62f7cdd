"""The named rules of a step: which ones there are, which ones two lines can need, and what students call them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from autograder.derive._tree import subtrees

if TYPE_CHECKING:
    from autograder.derive._derivative import Derivative
    from autograder.derive._scope import Scope
    from autograder.derive._tree import Node

NAMES = {
    "distribute": "multiplying out or factoring",
    "exp law": "a law of exp: exp(a + b) = exp(a) * exp(b), exp(-a) = 1 / exp(a)",
    "log law": "a law of log: log(a * b) = log(a) + log(b), log(a / b) = log(a) - log(b), log(exp(a)) = a",
    "undo": "log and exp undo each other",
    "power": "a law of powers and roots",
    "trig": "sin**2 + cos**2 = 1, addition formulas",
    "sum linear": "linearity of the sum: constant factors out, a sum of sums",
    "sum pick": "a delta (a diagonal, a one-hot vector) picks one term of a sum",
    "sum out": "writing the terms of a sum out, or adding them up",
    "matmul sum": "a matrix product is a sum over the inner index",
    "matmul algebra": "rules of the matrix product: brackets moved, multiplied out, numbers taken out",
    "product": "the product rule",
    "quotient": "the quotient or power rule",
    "quotient split": "the quotient or power rule",
    "def max": "the definition of max by cases",
    "sign abs": "sign(x) = x / |x|",
    "sym sigmoid": "sigmoid(-x) = 1 - sigmoid(x)",
    "sym tanh": "tanh(-x) = -tanh(x)",
    "sym sin": "sin(-x) = -sin(x)",
    "sym cos": "cos(-x) = cos(x)",
}
SUMS = {"sum", "asum", "rowsum", "softmax"}
PICKERS = {"cmp", "diag", "eye", "onehot", "diff", "where"}
IMPLIED = (
    ("sum linear", "distribute"),
    ("matmul algebra", "distribute"),
    ("trig", "distribute"),
    ("log law", "undo"),
    ("d abs", "sign abs"),
)


def spoken(rule: str) -> str:
    """Return a rule in a student's words."""
    if rule in NAMES:
        return NAMES[rule]
    kind, _, name = rule.partition(" ")
    if kind == "def":
        return f"the definition of {name}"
    if kind == "let":
        return f"the definition of {name}"
    if kind in {"form", "known"}:
        return name if kind == "form" else f"the known derivative of {name}"
    if kind == "chain":
        return f"the chain rule through {name}"
    return (
        f"the derivative of {name}"
        if name in {"relu", "abs", "max"}
        else f"the derivative of {name}, with the chain rule"
    )


def closed(rules: frozenset[str]) -> frozenset[str]:
    """Add the rules that others hold in them."""
    found = set(rules)
    found.update(other for rule, other in IMPLIED if rule in rules)
    if {"matmul sum", "matmul algebra"} <= found:
        found |= {"sum linear", "distribute"}
    return frozenset(found)


def relevant(scope: Scope, derivative: Derivative, *roots: Node, shared: bool = True) -> list[str]:
    """List the rules that a step between these nodes can need, the likelier first.

    With `shared` False parts that stand in both lines are taken as they are: what is in them did not change.
    """
    seen = set() if shared else _shared(*roots)
    ops: set[str] = set()
    functions: set[str] = set()
    lets: list[str] = []
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node.number not in seen:
            seen.add(node.number)
            todo.extend(node.args)
            ops.add(node.op)
            if node.op == "call":
                functions.add(str(node.data))
                todo.extend(form.body for form in scope.forms.values() if form.function == node.data)
            if node.op in {"softmax", "call"} and (meaning := derivative.definition(node)) is not None:
                todo.append(meaning)
            if node.op == "let" and str(node.data) not in lets:
                lets.append(str(node.data))
                todo.append(scope.lets[str(node.data)].body)
            if node.op == "diff" and node.data[0] in scope.lets:  # type: ignore[index]
                todo.append(scope.lets[node.data[0]].body)  # type: ignore[index]
    everywhere = {node.op for node in subtrees(*roots)}
    rules = [f"sym {name}" for name in ("sigmoid", "tanh", "sin", "cos") if name in functions]
    rules += [f"let {name}" for name in lets]
    rules += [
        f"def {name}" for name in ("sigmoid", "softplus", "tanh", "relu", "abs", "sign") if name in functions
    ]
    if "abs" in functions and "diff" in ops and "sign" not in functions:
        rules += ["def sign"]
    rules += ["sign abs"] if "abs" in functions and ("sign" in functions or "diff" in ops) else []
    rules += [rule for rule, form in scope.forms.items() if form.function in functions]
    rules += ["def softmax"] if "softmax" in ops else []
    rules += ["def max"] if ops & {"max", "amax"} else []
    rules += ["distribute"]
    rules += ["exp law"] if "exp" in functions or "softmax" in ops else []
    rules += ["undo"] if {"exp", "log"} <= functions else []
    rules += ["log law"] if "log" in functions else []
    rules += ["power"] if "sqrt" in functions or _roots(roots) else []
    rules += ["matmul sum", "matmul algebra"] if "matmul" in ops else []
    rules += ["sum linear"] if ops & SUMS or "matmul" in ops else []
    rules += ["sum pick"] if (ops & SUMS or "matmul" in ops) and everywhere & PICKERS else []
    rules += ["sum out"] if ops & SUMS or "matmul" in ops else []
    rules += _derivatives(scope, ops, functions, lets)
    rules += ["trig"] if functions & {"sin", "cos"} else []
    return rules


def _shared(first: Node, second: Node) -> set[int]:
    """Return the parts that stand in both lines, but for what is inside a derivative that only one of them has."""
    sides = [{node.number for node in subtrees(root)} for root in (first, second)]
    both = sides[0] & sides[1]
    for node in subtrees(first, second):
        if node.op == "diff" and node.number not in both:
            both -= {below.number for below in subtrees(node)}
    return both


def _derivatives(scope: Scope, ops: set[str], functions: set[str], lets: list[str]) -> list[str]:
    """List the rules of derivatives."""
    if "diff" not in ops:
        return []
    rules = ["product", "quotient", "quotient split"]
    rules += [
        f"d {name}" for name in ("exp", "log", "sqrt", "sin", "cos", "relu", "abs") if name in functions
    ]
    rules += ["d max"] if ops & {"max", "amax"} else []
    rules += ["d pow"] if "pow" in ops else []
    rules += [f"chain {name}" for name in lets]
    rules += [f"d {name}" for name in sorted(scope.tables)]
    rules += [f"known {name}" for name in lets if any(name == known for known, _ in scope.facts)]
    return rules


def _roots(roots: tuple[Node, ...]) -> bool:
    for node in subtrees(*roots):
        if node.op == "pow":
            power = node.args[1]
            if not (isinstance(power.data, Fraction) and power.data.denominator == 1):
                return True
    return False
