"""Which names a cell may come to use or change: what is left out is certain, and costs no second run."""

from __future__ import annotations

import pytest

from autograder.grading.words import words_of

FUNCTION = """def soft(x, axis=-1, *, scale=unit):
    # as in score, above
    '''The soft one of hard.'''
    e = np.exp(x - x.max(axis, keepdims=True))
    e[e < 0] = floor
    for row, mark in pairs:
        (a, b), c = row, mark
    total, rest = split(e)
    return e / total.sum(axis) * scale
"""


def test_a_functions_own_names_mean_nothing_to_others() -> None:
    words = words_of(FUNCTION)
    assert {"soft", "unit", "np", "floor", "pairs", "split"} <= words.read
    assert words.read.isdisjoint({"x", "axis", "scale", "e", "row", "mark", "total", "rest", "sum"})
    assert words.read.isdisjoint({"score", "above", "hard", "exp"})
    assert words.bound.isdisjoint({"x", "axis", "e", "row", "mark", "total", "rest"})
    assert "soft" in words.bound


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("y = soft(3)", "soft"),
        ("y = 'it is' + soft('a#b') # no", "soft"),
        ("def f(x):\n    global kept\n    kept = 1", "kept"),
        ("def f(x):\n    print(kept)\n    def g():\n        kept = 2", "kept"),
        ("def f(x):\n    class A:\n        kept = 2\n    return kept", "kept"),
        ("def f(x):\n    call(\n        kept=3,\n    )\n    return kept", "kept"),
        ("def f(x):\n    y: \\\n    kept = 3", "kept"),
        ("def f(x=x):\n    return x", "x"),
        ("def f(x: kept):\n    return x", "kept"),
        ("def f(x, key=lambda a, kept: a):\n    return kept(x)", "kept"),
        ("def f(x):\n    return x\n\nkept = f(2)\nz = kept", "kept"),
        ("def f(x):\n    return g(\n        x\n)(kept)\n", "kept"),
        ("def f(x):\n    kept: int\n    return kept", "kept"),
        ("def f(x):\n    if kept == 3:\n        return x", "kept"),
        ("def f(x):\n    return eval('kept(x)')", "kept"),
        ("def f(x):\n    return globals()['kept'](x)", "kept"),
        ("import __main__\nlist(map(__main__.kept, y))", "kept"),
        ("print(f'{kept(3)}')", "kept"),
        ("print(f\"{a['b']} {kept(3)}\")", "kept"),
        ('print(f"{a["b"]} {kept(3)}")', "kept"),
        ("# a note\rkept(3)", "kept"),
        ("%timeit -n 3 'kept(2)'", "kept"),
        ("!echo '''\ny = kept(2)", "kept"),
        ("x = 'no end\ny = kept(2)", "kept"),
        ('x = """a "quoted" one"""; y = kept(2)', "kept"),
        (r"x = '\''; y = kept(2)", "kept"),
        (r"x = r'\'; y = kept(2) # '", ""),
        ("class A:\n    def f(self):\n        return kept", "kept"),
        ("if yes:\n    def f(kept):\n        return kept", "kept"),
        ("@kept\ndef f(x):\n    return x", "kept"),
    ],
)
def test_what_may_reach_a_name_is_read(source: str, read: str) -> None:
    assert read in words_of(source).read | {""}


@pytest.mark.parametrize(
    ("source", "bound"),
    [
        ("y = soft(3)", "y"),
        ("y[0] = 1", "y"),
        ("y.sort()", "y"),
        ("def f(x):\n    y[0] = 1", "y"),
        ("def f(x):\n    y.append(x)", "y"),
        ("def f(x):\n    global y\n    y = x", "y"),
        ("def f(y):\n    global y\n    y = 1", "y"),
        ("def f(x):\n    def g():\n        y = 1\n    y[0] = 2", "y"),
        ("def f(x):\n    '''\n    y = 3\n    '''\n    y[0] = 1", "y"),
        ("def f(x):\n    call(\n        y = 3,\n    )\n    y[0] = 1", "y"),
        ("def f(x):\n    return x\ny = 2", "y"),
        ("for y in range(3):\n    pass", "y"),
        ("class y:\n    pass", "y"),
        ("with a as b:\n    y += 1", "y"),
    ],
)
def test_what_may_be_bound_or_changed_is_found(source: str, bound: str) -> None:
    assert bound in words_of(source).bound


@pytest.mark.parametrize(
    "source",
    ["'" * 30_001, "'''" + "\\'''" * 20_000, '"' + "\\" * 60_001, "f'{" * 30_000, "def f(" + "(" * 60_000, "a," * 60_000,
     "def f(x):\n    a" + " " * 100_000, "def f(x):\n" + " \n" * 60_000]
)  # fmt: skip
def test_any_text_is_read_once(source: str) -> None:
    assert words_of(source) is words_of(source)
