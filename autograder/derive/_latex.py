r"""A line typeset: from the checked syntax tree to LaTeX that MathJax and latex2mathml both know."""

from __future__ import annotations

import ast

GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "eta", "theta", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma",
    "tau", "phi", "chi", "psi", "omega",
}  # fmt: skip
NAMED = {"log", "ln", "sin", "cos", "tanh", "max"}
WORDS = {
    "softplus", "relu", "sign", "softmax", "diag", "onehot", "exp", "outer", "dot", "ones", "zeros", "eye", "where",
    "transpose", "maximum",
}  # fmt: skip
SIGNS = {ast.Eq: "=", ast.NotEq: r"\neq", ast.Lt: "<", ast.LtE: r"\leq", ast.Gt: ">", ast.GtE: r"\geq"}
ADD, NEG, SUM, MUL, POW, ATOM = 1, 2, 3, 4, 5, 6


def latex(tree: ast.expr, arrays: frozenset[str] = frozenset(), *, partial: bool = True) -> str:
    r"""Return the line in LaTeX, without dollars.

    Names in `arrays` make `*` the entry by entry product. A derivative is d/dx where `partial` is False: where there is
    one variable, a number.
    """
    return _Writer(arrays, partial=partial).write(tree)[0]


def name(word: str) -> str:
    r"""Typeset a name: W1 is W_1, alpha a Greek letter, dW keeps its two letters, o_a is o^a as on the pages.

    Any other index stays below: d_oa is d with the index oa.
    """
    stem, _, below = word.partition("_")
    head = stem.rstrip("0123456789")
    digits = stem[len(head) :]
    if len(head) == 1 and head != "d" and below in {"a", "s"}:
        return f"{head}^{{{below}}}" if not digits else f"{head}^{{{below}}}_{{{digits}}}"
    indices = [part for part in (digits, below.replace("_", r",")) if part]
    if head.startswith("d") and len(head) > 1 and head not in GREEK:
        body = rf"d{name(head[1:])}" if len(head) == 2 else rf"\mathrm{{{head}}}"  # noqa: PLR2004 (d and one letter)
    elif head in GREEK:
        body = rf"\{head}"
    else:
        body = head if len(head) <= 1 else rf"\mathrm{{{head}}}"
    parts = [
        part if len(part) == 1 else part if part.isdigit() else rf"\mathrm{{{part}}}" for part in indices
    ]
    return f"{body}_{{{','.join(parts)}}}" if parts else body


