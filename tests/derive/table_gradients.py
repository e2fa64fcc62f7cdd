"""The table, chapter five: derivatives by `diff`, gradients held against the loss, definitions to use."""

from __future__ import annotations

from autograder.check import Derivation

from .table import Section, astray, far, right, unread, unwritten, wrong

# The layout is the table's: a chain on as few lines as it needs.
# fmt: off

DIFF = Section(
    "Derivatives",
    "`diff(expr, x)` is the derivative by a number, `diff(expr, x[j])` by an entry.",
    Derivation(start="diff(log(1 + exp(x)) * x, x)", given="x real; y real"),
    (
        right("diff(log(1 + exp(x)) * x, x)", "diff(log(1 + exp(x)), x) * x + log(1 + exp(x)) * diff(x, x)",
              "exp(x) / (1 + exp(x)) * x + log(1 + exp(x))", why="the product rule, then the chain rule"),
        far(3, "diff(log(1 + exp(x)) * x, x)", "diff(softplus(x) * x, x)", "sigmoid(x) * x + softplus(x)",
            why="softplus has sigmoid for its derivative: that is what is to be shown"),
        wrong(2, "diff(log(1 + exp(x)) * x, x)", "diff(log(1 + exp(x)), x) * diff(x, x)", says="x = ",
              why="a product's derivative is not the product of derivatives"),
        wrong(2, "diff(log(1 + exp(x)) * x, x)", "x / (1 + exp(x)) + log(1 + exp(x))", says="x = ",
              why="the inner derivative forgotten"),
        wrong(2, "diff(log(1 + exp(x)) * x, x)", "diff(log(1 + exp(x)) * x, y)", says="line 2",
              why="by another variable it is 0"),
        wrong(2, "diff(log(1 + exp(x)) * x, x)", "log(1 + exp(x)) * x", says="x = ", why="not derived at all"),
        unread(2, "diff(log(1 + exp(x)) * x, x)", "diff(log(1 + exp(x)) * x)", says="diff", why="by what?"),
        unread(2, "diff(log(1 + exp(x)) * x, x)", "diff(x * y, x * y)", says="diff", why="by a name, not an expression"),
        unread(2, "diff(log(1 + exp(x)) * x, x)", "d/dx log(1 + exp(x)) * x", says="diff", why="written as on paper"),
    ),
)

CORNERS = Section(
    "Corners",
    "At a corner there is no derivative, only subgradients. `x nonzero` leaves the corner out.",
    Derivation(start="diff(relu(x) + abs(x), x)", given="x nonzero"),
    (
        right("diff(relu(x) + abs(x), x)", "diff(relu(x), x) + diff(abs(x), x)", "(x > 0) + sign(x)",
              why="each from the table of derivatives"),
        right("diff(relu(x) + abs(x), x)", "diff(relu(x), x) + diff(abs(x), x)", "(1 if x > 0 else 0) + x / abs(x)",
              why="in cases"),
        right("diff(relu(x) + abs(x), x)", "diff(relu(x), x) + diff(abs(x), x)", "(x >= 0) + sign(x)",
              why="the value at 0 does not count"),
        wrong(3, "diff(relu(x) + abs(x), x)", "diff(relu(x), x) + diff(abs(x), x)", "(x < 0) + sign(x)",
              says="x = ", why="the wrong side"),
        wrong(2, "diff(relu(x) + abs(x), x)", "1 + sign(x)", says="x = -", why="left of 0 relu is flat"),
    ),
)

LOSS = "sum(i, sum(h, dY[i, h] * (X @ W)[i, h]))"

GRADIENT = Section(
    "A gradient, held against its loss",
    "`gradient=(name, loss)`: every line is held against the slope of the loss itself, so no start and no end need be "
    "given away. Here Y = XW, the upstream gradient dY is given, and the gradient by X is asked for.",
    Derivation(gradient=("X", LOSS), entry="i, j", first="index", last="matrix", given="X (N, D); W (D, H); dY (N, H)"),
    (
        right("sum(h, dY[i, h] * W[j, h])", "dY @ W.T", why="index form, then matrix form"),
        right("sum(n, sum(h, dY[n, h] * delta(n, i) * W[j, h]))", "sum(h, dY[i, h] * W[j, h])", "dY @ W.T",
              why="with the delta of the seed's cases"),
        right("sum(h, dY[i, h] * diff(sum(d, X[i, d] * W[d, h]), X[i, j]))", "sum(h, dY[i, h] * W[j, h])",
              "dY @ W.T", why="from the chain rule; the entry's derivative is W[j, h]"),
        wrong(1, "sum(h, dY[i, h] * W[i, h])", "dY @ W.T", why="the seed's slip: W by the row of X"),
        wrong(1, "sum(h, dY[i, h])", "dY @ W.T", says="line 1", why="without W"),
        wrong(1, "2 * sum(h, dY[i, h] * W[j, h])", "2 * dY @ W.T", says=("line 1", "i = "),
              why="consistent line by line, and twice the slope"),
        wrong(2, "sum(h, dY[i, h] * W[j, h])", "dY @ W", says="@", why="shapes do not fit"),
        wrong(2, "sum(h, dY[i, h] * W[j, h])", "W @ dY.T", says="line 2", why="transposed"),
        wrong(2, "sum(h, dY[i, h] * W[j, h])", "X", says="line 2", why="has the shape, and is not the gradient"),
    ),
)

