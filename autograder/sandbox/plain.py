"""Cells that are plain Python, told from those that IPython has to read first.

IPython looks through each cell for magics, prompts and commands, token by token, and compiles it statement by
statement. For a short cell that takes twenty times as long as the cell itself. What Python compiles as it stands needs
none of it, but for a few things that are both Python and IPython's own; these, and all in doubt, are left to IPython.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import warnings
from typing import TYPE_CHECKING, Any

from IPython.core.autocall import IPyAutocall
from IPython.core.macro import Macro

if TYPE_CHECKING:
    from types import CodeType

    from IPython.core.interactiveshell import InteractiveShell

EMPTY_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
_PROMPT = re.compile(r"(?:.*\n)?\s*(?:>>>|\.\.\.|In ?\[|Out ?\[)")  # in the first two lines
_FIRST_WORD = re.compile(r"[^\W\d]\w*")


def defaults(shell: InteractiveShell) -> list[object]:
    """Return what decides how a cell is read, as it is now."""
    reader = shell.input_transformer_manager
    return [
        list(reader.cleanup_transforms), list(reader.line_transforms), list(reader.token_transformers),
        list(shell.input_transformers_post), list(shell.ast_transformers), shell.custom_exceptions,
        shell.ast_node_interactivity, shell.logger.log_active,
    ]  # fmt: skip


def as_plain(shell: InteractiveShell, raw: str) -> tuple[str, list[CodeType]] | None:
    """Return a cell as IPython would read it, and its code; None where that has to be seen by IPython.

    There is one piece of code for all but the last expression, and one for that, which shows its value.
    """
    text = EMPTY_LINES.sub("", raw)
    if not text.endswith("\n"):
        text += "\n"
    if not text.strip() or _PROMPT.match(text) or "__future__" in text or not _is_no_command(shell, text):
        return None
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            name = shell.compile.cache(text, shell.execution_count, raw_code=raw)
            nodes = ast.parse(text, name).body
            last = nodes[-1:] if isinstance(nodes[-1], ast.Expr) else []
            first = nodes[: len(nodes) - len(last)]
            trees: list[tuple[Any, str]] = [(ast.Module(first, []), "exec")] if first else []
            trees += [(ast.Interactive(last), "single")] if last else []
            codes = [shell.compile(tree, name, mode) for tree, mode in trees]
    except Exception:  # noqa: BLE001 - whatever Python does not like about it, IPython has words for it
        return None
    return None if said else (text, codes)


def _is_no_command(shell: InteractiveShell, text: str) -> bool:
    """Whether a cell of one line is no magic without its sign, such as ``ls -l``, and nothing that calls itself."""
    if text.find("\n") != len(text) - 1:
        return True
    word = _FIRST_WORD.match(text)
    if word is None or keyword.iskeyword(word[0]):
        return True
    name = word[0]
    if name in shell.user_ns:
        return not isinstance(shell.user_ns[name], (IPyAutocall, Macro))
    rest = text[word.end() :].lstrip()
    return hasattr(builtins, name) or (rest.startswith("=") and not rest.startswith("=="))
