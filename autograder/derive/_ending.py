"""Where a chain begins and ends, what it passes on its way, and whether anything in it is the student's own."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from autograder.derive import _words as words
from autograder.derive._forms import unlike
from autograder.derive._read import read
from autograder.derive._tree import subtrees
from autograder.derive._verdict import Complaint

if TYPE_CHECKING:
    import ast

    from autograder.derive._lines import Read
    from autograder.derive._prepared import Prepared
    from autograder.derive._table import Table
    from autograder.derive._verdict import Line

PLAIN = {"num", "fill", "var", "size", "pi", "add", "neg", "mul", "div", "pow", "T"}


class Ending:
    """The part of a judgement that looks at the chain as a whole."""

    ready: Prepared
    lines: list[Read]

    @abstractmethod
    def compared(self, base: Line, own: Table, against: str, other: Table) -> Line:
        """Hold a line against another."""

    def waypoints(self, judged: list[Line]) -> list[Complaint]:
        """Say which waypoints no line passes."""
        if not all(line.status in {"ok", "far"} for line in judged):
            return []
        missed = []
        for text, point in self.ready.waypoints:
            tables = [
                line.table
                for line in self.lines
                if line.table is not None and line.table.shape == point.shape
            ]
            if not any(self.ready.steps.rearranged(own, point) for own in tables):
                missed.append(
                    Complaint(
                        "waypoint",
                        f"no line passes `{text}`, which this derivation should show",
                        costs="steps",
                    )
                )
        return missed

    def end(self, judged: list[Line]) -> list[Complaint]:
        """Judge where the chain ends."""
        last, end = self.lines[-1], self.ready.end
        if end is None or last.table is None or judged[-1].status == "unjudged":
            return []
        if last.table.node is end.node:
            return []
        if judged[-1].status == "wrong" and len(self.lines) > 1:
            # The line itself is told; where the chain ends is a second thing, told once the lines agree.
            return []
        shown = f"`{self.ready.statement.end}`"
        held = (
            self.compared(judged[-1], last.table, "the end", end) if last.table.shape == end.shape else None
        )
        if held is None:
            return [
                Complaint(
                    "end",
                    f"the last line is {words.shape(last.table.shape)}, the end {shown} is {words.shape(end.shape)}",
                    last.number,
                )
            ]
        if held.status == "wrong":
            return [Complaint("end", f"the chain should end in {shown}: {held.says}", last.number)]
        return []

    def form(self, judged: list[Line], ends: list[Complaint]) -> list[Complaint]:
        """Judge the form of the first line, and of the last where it is right."""
        statement, found = self.ready.statement, []
        end = None if statement.end is None else read(statement.end)
        first, last = self.lines[0], self.lines[-1]
        if statement.first is not None and first.table is not None and first.tree is not None:
            says = unlike(statement.first, self.ready.scope, first.tree, first.table, None)
            if says and first is last and (statement.first, statement.last) == ("index", "matrix"):
                says = "this is the end alone; a line in index form should stand before it"
            if says:
                found.append(Complaint("first form", f"line 1: {says}", 1))
        done = not ends and judged[-1].status in {"ok", "far"}
        if done and last.table is not None and last.tree is not None:
            says = unlike(statement.last, self.ready.scope, last.tree, last.table, end)
            if says and first is last and (statement.first, statement.last) == ("index", "matrix"):
                says = "this is the index form alone; a line in matrix form should follow it"
            if says:
                says = self.passed(end) or f"line {last.number} is right, and not the end yet: {says}"
                found.append(Complaint("last form", says, last.number))
        return found

    def passed(self, end: ast.expr | None) -> str:
        """Say which line of a chain that goes on too far has the form that the end should have."""
        given = self.ready.start
        for line in self.lines[:-1]:
            if (
                line.table is None
                or line.tree is None
                or (given is not None and line.table.node is given.node)
            ):
                continue
            if unlike(self.ready.statement.last, self.ready.scope, line.tree, line.table, end) is None:
                return f"line {line.number} has the form that is asked for: end there, and leave out what comes after it"
        return ""

    def own(self) -> bool:
        """Say whether any line was not given."""
        end = self.ready.end if self.ready.statement.end_given else None
        given = [table for table in (end, self.ready.start) if table is not None]
        # A line that cannot be read was written all the same; a gap (None, ...) was not.
        return any(
            not self.told(line.table, given) if line.table is not None else bool(line.text.strip())
            for line in self.lines
        )

    def told(self, own: Table, given: list[Table]) -> bool:
        """Say whether a line is a given one, at most rearranged, and nothing in it is new but plain arithmetic."""
        if any(own.node is other.node for other in given):
            return True
        if self.ready.end is None or self.ready.end is not given[0]:
            return False  # where the end is to be found, any line on the way to it counts
        if len(given) > 1 and self.one_step(*given):
            return False  # a line between them can hardly be anything else
        known = set(subtrees(*(other.node for other in given)))
        new = [node for node in subtrees(own.node) if node.op not in PLAIN and node not in known]
        return not new and any(self.alike(own, other) for other in given)

    def one_step(self, end: Table, start: Table) -> bool:
        """Say whether an exercise takes a single step."""
        limit = self.ready.statement.rules
        size = self.ready.steps.measure(start, end, limit + 2).size if start.shape == end.shape else None
        return size is not None and size <= limit

    def alike(self, one: Table, other: Table) -> bool:
        """Say whether two lines are the same up to rearranging."""
        return one.shape == other.shape and self.ready.steps.rearranged(one, other)