LET = Section(
    "Definitions that may be used",
    "`let` gives a name to an expression. Putting it in, or taking it out, is a step with a name: the definition of s.",
    Derivation(
        start="diff(s[i], x[j])", let=("s[i] = exp(x[i]) / sum(k, exp(x[k]))",), given="x (n)", entry="i, j", rules=3,
    ),
    (
        right("diff(s[i], x[j])", "diff(exp(x[i]) / sum(k, exp(x[k])), x[j])",
              "delta(i, j) * exp(x[i]) / sum(k, exp(x[k])) - exp(x[i]) * exp(x[j]) / sum(k, exp(x[k])) ** 2",
              "delta(i, j) * s[i] - s[i] * s[j]", "s[i] * (delta(i, j) - s[j])",
              why="the quotient rule, then s again",
              ),
        right("diff(s[i], x[j])", "diff(exp(x[i]) / sum(k, exp(x[k])), x[j])",
              "diff(exp(x[i]), x[j]) / sum(k, exp(x[k]))"
              " - exp(x[i]) * diff(sum(k, exp(x[k])), x[j]) / sum(k, exp(x[k])) ** 2",
              "delta(i, j) * exp(x[i]) / sum(k, exp(x[k])) - exp(x[i]) * exp(x[j]) / sum(k, exp(x[k])) ** 2",
              "s[i] * delta(i, j) - s[i] * s[j]", "diag(s) - s @ s.T", why="to the matrix"),
        right("diff(s[i], x[j])", "diff(softmax(x)[i], x[j])", why="s is the softmax of x"),
        wrong(2, "diff(s[i], x[j])", "s[i] * (1 - s[i])", says=("i = ", "j = "), why="the diagonal alone"),
        wrong(2, "diff(s[i], x[j])", "s[i] * (1 - s[j])", says=("i = ", "j = "), why="the delta forgotten"),
        wrong(2, "diff(s[i], x[j])", "delta(i, j) - s[i] * s[j]", says="i = ", why="a factor lost"),
        wrong(2, "diff(s[i], x[j])", "s[j] * (delta(i, j) - s[j])", says="i = ", why="one index wrong"),
        wrong(2, "diff(s[i], x[j])", "diag(s) - s.T @ s", why="an inner product in place of the outer one"),
    ),
)

LABELS = Section(
    "Labels and one-hot vectors",
    "`y label(m)` is a whole number below m, and `onehot(y)` the vector with a 1 at its place.",
    Derivation(gradient=("o", "-log(softmax(o)[y])"), given="o (m); y label(m)", entry="k", last="matrix", rules=4),
    (
        right("softmax(o)[k] - delta(k, y)", "softmax(o) - onehot(y)", why="index form, then vector form"),
        right("softmax(o)[k] - 1 if k == y else softmax(o)[k]", "softmax(o) - onehot(y)", why="in the seed's cases"),
        right("diff(-log(softmax(o)[y]), o[k])", "diff(-o[y] + log(sum(j, exp(o[j]))), o[k])",
              "-delta(k, y) + exp(o[k]) / sum(j, exp(o[j]))", "softmax(o)[k] - delta(k, y)", "softmax(o) - onehot(y)",
              why="from the loss"),
        wrong(1, "softmax(o)[k] - 1", "softmax(o) - onehot(y)", says="k = ", why="the 1 belongs to one entry"),
        wrong(1, "delta(k, y) - softmax(o)[k]", "onehot(y) - softmax(o)", says="k = ", why="the sign of the loss"),
        unread(2, "softmax(o)[k] - delta(k, y)", "softmax(o) - y", says="onehot",
               why="the label is a number, not a vector"),
        wrong(2, "softmax(o)[k] - delta(k, y)", "softmax(o) * onehot(y)", says="line 2", why="times, not minus"),
    ),
)

KNOWN = Section(
    "Derivatives proved before",
    "`known` names a derivative that a step may use as one rule, as one cites an earlier result.",
    Derivation(
        start="diff(log(sigmoid(x)), x)", end="1 - sigmoid(x)", given="x real",
        known=("diff(sigmoid(x), x) = sigmoid(x) * (1 - sigmoid(x))",),
    ),
    (
        right("diff(log(sigmoid(x)), x)", "sigmoid(x) * (1 - sigmoid(x)) / sigmoid(x)", "1 - sigmoid(x)",
              why="the derivative of log with the chain rule, and the known one"),
        right("diff(log(sigmoid(x)), x)", "diff(sigmoid(x), x) / sigmoid(x)", "sigmoid(x) * (1 - sigmoid(x)) / sigmoid(x)",
              "1 - sigmoid(x)", why="one rule a line"),
        wrong(2, "diff(log(sigmoid(x)), x)", "sigmoid(x) * (1 - sigmoid(x))", "1 - sigmoid(x)", says="x = ",
              why="the outer derivative forgotten"),
        wrong(3, "diff(log(sigmoid(x)), x)", "sigmoid(x) * (1 - sigmoid(x)) / sigmoid(x)", "1 - sigmoid(-x)", says="x = ",
              why="a sign in the wrong place"),
    ),
)

SECRET_END = Section(
    "An end that is a secret",
    "`end_given=False`, in the hidden part of a test cell: the end does not stand in the exercise, so that writing it is "
    "a line of your own.",
    Derivation(start="log(exp(a) * exp(b))", end="a + b", end_given=False, given="a real; b real"),
    (
        right("log(exp(a) * exp(b))", "a + b", why="two rules, and the line is one's own"),
        right("log(exp(a) * exp(b))", "log(exp(a + b))", "b + a", why="in another order"),
        unwritten("log(exp(a) * exp(b))", why="the start alone"),
        astray("log(exp(a) * exp(b))", "log(exp(a + b))", why="not there yet"),
        wrong(2, "log(exp(a) * exp(b))", "a * b", says=("a = ", "b = "), why="a product of exps has a sum of exponents"),
    ),
)

SECTIONS = [DIFF, CORNERS, GRADIENT, LET, LABELS, KNOWN, SECRET_END]
