"""Random lines for the property tests: expressions that can be read, as text."""

from __future__ import annotations

from hypothesis import strategies as st

FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "abs", "sign")
GIVEN = "x real; c positive; v, w (n); A (n, m); u (m)"


PARTIAL = {"log", "sqrt"}


def numbers(
    indices: tuple[str, ...] = (), depth: int = 3, *, everywhere: bool = False
) -> st.SearchStrategy[str]:
    """Lines whose value is a number; `indices` run below n; `everywhere`: they have a value at every point."""
    leaves = ["x", "c", "2", "0.5", "-3", "v[0]", "sum(v)", "dot(v, w)", "v.T @ w"]
    leaves += (
        [f"v[{i}]" for i in indices]
        + [f"softmax(w)[{i}]" for i in indices]
        + [f"(A @ u)[{i}]" for i in indices]
    )
    leaves += [f"delta({i}, {j})" for i in indices for j in indices if i < j]
    leaf = st.sampled_from(leaves)
    if depth == 0:
        return leaf
    inner = numbers(indices, depth - 1, everywhere=everywhere)
    functions = [name for name in FUNCTIONS if not (everywhere and name in PARTIAL)]
    fresh = "ijk"[len(indices) % 3] + "ab"[len(indices) // 3 % 2]
    return st.one_of(
        leaf,
        st.tuples(inner, st.sampled_from("+-*" if everywhere else "+-*/"), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(st.sampled_from(functions), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, st.integers(1 if everywhere else -3, 4)).map(lambda t: f"({t[0]})**{t[1]}"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} > {t[2]} else {t[0]} + 1)"),
        st.tuples(inner, st.sampled_from(("x", "c", "v[1]"))).map(lambda t: f"diff({t[0]}, {t[1]})"),
        numbers((*indices, fresh), depth - 1, everywhere=everywhere).map(
            lambda t: f"sum({fresh}, v[{fresh}] * {t})"
        ),
        inner.map(lambda t: f"-{t}"),
    )


def arrays(depth: int = 2) -> st.SearchStrategy[str]:
    """Lines whose value is a vector of n entries."""
    leaf = st.sampled_from(("v", "w", "(A @ u)", "softmax(v)", "ones(n)", "A.sum(axis=1)", "(diag(v) @ w)"))
    if depth == 0:
        return leaf
    inner = arrays(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(numbers((), 1, everywhere=True), inner).map(lambda t: f"({t[0]}) * ({t[1]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"outer({t[0]}, {t[1]}) @ ({t[2]})"),
        st.tuples(st.sampled_from(("exp", "sigmoid", "relu", "sin")), inner).map(lambda t: f"{t[0]}({t[1]})"),
        inner.map(lambda t: f"({t}).T.T"),
    )
