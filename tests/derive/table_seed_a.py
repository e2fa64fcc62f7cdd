"""The table, chapter six: every formula of the first homework (matrix backprop), right ones and its slips."""

from __future__ import annotations

from autograder.check import Derivation

from .table import Section, right, wrong

# The layout is the table's: a chain on as few lines as it needs.
# fmt: off


def weighted(upstream: str, output: str, i: str = "i", j: str = "j") -> str:
    """Return a loss with this upstream gradient by this output."""
    return f"sum({i}, sum({j}, {upstream}[{i}, {j}] * ({output})[{i}, {j}]))"


ONE_ENTRY = Section(
    "Seed A, 1: one entry of Y by one entry of X",
    "Y = XW, so the derivative of Y[m, h] by X[i, j] is W[j, h] in row m = i and 0 in the others.",
    Derivation(start="diff(sum(k, X[m, k] * W[k, h]), X[i, j])", given="X (N, D); W (D, H)", entry="m, h, i, j", rules=3),
    (
        right("diff(sum(k, X[m, k] * W[k, h]), X[i, j])", "sum(k, diff(X[m, k], X[i, j]) * W[k, h])",
              "sum(k, delta(m, i) * delta(k, j) * W[k, h])", "delta(m, i) * W[j, h]", why="with deltas"),
        right("diff(sum(k, X[m, k] * W[k, h]), X[i, j])", "sum(k, delta(m, i) * delta(k, j) * W[k, h])",
              "W[j, h] if i == m else 0", why="in the seed's cases, put right"),
        right("diff((X @ W)[m, h], X[i, j])", "sum(k, diff(X[m, k] * W[k, h], X[i, j]))",
              "delta(m, i) * W[j, h]", why="from the product of matrices"),
        wrong(2, "diff(sum(k, X[m, k] * W[k, h]), X[i, j])", "W[i, j] if i == m else 0",
              why="**the seed's slip:** W_ij in the place of W_jh; the indices do not even fit W's shape"),
        wrong(2, "diff(sum(k, X[m, k] * W[k, h]), X[i, j])", "W[j, h]", says="i = ", why="the case i ≠ m forgotten"),
        wrong(2, "diff(sum(k, X[m, k] * W[k, h]), X[i, j])", "W[j, h] if i != m else 0", says="i = ",
              why="the cases exchanged"),
    ),
)

LINEAR = Section(
    "Seed A, 1: the gradient by X",
    "",
    Derivation(gradient=("X", weighted("dY", "X @ W")), entry="i, j", last="matrix", given="X (N, D); W (D, H); dY (N, H)"),
    (
        right("sum(h, W[j, h] * dY[i, h])", "dY @ W.T", why="the seed's two lines"),
        right("sum(n, sum(h, (W[j, h] if i == n else 0) * dY[n, h]))", "sum(h, W[j, h] * dY[i, h])", "dY @ W.T",
              why="from the cases"),
        wrong(2, "sum(h, W[j, h] * dY[i, h])", "W.T @ dY", why="the factors do not commute"),
    ),
)

SOFTMAX_LOSS = Section(
    "Seed A, 2a: the loss by the logits, summed over the batch",
    "P is the softmax of each row of S.",
    Derivation(
        gradient=("S", "sum(n, -log(P[n, y[n]]))"), let=("P[i, j] = exp(S[i, j]) / sum(k, exp(S[i, k]))",),
        given="S (N, C); y labels(N, C)", entry="i, j", rules=3,
    ),
    (
        right("P[i, j] - 1 if j == y[i] else P[i, j]", "P[i, j] - delta(j, y[i])", why="the seed's cases, and by delta"),
        right("P[i, j] - delta(j, y[i])", "P - onehot(y)", why="in matrix form: a one-hot row for each label"),
        right("exp(S[i, j]) / sum(k, exp(S[i, k])) - delta(j, y[i])", "P[i, j] - delta(j, y[i])", "P - onehot(y)",
              why="with the softmax written out"),
        wrong(1, "P[i, j] - 1", says="i = ", why="the 1 belongs to the label's column alone"),
        wrong(1, "P[i, j] if j == y[i] else P[i, j] - 1", says="i = ", why="the cases exchanged"),
        wrong(1, "(P[i, j] - delta(j, y[i])) / N", says="i = ", why="the mean's gradient, where the loss is a sum"),
    ),
)

SCALAR = Section(
    "Seed A, 2b, c, d, f, g: each gradient with one number",
    "With a batch, a width and a class of one, the gradients are products of two numbers.",
    Derivation(gradient=("w", "dS * (H * w + b)"), given="dS real; H real; w real; b real"),
    (
        right("dS * H", "H * dS", why="2b and 2f: by the weight"),
        wrong(1, "dS * w", "w * dS", says="line 1", why="that is 2d, the gradient by the input"),
        wrong(1, "dS", "dS * 1", says="line 1", why="that is 2c and 2g, the gradient by the bias"),
    ),
)

