"""Mutants: which changes are made to a reference, and by what each is known."""

from __future__ import annotations

import ast

import pytest

from autograder.audit.hints import HINTS
from autograder.audit.mutants import Mutant, mutants

SCALED = '''
def scaled(x, T=1.0):
    """Each row from 0 to T.

    Parameters
    ----------
    x : ndarray, shape (N, C)
    T : float
    """
    x = 1.0 * x
    ### BEGIN SOLUTION
    d = (x - x.min(axis=-1, keepdims=True)) * T
    return d / d.max(axis=-1, keepdims=True)
    ### END SOLUTION
'''


def made(source: str) -> dict[str, list[str]]:
    """Operator to what its mutants' lines become."""
    found: dict[str, list[str]] = {}
    for mutant in mutants(source):
        found.setdefault(mutant.operator, []).append(mutant.now)
    return found


def body(line: str, arguments: str = "a, b") -> str:
    return f"def f({arguments}):\n    {line}"


@pytest.mark.parametrize(
    ("operator", "was", "now"),
    [
        ("arithmetic", "return a + b", "return a - b"),
        ("arithmetic", "return a // b", "return a / b"),
        ("arithmetic", "a += b", "a -= b"),
        ("accumulation", "a += b", "a = b"),
        ("operands swapped", "return a @ b", "return b @ a"),
        ("operand dropped", "return a - b", "return a"),
        ("constant", "return a + 1", "return a + 2"),
        ("constant", "return f(b, -1)", "return f(b, -2)"),
        ("constant", "a = True", "a = False"),
        ("sign", "return -a.sum()", "return a.sum()"),
        ("sign", "return a.sum()", "return -a.sum()"),
        ("factor", "return a", "return 2 * a"),
        ("comparison", "return a < b", "return a <= b"),
        ("comparison", "return a < b", "return a >= b"),
        ("condition", "return a and b", "return a or b"),
        ("branch", "return a if b else 0", "return a"),
        ("function", "return np.maximum(a, b)", "return np.max(a, b)"),
        ("function", "return a.sum(b)", "return a.mean(b)"),
        ("axis", "return a.sum(axis=0)", "return a.sum()"),
        ("axis", "return a.sum(axis=0)", "return a.sum(axis=1)"),
        ("axis", "return a.sum(axis=(0, 2))", "return a.sum(axis=(2,))"),
        ("keepdims", "return a.max(axis=1, keepdims=True)", "return a.max(axis=1)"),
        ("out", "return np.exp(a, out=b)", "return np.exp(a)"),
        ("argument dropped", "return np.zeros(a, order='F')", "return np.zeros(a)"),
        ("arguments swapped", "return np.dot(a, b)", "return np.dot(b, a)"),
        ("call dropped", "return np.exp(a)", "return a"),
        ("copy", "return a.copy()", "return a"),
        ("transpose", "return a.T @ b", "return a @ b"),
        ("transpose", "return a @ b", "return a @ b.T"),
        ("slice", "return a[1:b]", "return a[1:b + 1]"),
        ("slice", "return a[1:b]", "return a[:b]"),
        ("slice", "return a[::2]", "return a[:]"),
        ("index swapped", "return a[b, 0]", "return a[0, b]"),
        ("index dropped", "return a[b]", "return a"),
        ("result", "return a", "return b"),
        ("result", "return (a, b)", "return (b, a)"),
        ("return removed", "return a", "return None"),
        ("statement removed", "a[0] = b", ""),
        ("statement removed", "np.add.at(a, b, 1)", ""),
        ("error", "raise ValueError('no')", "raise RuntimeError('no')"),
        ("in place", "return a * b", "a *= b\nreturn a"),
        ("in place", "return np.maximum(a, 0)", "return np.maximum(a, 0, out=a)"),
        ("key", "return a['W1'] + b['W2']", "return a['W2'] + b['W2']"),
    ],
)
def test_a_slip_is_made(operator: str, was: str, now: str) -> None:
    assert (operator, was, now) in [
        (m.operator, ast.unparse(ast.parse(m.was)), m.now) for m in mutants(body(was))
    ]


