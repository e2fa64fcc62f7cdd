"""The size of a step: which named rules lie between two equal lines, and that rearranging needs none."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from autograder.derive import Derivation, Line, StatementError, judge
from autograder.derive._free import Free
from autograder.derive._gap import Blind
from autograder.derive._points import generic
from autograder.derive._prepared import prepare
from autograder.derive._real import DIGITS, ROUNDED, Real
from autograder.derive._truth import ONE, ZERO, context

if TYPE_CHECKING:
    from collections.abc import Callable

GIVEN = "x, c real; a, b positive; u, v (n); A (n, m); w (m); y label(n)"
LET = ("s = softmax(u)", "h[i] = sin(u[i])", "z = sum(i, h[i] * v[i])")


def step(before: str, after: str, entry: str = "") -> Line:
    return judge([before, after], Derivation(given=GIVEN, let=LET, entry=entry, rules=4)).lines[1]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x * c + a", "a + c * x"),
        ("x - (c - a)", "x + a - c"),
        ("a / b / x**2 * x", "a / (b * x)"),
        ("2 * x + x / 2", "5 * x / 2"),
        ("2 * (x + c)", "2 * x + 2 * c"),
        ("(x + c) * (x + c)", "(x + c)**2"),
        ("exp(x + c) / exp(c + x)", "1"),
        ("sum(i, u[i] * v[i])", "sum(k, v[k] * u[k])"),
        ("sum(i, -u[i])", "-sum(i, u[i])"),
        ("(A @ w).T", "w.T @ A.T"),
        ("sum(A, axis=0)", "A.sum(axis=0)"),
        ("v @ w.T", "outer(v, w)"),
        ("diff(x + 3 * c, x)", "1"),
    ],
)
def test_rearranging_takes_no_rule(before: str, after: str) -> None:
    assert step(before, after).rules == ()


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("x * (c + a)", "x * c + x * a", "multiplying out"),
        ("1 / a + 1 / b", "(a + b) / (a * b)", "multiplying out"),
        ("exp(x + c)", "exp(x) * exp(c)", "a law of exp"),
        ("exp(-x)", "1 / exp(x)", "a law of exp"),
        ("exp(x / 2)**2", "exp(x)", "a law of exp"),
        ("log(a * b)", "log(a) + log(b)", "a law of log"),
        ("log(1 / a)", "-log(a)", "a law of log"),
        ("log(exp(x))", "x", "undo each other"),
        ("exp(log(a))", "a", "undo each other"),
        ("sqrt(a)**2", "a", "powers and roots"),
        ("sigmoid(x)", "1 / (1 + exp(-x))", "definition of sigmoid"),
        ("sigmoid(-x)", "1 - sigmoid(x)", "sigmoid(-x)"),
        ("tanh(-x)", "-tanh(x)", "tanh(-x)"),
        ("relu(x)", "x if x > 0 else 0", "definition of relu"),
        ("max(x, c)", "x if x > c else c", "definition of max"),
        ("sin(x)**2 + cos(x)**2", "1", "sin**2"),
        ("sum(i, c * u[i])", "c * sum(i, u[i])", "linearity"),
        ("sum(i, u[i] + v[i])", "sum(u) + sum(v)", "linearity"),
        ("sum(i, v[i] * delta(i, y))", "v[y]", "picks one term"),
        ("sum(ones(n))", "n", "terms of a sum"),
        ("dot(u, v)", "sum(i, u[i] * v[i])", "matrix product is a sum"),
        ("(A @ w).T @ v", "w.T @ (A.T @ v)", "rules of the matrix product"),
        ("diag(u) @ v", "u * v", "picks one term"),
        ("diff(x * sin(x), x)", "sin(x) + x * diff(sin(x), x)", "product rule"),
        ("diff(1 / x**2, x)", "-2 / x**3", "quotient or power"),
        ("diff(exp(3 * x), x)", "3 * exp(3 * x)", "derivative of exp"),
        ("diff(log(a * x), x)", "1 / x", "derivative of log"),
        ("softmax(u)[0]", "exp(u[0]) / sum(k, exp(u[k]))", "definition of softmax"),
        ("z * x", "sum(i, h[i] * v[i]) * x", "definition of z"),
        ("diff(z, u[0])", "sum(i, diff(z, h[i]) * diff(h[i], u[0]))", "chain rule through h"),
        ("diff(log(a * b * x), x)", "diff(log(a * x) + log(b), x)", "a law of log"),
    ],
)
def test_one_rule(before: str, after: str, rule: str) -> None:
    line = step(before, after)
    assert line.rules is not None, line.says
    assert len(line.rules) == 1, line.rules
    assert rule in line.rules[0]


@pytest.mark.parametrize(
    ("before", "after", "size"),
    [
        ("log(sigmoid(x))", "-log(1 + exp(-x))", 2),
        ("log(sigmoid(x))", "-softplus(-x)", 3),
        ("softplus(x) - softplus(-x)", "x", 3),
        ("diff(1 / (1 + exp(-x)), x)", "exp(-x) / (1 + exp(-x))**2", 2),
        ("sum(i, sum(k, u[i] * delta(i, k) * v[k]))", "sum(i, u[i] * v[i])", 1),
    ],
)
def test_several_rules(before: str, after: str, size: int) -> None:
    rules = step(before, after).rules
    assert rules is not None
    assert len(rules) == size


def test_a_step_too_far_names_what_lies_between() -> None:
    verdict = judge(["log(sigmoid(x))", "-softplus(-x)"], Derivation(given="x real", rules=2))
    assert verdict.holds
    assert "definition of sigmoid" in verdict.lines[1].says
    assert "A step may take 2" in verdict.lines[1].says


def test_a_step_of_too_many_rules_says_so() -> None:
    line = judge(
        ["softplus(x) - softplus(-x) + tanh(x)", "x + tanh(-x) + 2 * tanh(x)"],
        Derivation(given="x real", rules=1),
    ).lines[1]
    assert line.status == "far"
    assert line.rules is None
    assert "more than 3 rules" in line.says


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (("sigmoid(x) = exp(x) / (2 + exp(x))",), "does not hold at 0"),
        (("softplus(x) = log(2 * exp(x / 2))",), "does not hold at 0.7"),
        (("sigmoid(x) = 1 - sigmoid(2 * x)",), "itself at -x at most"),
        (("tanh(x) = 1 -",), "too early"),
        (("relu(x) = max(0, x)",), "should read"),
        (("sigmoid(x) = (tanh(x / 2) + 1) / 2", "tanh(x) = 2 * sigmoid(2 * x) - 1"), "round in a circle"),
    ],
)
def test_a_form_is_tried_before_it_is_believed(known: tuple[str, ...], why: str) -> None:
    with pytest.raises(StatementError, match=why):
        judge(["x"], Derivation(given="x real", known=known))


@pytest.mark.parametrize("given", ["a real, b real", "a real; 3", "x in (0, 1), y real"])
def test_what_is_given_is_told_how_to_be_written(given: str) -> None:
    with pytest.raises(StatementError, match="a semicolon between two of them"):
        judge(["a"], Derivation(given=given))


def test_a_form_may_use_other_functions() -> None:
    statement = Derivation(given="x real", known=("sigmoid(x) = (tanh(x / 2) + 1) / 2",), rules=1)
    verdict = judge(
        ["diff(sigmoid(2 * x), x)", "diff((tanh(x) + 1) / 2, x)", "diff(tanh(x), x) / 2"], statement
    )
    assert verdict.steps_small


@pytest.mark.parametrize("unseen", ["1", "(x / 10**7) * (1 / 10**7)"])
def test_a_step_made_to_measure_is_not_small(unseen: str) -> None:
    """The points of the models are public too: a factor that is zero there makes any step look like a small one.

    So it does where the models see nothing at any other point.
    """
    statement = Derivation(given="x real", start="x", rules=1)
    factors = "*".join(
        f"(x - ({str(value)[:8]}) - ({value - Decimal(str(value)[:8]):e}))"
        for point in generic(prepare(statement).scope)
        for value in point.values["x"].values()
    )
    (_, line) = judge(["x", f"x + {factors} * {unseen} * (softplus(x) - softplus(-x) - x)"], statement).lines
    assert (line.status, line.rules) == ("far", None)


REAL, FREE = Real(frozenset({"distribute", "def relu", "def max"})), Free(frozenset({"def relu", "def max"}))
TINY = Decimal("1e-20")


@pytest.mark.parametrize(
    "odd",
    [
        lambda: REAL.number(Fraction(1, 10**20)),
        lambda: REAL.mul(Decimal("1e-20"), Decimal("1e-20")),
        lambda: REAL.div(Decimal("1e-10"), Decimal("1e10")),
        lambda: REAL.pow(Decimal("0.06"), Decimal(100)),
        lambda: REAL.add([ONE, TINY - 1]),
        lambda: REAL.call("exp", Decimal(-70), None),
        lambda: REAL.call("exp", Decimal(70), None),
        lambda: REAL.call("relu", ONE, TINY),
        lambda: REAL.call("relu", ONE, ZERO),
        lambda: REAL.largest([ONE, Decimal(2)], [ONE, ONE + TINY]),
        lambda: REAL.largest([ONE, Decimal(2)], [ONE, ONE]),
        lambda: FREE.call("relu", FREE.pi(), TINY),
        lambda: FREE.largest([FREE.pi(), FREE.number(Fraction(1))], [ONE, ONE]),
    ],
)
def test_a_model_does_not_tell_what_rounding_decides(odd: Callable[[], object]) -> None:
    with decimal.localcontext(context(DIGITS)), pytest.raises(Blind):
        odd()


def test_zeros_and_ties_of_one_thing_with_itself_are_no_matter_of_rounding() -> None:
    assert REAL.call("relu", ZERO, ZERO) == REAL.mul(ZERO, ONE) == REAL.add([ONE, -ONE]) == 0
    assert REAL.largest([ONE, ONE], [ONE, ONE]) == 1


def test_what_a_key_forgets_cannot_be_won_back() -> None:
    kept = next(
        n
        for n in range(DIGITS)
        if not REAL.same(ONE, 1 + Decimal(10) ** -n) and REAL.same(ONE, 1 + Decimal(10) ** -(n + 1))
    )
    assert ROUNDED.prec + kept > DIGITS
