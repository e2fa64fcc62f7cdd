"""The table, chapter seven, continued: the second homework's question 4, a network in column form."""

from __future__ import annotations

from autograder.check import Derivation

from .table import Section, right, wrong

# The layout is the table's: a chain on as few lines as it needs.
# fmt: off

HIDDEN = Section(
    "Seed B, 4a: the hidden layer",
    "d inputs, h hidden neurons, m classes; one example, in columns.",
    Derivation(start="sum(i, W1[j, i] * x[i]) + b1[j]", given="W1 (h, d); x (d); b1 (h)", entry="j", last="matrix"),
    (
        right("sum(i, W1[j, i] * x[i]) + b1[j]", "W1 @ x + b1", why="the seed's two forms"),
        wrong(2, "sum(i, W1[j, i] * x[i]) + b1[j]", "W1.T @ x + b1", says="@", why="the transpose does not fit"),
    ),
)

OUTPUT = Section(
    "Seed B, 4b: the output layer",
    "",
    Derivation(start="sum(j, W2[k, j] * hs[j]) + b2[k]", given="W2 (m, h); hs (h); b2 (m)", entry="k", last="matrix"),
    (right("sum(j, W2[k, j] * hs[j]) + b2[k]", "W2 @ hs + b2", why="the seed's two forms"),),
)

ONE = Section(
    "Seed B, 4c: the outputs sum to one",
    "",
    Derivation(start="sum(k, softmax(o)[k])", end="1", given="o (m)"),
    (
        right("sum(k, softmax(o)[k])", "sum(k, exp(o[k]) / sum(j, exp(o[j])))",
              "sum(k, exp(o[k])) / sum(j, exp(o[j]))", "1", why="the seed's chain, with the sums kept as sums"),
        wrong(2, "sum(k, softmax(o)[k])", "sum(k, exp(o[k])) / exp(sum(j, o[j]))", says="line 2",
              why="a sum of exps is not the exp of a sum"),
    ),
)

LOSS = Section(
    "Seed B, 4d: the loss",
    "",
    Derivation(start="-log(os[y])", let=("os[k] = exp(o[k]) / sum(j, exp(o[j]))",), given="o (m); y label(m)"),
    (
        right("-log(os[y])", "-log(softmax(o)[y])", "-log(exp(o[y]) / sum(j, exp(o[j])))", why="the seed's lines"),
        right("-log(os[y])", "-log(exp(o[y]) / sum(j, exp(o[j])))", "-o[y] + log(sum(j, exp(o[j])))",
              why="one line further"),
        wrong(2, "-log(os[y])", "-os[y]", says="y = ", why="the log lost"),
    ),
)

RISK = Section(
    "Seed B, 4e: the empirical risk",
    "The average over N examples; a row of O are one example's logits.",
    Derivation(start="1 / N * sum(i, -log(softmax(O)[i, y[i]]))", given="O (N, m); y labels(N, m)"),
    (
        right("1 / N * sum(i, -log(softmax(O)[i, y[i]]))", "1 / N * sum(i, -log(exp(O[i, y[i]]) / sum(j, exp(O[i, j]))))",
              why="the seed's two lines; softmax works along the rows"),
        wrong(2, "1 / N * sum(i, -log(softmax(O)[i, y[i]]))", "sum(i, -log(softmax(O)[i, y[i]]))", says="line 2",
              why="the sum, not the mean"),
    ),
)

PARAMETERS = Section(
    "Seed B, 4e: how many parameters",
    "",
    Derivation(start="d * d_h + d_h + m * d_h + m", given="d real; d_h real; m real"),
    (
        right("d * d_h + d_h + m * d_h + m", "d_h * (d + 1) + m * (d_h + 1)", why="the seed's two lines"),
        wrong(2, "d * d_h + d_h + m * d_h + m", "d_h * (d + 1) + d_h * (m + 1)", says="line 2",
              why="the output's biases are m"),
    ),
)

