"""The table, chapter seven: the formulas of the second homework, questions 1 and 3, right ones and its slips."""

from __future__ import annotations

from autograder.check import Derivation

from .table import Section, far, right, wrong

# The layout is the table's: a chain on as few lines as it needs.
# fmt: off

RELU = Section(
    "Seed B, 1a: the derivative of ReLU",
    "",
    Derivation(start="diff(max(0, x), x)", given="x nonzero"),
    (
        right("diff(max(0, x), x)", "0 if x < 0 else 1", why="away from 0 the seed's cases are right"),
        right("diff(max(0, x), x)", "diff(0 if x < 0 else x, x)", "diff(0, x) if x < 0 else diff(x, x)",
              "0 if x < 0 else 1",
              why="the seed's four lines"),
        right("diff(max(0, x), x)", "0 if x <= 0 else 1", why="and so are seed A's"),
        wrong(2, "diff(max(0, x), x)", "1 if x < 0 else 0", says="x = ", why="the cases exchanged"),
    ),
)

RELU_AT_0 = Section(
    "Seed B, 1a, against seed A, 2e: the value at 0",
    "Both are subgradients. As functions on all reals they differ.",
    Derivation(start="0 if x <= 0 else 1", given="x real"),
    (
        right("0 if x <= 0 else 1", "(x > 0)", why="seed A's, with an indicator"),
        wrong(2, "0 if x <= 0 else 1", "0 if x < 0 else 1", says="x = 0",
              why="**the seeds differ:** at 0, and there alone"),
    ),
)

SIGMOID = Section(
    "Seed B, 1b: the derivative of sigmoid",
    "",
    Derivation(start="diff(sigmoid(x), x)", end="sigmoid(x) * (1 - sigmoid(x))", given="x real"),
    (
        right("diff(sigmoid(x), x)", "diff((1 + exp(-x)) ** -1, x)", "-1 * (1 + exp(-x)) ** -2 * exp(-x) * (-1)",
              "exp(-x) * (1 / (1 + exp(-x)) ** 2)", "exp(-x) / (1 + exp(-x)) ** 2", "exp(-x) * sigmoid(x) ** 2",
              "(1 / sigmoid(x) - 1) * sigmoid(x) ** 2",
              "(1 - sigmoid(x)) / sigmoid(x) * sigmoid(x) ** 2", "sigmoid(x) * (1 - sigmoid(x))", why="the seed's chain"),
        wrong(3, "diff(sigmoid(x), x)", "diff((1 + exp(-x)) ** -1, x)", "-1 * (1 + exp(-x)) ** -2 * exp(-x)",
              says="line 3", why="the inner derivative's sign forgotten"),
    ),
)

SIGMOID_PARTS = Section(
    "Seed B, 1b: its equations 1 and 2",
    "",
    Derivation(start="exp(-x)", given="x real"),
    (
        right("exp(-x)", "1 + exp(-x) - 1", "1 / sigmoid(x) - 1", "(1 - sigmoid(x)) / sigmoid(x)", why="both equations"),
    ),
)

TANH = Section(
    "Seed B, 1c: sigmoid by tanh",
    "",
    Derivation(start="1 / 2 * (tanh(1 / 2 * x) + 1)", end="sigmoid(x)", given="x real"),
    (
        right("1 / 2 * (tanh(1 / 2 * x) + 1)",
              "1 / 2 * ((exp(x / 2) - exp(-x / 2)) / (exp(x / 2) + exp(-x / 2)) + 1)",
              "1 / 2 * (2 * exp(x / 2) / (exp(x / 2) + exp(-x / 2)))",
              "exp(x / 2) / (exp(x / 2) + exp(-x / 2))",
              "exp(x / 2) / (exp(x / 2) * (1 + exp(-x / 2) / exp(x / 2)))",
              "1 / (1 + exp(-x))", "sigmoid(x)", why="the seed's chain"),
        wrong(2, "1 / 2 * (tanh(1 / 2 * x) + 1)", "1 / 2 * ((exp(x) - exp(-x)) / (exp(x) + exp(-x)) + 1)", "sigmoid(x)",
              says="x = ", why="the half forgotten"),
    ),
)

LOG_SIGMOID = Section(
    "Seed B, 1d: the log of sigmoid",
    "",
    Derivation(start="ln(sigmoid(x))", end="-softplus(-x)", given="x real"),
    (
        right("ln(sigmoid(x))", "ln(1 / (1 + exp(-x)))", "ln(1) - ln(1 + exp(-x))", "-ln(1 + exp(-x))", "-softplus(-x)",
              why="the seed's chain"),
    ),
)

