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
import types
import warnings
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from IPython.core.autocall import IPyAutocall
from IPython.core.macro import Macro

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType

    from IPython.core.interactiveshell import InteractiveShell

EMPTY_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
_PROMPT = re.compile(r"(?:.*\n)?\s*(?:>>>|\.\.\.|In ?\[|Out ?\[)")  # in the first two lines
_FIRST_WORD = re.compile(r"[^\W\d]\w*")
# What annotations are made of that look nothing but names up.
_LOOKS_UP = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.BinOp, ast.operator,
    ast.expr_context,
)  # fmt: skip


class Read(NamedTuple):
    """A cell as it was read: one piece of code for all but the last expression, and one for that, which shows its value.

    Attributes
    ----------
    text
        As Python.
    codes
        The pieces.
    whole
        The only piece, where no value is shown.
    defines
        The names of its functions, where it defines functions and does nothing else.
    """

    text: str
    codes: list[CodeType]
    whole: CodeType | None
    defines: frozenset[str] | None


def defaults(shell: InteractiveShell) -> list[object]:
    """Return what decides how a cell is read, as it is now."""
    reader = shell.input_transformer_manager
    return [
        list(reader.cleanup_transforms), list(reader.line_transforms), list(reader.token_transformers),
        list(shell.input_transformers_post), list(shell.ast_transformers), shell.custom_exceptions,
        shell.ast_node_interactivity, shell.logger.log_active,
    ]  # fmt: skip


def text_of(shell: InteractiveShell, raw: str) -> str | None:
    """Return what IPython would make of a cell if all of it is Python; None where it might make something else of it."""
    text = EMPTY_LINES.sub("", raw)
    if not text.endswith("\n"):
        text += "\n"
    if not text.strip() or _PROMPT.match(text) or "__future__" in text or not _is_no_command(shell, text):
        return None
    return text


def as_plain(shell: InteractiveShell, raw: str) -> Read | None:
    """Return a cell as IPython would read it, and its code; None where that has to be seen by IPython."""
    text = text_of(shell, raw)
    if text is None:
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
    return None if said else Read(text, codes, None if last else codes[0], _defined(nodes))


def _defined(nodes: Sequence[ast.stmt]) -> frozenset[str] | None:
    """Return the names of a cell's functions, where all that it does is to define each of them once."""
    names = [node.name for node in nodes if type(node) is ast.FunctionDef and _is_plain_definition(node)]
    return frozenset(names) if len(set(names)) == len(nodes) else None


def _is_plain_definition(node: ast.FunctionDef) -> bool:
    """Whether a definition calls nothing, and gives the same function whatever the names around it stand for."""
    given = node.args
    named = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
    notes = [node.returns, *(one.annotation for one in named if one is not None)]
    parts = chain.from_iterable(ast.walk(note) for note in notes if note is not None)
    return (
        not node.decorator_list
        and all(type(value) is ast.Constant for value in given.defaults)
        and not any(given.kw_defaults)
        and all(isinstance(part, _LOOKS_UP) for part in parts)
    )


def is_as_defined(read: Read | None, namespace: dict[str, Any]) -> bool:
    """Whether all that a cell did is to define functions, and these are what they were then.

    To run it again would give the same functions once more: what they call is looked up when they are called.
    """
    if read is None or read.whole is None or read.defines is None:
        return False
    made = read.whole.co_consts
    for name in read.defines:
        value = namespace.get(name)
        if type(value) is not types.FunctionType or value.__globals__ is not namespace:
            return False
        first = value.__defaults__
        if (
            not any(value.__code__ is one for one in made)
            or value.__code__.co_name != name
            or value.__dict__
            or value.__kwdefaults__
            or not (first is None or any(first is one for one in made))
        ):
            return False
    return True


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
