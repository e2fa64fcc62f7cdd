"""Mutants: a reference solution with one small change, as a student's slip would make it.

Every mutant has an identity that survives changes elsewhere in the lesson: the operator's name, the line as it
was and as it is, and which of several equal lines it is. No line numbers.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.audit import chains, expressions, statements
from autograder.audit.syntax import Place, at, line_of, parse, plain, replaced, shown_at, walk
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.audit.changes import Change
    from autograder.audit.syntax import Path


@dataclass(frozen=True)
class Mutant:
    """One small change of a reference solution.

    Attributes
    ----------
    operator : str
        What kind of change it is, such as "axis".
    was, now : str
        The line that is changed, as Python writes it, and what it becomes; `now` is empty where it is removed.
    nth : int
        Which of several such changes it is, from 1: the same line may stand twice.
    source : str
        The whole cell with the change made.
    """

    operator: str
    was: str
    now: str
    nth: int
    source: str

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What it is known by in a registry."""
        return self.operator, self.was, self.now, self.nth

    def diff(self) -> str:
        """Return the change as a small diff."""
        lines = [f"- {line}" for line in self.was.split("\n")]
        lines += [f"+ {line}" for line in self.now.split("\n") if self.now]
        count = f"\n  (number {self.nth} of such lines)" if self.nth > 1 else ""
        return "\n".join(lines) + count


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of a solution cell; what students do not write themselves is not changed.

    Parameters
    ----------
    source
        The cell with its solution, and nbgrader's markers if it has them. Without markers the whole cell counts.

    Raises
    ------
    SyntaxError
        If it is no Python.
    """
    whole = parse(source)
    tree = plain(whole)
    regions = [region for region in cells.scan(source)[0] if region.kind is cells.Secret.SOLUTION]
    seen = {ast.unparse(tree)}
    counts: dict[tuple[str, str, str], int] = {}
    found = []
    documents = _documents(whole)
    for place in walk(tree):
        if not _is_theirs(place, [(region.begin + 1, region.end + 1) for region in regions]):
            continue
        for change in _changes(place, documents):
            where = place.path if change.up == 0 else place.path[: -change.up]
            made = replaced(tree, where, change.new)
            text = ast.unparse(made)
            if text in seen:
                continue
            seen.add(text)
            shown = shown_at(tree, where)
            was = line_of(at(tree, shown))
            now = _now(made, shown, where, change.new)
            triple = change.operator, was, now
            counts[triple] = counts.get(triple, 0) + 1
            found.append(Mutant(*triple, counts[triple], text))
    return found


def _now(made: ast.Module, shown: Path, where: Path, new: ast.AST | list[ast.stmt]) -> str:
    """Write the changed line; where a statement was replaced by several, all of them."""
    if isinstance(new, list) and shown == where:
        *above, (field, first) = where
        body = getattr(at(made, tuple(above)), field)
        return "\n".join(line_of(node) for node in body[first : (first or 0) + len(new)])
    return line_of(at(made, shown))


def _changes(place: Place, documents: dict[str, str]) -> Iterator[Change]:
    yield from expressions.changes(place)
    yield from statements.changes(place, documents)
    yield from chains.changes(place)


def _is_theirs(place: Place, regions: list[tuple[int, int]]) -> bool:
    """Whether a node stands between solution markers, or is a default value in a function's head."""
    if any(
        isinstance(node, ast.arguments) and place.field in {"defaults", "kw_defaults"}
        for node in place.above[-1:]
    ):
        return True
    line = getattr(place.node, "lineno", None)
    last = getattr(place.node, "end_lineno", None)
    if line is None or last is None:
        line = next((n.lineno for n in reversed(place.above) if hasattr(n, "lineno")), None)
        last = line
    if line is None or last is None:
        return False
    return not regions or any(first < line and last < end for first, end in regions)


def _documents(tree: ast.Module) -> dict[str, str]:
    """Return each function's docstring, which says what its arguments are."""
    return {
        node.name: ast.get_docstring(node) or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