SOFTPLUS = Section(
    "Seed B, 1e: a difference of softplus",
    "",
    Derivation(start="softplus(x) - softplus(-x)", end="x", given="x real"),
    (
        wrong(4, "ln(1 + exp(x)) - ln(1 + exp(-x))", "ln((1 + exp(x)) / (1 + exp(-x)))",
              "ln((1 + exp(x)) / (1 + 1 / exp(x)))", "ln(exp(x) * (1 + exp(-x)) / (1 + exp(x)))", "x",
              says=("line 3", "line 4", "x = "), why="**the seed's slip:** its fourth line equals 0"),
        right("ln(1 + exp(x)) - ln(1 + exp(-x))", "ln((1 + exp(x)) / (1 + exp(-x)))",
              "ln((1 + exp(x)) / (1 + 1 / exp(x)))", "ln(exp(x) * (1 + exp(x)) / (exp(x) + 1))", "ln(exp(x))", "x",
              why="the same chain, put right"),
    ),
)

SIGN = Section(
    "Seed B, 1f: the sign by indicators",
    "",
    Derivation(start="sign(x)", given="x real"),
    (right("sign(x)", "(x > 0) - (x < 0)", why="the seed's line"),),
)

L2 = Section(
    "Seed B, 1g: the squared length",
    "",
    Derivation(gradient=("x", "sum(i, x[i] ** 2)"), given="x (n)", entry="i", last="matrix"),
    (
        right("diff(sum(j, x[j] ** 2), x[i])", "2 * x[i]", "2 * x", why="one entry, then the vector"),
        wrong(1, "x[i]", "x", says="line 1", why="without the 2"),
    ),
)

L1 = Section(
    "Seed B, 1h: the absolute values",
    "Away from 0, where each entry has a derivative.",
    Derivation(gradient=("x", "sum(i, abs(x[i]))"), given="x (n) nonzero", entry="i", last="matrix", rules=3),
    (
        right("diff(sum(j, abs(x[j])), x[i])", "sum(j, diff(abs(x[j]), x[i]))", "x[i] / abs(x[i])", "sign(x)",
              why="the seed's lines"),
        wrong(2, "x[i] / abs(x[i])", "abs(x)", says="line 2", why="not derived"),
    ),
)

SCALING = Section(
    "Seed B, 1i: softmax is not invariant under scaling",
    "",
    Derivation(start="exp(c * x[i]) / sum(j, exp(c * x[j]))", given="x (n); c real", entry="i"),
    (
        wrong(2, "exp(c * x[i]) / sum(j, exp(c * x[j]))", "exp(x[i]) / sum(j, exp(x[j]))", says="c = ",
              why="the seed says that these differ, and they do"),
        right("exp(c * x[i]) / sum(j, exp(c * x[j]))", "softmax(c * x)", why="as a function of the vector"),
    ),
)

SCALING_BY_0 = Section(
    "Seed B, 1i: the case c = 0",
    "",
    Derivation(start="exp(0 * x[i]) / sum(j, exp(0 * x[j]))", given="x (n)", entry="i"),
    (
        right("exp(0 * x[i]) / sum(j, exp(0 * x[j]))", "1 / sum(j, exp(0 * x[j]))", "1 / n", why="1 of n"),
        wrong(2, "exp(0 * x[i]) / sum(j, exp(0 * x[j]))", "1", says="line 2", why="not 1"),
    ),
)

TRANSLATION = Section(
    "Seed B, 1j: softmax is invariant under translation",
    "",
    Derivation(start="exp(x[i] + c) / sum(j, exp(x[j] + c))", end="exp(x[i]) / sum(j, exp(x[j]))",
               given="x (n); c real", entry="i"),
    (
        right("exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x[i]) * exp(c) / sum(j, exp(x[j]) * exp(c))",
              "exp(c) * exp(x[i]) / (exp(c) * sum(j, exp(x[j])))", "exp(x[i]) / sum(j, exp(x[j]))",
              why="the seed's chain"),
    ),
)

S = "s[i] = exp(x[i]) / sum(k, exp(x[k]))"