DW2 = Section(
    "Seed A, 2b: the gradient by W2",
    "S = H W2 + b2.",
    Derivation(gradient=("W2", weighted("dS", "H @ W2 + b2", "n", "c")), entry="j, c", last="matrix",
               given="H (N, K); W2 (K, C); b2 (C); dS (N, C)"),
    (
        right("sum(n, H[n, j] * dS[n, c])", "H.T @ dS", why="the seed's answer"),
        right("sum(n, dS[n, c] * H[n, j])", "(dS.T @ H).T", why="an equal form"),
        wrong(2, "sum(n, H[n, j] * dS[n, c])", "dS.T @ H", why="transposed"),
        wrong(2, "sum(n, H[n, j] * dS[n, c])", "H @ dS", says="@", why="the inner sizes differ"),
        wrong(1, "sum(n, H[n, j] * dS[n, c]) / N", "H.T @ dS / N", says="line 1", why="the mean, where the loss is a sum"),
    ),
)

DB2 = Section(
    "Seed A, 2c: the gradient by b2",
    "",
    Derivation(gradient=("b2", weighted("dS", "H @ W2 + b2", "n", "c")), entry="c", last="matrix",
               given="H (N, K); W2 (K, C); b2 (C); dS (N, C)"),
    (
        right("sum(n, dS[n, c])", "ones(N).T @ dS", why="the seed's answer: a row of ones"),
        right("sum(n, dS[n, c] * 1)", "sum(dS, axis=0)", why="NumPy's form"),
        wrong(1, "dS[c, c]", "dS", why="the batch not summed"),
        wrong(2, "sum(n, dS[n, c])", "ones(N) @ dS.T", says="@", why="the inner sizes differ"),
    ),
)

DH = Section(
    "Seed A, 2d: the gradient by H",
    "",
    Derivation(gradient=("H", weighted("dS", "H @ W2 + b2", "n", "c")), entry="i, j", last="matrix",
               given="H (N, K); W2 (K, C); b2 (C); dS (N, C)"),
    (
        right("sum(c, dS[i, c] * W2[j, c])", "dS @ W2.T", why="the seed's answer"),
        wrong(2, "sum(c, dS[i, c] * W2[j, c])", "dS @ W2", says="@", why="the transpose forgotten"),
        wrong(2, "sum(c, dS[i, c] * W2[j, c])", "W2 @ dS.T", why="the whole transposed"),
    ),
)

DZ = Section(
    "Seed A, 2e: through ReLU",
    "H = relu(Z), entry by entry. Z is never 0 at the points tried, so that either value at 0 is right.",
    Derivation(gradient=("Z", weighted("dH", "relu(Z)")), entry="i, j", given="Z (N, K); dH (N, K)"),
    (
        right("dH[i, j] if Z[i, j] > 0 else 0", "dH * (Z > 0)", why="the seed's cases, and as one codes it"),
        right("dH[i, j] * diff(relu(Z[i, j]), Z[i, j])", "dH[i, j] * (Z[i, j] > 0)", "where(Z > 0, dH, 0)",
              why="from the chain rule"),
        right("dH[i, j] if Z[i, j] >= 0 else 0", "dH * (Z >= 0)", why="with 1 at 0, as in seed B"),
        wrong(1, "dH[i, j] if Z[i, j] < 0 else 0", "dH * (Z < 0)", says="i = ", why="the wrong side"),
        wrong(1, "dH[i, j] * relu(Z[i, j])", "dH * relu(Z)", says="i = ", why="ReLU in place of its derivative"),
        wrong(2, "dH[i, j] if Z[i, j] > 0 else 0", "dH @ (Z > 0).T", why="a matrix product where entries are multiplied"),
    ),
)

DZ_SLIP = Section(
    "Seed A, 2e: its slip",
    "The seed says that z is N x 1. Then its own formula with two indices does not fit, and one column's would do.",
    Derivation(gradient=("z", "sum(i, dH[i] * relu(z[i]))"), entry="i", given="z (N); dH (N)"),
    (
        right("dH[i] if z[i] > 0 else 0", "dH * (z > 0)", why="what would be right for a single column"),
        wrong(2, "dH[i] if z[i] > 0 else 0", "dH[i, i] if z[i, i] > 0 else 0",
              says="(N,)", why="**the seed's slip:** two indices into what it calls a column"),
    ),
)

DW1 = Section(
    "Seed A, 2f: the gradient by W1",
    "Z = X W1 + b1.",
    Derivation(gradient=("W1", weighted("dZ", "X @ W1 + b1", "n", "h")), entry="i, j", last="matrix",
               given="X (N, D); W1 (D, K); b1 (K); dZ (N, K)"),
    (
        right("sum(n, X[n, i] * dZ[n, j])", "X.T @ dZ", why="the seed's answer"),
        wrong(2, "sum(n, X[n, i] * dZ[n, j])", "dZ @ X.T", says="@", why="the factors do not commute"),
        wrong(2, "sum(n, X[n, i] * dZ[n, j])", "dZ.T @ X", why="transposed"),
    ),
)

DB1 = Section(
    "Seed A, 2g: the gradient by b1",
    "",
    Derivation(gradient=("b1", weighted("dZ", "X @ W1 + b1", "n", "h")), entry="j", last="matrix",
               given="X (N, D); W1 (D, K); b1 (K); dZ (N, K)"),
    (
        right("sum(n, dZ[n, j])", "ones(N).T @ dZ", why="the seed's answer"),
        wrong(2, "sum(n, dZ[n, j])", "dZ @ ones(K)", why="the other axis"),
    ),
)

SECTIONS = [ONE_ENTRY, LINEAR, SOFTMAX_LOSS, SCALAR, DW2, DB2, DH, DZ, DZ_SLIP, DW1, DB1]
