"""From a line of text to Python's own syntax tree, by whitelist: the only door through which a line enters.

Nothing is ever evaluated here. Length, nesting, the size of literals and the characters themselves are
checked before Python's parser sees the line; what it returns is checked node by node. A line that cannot be
read raises `Unreadable`, which points at the character and says what to write instead.
"""

from __future__ import annotations

import ast
import re
import warnings

from autograder.derive._characters import refused

MAX_CHARACTERS = 600
MAX_NESTING = 30
MAX_NODES = 400
MAX_DIGITS = 12
MAX_EXPONENT = 2  # digits of it: 1e99 is the largest

IMPLICIT = re.compile(r"(?<![A-Za-z0-9_.])(\d+\.?\d*|\.\d+)(?!\d*[eE][+-]?\d)(?=\s*[A-Za-z_(])")
SLOPE = re.compile(r"(?<![A-Za-z0-9_.])d(\s+[A-Za-z]\w*\s*([(\[][^()\[\]]*[)\]])?)?\s*/\s*d\s*[A-Za-z]\w*\b")
ARRAYS = re.compile(r"\.T\b|@|\b(diag|outer|eye|ones|onehot)\b")
LITERAL = re.compile(r"(?<![A-Za-z0-9_])(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?(\d+))?")

PLAIN = "exp|log|ln|sqrt|sin|cos|tanh|sigmoid|softplus|relu|abs"
POWER = re.compile(rf"\b({PLAIN})\s*\*\*\s*(\d+)\s*\(")
BARE = re.compile(rf"\b({PLAIN})\s+(\w+)")
NO_AXIS = "an index makes no new axis here: a table of products is `outer(a, b)` or `a @ b.T`, a row is `a.T`"
COMMA = "Or is the comma missing between two lines here?"

ALLOWED: tuple[type[ast.AST], ...] = (
    ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Constant, ast.Subscript, ast.Attribute, ast.Compare,
    ast.IfExp, ast.Tuple, ast.Slice, ast.Load, ast.keyword, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow,
    ast.MatMult, ast.USub, ast.UAdd, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
)  # fmt: skip
_KINDS = frozenset(ALLOWED)
REFUSED: dict[type[ast.AST], str] = {
    ast.FloorDiv: "`//` rounds down: write `/` for a fraction",
    ast.List: "use ( ) for brackets; an array is written by its name, not by its entries",
    ast.Lambda: "`lambda` has no place here: a line is one expression in the names that are given",
    ast.NamedExpr: "`:=` has no place here: a line is one expression",
    ast.BoolOp: "`and` and `or` have no place here: multiply two conditions, `(a > 0) * (b > 0)`",
    ast.Not: "write `1 - c` for the opposite of a condition",
    ast.GeneratorExp: "a sum over an index is written `sum(j, x[j])`",
    ast.ListComp: "a sum over an index is written `sum(j, x[j])`",
    ast.Starred: "there is no `*` before a name here",
}


class Unreadable(Exception):  # noqa: N818 (it is no error of the program: a line that a student can mend)
    """A line that cannot be read; `column` (from 0) is the character that it stumbled over."""

    def __init__(self, says: str, column: int | None = None) -> None:
        super().__init__(says)
        self.says = says
        self.column = column

    def under(self, text: str) -> str:
        """Return the message with the line and a caret under the character."""
        if self.column is None or len(text) > MAX_CHARACTERS:
            return self.says
        start = max(0, self.column - 50)
        shown = text[start : start + 90].replace("\n", " ").replace("\t", " ")
        before = "..." if start else ""
        after = "..." if len(text) > start + 90 else ""
        return f"{self.says}\n    {before}{shown}{after}\n    {' ' * (len(before) + self.column - start)}^"