class _Writer:
    """Writes each kind of node, with how tightly it binds."""

    def __init__(self, arrays: frozenset[str], *, partial: bool) -> None:
        self.arrays = arrays
        self.d = r"\partial " if partial else "d"

    def write(self, node: ast.expr) -> tuple[str, int]:  # noqa: PLR0911 (one case for each kind)
        match node:
            case ast.Constant():
                return self.number(node), ATOM
            case ast.Name():
                return name(node.id), ATOM
            case ast.BinOp():
                return self.binary(node)
            case ast.UnaryOp():
                sign = "-" if isinstance(node.op, ast.USub) else "+"
                return f"{sign}{self.at(node.operand, SUM)}", NEG
            case ast.Compare():
                sides = self.at(node.left, ADD), self.at(node.comparators[0], ADD)
                return rf"\mathbb{{1}}\left[{sides[0]} {SIGNS[type(node.ops[0])]} {sides[1]}\right]", ATOM
            case ast.IfExp():
                return self.cases(node.test, node.body, node.orelse)
            case ast.Attribute():
                return self.attribute(node)
            case ast.Subscript():
                return self.subscript(node), ATOM
            case ast.Call():
                return self.call(node)
        return r"\ldots", ATOM

    def at(self, node: ast.expr, tight: int) -> str:
        """Write a part, in brackets if it binds less tightly than asked."""
        text, binds = self.write(node)
        return text if binds >= tight else rf"\left({text}\right)"

    def first(self, node: ast.expr) -> str:
        """Write a first factor: a minus may lead it, a sum or a derivative would swallow the others."""
        text, binds = self.write(node)
        return text if binds >= MUL or binds == NEG else rf"\left({text}\right)"

    def number(self, node: ast.Constant) -> str:
        text = str(node.value)
        if "e" in text:
            mantissa, _, power = text.partition("e")
            return rf"{mantissa} \cdot 10^{{{int(power)}}}"
        return text

    def binary(self, node: ast.BinOp) -> tuple[str, int]:
        match node.op:
            case ast.Add():
                return f"{self.at(node.left, ADD)} + {self.at(node.right, SUM)}", ADD
            case ast.Sub():
                return f"{self.at(node.left, ADD)} - {self.at(node.right, SUM)}", ADD
            case ast.Mult():
                left, right = self.first(node.left), self.at(node.right, MUL + 1)
                both = self.is_array(node.left) and self.is_array(node.right)
                digit = right.lstrip()[:1].isdigit() or (left[-1:].isdigit() and right[:1].isdigit())
                sign = r"\odot" if both else r"\cdot" if digit else r"\,"
                return rf"{left} {sign} {right}", NEG if left.startswith("-") else MUL
            case ast.Div():
                return rf"\frac{{{self.write(node.left)[0]}}}{{{self.write(node.right)[0]}}}", POW
            case ast.Pow():
                base = self.at(node.left, ATOM)
                if isinstance(node.left, ast.Subscript | ast.Attribute | ast.Name | ast.Call):
                    base = f"{{{base}}}"
                if isinstance(node.left, ast.Call) and base.startswith("{e^"):
                    base = rf"\left({base}\right)"
                return f"{base}^{{{self.write(node.right)[0]}}}", POW
            case _:
                left = self.first(node.left)
                return rf"{left} \, {self.at(node.right, MUL + 1)}", NEG if left.startswith("-") else MUL

    def is_array(self, node: ast.expr) -> bool:  # noqa: PLR0911 (one case for each kind)
        """Guess whether a factor is an array, from the names that stand in it bare."""
        match node:
            case ast.Name():
                return node.id in self.arrays
            case ast.BinOp():
                if isinstance(node.op, ast.MatMult):
                    return not (isinstance(node.left, ast.Attribute) and isinstance(node.right, ast.Name))
                return self.is_array(node.left) or self.is_array(node.right)
            case ast.UnaryOp():
                return self.is_array(node.operand)
            case ast.Attribute():
                return node.attr == "T" and self.is_array(node.value)
            case ast.Compare():
                return self.is_array(node.left)
            case ast.Call():
                word = self.function(node)
                if word in {"diag", "outer", "onehot", "ones", "zeros", "eye"}:
                    return True
                return word not in {"sum", "dot", "delta", "diff", "max"} and any(
                    map(self.is_array, node.args)
                )
        return False

    def attribute(self, node: ast.Attribute) -> tuple[str, int]:
        if node.attr == "T":
            return rf"{{{self.at(node.value, ATOM)}}}^{{\top}}", POW
        return name(node.attr), ATOM

    def subscript(self, node: ast.Subscript) -> str:
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        written = [r"\cdot" if isinstance(part, ast.Slice) else self.write(part)[0] for part in parts]
        below = (" " if all(len(part) == 1 for part in written) else ",").join(written)
        base = self.at(node.value, ATOM)
        if isinstance(node.value, ast.Name) and "_" not in base:
            return f"{base}_{{{below}}}"
        if isinstance(node.value, ast.Attribute):
            base = rf"\left({base}\right)"
        elif isinstance(node.value, ast.Name):
            base = rf"({base})"
        return f"{{{base}}}_{{{below}}}"

    def function(self, node: ast.Call) -> str:
        func = node.func
        return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""

    def call(self, node: ast.Call) -> tuple[str, int]:  # noqa: C901, PLR0911, PLR0912 (one case for each function)
        word, args = self.function(node), list(node.args)
        if (
            isinstance(node.func, ast.Attribute)
            and word in {"sum", "dot", "max"}
            and not self.numpy(node.func.value)
        ):
            args = [node.func.value, *args]
        written = [self.write(arg)[0] for arg in args]
        match word, len(args):
            case "exp", 1:
                return f"e^{{{written[0]}}}", POW
            case "sqrt", 1:
                return rf"\sqrt{{{written[0]}}}", ATOM
            case "abs", 1:
                return rf"\left|{written[0]}\right|", ATOM
            case "sigmoid", 1:
                return rf"\sigma\left({written[0]}\right)", ATOM
            case "sum", _ if args:
                return self.sum(node, args, written)
            case "delta", 2:
                return rf"\delta_{{{' '.join(written)}}}", ATOM
            case "diff", 2:
                top = written[0] if self.write(args[0])[1] == ATOM else rf"\left({written[0]}\right)"
                short = isinstance(args[0], ast.Name | ast.Subscript)
                by, bare = f"{self.d}{written[1]}", self.d.strip()
                fraction = rf"\frac{{{self.d}{top}}}{{{by}}}" if short else rf"\frac{{{bare}}}{{{by}}} {top}"
                return fraction, POW if short else SUM
            case "transpose", 1:
                return rf"{{{self.at(args[0], ATOM)}}}^{{\top}}", POW
            case "outer", 2:
                return rf"{self.at(args[0], MUL + 1)} \, {{{self.at(args[1], ATOM)}}}^{{\top}}", MUL
            case "dot", 2:
                return rf"{{{self.at(args[0], ATOM)}}}^{{\top}} {self.at(args[1], MUL + 1)}", MUL
            case "ones", _:
                return rf"\mathbf{{1}}_{{{' '.join(written)}}}", ATOM
            case "zeros", _:
                return rf"\mathbf{{0}}_{{{' '.join(written)}}}", ATOM
            case "eye", 1:
                return rf"I_{{{written[0]}}}", ATOM
            case "where", 3:
                return self.cases(args[0], args[1], args[2])
        word = "ln" if word == "log" else word  # as on the lessons' pages
        head = rf"\{word}" if word in NAMED else r"\operatorname{" + word + "}"
        return rf"{head}\left({', '.join(written)}\right)", ATOM

    def numpy(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in {"np", "numpy", "math"}

    def sum(self, node: ast.Call, args: list[ast.expr], written: list[str]) -> tuple[str, int]:
        axis = [keyword.value for keyword in node.keywords]
        method = isinstance(node.func, ast.Attribute) and not self.numpy(node.func.value)
        if axis or len(args) == 1 or method or isinstance(args[-1], ast.Constant):
            which = self.write(axis[0])[0] if axis else written[1] if len(args) > 1 else ""
            below = rf"_{{\mathrm{{axis}}\,{which}}}" if which else ""
            return rf"\operatorname{{sum}}{below}\left({written[0]}\right)", ATOM
        names = args[0].elts if isinstance(args[0], ast.Tuple) else args[:-1]
        signs = "".join(rf"\sum_{{{self.write(index)[0]}}} " for index in names)
        return signs + self.at(args[-1], SUM), SUM

    def cases(self, test: ast.expr, yes: ast.expr, no: ast.expr) -> tuple[str, int]:
        if isinstance(test, ast.Compare):
            sides = self.write(test.left)[0], self.write(test.comparators[0])[0]
            condition = f"{sides[0]} {SIGNS[type(test.ops[0])]} {sides[1]}"
        else:
            condition = self.write(test)[0]
        first, second = self.write(yes)[0], self.write(no)[0]
        return (
            rf"\begin{{cases}} {first} & \text{{if }} {condition} \\ {second} & \text{{otherwise}} \end{{cases}}",
            ATOM,
        )
