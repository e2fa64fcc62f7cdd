"""The size of a step: the fewest named rules under which two equal lines are equal.

For each set of rules there is a model in which those rules hold and the others do not (`_free`, `_real`). Two
lines that are equal in the model are equal by these rules alone, as far as random values can tell. The sets are
tried by size: none, one, then those that hold every rule that cannot be spared.

What this does not see: how often a rule is used, and rules that have no model here. A step whose rules are not
among them counts as too long though it may be fine; a rule that brings another along (linearity of the sum brings
multiplying out) is counted once.
"""

from __future__ import annotations

import decimal
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from autograder.derive._derivative import Derivative
from autograder.derive._evaluate import Evaluator, TooMuch
from autograder.derive._free import Free
from autograder.derive._gap import Blind, Gap
from autograder.derive._points import generic
from autograder.derive._real import DIGITS as REAL_DIGITS
from autograder.derive._real import Real
from autograder.derive._rules import closed, relevant, spoken
from autograder.derive._tree import subtrees
from autograder.derive._truth import TooLarge, Undefined, context, truth

if TYPE_CHECKING:
    from decimal import Decimal

    from autograder.derive._algebra import Point
    from autograder.derive._scope import Scope
    from autograder.derive._table import Table

DERIVATIVES = {"product", "quotient", "quotient split"}
MAX_MODELS = 100
"""So many sets of rules are tried for one step."""
MAX_WORK = 100_000
"""So many entries of models are computed for one step: about a second."""


@dataclass(frozen=True)
class Step:
    """The rules of a step, None when none of the sets tried suffices."""

    needed: tuple[str, ...] | None
    blind: bool = False
    """Whether a model could not tell the lines apart or together, because of how large or small a number is."""

    @property
    def rules(self) -> tuple[str, ...] | None:
        """The rules in a student's words."""
        return None if self.needed is None else tuple(map(spoken, self.needed))

    @property
    def size(self) -> int | None:
        """How many rules it takes."""
        return None if self.needed is None else len(self.needed)


