"""What a line may hold, and what is said of one that cannot be read."""

from __future__ import annotations

import pytest

from autograder.derive import Derivation, Line, judge
from autograder.derive._characters import INSTEAD

STATEMENT = Derivation(given="x real; W (D, H); s (n); y label(n)")


def told(text: object) -> Line:
    return judge(["x", text, "x"], STATEMENT).lines[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x^2", "`**`"),
        ("2x", "`2*x`"),
        ("2 (x + 1)", "`*`"),
        ("x = 3", "one expression a line"),
        ("X + 1", "did you mean `x`?"),
        ("sigmod(x)", "`sigmoid`"),
        ("x(1 - x)", "`x` is no function"),
        ("(x + 1", "never closed"),
        ("x + 1)", "closes nothing"),
        ("x +", "stops too early"),
        ("", "empty"),
        ("1 if x > 0", "a if i == j else b"),
        ("x'", "diff"),
        ("x²", "`**`"),
        ("s^T", "`.T`"),
        ("s^⊤", "`.T`"),  # noqa: RUF001 (what is typed on paper, here and below)
        ("s^{\\top}", "`.T`"),
        ("sᵀ", "`.T`"),
        ("W.t()", "`.T`"),
        ("s ⊙ s", "entry by entry"),
        ("s ∘ s", "entry by entry"),
        ("multiply(s, s)", "write `*`"),
        ("s ⊗ s", "`outer(a, b)`"),
        ("s[:, None] * s", "`outer(a, b)`"),
        ("s[np.newaxis, :] * s", "`outer(a, b)`"),
        ("s.reshape(1, -1)", "write `a.T"),
        ("⟨s, s⟩", "`dot(a, b)`"),
        ("inner(s, s)", "write `dot`"),
        ("einsum('i,i->', s, s)", "`sum(j, ...)`"),
        ("‖s‖", "`sqrt("),
        ("½ * x", "write `1/2`"),
        ("s₀", "`x[0]`"),
        ("sⱼ", "`x[j]`"),
        ("x⁴", "`x**4`"),
        ("eⁿ", "`x**n`"),
        ("x⁻¹", "`**`"),
        ("𝟙[x > 0]", "`(x > 0)`"),  # noqa: RUF001
        ("x′", "diff"),  # noqa: RUF001
        ("∇x", "diff"),
        ("partial(x, x)", "write `diff(f, x)`"),
        ("x ≈ 1", "equals"),
        ("x ⇒ x", "one expression a line"),
        ("x\u00a0+ 1", "a plain one"),
        ("x\u200b + 1", "delete it"),
        ("x!", "factorial"),
        ("1 if x = 0 else 2", "compared by `==`"),
        ("sum_i(s[i])", "write `sum(i, ...)`"),
        ("W * 1[W > 0]", "`(x > 0)`"),
        ("W.sum(axis=0, keepdims=True)", "`sum(A, axis=0)`"),
        ("diff(L, x)", "write it out"),
        ("s'", "`.T`"),
        ("é", "English keyboard"),
        ("W^(T) @ s", "`.T`"),
        ("W.T s", "`@`"),
        ("s s.T", "`@`"),
        ("s_i", "write `s[i]`"),
        ("W_ij", "write `W[i, j]`"),
        ("delta_ij", "write `delta(i, j)`"),
        ("s * I", "write `eye(D)`"),
        ("(x + 1)(x - 1)", "`*`"),
        ("exp(x)exp(x)", "is the comma missing"),
        ("if x > 0: x", "a if i == j else b"),
        ("W[i + 1, 0]", "an index is a name"),
        ("y + 1", "onehot(y)"),
        ("sum(j, 1 + x)", "how far does `j` run?"),
        ("1_000", "plain decimal digits"),
        (None, "nothing (None)"),
        (3.0, "a float"),
    ],
)
def test_an_unreadable_line_is_told_what_to_write(text: object, says: str) -> None:
    line = told(text)
    assert line.status in {"unread", "wrong"} if text == "sum(j, 1 + x)" else line.status == "unread"
    assert says in line.says


def test_who_writes_the_loss_is_sent_to_its_slopes() -> None:
    statement = Derivation(given="X (N, D); dX (N, D)", start="dX", entry="i, j")
    assert "start from its slopes, `dX`" in judge(["dX", "diff(L, X[i, j])"], statement).lines[1].says


def test_every_character_has_its_words() -> None:
    for character, instead in INSTEAD.items():
        assert instead in told(f"x{character}x").says, character


@pytest.mark.parametrize("line", ["W.T @ s_of", "W.transpose() @ s_of", "np.transpose(W) @ s_of"])
def test_a_transpose_may_be_written_as_numpy_writes_it(line: str) -> None:
    statement = Derivation(given="W (D, H); s_of (D)", start="W.T @ s_of")
    assert judge(["W.T @ s_of", line], statement).lines[1].status == "ok"


def test_the_caret_stands_under_the_character() -> None:
    said, text, caret = told("exp(x) + foo * 2").says.split("\n")
    assert "`foo`" in said
    assert text[caret.index("^") :].startswith("foo")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10**6,
        "(" * 10**6,
        "x + " * 100 + "x",
        "-" * 500 + "x",
        "10**10**10",
        "9" * 400,
        "1e999999999",
        "x.__class__",
        "__import__('os').system('ls')",
        "().__class__.__bases__[0]",
        "lambda x: x",
        "(x := 3)",
        "f'{x}'",
        "[x for x in s]",
        "{x}",
        "x; x",
        "print(x)",
        "\u0435\u0445\u0440(x)",
        "\uff58 + 1",
        "x\x00",
        "diff(diff(diff(diff(x, x), x), x), x)",
        "sum(a, sum(b, sum(c, sum(d, sum(g, sum(h, sum(k, s[a]*s[b]*s[c]*s[d]*s[g]*s[h]*s[k])))))))",
    ],
)
def test_hostile_lines_get_a_verdict_and_nothing_else(text: str) -> None:
    verdict = judge(["x", text, "x"], STATEMENT)
    assert not verdict.holds
    assert len(verdict.lines[1].text) < 700
    assert verdict.lines[2].status == ("ok" if verdict.lines[1].status != "wrong" else "wrong")


@pytest.mark.parametrize("chain", [None, "x", 3, {"a": 1}, []])
def test_what_is_no_chain_is_told_so(chain: object) -> None:
    verdict = judge(chain, STATEMENT)  # type: ignore[arg-type]
    assert not verdict.holds
    assert [complaint.topic for complaint in verdict.complaints] == ["chain"]


def test_a_leading_equals_sign_and_numpy_s_prefix_are_fine() -> None:
    assert judge(["np.exp(-x)", "= 1 / exp(x)"], STATEMENT).holds
