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
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from IPython.core.autocall import IPyAutocall
from IPython.core.macro import Macro

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType

    from IPython.core.interactiveshell import InteractiveShell

EMPTY_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
_PROMPT = re.compile(r"(?:.*\n)?\s*(?:>>>|\.\.\.|In ?\[|Out ?\[)")  # in the first two lines
_FIRST_WORD = re.compile(r"[^\W\d]\w*")
_NOT_INDENTED = re.compile(r"^[^\s#]", re.MULTILINE)
_COMPOUND = re.compile(r"(?:def|class|for|while|if|with|try)\b")
_OF_PROMPTS = (
    0x200 | 0x4000
)  # for code that is typed line by line: PyCF_DONT_IMPLY_DEDENT, PyCF_ALLOW_INCOMPLETE_INPUT
# What annotations are made of that look nothing but names up.
_LOOKS_UP = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.BinOp, ast.operator,
    ast.expr_context,
)  # fmt: skip


class Read:
    """A cell as it was read.

    Parameters
    ----------
    text
        As Python.
    codes
        Pieces of code, in order; where the last statement is an expression, the last piece is that, and shows its value.
    shows
        Whether it does.
    """

    def __init__(self, text: str, codes: list[CodeType], *, shows: bool) -> None:
        self.text = text
        self.codes = codes
        self.whole = codes[0] if len(codes) == 1 and not shows else None

    @cached_property
    def defines(self) -> frozenset[str] | None:
        """The names of its functions, where it defines functions and does nothing else."""
        return _defined(ast.parse(self.text).body)


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
            try:
                read = _in_pieces(shell, text, name) or _as_tree(shell, text, name)
            except SyntaxError:  # of a piece: that it is one was no more than likely
                read = _as_tree(shell, text, name)
    except Exception:  # noqa: BLE001 - whatever Python does not like about it, IPython has words for it
        return None
    return None if said else read


def _as_tree(shell: InteractiveShell, text: str, name: str) -> Read:
    nodes = ast.parse(text, name).body
    last = nodes[-1:] if isinstance(nodes[-1], ast.Expr) else []
    first = nodes[: len(nodes) - len(last)]
    trees: list[tuple[Any, str]] = [(ast.Module(first, []), "exec")] if first else []
    trees += [(ast.Interactive(last), "single")] if last else []
    return Read(text, [shell.compile(tree, name, mode) for tree, mode in trees], shows=bool(last))


def _in_pieces(shell: InteractiveShell, text: str, name: str) -> Read | None:
    """Read a cell without a tree of all of it, which takes as long again as compiling it does; None where that is unsafe.

    The last line that is not indented begins the last statement, where what stands above it is complete by itself.
    """
    begins = [found.start() for found in _NOT_INDENTED.finditer(text)]
    while begins and text[begins[-1]] in ")]}":  # the end of what began above
        begins.pop()
    if not begins or "\r" in text or "\f" in text:
        return None
    above, last = text[: begins[-1]], text[begins[-1] :]
    if len(begins) > 1 and ("global" in text or above.rstrip().endswith("\\")):
        return None
    flags = shell.compile.flags & ~_OF_PROMPTS
    codes = [compile(above, name, "exec", flags, dont_inherit=True)] if len(begins) > 1 else []
    last = "\n" * above.count("\n") + last
    if _COMPOUND.match(text, begins[-1]):
        return Read(text, [*codes, compile(last, name, "exec", flags, dont_inherit=True)], shows=False)
    nodes = ast.parse(last, name).body
    if len(nodes) != 1:
        return None
    shows = isinstance(nodes[0], ast.Expr)
    tree = ast.Interactive(nodes) if shows else ast.Module(nodes, [])
    codes.append(shell.compile(tree, name, "single" if shows else "exec"))  # type: ignore[arg-type]
    return Read(text, codes, shows=shows)


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
    if read is None or read.defines is None:
        return False
    made = [one for code in read.codes for one in code.co_consts]
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