UPDATE = Section(
    "Seed B, 4f: the update",
    "One weight's step against its slope, R being the risk as a function of it.",
    Derivation(start="w - eta * diff((w * x - t) ** 2, w)", given="w real; eta positive; x real; t real"),
    (
        right("w - eta * diff((w * x - t) ** 2, w)", "w - eta * 2 * (w * x - t) * x", why="on an example of a risk"),
        wrong(2, "w - eta * diff((w * x - t) ** 2, w)", "w + eta * 2 * (w * x - t) * x", says="line 2", why="uphill"),
    ),
)

BY_OUTPUT = Section(
    "Seed B, 4g: the loss by the outputs",
    "`os` is given as positive numbers; only the label's entry counts in the loss.",
    Derivation(gradient=("os", "-log(os[y])"), given="os (m) positive; y label(m)", entry="k", rules=3),
    (
        right("-1 / os[k] * delta(k, y)", "-1 / os * onehot(y)", why="the seed's formula, and its last display"),
        right("-1 / os[y] if k == y else 0", "-1 / os * onehot(y)", why="in cases"),
        wrong(2, "-1 / os[k] * delta(k, y)", "-1 / os - onehot(y)", says="k = ",
              why="**the seed's slip:** its first display subtracts the one-hot where it should multiply"),
    ),
)

SOFTMAX_JACOBIAN = Section(
    "Seed B, 4g: the outputs by the logits",
    "",
    Derivation(start="diff(os[k], o[l])", let=("os[k] = exp(o[k]) / sum(j, exp(o[j]))",), given="o (m)",
               entry="k, l", rules=6),
    (
        right("os[k] - os[k] * os[k] if k == l else -os[k] * os[l]", "diag(os) - os @ os.T",
              why="the seed's matrix with every minus in place"),
        wrong(1, "os[k] - os[k] * os[k] if k == l else os[k] * os[l]", says=("k = ", "l = "),
              why="**the seed's slip:** the entries off the diagonal lack their minus"),
    ),
)

BY_LOGITS = Section(
    "Seed B, 4g: the loss by the logits",
    "",
    Derivation(
        gradient=("o", "-log(os[y])"), let=("os[k] = exp(o[k]) / sum(j, exp(o[j]))",), given="o (m); y label(m)",
        entry="k", last="matrix", rules=4,
    ),
    (
        right("sum(l, (os[l] * delta(l, k) - os[l] * os[k]) * (-1 / os[l] * delta(l, y)))",
              "(os[y] * delta(y, k) - os[y] * os[k]) * (-1 / os[y])", "os[k] - delta(y, k)", "os - onehot(y)",
              why="the Jacobian times the gradient before it"),
        right("os[k] - 1 if k == y else os[k]", "os - onehot(y)", why="the seed's result"),
        wrong(2, "os[k] - delta(y, k)", "onehot(y) - os", says="line 2", why="the sign"),
    ),
)

ENTRY_W2 = Section(
    "Seed B, 4h: one output neuron's entries",
    "",
    Derivation(start="diff(sum(j, W2[k, j] * hs[j]) + b2[k], W2[k, l])", given="W2 (m, h); hs (h); b2 (m)",
               entry="k, l", rules=4),
    (
        right("diff(sum(j, W2[k, j] * hs[j]) + b2[k], W2[k, l])",
              "diff(sum(j, W2[k, j] * hs[j]), W2[k, l]) + diff(b2[k], W2[k, l])", "hs[l]", why="the seed's equation 1"),
        wrong(2, "diff(sum(j, W2[k, j] * hs[j]) + b2[k], W2[k, l])", "W2[k, l]", says="line 2",
              why="derived by the other factor"),
    ),
)

GIVEN = "W2 (m, h); hs (h); b2 (m); do (m)"
OUT = "sum(k, do[k] * (sum(j, W2[k, j] * hs[j]) + b2[k]))"

