"""The judge: a chain and a statement in, a verdict out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.derive import _drawn as drawn
from autograder.derive import _words as words
from autograder.derive._build import build
from autograder.derive._cases import fractions, halves, regrouped
from autograder.derive._ending import Ending
from autograder.derive._evaluate import TooMuch
from autograder.derive._gradient import off
from autograder.derive._lines import Read, read_line
from autograder.derive._prepared import Prepared, prepare, with_more
from autograder.derive._read import Unreadable
from autograder.derive._steps import Steps
from autograder.derive._table import Table, table
from autograder.derive._tree import subtrees
from autograder.derive._verdict import Complaint, CounterExample, Line, Verdict

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence

    from autograder.derive._statement import Derivation
    from autograder.derive._steps import Step

MAX_LINES = 60
DRAWS = 4
"""So often points are drawn for a step, until one of the draws tells."""
BLIND = (
    "a number in it is very small or very large, or something that is zero stands where the sign decides. "
    "Write the lines without it"
)
MUCH = "this line takes too much work to check: write it with fewer nested sums"


def judge(chain: Sequence[object], statement: Derivation) -> Verdict:
    """Judge a chain line by line.

    Parameters
    ----------
    chain : list or tuple of str
        The lines, as a student wrote them. Anything else gets a complaint.
    statement : Derivation

    Returns
    -------
    Verdict
        Deterministic; never raises because of what the chain holds.

    Raises
    ------
    StatementError
        When the author's statement cannot be used.
    """
    ready = prepare(statement)
    if not isinstance(chain, list | tuple):
        kind = (
            "nothing (None)"
            if chain is None
            else "one string"
            if isinstance(chain, str)
            else f"a {type(chain).__name__}"
        )
        return _refused(f'a chain is a list of lines, like ["exp(-x)", "1 / exp(x)"]; this is {kind}')
    if not chain:
        return _refused("the chain is empty: there is no line in it")
    if len(chain) > MAX_LINES:
        return _refused(f"the chain has {len(chain)} lines; write it in at most {MAX_LINES}")
    lines = [read_line(ready, number, text) for number, text in enumerate(chain, 1)]
    return _Judgement(ready, lines).verdict()


def _refused(says: str) -> Verdict:
    return Verdict((), (Complaint("chain", says),), holds=False, steps_small=False, own_lines=False)


class _Judgement(Ending):
    """One chain before the judge."""

    def __init__(self, ready: Prepared, lines: list[Read]) -> None:
        self.ready = ready
        self.lines = lines
        self.lost: set[int] = set()
        self.has_asked = False
        self.again: list[Steps] = []
        tables = [line.table.node for line in lines if line.table is not None]
        self.texts = [line.text for line in lines]
        self.comparer = with_more(ready, self.texts, tables)
        if any(node.op == "diff" for node in subtrees(*tables)):
            self.comparer.soft_kinks = True

    def verdict(self) -> Verdict:
        """Return the whole judgement."""
        judged = [self.line(line) for line in self.lines]
        judged = [self.step(line, own) for line, own in zip(self.lines, judged, strict=True)]
        ends = self.end(judged)
        complaints = [*self.form(judged, ends), *ends, *self.waypoints(judged)]
        good = all(line.status in {"ok", "far"} for line in judged)
        holds = good and not any(c.costs == "holds" for c in complaints)
        small = (
            good
            and all(line.status == "ok" for line in judged)
            and not any(c.costs == "steps" for c in complaints)
        )
        return Verdict(tuple(judged), tuple(complaints), holds, small, self.own())

    def before(self, line: Read) -> tuple[str, Table | None]:
        """Return what a line is held against, and its name."""
        for other in reversed(self.lines[: line.number - 1]):
            if other.table is not None and other.number not in self.lost:
                return f"line {other.number}", other.table
        return "the start", self.ready.start

    def line(self, line: Read) -> Line:
        """Judge one line; one that cannot be computed is no measure for the next."""
        judged = self._line(line)
        if judged.status == "unjudged":
            self.lost.add(line.number)
        return judged

    def _line(self, line: Read) -> Line:
        base = Line(line.number, line.text, line.latex, "ok")
        if line.table is None:
            return replace(base, status="wrong" if line.misfit else "unread", says=line.says)
        against, other = self.before(line)
        slope = self.slope(base, line.table)
        if other is None:
            return self.asked(line, slope, self.is_slope) if slope else self.alone(base, line.table)
        if other.node is line.table.node and self.comparer.defined(line.table):
            return replace(base, rules=())
        judged = self.compared(base, line.table, against, other)
        judged = self.asked(line, judged, self.equal_to(other))
        if slope is not None and judged.status == "ok" and against == "the start":
            return slope
        if (
            slope is None
            and judged.status == "wrong"
            and self.ready.loss is not None
            and judged.counter
            and judged.counter.where
        ):
            return replace(
                judged, says=f"{judged.says}; {against} is the one that is not the slope of the loss"
            )
        return judged

    def slope(self, base: Line, own: Table) -> Line | None:
        """Hold a line against finite differences of the loss; return the verdict if it differs."""
        if self.ready.loss is None or self.ready.statement.gradient is None:
            return None
        scope, name = self.ready.scope, self.ready.statement.gradient[0]
        what = f"the slope of the loss by {name}"
        this = f"line {base.number}"
        if own.shape != scope.shape(name):
            first, second = words.shape(scope.shape(name)), words.shape(own.shape)
            says = f"{this} is {second}, but the gradient has the shape of {name}, {first}"
            return replace(base, status="wrong", says=says, counter=CounterExample("", first, second, what))
        try:
            found = off(self.ready, own)
        except TooMuch as why:
            return replace(base, status="unjudged", says=_much(why, this))
        if found is None:
            return None
        says = words.sentence(scope, found, what, this)
        return replace(base, status="wrong", says=says, counter=words.counter(scope, found, what))

    def alone(self, base: Line, own: Table) -> Line:
        """Judge a first line without a given start: it must at least have a value somewhere in the domain."""
        try:
            self.comparer.difference(own, own)
        except TooMuch as why:
            return replace(base, status="unjudged", says=_much(why, f"line {base.number}"))
        return base

    def compared(self, base: Line, own: Table, against: str, other: Table) -> Line:
        """Hold a line against another."""
        this = f"line {base.number}"
        if own.shape != other.shape:
            first, second = words.shape(other.shape), words.shape(own.shape)
            return replace(
                base,
                status="wrong",
                says=f"{against} is {first}, {this} is {second}",
                counter=CounterExample("", first, second, against),
            )
        try:
            found = self.comparer.difference(other, own)
        except TooMuch as why:
            return replace(base, status="unjudged", says=_much(why, this))
        if found is None:
            return base
        says = words.sentence(self.ready.scope, found, against, this)
        return replace(
            base, status="wrong", says=says, counter=words.counter(self.ready.scope, found, against)
        )

    def asked(self, line: Read, judged: Line, fits: Callable[[ast.expr], bool]) -> Line:
        """Ask about brackets or a comma in the first line that is wrong, where these would make it right."""
        if judged.status != "wrong" or judged.counter is None or line.tree is None or self.has_asked:
            return judged
        self.has_asked = True
        return replace(judged, says=judged.says + self.meant(line.text, line.tree, fits))

    def meant(self, text: str, tree: ast.expr, fits: Callable[[ast.expr], bool]) -> str:
        """Say what would make a line right."""
        if any(map(fits, regrouped(tree))):
            return "; are brackets around the cases missing, `(... if ... else ...)`?"
        if any(map(fits, fractions(tree))):
            return "; are brackets around what stands above or below a `/` missing?"
        if any(fits(one) and fits(two) for one, two in halves(text)):
            return "; read as two lines it is right: is a comma missing between them?"
        return ""

    def equal_to(self, other: Table) -> Callable[[ast.expr], bool]:
        """Return what says whether an expression equals a line."""

        def equals(tree: ast.expr) -> bool:
            try:
                own = table(self.ready.scope, build(self.ready.scope, tree))
                return own.shape == other.shape and self.comparer.difference(other, own) is None
            except (Unreadable, TooMuch):
                return False

        return equals

    def is_slope(self, tree: ast.expr) -> bool:
        """Say whether an expression is the slope of the loss."""
        try:
            own = table(self.ready.scope, build(self.ready.scope, tree))
        except (Unreadable, TooMuch):
            return False
        line = Line(0, "", "", "ok")
        return self.slope(line, own) is None

    def step(self, line: Read, judged: Line) -> Line:
        """Measure the step to a line that is right."""
        if judged.status != "ok" or line.table is None or judged.rules is not None:
            return judged
        against, other = self.before(line)
        if other is None or (line.number > 1 and against != f"line {line.number - 1}"):
            return judged
        limit = self.ready.statement.rules
        step = self.ready.steps.measure(other, line.table, limit + 2)
        found, blind = step.rules, step.blind
        if found is not None and len(found) <= limit:
            seen, blind = self.seen_again(other, line.table, step)
            if seen:
                return replace(judged, rules=found)
            found = None
        if found is None and blind:
            says = f"the size of the step from {against} to line {line.number} cannot be measured: {BLIND}"
            return replace(judged, status="far", says=says)
        if found is None:
            takes = f"more than {limit + 2} rules"
        else:
            takes = f"{len(found)} rule{'s' * (len(found) > 1)}: {'; '.join(found)}"
        may = f"A step may take {limit}" if limit != 1 else "A step may take one"
        says = f"from {against} to line {line.number} it takes {takes}. {may}: write the lines between"
        return replace(judged, status="far", says=says, rules=found)

    def seen_again(self, first: Table, second: Table, step: Step) -> tuple[bool, bool]:
        """Say whether two lines that are equal by some rules are so at points of this chain's own, or too odd to tell."""
        scope, rules = self.ready.scope, frozenset(step.needed or ())
        blind = False
        for turn in range(DRAWS):
            if len(self.again) <= turn:
                here = drawn.generic(scope, (*self.texts, str(turn)))
                self.again.append(Steps(scope, self.ready.steps.derivative, here))
            steps = self.again[turn]
            steps.blind = False
            if steps.equal(first, second, rules):
                return True, False
            if steps.refuted(first, second, rules):
                return False, False
            blind = blind or steps.blind
        return False, blind


def _much(why: TooMuch, this: str) -> str:
    return f"{this} is {why}" if str(why) else MUCH
