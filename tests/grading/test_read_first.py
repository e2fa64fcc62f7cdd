"""Which names a cell may read before it binds them."""

from __future__ import annotations

import ast

import pytest

from autograder.grading.read_first import read_first

READ: dict[str, set[str]] = {
    "x + y": {"x", "y"},
    "x = 1\nx + 1": set(),
    "x = x": {"x"},
    "x += 1": {"x"},
    "x: int = y": {"int", "y"},
    "x: int\nx": {"int", "x"},
    "x[0] = 1": {"x"},
    "x.y = 1": {"x"},
    "(x := 1) + x": {"x"},  # behind an `and` it may be left unbound
    "x, (y, *z) = pair\nx + y + z": {"pair"},
    "for x in many:\n    x\nx": {"many", "x"},
    "for x in many:\n    y = 1\nelse:\n    y\n": {"many", "y"},
    "while x:\n    y = 1\ny": {"x", "y"},
    "if x:\n    y = 1\nelse:\n    y = 2\ny": {"x", "y"},
    "with a as b:\n    c = b\nb, c": {"a", "c"},
    "try:\n    x = 1\nexcept Wrong as error:\n    error\nfinally:\n    y = 2\nx, y": {"Wrong", "x", "y"},
    "import a.b, c as d\nfrom e import f\na, d, f, b, c, e": {"b", "c", "e"},
    "def f(x, y=z):\n    n = 1\n    return x + n + m\nf": {"z", "m"},
    "m = 1\ndef f():\n    return m": set(),
    "def f():\n    return m\nm = 1": {"m"},
    "def f():\n    return [n for n in range(k)]": {"range", "k"},
    "def f():\n    def g(a):\n        return a + b\n    return g": {"b"},
    "@d\ndef f(x: T) -> R: ...": {"d", "T", "R"},
    "async def f():\n    async with a as b:\n        async for c in b:\n            c": {"a"},
    "lambda x: x + y": {"y"},
    "[a for a in b if a > c], a": {"b", "c", "a"},
    "{k: v for k, v in d.items()}": {"d"},
    "class A(B):\n    n = 1\n    def f(self): return n": {"B", "n"},  # too many, rather than too few
}


@pytest.mark.parametrize("source", READ)
def test_what_is_read_first(source: str) -> None:
    found = read_first(ast.parse(source))
    assert found is not None
    assert set(found) == READ[source]


@pytest.mark.parametrize(
    "source",
    ["def f():\n    global x\n    x = 1", "del x", "from a import *", "match x:\n    case [y]: y"],
)
def test_what_is_hard_to_tell(source: str) -> None:
    assert read_first(ast.parse(source)) is None