SAME = Section(
    "Seed B, 1k, case 1: i = j",
    "",
    Derivation(start="diff(s[i], x[i])", end="s[i] - s[i] * s[i]", let=(S,), given="x (n)", entry="i", rules=3),
    (
        right("diff(exp(x[i]) / sum(j, exp(x[j])), x[i])",
              "1 / sum(j, exp(x[j])) * diff(exp(x[i]), x[i]) + exp(x[i]) * diff(1 / sum(j, exp(x[j])), x[i])",
              "exp(x[i]) / sum(j, exp(x[j])) - exp(x[i]) * exp(x[i]) / sum(j, exp(x[j])) ** 2",
              "s[i] - s[i] ** 2", "s[i] - s[i] * s[i]", why="the seed's chain"),
        wrong(3, "diff(exp(x[i]) / sum(j, exp(x[j])), x[i])",
              "1 / sum(j, exp(x[j])) * diff(exp(x[i]), x[i]) + exp(x[i]) * diff(1 / sum(j, exp(x[j])), x[i])",
              "exp(x[i]) / sum(j, exp(x[j])) + exp(x[i]) * exp(x[i]) / sum(j, exp(x[j])) ** 2",
              says="i = ", why="a sign"),
    ),
)

OTHER = Section(
    "Seed B, 1k, case 2: i ≠ j",
    "The factor (i != j) says that the case i = j is left out.",
    Derivation(start="(i != j) * diff(exp(x[i]) / sum(k, exp(x[k])), x[j])", let=(S,),
               given="x (n)", entry="i, j", rules=3),
    (
        right("(i != j) * diff(exp(x[i]) / sum(k, exp(x[k])), x[j])",
              "(i != j) * (1 / sum(k, exp(x[k])) * diff(exp(x[i]), x[j]) + exp(x[i]) * diff(1 / sum(k, exp(x[k])), x[j]))",
              "(i != j) * (0 - exp(x[i]) * exp(x[j]) / sum(k, exp(x[k])) ** 2)",
              "(i != j) * (0 - s[i] * s[j])", why="the seed's chain, by x[j]"),
        wrong(1, "(i != j) * diff(exp(x[i]) / sum(k, exp(x[k])), x[i])",
              "(i != j) * (0 - exp(x[i]) * exp(x[j]) / sum(k, exp(x[k])) ** 2)", says="line 1",
              why="**the seed's slip:** headed as the derivative by x[i], where x[j] is meant"),
    ),
)

PARTIAL = Section(
    "Seed B, 1k and 1l: both cases in one line, and the Jacobian",
    "",
    Derivation(start="diff(s[i], x[j])", let=(S,), given="x (n)", entry="i, j", last="matrix", rules=3),
    (
        far(1, "s[i] - s[i] * s[j] if i == j else -s[i] * s[j]", "s[i] * delta(i, j) - s[i] * s[j]",
            "diag(s) - s @ s.T", why="the seed's three lines: right, and the step from `diff` to the first is all of 1k"),
        right("diff(s[i], x[j])", "diff(exp(x[i]) / sum(k, exp(x[k])), x[j])",
              "diff(exp(x[i]), x[j]) / sum(k, exp(x[k]))"
              " - exp(x[i]) * diff(sum(k, exp(x[k])), x[j]) / sum(k, exp(x[k])) ** 2",
              "delta(i, j) * exp(x[i]) / sum(k, exp(x[k])) - exp(x[i]) * exp(x[j]) / sum(k, exp(x[k])) ** 2",
              "s[i] * delta(i, j) - s[i] * s[j]", "diag(s) - outer(s, s)", why="with every step"),
    ),
)

SIGMOID_VJP = Section(
    "Seed B, 1m: the Jacobian of the sigmoid",
    "",
    Derivation(start="diff(sigmoid(x[i]), x[j])", given="x (n)", entry="i, j", last="matrix", rules=4),
    (
        right("diff(sigmoid(x[i]), x[j])", "sigmoid(x[i]) * (1 - sigmoid(x[i])) * delta(i, j)",
              "diag(sigmoid(x) * (1 - sigmoid(x)))", why="diagonal, as the seed says in words"),
        wrong(3, "diff(sigmoid(x[i]), x[j])", "sigmoid(x[i]) * (1 - sigmoid(x[i])) * delta(i, j)",
              "sigmoid(x) * (1 - sigmoid(x))", says="line 3", why="**the seed's slip:** printed as a column"),
    ),
)

