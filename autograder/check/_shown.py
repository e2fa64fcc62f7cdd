"""A chain shown for its own sake, without marks: for examples and for trying things out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.check import _render, _typeset
from autograder.check._chain import Chain
from autograder.check._derivation import chain_of, judged, lines_of
from autograder.check._finding import CheckFailed

if TYPE_CHECKING:
    from autograder.derive import Derivation

BETWEEN = "The lines between are yours to write."


@dataclass(frozen=True)
class ShownChain:
    """A chain that draws itself in a notebook; made by `show_chain`.

    Parameters
    ----------
    chain
        The lines with what was found of each; without lines where there was no chain to judge.
    words
        What there is to say of the whole.
    """

    chain: Chain
    words: tuple[str, ...]

    def __str__(self) -> str:
        lines = _typeset.as_text(self.chain, _render.WIDTH, titled=False)
        return "\n".join([*lines, *(f"  {word}" for word in self.words)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return _render.chain_card(self.chain, self.words)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/html": self._repr_html_(), "text/plain": str(self)}


def show_chain(chain: Any, statement: Derivation) -> ShownChain:
    """Show a chain line by line, as a test cell does, without marks and without failing.

    Parameters
    ----------
    chain
        A list of lines.
    statement
        What is asked of them.

    Returns
    -------
    ShownChain
        As the last value of a cell it is drawn: each line typeset, with its tick or its counter-example.
    """
    try:
        verdict = judged(lines_of(chain), statement)
    except CheckFailed as failure:
        return ShownChain(Chain("", ()), (str(failure.finding),))
    if not verdict.own_lines and verdict.far:
        # What lies between lines that were given is to be found out.
        return ShownChain(chain_of(verdict, statement, "", steps=True), (BETWEEN,))
    shown = chain_of(verdict, statement, "", steps=True, given=True)
    at_a_line = {line.number for line in verdict.lines}
    words = [complaint.says for complaint in verdict.complaints if complaint.line not in at_a_line]
    if verdict.holds and verdict.steps_small:
        words.append("Every line follows.")
    return ShownChain(shown, tuple(words))
