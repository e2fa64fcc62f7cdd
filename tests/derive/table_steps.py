"""The table, chapter three: the size of a step, what is free and what counts, waypoints."""

from __future__ import annotations

from autograder.check import Derivation

from .table import Section, far, missing, right, wrong

# The layout is the table's: a chain on as few lines as it needs.
# fmt: off

TWO = Section(
    "Two rules in one step",
    "A step may take two named rules, unless the exercise says otherwise. A right line that is too far from the one before "
    "keeps its `values` and loses `steps`; the message names the rules that lie between.",
    Derivation(start="log(sigmoid(x))", given="x real"),
    (
        right("log(sigmoid(x))", "-log(1 + exp(-x))", "-softplus(-x)", why="definition of sigmoid and a law of log: two"),
        far(2, "log(sigmoid(x))", "-softplus(-x)", says=("sigmoid", "softplus"),
            why="definition of sigmoid, law of log, definition of softplus: three"),
        far(3, "log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "x - softplus(x)", says="line 3",
            why="three rules or more after a small step"),
        wrong(2, "log(sigmoid(x))", "softplus(x)", "-softplus(-x)", why="a wrong step is not called too large"),
    ),
)

ONE = Section(
    "One rule in one step",
    "With `rules=1`.",
    Derivation(start="log(a * b) - log(a)", given="a positive; b positive", rules=1),
    (
        right("log(a * b) - log(a)", "log(a) + log(b) - log(a)", "log(b)", why="the law for products; then rearranging"),
        right("log(a * b) - log(a)", "log(b)", why="the law once, the rest is rearranging"),
        right("log(a * b) - log(a)", "log(b * a) - log(a)", "log(b)", why="the order of factors is free"),
        right("log(a * b) - log(a)", "log(b * exp(2)) - 2", why="that log undoes exp is one of the laws of log"),
        far(2, "log(a * b) - log(a)", "2 * log(sqrt(b))", says="powers", why="the law for log, and that for roots"),
    ),
)

FREE = Section(
    "What is free",
    "Rearranging sums, products and fractions, renaming a bound index and `.T.T` take no rule. With `rules=0` nothing else "
    "is allowed.",
    Derivation(start="sum(j, (A[i, j] * c - B[i, j]) / c)", given="A (N, D); B (N, D); c nonzero", entry="i", rules=0),
    (
        right("sum(j, (A[i, j] * c - B[i, j]) / c)", "sum(k, (-B[i, k] + c * A[i, k]) / c)", why="order and a new name"),
        right("sum(j, (A[i, j] * c - B[i, j]) / c)", "sum(j, (c * A.T.T[i, j] - B[i, j]) * (1 / c))",
              why="twice transposed, and a quotient as a product"),
        right("sum(j, (A[i, j] * c - B[i, j]) / c)", "sum(j, 2 * (A[i, j] * c - B[i, j]) / (c + c))",
              why="a fraction reduced"),
        far(2, "sum(j, (A[i, j] * c - B[i, j]) / c)", "sum(j, A[i, j] * c / c - B[i, j] / c)", says="multiplying out",
            why="a factor goes into a bracket"),
        far(2, "sum(j, (A[i, j] * c - B[i, j]) / c)", "sum(j, A[i, j] * c - B[i, j]) / c", says="sum",
            why="a factor leaves a sum"),
        wrong(2, "sum(j, (A[i, j] * c - B[i, j]) / c)", "sum(j, (A[i, j] - B[i, j]) / c)", says="i = ", why="c lost"),
    ),
)

EXPAND = Section(
    "Brackets, powers and fractions",
    "Multiplying out is a rule of its own, distributivity.",
    Derivation(start="(a + b) ** 2 - a ** 2", given="a real; b real", rules=1),
    (
        right("(a + b) ** 2 - a ** 2", "2 * a * b + b ** 2", why="multiplied out"),
        right("(a + b) ** 2 - a ** 2", "(a + b) * (a + b) - a * a", "a * a + a * b + b * a + b * b - a * a",
              why="a power is a product, freely; then multiplied out"),
        right("(a + b) ** 2 - a ** 2", "(a + b - a) * (a + b + a)", "b * (2 * a + b)", why="by the difference of squares"),
        wrong(2, "(a + b) ** 2 - a ** 2", "b ** 2", says="a = ", why="the square of a sum"),
    ),
)

PROVED = Section(
    "A form that was proved before",
    "`known` lets a step use a second form of sigmoid, softplus or tanh as one rule. It is tried on numbers before it is "
    "believed.",
    Derivation(
        start="log(sigmoid(x))", given="x real", rules=1,
        known=("sigmoid(x) = exp(x) / (1 + exp(x))", "softplus(x) = x + softplus(-x)"),
    ),
    (
        right("log(sigmoid(x))", "log(exp(x) / (exp(x) + 1))", "log(exp(x)) - log(1 + exp(x))", "x - log(1 + exp(x))",
              "x - softplus(x)", "-softplus(-x)", why="each form once, the definition of softplus once"),
        right("log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "-log(1 + exp(-x))", "-softplus(-x)",
              why="the definitions can be used as before"),
        right("log(sigmoid(x))", "log(sigmoid(x)) + softplus(2 * x - 1) - softplus(1 - 2 * x) - 2 * x + 1",
              why="at any argument"),
        far(2, "log(sigmoid(x))", "log(exp(x)) - log(exp(x) + 1)", says=("2 rules", "; sigmoid(x) = exp(x) / (1 + exp(x))"),
            why="the form and a law of log: two"),
        far(2, "log(sigmoid(x))", "-softplus(-x)", says="3 rules", why="more forms do not make a step longer"),
        wrong(2, "log(sigmoid(x))", "log(exp(x) / (exp(-x) + 1))", says="x = ", why="a form mixed up with the definition"),
        wrong(2, "log(sigmoid(x))", "-softplus(-x) + softplus(x) - softplus(-x) + x", says="x = ", why="a sign"),
    ),
)

WAYPOINT = Section(
    "A line that the chain must pass",
    "`waypoints` names expressions that some line must equal up to rearranging.",
    Derivation(
        start="log(sigmoid(x))", end="-softplus(-x)", waypoints=("log(1 / (1 + exp(-x)))",), given="x real",
    ),
    (
        right("log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "-softplus(-x)", why="passes it"),
        right("log(sigmoid(x))", "log(1 / (exp(-x) + 1))", "-log(1 + exp(-x))", "-softplus(-x)",
              why="passes it in another order"),
        missing("log(sigmoid(x))", "-log(1 + exp(-x))", "-softplus(-x)",
                why="each step is small, and the line is not there"),
        wrong(2, "log(sigmoid(x))", "log(1 / (1 + exp(x)))", "-softplus(-x)", why="near it is not at it"),
    ),
)

MATRICES = Section(
    "Steps among matrices",
    "A product of matrices is a sum; going from one to the other is a rule. So is the transpose of a product.",
    Derivation(start="(A @ B).T @ c", given="A (N, D); B (D, H); c (N)", rules=1),
    (
        right("(A @ B).T @ c", "B.T @ A.T @ c", "B.T @ (A.T @ c)", why="the transpose, then brackets"),
        wrong(2, "(A @ B).T @ c", "A.T @ B.T @ c", why="the factors keep their order"),
        wrong(2, "(A @ B).T @ c", "A @ B @ c", says="@", why="the transpose forgotten"),
    ),
)

SECTIONS = [TWO, ONE, FREE, EXPAND, PROVED, WAYPOINT, MATRICES]
