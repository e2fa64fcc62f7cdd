"""Ways of writing a right answer: each turns a lesson's own solution into one that a student might have written.

None of them changes what comes out, beyond its type. What is graded is whether that matters; see `test_ways`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Solved:
    """One exercise and its solution: the cell's source, with its docstrings and comments off."""

    name: str
    source: str

    @property
    def function(self) -> ast.FunctionDef:
        (found,) = [
            node
            for node in ast.parse(self.source).body
            if isinstance(node, ast.FunctionDef) and node.name == self.name
        ]
        return found

    @property
    def renamed(self) -> str:
        """The same cell, its function called `_own` and the exercise's name in front, so that none meet."""
        tree = ast.parse(self.source)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == self.name:
                node.name = self.own
        return ast.unparse(tree)

    @property
    def own(self) -> str:
        return f"own_{self.name}"

    def with_function(self, change: Callable[[ast.FunctionDef], object]) -> str:
        """Return the cell with its function changed in place."""
        tree = ast.parse(self.source)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == self.name:
                change(node)
        return ast.unparse(tree)


@dataclass(frozen=True)
class Written:
    """What stands in the notebook: the solution's cell, and cells of one's own before and after it."""

    cell: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def solved(name: str, source: str) -> Solved | None:
    """Read a solution; None where it is no function."""
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
            del node.body[0]
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    return Solved(name, ast.unparse(tree)) if functions else None


def around(text: str) -> Callable[[Solved], Written]:
    """Write the solution under another name, and these lines, in which NAME is made of OWN, below it."""
    return lambda s: Written(f"{s.renamed}\n{text.strip().replace('NAME', s.name).replace('OWN', s.own)}")


def lines(before: str = "", after: str = "") -> Callable[[Solved], Written]:
    """Write these lines into the solution's cell, above and below it."""
    return lambda s: Written(f"{before}\n{s.source}\n{after}".strip().replace("NAME", s.name))


def inside(text: str) -> Callable[[Solved], Written]:
    """Begin the function's body with these lines."""

    def put(node: ast.FunctionDef) -> None:
        node.body[:0] = ast.parse(text).body

    return lambda s: Written(s.with_function(put))


def _other_parameters(s: Solved) -> Written:
    """Rename the parameters that a test hands in by position alone: those without a default."""
    args = s.function.args
    names = [a.arg for a in args.args[: len(args.args) - len(args.defaults)]]
    new = {name: f"my_{name}" for name in names}

    def rename(node: ast.FunctionDef) -> None:
        for part in ast.walk(node):
            if isinstance(part, ast.arg) and part.arg in new:
                part.arg = new[part.arg]
            elif isinstance(part, ast.Name) and part.id in new:
                part.id = new[part.id]

    return Written(s.with_function(rename))


def _more_parameters(s: Solved) -> Written:
    def add(node: ast.FunctionDef) -> None:
        node.args.args.append(ast.arg("verbose"))
        node.args.defaults.append(ast.Constant(value=False))
        node.args.kwonlyargs.append(ast.arg("dtype"))
        node.args.kw_defaults.append(ast.Constant(value=None))

    return Written(s.with_function(add))


def _hints(s: Solved) -> Written:
    def hint(node: ast.FunctionDef) -> None:
        for arg in node.args.args:
            arg.annotation = ast.parse("npt.NDArray[np.float64] | None").body[0].value  # type: ignore[attr-defined]
        node.returns = ast.parse("'npt.NDArray[np.float64]'").body[0].value  # type: ignore[attr-defined]

    return Written("import numpy.typing as npt\n" + s.with_function(hint))


def _renamed_import(s: Solved) -> Written:
    return Written(_instead(s.source, "np", "xp"), before=("import numpy as xp",))


def _star(s: Solved) -> Written:
    """Write `exp` for `np.exp`, after ``from numpy import *`` in the same cell."""
    tree = ast.parse(s.source)

    class Bare(ast.NodeTransformer):
        def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
            self.generic_visit(node)
            if isinstance(node.value, ast.Name) and node.value.id == "np":
                return ast.Name(node.attr, ast.Load())
            return node

    return Written("from numpy import *\n" + ast.unparse(Bare().visit(tree)))