def read(text: object) -> ast.expr:
    """Return the syntax tree of one line.

    Raises
    ------
    Unreadable
        With the character and what to write instead.
    """
    if not isinstance(text, str):
        name = type(text).__name__
        kind = "nothing (None)" if text is None else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
        raise Unreadable(f'a line is a string in quotes, like "exp(-x)"; this one is {kind}')
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"this line has {len(text):,} characters; write it in at most {MAX_CHARACTERS}")
    plain = re.sub(r"[\t\r\n]", " ", text)
    body = re.sub(r"^(\s*)&?=(?!=)", lambda found: " " * len(found.group()), plain)
    if not body.strip():
        raise Unreadable("this line is empty")
    _characters(body)
    _nesting(body)
    _literals(body)
    indent = len(body) - len(body.lstrip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(body.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _syntax(error, body, indent) from None
    for node in _walk(tree):
        if isinstance(node, ast.expr | ast.keyword):
            node.col_offset += indent
            node.end_col_offset = (node.end_col_offset or 0) + indent
    _whitelist(tree)
    return tree


def _characters(body: str) -> None:
    found = refused(body)
    if found is not None:
        raise Unreadable(*found)


def _nesting(body: str) -> None:
    depth = 0
    for place, character in enumerate(body):
        depth += (character in "([") - (character in ")]")
        if depth > MAX_NESTING:
            raise Unreadable(f"brackets are nested deeper than {MAX_NESTING}", place)
        if depth < 0:
            raise Unreadable(f"this `{character}` closes nothing", place)


def _literals(body: str) -> None:
    for found in LITERAL.finditer(body):
        if sum(c.isdigit() for c in found.group()) > MAX_DIGITS or len(found.group(1) or "") > MAX_EXPONENT:
            raise Unreadable("this number is too large or too long to compute with", found.start())
    if slope := SLOPE.search(body):
        raise Unreadable("a derivative is written `diff(...)`, as in `diff(exp(x), x)`", slope.start())
    if odd := re.search(r"(?<![A-Za-z0-9_.])\d+(_\d|[xXoObB][0-9a-fA-F])", body):
        raise Unreadable("write numbers in plain decimal digits, like `1000` or `0.5`", odd.start())
    if power := POWER.search(body):
        says = f"the power stands behind the bracket: `{power[1]}(...)**{power[2]}`"
        raise Unreadable(says, power.start(2))
    if product := IMPLICIT.search(body):
        rest = body[product.end() :].lstrip()
        if not re.match(r"(if|else)\b", rest):
            shown = f"{product.group()}*{_first_word(rest)}"
            glued = ")" in body[: product.start()] and ")" in rest
            raise Unreadable(
                f"a product needs its `*`: write `{shown}`{'. ' + COMMA if glued else ''}", product.end()
            )


def _first_word(rest: str) -> str:
    found = re.match(r"[A-Za-z_]\w*", rest)
    return found.group() if found else rest[:1] + "...)"


def _syntax(error: BaseException, body: str, indent: int) -> Unreadable:  # noqa: C901, PLR0911 (one for each slip)
    """Say what is wrong with a line that Python cannot parse."""
    if not isinstance(error, SyntaxError):
        return Unreadable("this line is nested too deep")
    place = min((error.offset or 1) - 1 + indent, len(body))
    if found := re.search(
        r"(?<![<>=!:])=(?!=)", re.sub(r"\b(axis|keepdims)\s*=", lambda m: " " * len(m.group()), body)
    ):
        if re.search(r"\bif\b[^=]*$", body[: found.start()]) and "else" not in body[: found.start()]:
            return Unreadable("two things are compared by `==`: `a if i == j else b`", found.start())
        return Unreadable(
            "one expression a line: leave the left side and the `=` out, and give the next form its own line, "
            "with a comma between",
            found.start(),
        )
    if body.count("(") + body.count("[") > body.count(")") + body.count("]"):
        return Unreadable("a bracket is opened here and never closed", _unclosed(body))
    if re.match(r"\s*if\b", body):
        return Unreadable("cases are one expression: `a if i == j else b`", indent)
    if found := re.search(r"[)\]](?=[A-Za-z0-9])", body):
        return Unreadable(
            f"two expressions touch here: a product needs its `*`. {COMMA}",
            found.end(),
        )
    if found := BARE.search(body):
        return Unreadable(f"a function needs its brackets: `{found[1]}({found[2]})`", found.start(2))
    if found := re.search(r"[\w)\]](\s+)[A-Za-z0-9_(]", body):
        words = re.search(r"\b(if|else|lambda|for|in|is|not|and|or|import|def|return)\b", body)
        if words is None:
            sign = "a product of arrays needs its `@`" if ARRAYS.search(body) else "a product needs its `*`"
            return Unreadable(f"something is missing here: {sign}", found.end() - 1)
    if re.search(r"\bif\b", body) and not re.search(r"\belse\b", body):
        return Unreadable("a case needs its other half: `a if i == j else b`", body.index("if"))
    if place >= len(body.rstrip()) or body.rstrip()[-1] in "+-*/@,.<>=":
        return Unreadable("this line stops too early: something is missing at its end", len(body.rstrip()))
    return Unreadable("this cannot be read as an expression", place)


def _unclosed(body: str) -> int:
    opened = []
    for place, character in enumerate(body):
        if character in "([":
            opened.append(place)
        elif character in ")]" and opened:
            opened.pop()
    return opened[-1] if opened else 0


def _walk(tree: ast.AST) -> list[ast.AST]:
    """List every node without recursion, and refuse trees that are too large."""
    found, todo = [], [tree]
    while todo:
        node = todo.pop()
        found.append(node)
        if len(found) > 3 * MAX_NODES:
            raise Unreadable("this line has too many parts: write it in several steps")
        todo.extend(ast.iter_child_nodes(node))
    return found


def _whitelist(tree: ast.expr) -> None:
    count = 0
    todo: list[tuple[ast.AST, int, int]] = [(tree, 0, 0)]
    while todo:
        node, depth, place = todo.pop()
        place = getattr(node, "col_offset", place)
        if type(node) in REFUSED:
            raise Unreadable(REFUSED[type(node)], place)
        if type(node) not in _KINDS:
            raise Unreadable("this is more Python than a line may hold: write one expression", place)
        if depth > 2 * MAX_NESTING:
            raise Unreadable("this line is nested too deep", place)
        if not node._fields:  # an operator, or what says that a name is read
            continue
        if isinstance(node, ast.expr):
            count += 1
            if count > MAX_NODES:
                raise Unreadable("this line has too many parts: write it in several steps", place)
        if isinstance(node, ast.keyword) and node.arg == "keepdims":
            raise Unreadable("leave `keepdims` out: a sum over an axis is written `sum(A, axis=0)`", place)
        if isinstance(node, ast.Constant):
            _constant(node, place)
        _name(node, place)
        todo.extend((child, depth + 1, place) for child in ast.iter_child_nodes(node))


def _name(node: ast.AST, place: int) -> None:
    for name in (getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "arg", None)):
        if isinstance(name, str) and (name.startswith("_") or "__" in name):
            raise Unreadable(f"`{name}` is no name that a line may use", place)


def _constant(node: ast.Constant, place: int) -> None:
    if node.value is None:
        raise Unreadable(NO_AXIS, place)
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise Unreadable(f"`{node.value!r}` is no number that a line may use", place)
