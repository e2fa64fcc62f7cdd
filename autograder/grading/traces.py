"""What a lesson's code could leave where nobody looks, told from the code itself.

Most cells are cleared by the words and the few instructions in their compiled code; the text of the others is read.
"""

from __future__ import annotations

import ast
import dis
import re
from types import CodeType
from typing import TYPE_CHECKING

from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nbformat import NotebookNode

    Codes = Mapping[str, Iterable[CodeType]]

#: Modules whose functions leave nothing behind but what is looked at here.
KNOWN = frozenset({
    "__future__", "_collections", "_functools", "_io", "_operator", "_random", "abc", "autograder", "builtins", "cmath",
    "collections", "contextlib", "copy", "dataclasses", "enum", "fractions", "functools", "hashlib", "io", "itertools",
    "math", "matplotlib", "numbers", "numpy", "operator", "random", "re", "statistics", "string", "textwrap", "time",
    "typing", "unittest", "warnings",
})  # fmt: skip
_OF_OS = frozenset({"environ", "path", "sep", "linesep", "getcwd", "getenv"})
_REACHING = frozenset({
    "__import__", "breakpoint", "compile", "delattr", "eval", "exec", "get_ipython", "globals", "input", "locals", "open",
    "setattr", "vars",
})  # fmt: skip
_HARMLESS = frozenset({
    "__call__", "__class__", "__doc__", "__file__", "__init__", "__len__", "__main__", "__module__", "__name__",
    "__qualname__", "__version__",
})  # fmt: skip
_WORTH_A_LOOK = _REACHING | {"os", "mock"}
_TELLING = frozenset(dis.opmap[name] for name in ("IMPORT_NAME", "STORE_ATTR", "DELETE_ATTR"))
_ATTRIBUTE = re.compile(r"\.\s*([^\W\d]\w*)")
_BY_TEXT = re.compile(r"\breference\b(?!\s*\.)")  # `reference` handed on, or under another name
_SAID = re.compile(r"^\s*(?:from\s[^\n]*)?\bimport\b(?![^\n]*\breference\s+as\b)[^\n(]*$|#.*$", re.MULTILINE)
_AT_ONCE = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})


def unsteady(source: NotebookNode, codes: Codes) -> str:
    """Say what in a lesson's code could keep something where nobody looks; nothing if all of it is plain."""
    for cell in source.cells:
        if cell.cell_type != "code":
            continue
        code = codes.get(cell.source)
        found = "what IPython reads" if code is None else _unseen(cell.source) if _telling(code) else ""
        if found:
            return f"{cells.grade_id(cell) or 'a cell'}: {found}"
    return ""


def _within(code: CodeType) -> Iterator[CodeType]:
    """Yield a code and those in it."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _within(one)


def _telling(statements: Iterable[CodeType]) -> bool:
    """Whether a cell's code is worth a look at its text: most has nothing in it that could matter."""
    for code in (one for statement in statements for one in _within(statement)):
        words = {word for word in code.co_names if word in _WORTH_A_LOOK or word[:2] == "__"}
        if words - _HARMLESS or not _TELLING.isdisjoint(code.co_code[::2]):
            return True
    return False


def spoken_later(source: NotebookNode, codes: Codes) -> set[str]:
    """Return the names that functions of a lesson speak of, and those that stand behind a dot."""
    found: set[str] = set()
    for cell in source.cells:
        if cell.cell_type == "code":
            found.update(_ATTRIBUTE.findall(cell.source))
            for statement in codes[cell.source]:
                for code in _functions(statement):
                    found.update(code.co_names, code.co_freevars)
    return found


def reached_by_text(source: NotebookNode) -> bool:
    """Whether code comes to a reference by a text that it makes itself: no name tells then which one."""
    code = (cell.source for cell in source.cells if cell.cell_type == "code")
    return any("attrgetter" in text or _BY_TEXT.search(_SAID.sub("", text)) for text in code)


def _functions(statement: CodeType) -> Iterator[CodeType]:
    """Yield the codes within one that may be run later; comprehensions are run at once."""
    for one in statement.co_consts:
        if isinstance(one, CodeType):
            yield from _functions(one) if one.co_name in _AT_ONCE else _within(one)


def _unseen(code: str) -> str:
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return "a magic"
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or ""
            for alias in node.names:
                name = module or alias.name
                imported.add((alias.asname or alias.name).split(".")[0])
                known = name.split(".")[0] in KNOWN or name in {"os", "os.path"}
                if getattr(node, "level", 0) or not known or "mock" in (*name.split("."), alias.name):
                    return f"imports {name}"
                if module == "os" and alias.name not in _OF_OS:
                    return f"imports os.{alias.name}"
        elif isinstance(node, ast.Name) and node.id in _REACHING:
            return node.id
        elif isinstance(node, ast.Attribute) and (found := _unseen_attribute(node, imported)):
            return found
    return ""


def _unseen_attribute(node: ast.Attribute, imported: set[str]) -> str:
    if node.attr == "mock" or (node.attr.startswith("__") and node.attr not in _HARMLESS):
        return node.attr
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    if isinstance(root, ast.Name):
        if root.id == "os" and isinstance(node.value, ast.Name) and node.attr not in _OF_OS:
            return f"os.{node.attr}"
        if not isinstance(node.ctx, ast.Load) and root.id in imported | {"np", "plt"}:
            return f"sets {root.id}.{node.attr}"
    return ""