def _instead(source: str, old: str, new: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new
    return ast.unparse(tree)


def _helper_before(s: Solved) -> Written:
    return Written(f"def {s.name}(*args, **more):\n    return {s.own}(*args, **more)", before=(s.renamed,))


def _helper_after(s: Solved) -> Written:
    return Written(f"def {s.name}(*args, **more):\n    return {s.own}(*args, **more)", after=(s.renamed,))


def _below(s: Solved) -> Written:
    return Written("# YOUR CODE HERE\nraise NotImplementedError()", after=(s.source,))


def result(text: str) -> Callable[[Solved], Written]:
    """Change the type of what comes out, by an expression in `it`."""
    return around(f"def NAME(*args, **more):\n    it = OWN(*args, **more)\n    return {text}")


CALLABLE = """
class CallableNAME:
    def __call__(self, *args, **more):
        return OWN(*args, **more)
NAME = CallableNAME()
"""
BOUND = """
class Model:
    def __init__(self):
        self.calls = 0
    def run(self, *args, **more):
        self.calls += 1
        return OWN(*args, **more)
NAME = Model().run
"""
COMPILED = """
import functools
class Compiled:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.py_func = function
        self.signatures = []
    def __call__(self, *args, **more):
        self.signatures.append(tuple(type(a).__name__ for a in args))
        return self.py_func(*args, **more)
    def __getattr__(self, name):
        raise AttributeError(name)
def njit(function=None, **options):
    return Compiled(function) if function else njit
NAME = njit(cache=True)(OWN) if False else njit(OWN)
"""
DECORATED = """
import functools
def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **more):
        print("called", function.__name__, len(args))
        return function(*args, **more)
    return wrapper
NAME = logged(OWN)
"""
CACHED = """
import pickle
seen_NAME = {}
def NAME(*args, **more):
    try:
        key = pickle.dumps((args, more))
    except Exception:
        return OWN(*args, **more)
    if key not in seen_NAME:
        seen_NAME[key] = OWN(*args, **more)
    return seen_NAME[key]
"""
RECURSIVE = """
def NAME(*args, depth=3, **more):
    return NAME(*args, depth=depth - 1, **more) if depth else OWN(*args, **more)
"""
GENERATOR = """
def steps_NAME(*args, **more):
    yield "begin"
    yield OWN(*args, **more)
def NAME(*args, **more):
    *_, last = steps_NAME(*args, **more)
    return last
"""
COUNTED = """
calls_NAME = 0
def NAME(*args, **more):
    global calls_NAME
    calls_NAME += 1
    return OWN(*args, **more)
"""
FALLEN = """
import warnings
def NAME(*args, **more):
    warnings.warn("this is experimental", DeprecationWarning)
    warnings.warn("and slow")
    return OWN(*args, **more)
"""

#: Of one exercise, and beside any other.
WAYS: dict[str, Callable[[Solved], Written]] = {
    "a helper in the same cell": around("def NAME(*args, **more):\n    return OWN(*args, **more)"),
    "a helper in a cell before": _helper_before,
    "a helper in a cell after": _helper_after,
    "in a cell below the stub": _below,
    "a lambda": around("NAME = lambda *args, **more: OWN(*args, **more)"),
    "a callable object": around(CALLABLE),
    "a method": around(BOUND),
    "functools.partial": around("from functools import partial\nNAME = partial(OWN)"),
    "a compiled function": around(COMPILED),
    "decorated": around(DECORATED),
    "a cache": around(CACHED),
    "recursion": around(RECURSIVE),
    "a generator": around(GENERATOR),
    "state between calls": around(COUNTED),
    "warnings": around(FALLEN),
    "prints": inside("print('here', np.arange(3))"),
    "prints to stderr": inside("import sys\nprint('here', file=sys.stderr)"),
    "asserts": inside("assert True, 'of my own'"),
    "type hints": _hints,
    "other parameters' names": _other_parameters,
    "more parameters": _more_parameters,
    "numpy by another name": _renamed_import,
    "from numpy import *": _star,
    "%%time": lines("%%time"),
    "%%capture": lines("%%capture out"),
    "%matplotlib inline": lines("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.style.use('dark_background')"),
    "a value at the end": lines(after="NAME"),
    "an error at the end": lines(after="print(NAME(undefined_name))"),
    "a failing assert at the end": lines(after="assert NAME is None"),
    "a guard": lines(after="if __name__ == '__main__':\n    print(NAME)"),
    "defined twice": lines("def NAME(x):\n    return None"),
    "under if": lambda s: Written("if True:\n" + "\n".join(f"    {line}" for line in s.source.split("\n"))),
    "a subclass": result(
        "type('Mine', (np.ndarray,), {})(it.shape, it.dtype, it.copy()) "
        "if isinstance(it, np.ndarray) and it.flags.c_contiguous else it"
    ),
    "0-d for a number": result("np.asarray(it) if type(it) in (float, np.float64) else it"),
    "a NumPy number": result("np.float64(it) if type(it) is float else np.int64(it) if type(it) is int else it"),
    "Fortran order": result("np.asfortranarray(it) if isinstance(it, np.ndarray) and it.ndim else it"),
}  # fmt: skip


#: Of a whole notebook.
MOODS: dict[str, str] = {
    "every floating-point error raises": "np.seterr(all='raise')",
    "every warning raises": "import warnings\nwarnings.simplefilter('error')",
    "figures and printing": (
        "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n%precision 3\n"
        "plt.style.use('ggplot')\nplt.rcParams['figure.figsize'] = (3, 2)\nnp.set_printoptions(precision=1)"
    ),
    "autoreload": "%load_ext autoreload\n%autoreload 2\n%pdb off\n!echo hello\nnot_there",
    "names of the test's own": "cases = reference = mistake = marks = case = None\nx = X = y = params = 3",
}