DW2 = Section(
    "Seed B, 4h and 4i: the gradient by W2",
    "",
    Derivation(gradient=("W2", OUT), given=GIVEN, entry="k, j", last="matrix"),
    (
        right("do[k] * hs[j]", "do @ hs.T", why="the seed's scalar and vector forms"),
        right("do[k] * hs[j]", "outer(do, hs)", why="the same by its name"),
        wrong(2, "do[k] * hs[j]", "hs @ do.T", why="transposed"),
        wrong(2, "do[k] * hs[j]", "do.T @ hs", says="@", why="no outer product"),
    ),
)
DB2 = Section(
    "Seed B, 4h and 4i: the gradient by b2",
    "",
    Derivation(gradient=("b2", OUT), given=GIVEN, entry="k", last="matrix"),
    (right("do[k] * 1", "do[k]", "do", why="the seed's lines"),),
)
DHS = Section(
    "Seed B, 4j and 4k: the gradient by the hidden layer",
    "",
    Derivation(gradient=("hs", OUT), given=GIVEN, entry="j", last="matrix", rules=3),
    (
        right("sum(k, do[k] * diff(sum(l, W2[k, l] * hs[l]) + b2[k], hs[j]))", "sum(k, do[k] * W2[k, j])", "W2.T @ do",
              why="the seed's lines"),
        wrong(2, "sum(k, do[k] * W2[k, j])", "W2 @ do", says="@", why="the transpose forgotten"),
    ),
)
DHA = Section(
    "Seed B, 4l and 4m: through the sine",
    "",
    Derivation(gradient=("ha", "sum(j, dhs[j] * sin(ha[j]))"), given="ha (h); dhs (h)", entry="j", last="matrix"),
    (
        right("dhs[j] * diff(sin(ha[j]), ha[j])", "dhs[j] * cos(ha[j])", "dhs * cos(ha)", why="the seed's lines"),
        wrong(1, "dhs[j] * sin(ha[j])", "dhs * sin(ha)", says="line 1", why="the activation in place of its derivative"),
        wrong(2, "dhs[j] * cos(ha[j])", "dhs @ cos(ha).T", says="line 2", why="an outer product"),
    ),
)

IN = "sum(j, dha[j] * (sum(i, W1[j, i] * x[i]) + b1[j]))"
GIVEN_IN = "W1 (h, d); x (d); b1 (h); dha (h)"

DW1 = Section(
    "Seed B, 4n and 4o: the gradient by W1",
    "The entry is W1[k, j]: k counts hidden neurons, j inputs.",
    Derivation(gradient=("W1", IN), given=GIVEN_IN, entry="k, j", last="matrix"),
    (
        right("dha[k] * x[j]", "dha @ x.T", why="put right, and the seed's vector form"),
        wrong(1, "dha[j] * x[j]", "dha @ x.T", why="**the seed's slip:** the indices k and j exchanged"),
        wrong(1, "dha[j] * x[k]", "x @ dha.T", why="both exchanged"),
        wrong(2, "dha[k] * x[j]", "dha", says="line 2", why="**the seed's slip in 4o:** this is the gradient by b1"),
    ),
)
DB1 = Section(
    "Seed B, 4n and 4o: the gradient by b1",
    "",
    Derivation(gradient=("b1", IN), given=GIVEN_IN, entry="j", last="matrix"),
    (right("dha[j] * 1", "dha", why="what the second line of 4o means"),),
)
DX = Section(
    "Seed B, 4p: the gradient by the input",
    "",
    Derivation(gradient=("x", IN), given=GIVEN_IN, entry="k", rules=3),
    (
        right("sum(j, dha[j] * diff(b1[j] + sum(i, W1[j, i] * x[i]), x[k]))", "sum(j, dha[j] * W1[j, k])", "W1.T @ dha",
              why="the seed's lines, and the vector form"),
        wrong(2, "sum(j, dha[j] * W1[j, k])", "W1 @ dha", says="@", why="the transpose forgotten"),
    ),
)

SECTIONS = [
    HIDDEN, OUTPUT, ONE, LOSS, RISK, PARAMETERS, UPDATE, BY_OUTPUT, SOFTMAX_JACOBIAN, BY_LOGITS, ENTRY_W2, DW2, DB2, DHS,
    DHA, DW1, DB1, DX,
]
