"""The verbs about derivations: does a chain of lines hold, and is each of its steps small enough.

A chain is data, a list of texts, and so it is checked here on both sides alike; `autograder.derive` reads and
judges it.
"""

from __future__ import annotations

import ast
import re
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autograder import derive
from autograder.check import _context, _show
from autograder.check._chain import Chain, ChainLine
from autograder.check._finding import NOT_WRITTEN, CheckFailed, Finding
from autograder.derive import judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.check._chain import Mark
    from autograder.derive import Complaint, Derivation, Line, Verdict

MOST_LINES = 60
LONG_LINE = 400
LONG_CHAIN = 20_000
MOST_VERDICTS = 32

_verdicts: dict[tuple[tuple[str, ...], Derivation], Verdict] = {}  # the one asked for last at the end
_settled: dict[tuple[tuple[str, ...], Derivation], Verdict] = {}

NO_LINE = "There is no line of your own yet: a given line written in another way is none."
_SHAPE = 'A chain is a list of lines, each in quotes: ["first line", "second line"].'
_BREAKS = {
    "wrong": "is not equal to what is before it",
    "unread": "cannot be read",
    "unjudged": "is too much to compute",
}
_MARKS: dict[str, Mark] = {"wrong": "wrong", "far": "far", "unread": "unread", "unjudged": "unjudged"}


def derives(chain: Any, statement: Derivation, *, title: str = "") -> None:
    """Check that a chain holds: every line equals the one before it, from where it starts to where it should end.

    Parameters
    ----------
    chain
        The student's list of lines.
    statement
        What is asked.
    title
        What the chain is for, shown where one cell checks several; the aspect's name when left out.

    Raises
    ------
    CheckFailed
        With the first line that does not hold and a counter-example, or why it cannot be read.
    """
    with _headed(title):
        _derives(judged(lines_of(chain), statement), statement, title)


def _derives(verdict: Verdict, statement: Derivation, title: str) -> None:
    _show_chain(verdict, statement, title, steps=False)
    bad = _break(verdict)
    if bad is not None:
        raise CheckFailed(Finding(bad.says, advice=_advice(bad, statement)))
    if not verdict.own_lines:
        raise CheckFailed(_unwritten(NO_LINE))
    for complaint in _complaints(verdict, "holds"):
        raise CheckFailed(Finding(complaint.says))
    if not verdict.holds:
        raise CheckFailed(Finding("the chain could not be judged"))


def small_steps(chain: Any, statement: Derivation, *, title: str = "") -> None:
    """Check that no step of a chain takes more rules than one step may, and that no waypoint is passed by.

    Where the chain does not hold at all, that is said in one short sentence: `derives` has explained it.

    Parameters
    ----------
    chain, statement, title
        As for `derives`.

    Raises
    ------
    CheckFailed
        With the first step that is too large and the rules that lie between.
    """
    with _headed(title):
        _small_steps(judged(lines_of(chain), statement), statement, title)


def _small_steps(verdict: Verdict, statement: Derivation, title: str) -> None:
    _show_chain(verdict, statement, title, steps=verdict.holds)
    bad = _break(verdict)
    if bad is not None:
        raise CheckFailed(Finding(f"the chain breaks at line {bad.number}, which {_broken(bad, statement)}"))
    if not verdict.own_lines:
        raise CheckFailed(_unwritten(NO_LINE))
    if not verdict.holds:
        raise CheckFailed(Finding("steps count once the chain starts and ends where it should"))
    for line in verdict.far:
        raise CheckFailed(Finding(line.says))
    for complaint in _complaints(verdict, "steps"):
        raise CheckFailed(Finding(complaint.says))
    if not verdict.steps_small:
        raise CheckFailed(Finding("the size of a step could not be measured"))


@contextmanager
def _headed(title: str) -> Iterator[None]:
    """Put a chain's title before what is found of it; what is no chain is said in the same words for all."""
    try:
        yield
    except CheckFailed as failure:
        found = failure.finding
        if not title or found.error is not None:
            raise
        raise CheckFailed(replace(found, verdict=f"{title}: {found.verdict}")) from None


def lines_of(chain: Any) -> tuple[str, ...]:
    """Return the lines of a chain, or say what else was given."""
    if chain is ...:
        raise CheckFailed(_unwritten("It is still `...`."))
    if isinstance(chain, str):
        raise CheckFailed(_not_a_chain("this is one text, not a list of lines"))
    if not isinstance(chain, (list, tuple)):
        raise CheckFailed(_not_a_chain(f"expected a list of lines, got {_show.described(chain)}"))
    if not chain:
        raise CheckFailed(_unwritten("The list is empty."))
    if len(chain) > MOST_LINES:
        raise CheckFailed(
            _not_a_chain(f"the chain has {len(chain)} lines; {MOST_LINES} is the most", _SHORTER)
        )
    for number, line in enumerate(chain, 1):
        if line is ...:
            raise CheckFailed(_unwritten(f"Line {number} is still `...`."))
        if not isinstance(line, str):
            advice = "Is it within quotes? Is there a bracket too many around it?"
            raise CheckFailed(_not_a_chain(f"line {number} is {_show.described(line)}, not a text", advice))
    return tuple(str(line) for line in chain)


_SHORTER = "A chain this long holds lines that change nothing, or several proofs."


def _unwritten(why: str) -> Finding:
    return Finding(NOT_WRITTEN, advice=why, error=NOT_WRITTEN)


