r"""A chain on a card: typeset where the page typesets, and as plain lines in a terminal.

In a notebook a line is LaTeX between ``\(`` and ``\)``, which JupyterLab's MathJax and nbconvert's both draw.
The formula stands in an element of class ``mathjax_process``; all else on a card is ``mathjax_ignore``, since
MathJax would take any ``$`` that a student wrote for a formula, and its macros can do more than draw. The
feedback page gives a function of its own that draws a formula without a script.
"""

from __future__ import annotations

import textwrap
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.check._chain import Chain, ChainLine, Mark

#: Classes of MathJax 3 (JupyterLab) and 2 (nbconvert).
IGNORE = "mathjax_ignore tex2jax_ignore"
PROCESS = "mathjax_process tex2jax_process"

_BLUE = "#0072b2"
_ORANGE = "#d55e00"
_GREY = "#808080"
_WORDS: dict[Mark, tuple[str, str, str]] = {
    "start": ("", "", _GREY),
    "right": ("✓", "follows", _BLUE),
    "far": ("↷", "follows, but too far", _ORANGE),
    "astray": ("✗", "follows, but not as asked", _ORANGE),
    "wrong": ("✗", "does not follow", _ORANGE),
    "unread": ("✗", "cannot be read", _ORANGE),
    "unjudged": ("○", "not judged", _GREY),
}
_RELATIONS: dict[Mark, str] = {"start": "", "wrong": r"\neq ", "unjudged": ""}
_LINE = "var(--jp-border-color2, rgba(128, 128, 128, 0.4))"
_MONO = "font-family:var(--jp-code-font-family, monospace)"


def mathjax(latex: str) -> str:
    """Return a formula as MathJax finds it on a notebook's page."""
    return rf'<span class="{PROCESS}">\({escape(latex)}\)</span>'


def as_text(chain: Chain, width: int, *, titled: bool) -> list[str]:
    """Return a chain as lines of plain text, each with its mark; `titled` where a report has several."""
    lines = [f"  {chain.title}"] if titled else []
    digits = len(str(len(chain.lines)))
    for number, line in enumerate(chain.lines, 1):
        sign, word, _ = _WORDS[line.mark]
        head = f"  {number:>{digits}}  {sign or ' '} "
        said = f"{line.text}   ({word})" if word and line.mark != "right" else line.text
        indent = " " * len(head)
        lines += textwrap.wrap(
            said, width, initial_indent=head, subsequent_indent=indent + "  ", break_on_hyphens=False
        ) or [head.rstrip()]
        for part in line.note.split("\n") if line.note else ():
            lines += [indent + piece for piece in _note(part, width - len(indent))]
    return lines


def _note(part: str, width: int) -> list[str]:
    """Wrap a sentence; leave a line whose spaces mean something, as one with a caret, alone."""
    return [part] if part.startswith(" ") else textwrap.wrap(part, max(width, 40))


def as_html(
    chain: Chain,
    formula: Callable[[str], str],
    prose: Callable[[str], str],
    *,
    titled: bool = False,
    whose: str = "Your derivation",
) -> str:
    """Return a chain as a table: number, the line as it was read, and what was found of it.

    Parameters
    ----------
    chain
        What to draw.
    formula
        Turns LaTeX into HTML.
    prose
        Turns a sentence that nobody vouches for into HTML.
    titled
        Whether to say what the chain is for, as where a report has several.
    whose
        The table's caption: not every chain that is shown is the student's.
    """
    rows = "".join(_row(number, line, formula, prose) for number, line in enumerate(chain.lines, 1))
    name = f"{whose}, {escape(chain.title)}" if titled else whose
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;margin:4px 0 8px 0;color:inherit">'
        f'<caption style="text-align:left;font-size:90%">{name}</caption><tbody>{rows}</tbody></table></div>'
    )


def _row(number: int, line: ChainLine, formula: Callable[[str], str], prose: Callable[[str], str]) -> str:
    sign, word, colour = _WORDS[line.mark]
    cell = "text-align:left;vertical-align:baseline;border:0;color:inherit;background:transparent"
    said = (
        f'<span aria-hidden="true" style="color:{colour};font-weight:bold">{sign}</span> {word}'
        if word
        else ""
    )
    words, pointed = _parts(line.note)
    note = "".join(f'<p style="margin:0">{prose(part)}</p>' for part in words)
    note += _code(pointed) if pointed and line.latex else ""
    under = (
        f'<tr style="background:transparent"><td style="{cell}"></td>'
        f'<td colspan="2" style="{cell};padding:0 0 6px 8px">{note}</td></tr>'
        if note
        else ""
    )
    return (
        f'<tr style="background:transparent;border-top:1px solid {_LINE}">'
        f'<th scope="row" style="{cell};padding:5px 8px 5px 0;font-weight:normal">{number}</th>'
        f'<td style="{cell};padding:5px 8px">{_written(line, number, pointed, formula)}</td>'
        f'<td style="{cell};padding:5px 8px;white-space:nowrap">{said}</td></tr>{under}'
    )


def _written(line: ChainLine, number: int, pointed: str, formula: Callable[[str], str]) -> str:
    """Return a line as it was read, with its text for those who hear it; as written where it was not read."""
    if not line.latex:
        return _code(pointed or line.text)
    relation = "" if number == 1 else _RELATIONS.get(line.mark, "= ")
    drawn = formula(rf"\displaystyle {relation}{line.latex}")
    return f'<span role="img" aria-label="{escape(line.text)}">{drawn}</span>'


def _parts(note: str) -> tuple[list[str], str]:
    """Tell a note's sentences from the line with its caret, whose spaces mean something."""
    lines = note.split("\n") if note else []
    pointed = textwrap.dedent("\n".join(line for line in lines if line.startswith(" ")))
    return [line for line in lines if line and not line.startswith(" ")], pointed


def _code(text: str) -> str:
    wrap = "pre" if "\n" in text else "pre-wrap"
    return f'<code style="{_MONO};color:inherit;white-space:{wrap};display:block">{escape(text)}</code>'