def test_loops_begin_and_end_one_too_early_or_late() -> None:
    assert made("def f(n):\n    for i in range(n):\n        print(i)")["range"] == [
        "for i in range(1, n):",
        "for i in range(n - 1):",
        "for i in range(n + 1):",
    ]


def test_a_name_is_mistaken_for_one_that_looks_alike() -> None:
    assert "return h_a * h_a" in made(body("return h_s * h_a", "h_a, h_s"))["name"]


def test_a_guard_is_removed_turned_round_and_always_taken() -> None:
    lines = made("def f(n):\n    if n < 1:\n        raise ValueError(n)\n    return n")
    assert lines["statement removed"] == [""]
    assert lines["condition"] == ["if not n < 1:", "raise ValueError(n)"]


def test_a_line_of_a_derivation_gets_one_slip_and_the_last_line_is_dropped() -> None:
    found = made("chain = ['-(a @ X).T', 'b', 'as given in words only']")
    assert {"'(a @ X).T'", "'-(a @ X)'", "'-(X @ a).T'", "'-(a.T @ X).T'"} <= set(found["formula"])
    assert found["line dropped"] == ["chain = ['-(a @ X).T', 'b']"]
    assert found["text"] == ["'bx'", "'as given in words onlyx'"]


def test_only_what_students_write_and_default_values_are_changed() -> None:
    lines = {mutant.was for mutant in mutants(SCALED)}
    assert lines == {
        "def scaled(x, T=1.0):",
        "d = (x - x.min(axis=-1, keepdims=True)) * T",
        "return d / d.max(axis=-1, keepdims=True)",
    }


def test_a_docstring_is_no_part_of_a_change() -> None:
    assert all("Each row" not in mutant.source for mutant in mutants(SCALED))


def test_a_number_is_not_changed_in_place() -> None:
    document = '"""Half.\n\n    n : int\n    x : ndarray\n    """'
    assert "in place" not in made(f"def f(n, x):\n    {document}\n    return n + x")
    assert "in place" in made(f"def f(n, x):\n    {document}\n    return x + n")


def test_a_mutant_is_known_by_its_line_wherever_that_stands() -> None:
    below = SCALED.replace("    d = (", "    # A comment, and a name.\n    z = x\n    d = (")
    keys = {mutant.key for mutant in mutants(SCALED)}
    missing = keys - {mutant.key for mutant in mutants(below)}
    assert {key[0] for key in missing} <= {"result"}  # a new name makes new mutants and changes none
    assert not missing


def test_of_equal_lines_each_has_its_number() -> None:
    found = mutants("def f(x):\n    x += 1\n    x += 1\n    return x")
    twice = [m for m in found if (m.was, m.now) == ("x += 1", "x -= 1")]
    assert [mutant.nth for mutant in twice] == [1, 2]
    assert "number 2" in twice[1].diff()


def test_no_two_mutants_are_the_same_and_none_is_the_reference() -> None:
    reference = body("return a if b else a")  # of which both branches make the same
    sources = [mutant.source for mutant in mutants(reference)]
    assert len(set(sources)) == len(sources)
    assert ast.unparse(ast.parse(reference)) not in sources


def test_every_kind_of_change_says_what_to_add() -> None:
    assert all(hint.endswith(".") for hint in HINTS.values())
    assert {mutant.operator for mutant in mutants(SCALED)} <= set(HINTS)


def test_the_diff_shows_one_line_before_and_after() -> None:
    mutant = Mutant("sign", "return x", "return -x", 1, "")
    assert mutant.diff() == "- return x\n+ return -x"


def test_cells_with_magics_are_read() -> None:
    assert made("%matplotlib inline\nx = 1")["constant"] == ["x = 2", "x = 0"]