@dataclass
class Steps:
    """Measures steps, and remembers models and results."""

    scope: Scope
    derivative: Derivative
    points: list[Point] = field(default_factory=list)
    truths: list[Evaluator[Decimal]] = field(default_factory=list)
    models: dict[tuple[frozenset[str], int], Evaluator[Any]] = field(default_factory=dict)
    known: dict[tuple[int, int, int], Step] = field(default_factory=dict)
    spent: int = 0
    blind: bool = False

    def measure(self, first: Table, second: Table, limit: int) -> Step:
        """Return the fewest rules, up to `limit`, that lead from one line to the other."""
        at = (min(first.node.number, second.node.number), max(first.node.number, second.node.number), limit)
        if at not in self.known:
            self.blind = False
            self.known[at] = Step(self._measure(first, second, limit), self.blind)
        return self.known[at]

    def rearranged(self, first: Table, second: Table) -> bool:
        """Say whether two lines are equal up to rearranging."""
        return first.node is second.node or self.equal(first, second, frozenset())

    def _measure(self, first: Table, second: Table, limit: int) -> tuple[str, ...] | None:
        if self.rearranged(first, second):
            return ()
        self.spent = 0
        found = None
        changed = relevant(self.scope, self.derivative, first.node, second.node, shared=False)
        everything = relevant(self.scope, self.derivative, first.node, second.node)
        inside = all(any(node.op == "diff" for node in subtrees(side.node)) for side in (first, second))
        for rule in changed if limit >= 1 else []:
            if self.equal(first, second, frozenset({rule})):
                return (rule,)
        if inside:
            found = self.search(first, second, [rule for rule in changed if not _taken(rule)], limit)
        closer = limit if found is None else len(found) - 1
        found = self.search(first, second, changed, closer) or found
        if found is None and len(everything) > len(changed):
            found = self.search(first, second, everything, limit)
        return found

    def search(self, first: Table, second: Table, rules: list[str], limit: int) -> tuple[str, ...] | None:
        """Return the smallest set of these rules that suffices.

        A form proved before stands in for the definition of its function, so each is tried on its own.
        """
        forms = [rule for rule in rules if rule in self.scope.forms]
        plain = [rule for rule in rules if rule not in forms]
        found = self.smallest(first, second, plain, limit)
        for some in [*([form] for form in forms), *([forms] if len(forms) > 1 else [])]:
            closer = limit if found is None else len(found) - 1
            found = self.smallest(first, second, [*plain, *some], closer) or found
        return found

    def smallest(self, first: Table, second: Table, rules: list[str], limit: int) -> tuple[str, ...] | None:
        """Return the smallest set of these rules that suffices, all of them taken together."""
        for rule in rules if limit >= 1 else []:
            if self.equal(first, second, frozenset({rule})):
                return (rule,)
        everything = frozenset(rules)
        needed = []
        if self.equal(first, second, everything):
            needed = [rule for rule in rules if not self.equal(first, second, everything - {rule})]
        others = [rule for rule in rules if rule not in needed]
        tried = 0
        for more in range(max(0, 2 - len(needed)), limit - len(needed) + 1):
            for extra in sorted(combinations(others, more), key=lambda rules: "sum out" in rules):
                tried += 1
                if tried > MAX_MODELS or self.spent > MAX_WORK:
                    return self.spared(first, second, rules, limit)
                if self.equal(first, second, frozenset(needed) | set(extra)):
                    return tuple(rule for rule in rules if rule in needed or rule in extra)
        return None

    def spared(self, first: Table, second: Table, rules: list[str], limit: int) -> tuple[str, ...] | None:
        """Return a set from which no rule can be spared, the less natural ones spared first: small, if not smallest."""
        best: list[str] | None = None
        for order in (sorted(rules, key=_natural), sorted(rules, key=_natural, reverse=True)):
            kept = list(rules)
            if self.spent > 2 * MAX_WORK or not self.equal(first, second, frozenset(kept)):
                return None
            for rule in order:
                fewer = [other for other in kept if other != rule]
                if self.equal(first, second, frozenset(fewer)):
                    kept = fewer
            if best is None or len(kept) < len(best):
                best = kept
            if len(best) <= limit:
                return tuple(best)
        return None

    def equal(self, first: Table, second: Table, rules: frozenset[str]) -> bool:
        """Say whether two lines are equal in the model of these rules.

        A derivative is taken as far as its rules are on; if none of them is, a step may also have worked inside it.
        """
        if self._equal(first, second, closed(rules)):
            return True
        if any(map(_taken, rules)):
            return False
        inside = any(node.op == "diff" for node in subtrees(first.node, second.node))
        return inside and self._equal(first, second, closed(rules) | {"inside"})

    def refuted(self, first: Table, second: Table, rules: frozenset[str]) -> bool:
        """Say whether two lines are surely not equal by these rules: not for want of a point that tells."""
        inside = any(node.op == "diff" for node in subtrees(first.node, second.node))
        sets = [closed(rules)]
        if inside and not any(map(_taken, rules)):
            sets.append(closed(rules) | {"inside"})
        return all(self._compared(first, second, full) is False for full in sets)

    def _equal(self, first: Table, second: Table, full: frozenset[str]) -> bool:
        return self._compared(first, second, full) is True

    def _compared(self, first: Table, second: Table, full: frozenset[str]) -> bool | None:
        """Say whether two lines are equal in a model; None where it cannot be told."""
        if not self.points:
            self.points = generic(self.scope)
        judged = None
        for number in range(len(self.points)):
            model = self.model(full, number)
            model.work = model.truth.work = 0  # type: ignore[union-attr]
            try:
                with decimal.localcontext(context(REAL_DIGITS)):
                    for (_, inner, env), (_, other, env2) in zip(
                        first.entries(model), second.entries(model), strict=True
                    ):
                        a = model.entry(first.node, inner, env)
                        if not model.algebra.same(a, model.entry(second.node, other, env2)):  # type: ignore[attr-defined]
                            return False
                self.spent += model.work
            except (Gap, Undefined, TooLarge, decimal.DecimalException) as why:
                # A point without a value says nothing; one that a model does not see would hide a step.
                if self.outside(first, number):
                    continue
                self.blind = self.blind or isinstance(why, Blind)
                return None
            except (TooMuch, RecursionError):
                return None
            judged = True
        return judged

    def outside(self, own: Table, number: int) -> bool:
        """Say whether a line has no value at a point."""
        at = self.truth(number)
        at.work = 0
        try:
            with decimal.localcontext(context(REAL_DIGITS)):
                for _, inner, env in own.entries(at):
                    at.entry(own.node, inner, env)
        except Undefined:
            return True
        except (TooLarge, TooMuch, RecursionError, decimal.DecimalException):
            return False
        return False

    def truth(self, number: int) -> Evaluator[Decimal]:
        """Return the evaluator of true values at a point, made now or earlier."""
        while len(self.truths) <= number:
            self.truths.append(truth(self.scope, self.points[len(self.truths)], self.derivative))
        return self.truths[number]

    def model(self, rules: frozenset[str], number: int) -> Evaluator[Any]:
        """Return the evaluator of a model at a point, made now or earlier."""
        at = (rules, number)
        if at not in self.models:
            algebra = Real(rules) if "distribute" in rules else Free(rules)
            self.models[at] = Evaluator(
                self.scope,
                self.points[number],
                algebra,
                Derivative(self.scope, rules, reach=self.derivative.reach),
                self.truth(number),
            )
        return self.models[at]


def _natural(rule: str) -> int:
    """Return how readily a person would name a rule: small numbers are spared first."""
    kind = rule.split(" ", maxsplit=1)[0]
    if rule in {"sum out", "quotient split", "d pow"}:
        return 0
    return {"trig": 0, "sym": 1, "chain": 1, "matmul": 3, "let": 2, "def": 3, "known": 6}.get(kind, 4)


def _taken(rule: str) -> bool:
    """Say whether a rule takes a derivative."""
    return rule in DERIVATIVES or rule.startswith(("d ", "known ", "chain "))