def _not_a_chain(verdict: str, advice: str = _SHAPE) -> Finding:
    return Finding(verdict, advice=advice, error=verdict)


def judged(lines: tuple[str, ...], statement: Derivation) -> Verdict:
    """Return the judge's verdict; the verbs of one cell ask for the same one."""
    if sum(map(len, lines)) > LONG_CHAIN:
        return judge(lines, statement)  # refused in a moment, and not worth keeping
    asked = lines, statement
    found = _verdicts.pop(asked, None) or judge(lines, statement)
    _verdicts[asked] = found
    if len(_verdicts) > MOST_VERDICTS:
        del _verdicts[next(iter(_verdicts))]
    return found


def settle() -> None:
    """Note what the judge remembers now as what every submission begins with."""
    derive.settle()
    _settled.clear()
    _settled.update(_verdicts)


def go_back() -> bool:
    """Forget all that was judged since; return whether all is as it was then."""
    _verdicts.clear()
    _verdicts.update(_settled)
    return derive.go_back()


def _break(verdict: Verdict) -> Line | None:
    """Return the first line that does not hold, or that stopped the judge."""
    return next((line for line in verdict.lines if line.status in _BREAKS and line.says), None)


def _complaints(verdict: Verdict, costs: str) -> list[Complaint]:
    return [complaint for complaint in verdict.complaints if complaint.costs == costs]


def _broken(line: Line, statement: Derivation) -> str:
    """Say in a few words what is the matter with the first line that does not hold."""
    if line.status != "wrong" or line.number > 1:
        return _BREAKS[line.status]
    if statement.start:
        return "is not equal to the start of the exercise"
    return "is not the slope of the loss" if statement.gradient else "has no value"


def _advice(line: Line, statement: Derivation) -> str | None:
    """Return what to do about a line that does not hold; what is wrong with it, its own words say."""
    if line.status != "wrong" or line.says.endswith("?"):
        return None  # its own words ask already
    if advice := _letters(line, statement) or _compared_last(line):
        return advice
    if line.number == 1:
        return "Does the chain start where the exercise says?" if statement.start else None
    numbers = " Try it with the numbers above." if line.counter and line.counter.where else ""
    return f"What did you do from line {line.number - 1} to line {line.number}?{numbers}"


def _letters(line: Line, statement: Derivation) -> str | None:
    """Tell a letter that a sum takes although it is a free index, or the letter of a sum around it."""
    free = [name.strip() for name in statement.entry.split(",") if name.strip()]
    summed = re.findall(r"\bsum\s*\(\s*([A-Za-z]\w*)\s*,", line.text)
    for name in dict.fromkeys(summed):
        if name in free and line.text.count(name) > 1:
            return f"`{name}` is the letter of a sum and a free index here: give the sum a letter of its own."
    if nested := _nested(line.text):
        return f"`{nested}` is the letter of two sums, one inside the other: give each a letter of its own."
    return None


def _nested(text: str) -> str | None:
    """Return a letter that two sums share, one inside the other."""
    for found in re.finditer(r"\bsum\s*\(\s*([A-Za-z]\w*)\s*,", text):
        depth, end = 1, found.end()
        while end < len(text) and depth:
            depth += (text[end] in "([") - (text[end] in ")]")
            end += 1
        if re.search(rf"\bsum\s*\(\s*{found[1]}\s*,", text[found.end() : end]):
            return found[1]
    return None


def _compared_last(line: Line) -> str | None:
    """Tell that a comparison without brackets is done after the products beside it."""
    try:
        tree = ast.parse(line.text.strip().lstrip("="), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(tree, ast.Compare) or not isinstance(tree.left, ast.BinOp):
        return None
    return "A comparison is done last, after the product: put it in brackets, as in `a * (b > 0)`."


def _show_chain(verdict: Verdict, statement: Derivation, title: str, *, steps: bool) -> None:
    """Put the chain on the card of the marks that are being counted, if any."""
    aspect = _context.aspect.get()
    if aspect is not None:
        aspect.show(chain_of(verdict, statement, title or aspect.name, steps=steps))


def chain_of(
    verdict: Verdict, statement: Derivation, title: str, *, steps: bool, given: bool = False
) -> Chain:
    """Return a verdict as a card shows it.

    `steps` says whether the size of steps is being looked at, `given` whether lines that were given are judged too
    where there are no others.
    """
    if not given and not verdict.own_lines and _break(verdict) is None:
        # The judge's words on the given lines would tell what is to be found out.
        return Chain(title, tuple(ChainLine(_cut(line.text), line.latex, "start") for line in verdict.lines))
    said = {complaint.line: complaint.says for complaint in reversed(_complaints(verdict, "holds"))}
    lines = tuple(_shown(line, statement, said.get(line.number), steps=steps) for line in verdict.lines)
    return Chain(title, lines)


def _shown(line: Line, statement: Derivation, complaint: str | None, *, steps: bool) -> ChainLine:
    mark = _MARKS.get(line.status, "right")
    note = line.says
    if mark == "far" and not steps:
        mark, note = "right", ""
    if mark == "right" and line.number == 1 and statement.start and _same(line.text, statement.start):
        mark = "start"
    if complaint and mark in {"right", "start", "far"}:
        mark, note = "astray", complaint
    return ChainLine(_cut(line.text), line.latex, mark, note)


def _cut(text: str) -> str:
    return text if len(text) <= LONG_LINE else text[: LONG_LINE - 3] + "..."


def _same(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split())