SIGMOID_BACK = Section(
    "Seed B, 1m: its product with the upstream gradient",
    "",
    Derivation(gradient=("x", "sum(i, dy[i] * sigmoid(x[i]))"), given="x (n); dy (n)", entry="i", last="linear", rules=3),
    (
        right("diag(sigmoid(x) * (1 - sigmoid(x))).T @ dy", "diag(sigmoid(x) * (1 - sigmoid(x))) @ dy",
              "sigmoid(x) * (1 - sigmoid(x)) * dy", why="the seed's lines"),
    ),
)

SOFTMAX_BACK = Section(
    "Seed B, 1m: the softmax's product with the upstream gradient",
    "",
    Derivation(gradient=("x", "sum(i, dy[i] * s[i])"), let=(S,), given="x (n); dy (n)", entry="i", rules=3),
    (
        right("(diag(s) - s @ s.T).T @ dy", "(diag(s) - s @ s.T) @ dy", "diag(s) @ dy - s @ s.T @ dy",
              "diag(s) @ dy - s @ (s.T @ dy)", why="the seed's lines"),
        wrong(3, "(diag(s) - s @ s.T).T @ dy", "(diag(s) - s @ s.T) @ dy", "diag(s) @ dy - s.T @ s @ dy",
              why="the wrong product"),
    ),
)

SHAPES = Section(
    "Seed B, 3: sizes of convolutions",
    "Numbers are expressions too. (The floor of the general formula is not in the language.)",
    Derivation(start="((32 - 5 + 2 * 0) / 1) + 1", given="x real"),
    (
        right("((32 - 5 + 2 * 0) / 1) + 1", "27 + 1", "28", why="3a, first layer"),
        wrong(2, "((32 - 5 + 2 * 0) / 1) + 1", "27", says="line 2", why="the + 1 forgotten"),
    ),
)
POOL = Section(
    "Seed B, 3a and 3b: the other layers",
    "",
    Derivation(start="((28 - 2 + 2 * 0) / 2 + 1) * (((14 - 5 + 2 * 0) / 1) + 1)", given="x real"),
    (right("((28 - 2 + 2 * 0) / 2 + 1) * (((14 - 5 + 2 * 0) / 1) + 1)", "14 * 10", why="pooling to 14, then 10"),),
)
COUNTS = Section(
    "Seed B, 3a and 3b: the two products",
    "",
    Derivation(start="10 * 10 * 16 + 5 * 5 * 16 * 6", given="x real"),
    (right("10 * 10 * 16 + 5 * 5 * 16 * 6", "1600 + 2400", why="outputs and parameters of the last layer"),),
)
KERNEL = Section(
    "Seed B, 3c, d, e: the size of a kernel",
    "k + (k - 1)(d - 1) is the size of a dilated kernel; with d = 2 it is 2k - 1. Three equations, held as differences: "
    "each is 0 at its answer.",
    Derivation(start="((64 - (k + (k - 1) * (d - 1)) + 2 * p) / 1) + 1", given="k real; d real; p real"),
    (
        right("((64 - (k + (k - 1) * (d - 1)) + 2 * p) / 1) + 1", "65 - (d * (k - 1) + 1) + 2 * p", why="another form"),
        wrong(2, "((64 - (k + (k - 1) * (d - 1)) + 2 * p) / 1) + 1", "64 - k + 1 + 2 * p", says="d = ",
              why="right for d = 1 alone"),
    ),
)
ANSWERS = Section(
    "Seed B, 3c, d, e: the three answers put in",
    "",
    Derivation(start="((64 - 59 + 2 * 0) / 1) + 1", given="x real"),
    (
        right("((64 - 59 + 2 * 0) / 1) + 1", "6", "((64 - (2 * 31 - 1) + 2 * 1) / 1) + 1", "((64 - 61 + 2 * 1) / 1) + 1",
              why="59, 31 and 61 all give 6"),
        wrong(2, "((64 - 59 + 2 * 0) / 1) + 1", "((64 - 31 + 2 * 1) / 1) + 1", says="line 2", why="31 without dilation"),
    ),
)

SECTIONS = [
    RELU, RELU_AT_0, SIGMOID, SIGMOID_PARTS, TANH, LOG_SIGMOID, SOFTPLUS, SIGN, L2, L1, SCALING, SCALING_BY_0,
    TRANSLATION, SAME, OTHER, PARTIAL, SIGMOID_VJP, SIGMOID_BACK, SOFTMAX_BACK, SHAPES, POOL, COUNTS, KERNEL, ANSWERS,
]
