"""What the judge has worked out so far, and the way back: so that no judgement feels those before it.

Statements made ready remember nodes, values, models and steps, for all the lines of a chain and for the next chain.
What is remembered tells in small things: how much work is left to a line, how far a free index runs that only lines
tell of, in which order a model names its unknowns. One submission may not do that to the next. So `settle` notes the
state from which each submission is judged, and `go_back` takes everything out again that was put in since: what is
remembered is only ever added to, at the end, and so it is cut off there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.derive import _prepared
from autograder.derive._algebra import Algebra
from autograder.derive._derivative import Derivative
from autograder.derive._evaluate import Evaluator
from autograder.derive._prepared import Prepared
from autograder.derive._scope import Scope
from autograder.derive._steps import Steps
from autograder.derive._table import Comparer, Here
from autograder.derive._tree import Pool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from autograder.derive._statement import Derivation

_CHANGING = (Prepared, Scope, Pool, Comparer, Derivative, Steps, Here, Evaluator, Algebra)
_OVERWRITTEN = frozenset({"exps", "logs"})  # of a model; all else is written once
_LISTED = frozenset({"skipped", "tables"})  # sets, of a statement: few


@dataclass(slots=True)
class _Part:
    """One object of the judge's, and what it was when all was settled."""

    names: dict[str, Any]  # its attributes, live
    then: dict[str, Any]
    lengths: list[tuple[dict[Any, Any] | list[Any], int]]
    copies: list[tuple[dict[Any, Any] | set[Any], dict[Any, Any] | set[Any]]]

    def go_back(self) -> bool:
        """Make it what it was; return whether that could be done."""
        self.names.update(self.then)
        for kept, known in self.copies:
            kept.clear()
            kept.update(known)
        for grown, length in self.lengths:
            more = len(grown) - length
            if more < 0:
                return False
            if type(grown) is list:
                del grown[length:]
            elif type(grown) is dict:
                for _ in range(more):
                    grown.popitem()
        return len(self.names) == len(self.then)


_settled: dict[Derivation, Prepared] = {}
_parts: dict[Derivation, list[_Part]] = {}


def settle() -> None:
    """Note the present state of what is remembered as the one that `go_back` leads to."""
    _settled.clear()
    _settled.update(_prepared.remembered)
    _parts.clear()
    _parts.update(
        {statement: [_part(one) for one in _changing(_settled[statement])] for statement in _settled}
    )
    _prepared.used.clear()
    _prepared.used.update(dict.fromkeys(_settled, False))


def go_back() -> bool:
    """Take out what was remembered since all was settled; return whether all is as it was then."""
    used = [statement for statement, was_used in _prepared.used.items() if was_used]
    _prepared.used.update(dict.fromkeys(used, False))
    _prepared.remembered.clear()
    _prepared.remembered.update(_settled)
    done = [part.go_back() for statement in used for part in _parts[statement]]
    return all(done)


def _part(one: Any) -> _Part:
    names = vars(one)
    part = _Part(names, dict(names), [], [])
    for name, value in names.items():
        if name in _OVERWRITTEN or name in _LISTED:
            part.copies.append((value, value.copy()))
        elif type(value) in {dict, list}:
            part.lengths.append((value, len(value)))
    return part


def _changing(root: Prepared) -> Iterator[Any]:
    """Yield every object of the judge's own below a statement made ready, each once."""
    seen: set[int] = set()
    waiting: list[Any] = [root]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        for value in vars(one).values():
            waiting += [part for part in _within(value) if isinstance(part, _CHANGING)]


def _within(value: object) -> Iterable[object]:
    if type(value) is dict:
        first = next(iter(value.values()), None)
        return value.values() if isinstance(first, _CHANGING) else ()
    return value if type(value) is list else (value,)
