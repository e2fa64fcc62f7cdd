r"""Jupyter's Markdown: what mistune reads, and formulas between ``$``, ``$$``, ``\\(``, ``\\[`` and ``\begin``.

It reads as nbconvert's own parser does (a test compares the two on all lessons and on generated text), because a
page should show a cell as JupyterLab and formgrader show it. Importing nbconvert would cost more than a class's
pages. How formulas are drawn is the renderer's, in `prose`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from mistune import BlockParser, HTMLRenderer, InlineParser, Markdown
from mistune.plugins import import_plugin

if TYPE_CHECKING:
    import re

    from mistune import BlockState, InlineState

_PLUGINS = ("strikethrough", "table", "url", "task_lists", "def_list")

_ENVIRONMENT = r"\\begin\{(?P<environment>[a-z]*\*?)\}(?P<inside>(?s:.*?))\\end\{(?P=environment)\}"

#: Formulas by rule, in the order in which they are looked for. Only a single ``$`` may not be empty.
_FORMULAS = {
    "display_dollars": r"(?<!\\)\$\$(?P<display_dollars_tex>(?s:.*?))(?<!\\)\$\$",
    "display_brackets": r"(?<!\\)\\\\\[(?P<display_brackets_tex>(?s:.*?))(?<!\\)\\\\\]",
    "inline_dollar": r"(?<![$\\])\$(?P<inline_dollar_tex>(?s:.+?))(?<![$\\])\$",
    "inline_parentheses": r"(?<!\\)\\\\\((?P<inline_parentheses_tex>(?s:.*?))(?<!\\)\\\\\)",
}


class _Blocks(BlockParser):
    """Blocks of text, where a display formula stays whole: no rule cuts it at an empty line or a dash."""

    SPECIFICATION: ClassVar[dict[str, str]] = {
        **BlockParser.SPECIFICATION,
        # Jupyter takes "#title" for a heading, too.
        "atx_heading": r"^ {0,3}(?P<atx_1>#{1,6})(?!#+)(?P<atx_2>[ \t]*(.*?)?)$",
        "formula": rf"(?s:(?<!\\)\$\$.*?(?<!\\)\$\$|\\\\\[.*?\\\\\])|{_ENVIRONMENT}",
    }
    DEFAULT_RULES: ClassVar[Any] = ("formula", *BlockParser.DEFAULT_RULES)

    def parse_formula(self, match: re.Match[str], state: BlockState) -> int:
        """Keep it as a paragraph, which the inline rules then read."""
        state.add_paragraph(match[0])
        return match.end()


class _Inline(InlineParser):
    """Text inside a block; formulas come before all else, so that `_` and `*` in them mean nothing."""

    SPECIFICATION: ClassVar[dict[str, str]] = {
        **InlineParser.SPECIFICATION,
        **_FORMULAS,
        "latex_environment": _ENVIRONMENT,
    }
    DEFAULT_RULES: ClassVar[Any] = (*_FORMULAS, "latex_environment", *InlineParser.DEFAULT_RULES)

    def parse_display_dollars(self, match: re.Match[str], state: InlineState) -> int:
        """Read ``$$ ... $$``."""
        return _formula("block_math", match["display_dollars_tex"], match, state)

    def parse_display_brackets(self, match: re.Match[str], state: InlineState) -> int:
        r"""Read ``\\[ ... \\]``."""
        return _formula("block_math", match["display_brackets_tex"], match, state)

    def parse_inline_dollar(self, match: re.Match[str], state: InlineState) -> int:
        """Read ``$ ... $``."""
        return _formula("inline_math", match["inline_dollar_tex"], match, state)

    def parse_inline_parentheses(self, match: re.Match[str], state: InlineState) -> int:
        r"""Read ``\\( ... \\)``."""
        return _formula("inline_math", match["inline_parentheses_tex"], match, state)

    def parse_latex_environment(self, match: re.Match[str], state: InlineState) -> int:
        r"""Read ``\begin{name} ... \end{name}``."""
        attributes = {"name": match["environment"], "body": match["inside"]}
        state.append_token({"type": "latex_environment", "attrs": attributes})
        return match.end()


def _formula(kind: str, tex: str, match: re.Match[str], state: InlineState) -> int:
    state.append_token({"type": kind, "raw": tex})
    return match.end()


class Renderer(HTMLRenderer):
    """HTML as Jupyter writes it: markup in the text stays, and every link. A sanitiser has to follow."""

    def __init__(self) -> None:
        super().__init__(escape=False, allow_harmful_protocols=True)

    def inline_math(self, body: str) -> str:
        """Return a formula in a line of text; drawn by a subclass."""
        raise NotImplementedError

    def block_math(self, body: str) -> str:
        """Return a formula on a line of its own; drawn by a subclass."""
        raise NotImplementedError

    def latex_environment(self, name: str, body: str) -> str:
        """Return a LaTeX environment; drawn by a subclass."""
        raise NotImplementedError


def parser(renderer: Any) -> Markdown:
    """Return a parser that can be used again and again; the renderer may keep state of one text at a time."""
    return Markdown(renderer, _Blocks(), _Inline(hard_wrap=False), [import_plugin(name) for name in _PLUGINS])
