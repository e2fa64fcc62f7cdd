"""The table, chapter four: vectors and matrices; indices, sums, shapes and the delta."""

from __future__ import annotations

from autograder.check import Derivation

from .table import Section, astray, right, unread, unwritten, wrong

# The layout is the table's: a chain on as few lines as it needs.
# fmt: off

SUMS = Section(
    "Sums over an index",
    "`sum(j, ...)` sums over an index; its range is the size of the axis that the index stands on. "
    "`entry` names the free indices, here `i`.",
    Derivation(start="exp(x[i] + c) / sum(j, exp(x[j] + c))", given="x (n); c real", entry="i"),
    (
        right("exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(c) * exp(x[i]) / sum(j, exp(c) * exp(x[j]))",
              "exp(c) * exp(x[i]) / (exp(c) * sum(j, exp(x[j])))", "exp(x[i]) / sum(j, exp(x[j]))",
              why="the law for exp, then the constant leaves the sum, then it cancels"),
        right("exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x[i]) * exp(c) / sum(k, exp(x[k] + c))",
              why="a bound index may have any name"),
        unwritten("exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x[i] + c) / sum(k, exp(x[k] + c))",
                  why="another name for the index is not yet a line of your own"),
        right("exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x[i] + c) / sum(k, exp(c + x[k]))",
              "exp(x[i]) * exp(c) / sum(k, exp(c) * exp(x[k]))", why="and the order of a sum is free"),
        wrong(2, "exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x[i]) + exp(c) / sum(j, exp(x[j]) + exp(c))",
              says="i = ", why="exp of a sum is a product"),
        wrong(3, "exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(c) * exp(x[i]) / sum(j, exp(c) * exp(x[j]))",
              "exp(c) * exp(x[i]) / sum(j, exp(x[j]))", says="line 3", why="the constant left the sum and was lost"),
        wrong(2, "exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x[i] + c) / sum(j, exp(x[i] + c))",
              says="i = ", why="the index of the sum is not the free one"),
        wrong(2, "exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x[i] + c) / (exp(c) + sum(j, exp(x[j])))",
              says="i = ", why="a factor does not leave a sum as a term"),
        right("exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x[i]) * exp(c) / sum(i, exp(x[i] + c))",
              why="inside the sum `i` is the sum's own; on paper another letter is kinder to the reader"),
        unread(2, "exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x[j] + c) / sum(k, exp(x[k] + c))", says="j",
               why="`j` is no free index of this exercise"),
        wrong(2, "exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x[i, j] + c) / sum(k, exp(x[k] + c))", says="x",
               why="x has one axis"),
        wrong(2, "exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x[i] + c) / sum(j, 1)", says="i = ",
              why="a sum of ones is n: j runs below the only size there is"),
        right("exp(x[i] + c) / sum(j, exp(x[j] + c))", "exp(x + c) / sum(exp(x + c))",
              why="in matrix form, without indices, the whole vector at once"),
        right("exp(x[i] + c) / sum(j, exp(x[j] + c))", "softmax(x + c)", why="the definition of softmax"),
        wrong(2, "exp(x[i] + c) / sum(j, exp(x[j] + c))", "sum(exp(x + c)) / exp(x + c)", says="i = ",
              why="upside down"),
    ),
)

PRODUCT = Section(
    "From indices to a matrix product",
    "Two steps of every gradient on paper: first one entry in indices, then the whole array. N, D and H have different "
    "sizes, so a transpose in the wrong place has the wrong shape.",
    Derivation(start="sum(h, dY[i, h] * W[j, h])", given="dY (N, H); W (D, H); X (N, D)", entry="i, j", last="matrix"),
    (
        right("sum(h, dY[i, h] * W[j, h])", "dY @ W.T", why="the model"),
        right("sum(h, W[j, h] * dY[i, h])", "dY @ W.T", why="factors in the other order"),
        right("sum(h, dY[i, h] * W.T[h, j])", "dY @ W.T", why="an entry of a transpose"),
        right("sum(h, dY[i, h] * W[j, h])", "(dY @ W.T)[i, j]", "dY @ W.T", why="an entry of a product"),
        right("sum(h, dY[i, h] * W[j, h])", "(W @ dY.T).T", why="the transpose of a product"),
        right("sum(h, dY[i, h] * W[j, h])", "np.dot(dY, W.T)", why="NumPy's name for it"),
        unread(2, "sum(h, dY[i, h] * W[j, h])", "np.matmul(dY, W.T)", says="@", why="its other name is not read; `@` is"),
        right("sum(h, dY[i, h] * W[j, h])", "np.dot(dY, np.transpose(W))", why="and its name for a transpose"),
        wrong(2, "sum(h, dY[i, h] * W[j, h])", "dY @ W", says="@", why="the inner sizes differ"),
        wrong(2, "sum(h, dY[i, h] * W[j, h])", "W.T @ dY", says="@", why="the inner sizes differ"),
        wrong(2, "sum(h, dY[i, h] * W[j, h])", "W @ dY.T", says="(D, N)", why="the right numbers, transposed"),
        wrong(2, "sum(h, dY[i, h] * W[j, h])", "dY * W", why="the shapes do not fit entry by entry"),
        wrong(2, "sum(h, dY[i, h] * W[j, h])", "dY.T @ X", says="(H, D)", why="a product that exists, of another shape"),
        wrong(2, "sum(h, dY[i, h] * W[j, h])", "2 * dY @ W.T", says="i = ", why="twice too large"),
        wrong(2, "sum(h, dY[i, h] * W[j, h])", "dY @ W.T + X", says="i = ", why="X has the shape and is too much"),
        wrong(1, "sum(h, dY[i, h] * W[h, j])", "dY @ W.T", says="W", why="W is (D, H): h is on its second axis"),
        wrong(1, "sum(h, dY[j, h] * W[i, h])", "W @ dY.T", why="i and j exchanged: the entry of the transpose"),
        astray("sum(h, dY[i, h] * W[j, h])", "sum(h, W[j, h] * dY[i, h])", says="matrix",
               why="true, and still in indices"),
        right("sum(h, dY[i, h] * W[j, h])", "(dY @ W.T)[i, j]", why="the whole product stands in the brackets"),
        astray("sum(h, dY[i, h] * W[j, h])", "(W @ dY.T)[j, i]", says="matrix", why="an entry of the transpose"),
        wrong(2, "sum(h, dY[i, h] * W[j, h])", "2 * dY @ W.T - sum(h, dY[i, h] * W[j, h])", says="mixes",
              why="a table and an entry"),
        unread(2, "sum(h, dY[i, h] * W[j, h])", "dY @ W.t", says=".T", why="a transpose is `.T`"),
        unread(2, "sum(h, dY[i, h] * W[j, h])", "dY @ W'", why="a prime is no transpose"),
        unread(2, "sum(h, dY[i, h] * W[j, h])", "dY W.T", why="a product of matrices needs `@`"),
    ),
)

DELTA = Section(
    "The delta and cases of indices",
    "`delta(i, j)` is 1 where i and j are equal and 0 elsewhere. In a sum it picks one term. "
    "`a if i == j else b` says the same in cases.",
    Derivation(start="sum(k, delta(k, j) * X[i, k])", given="X (N, D); s (D)", entry="i, j"),
    (
        right("sum(k, delta(k, j) * X[i, k])", "X[i, j]", why="the delta picks the term k = j"),
        right("sum(k, delta(j, k) * X[i, k])", "X[i, j]", why="the delta is symmetric"),
        right("sum(k, X[i, k] if k == j else 0)", "X[i, j]", why="the same in cases"),
        right("sum(k, delta(k, j) * X[i, k])", "sum(k, (k == j) * X[i, k])", "X[i, j]",
              why="a comparison of indices counts 1 or 0"),
        right("sum(k, delta(k, j) * X[i, k])", "sum(k, eye(D)[k, j] * X[i, k])", "X[i, j]",
              why="the identity's entries are a delta"),
        right("sum(k, delta(k, j) * X[i, k])", "X @ eye(D)", "X", why="in matrix form"),
        right("sum(k, delta(k, j) * X[i, k])", "where(1 == 1, X[i, j], 0)", why="an odd way to say it"),
        wrong(2, "sum(k, delta(k, j) * X[i, k])", "delta(i, j) * X[i, j]", says="`i`",
              why="the sum used the delta up; and i counts rows, j columns"),
        wrong(2, "sum(k, delta(k, j) * X[i, k])", "sum(k, X[i, k])", says="i = ", why="the delta forgotten"),
        wrong(2, "sum(k, delta(k, j) * X[i, k])", "X[i, i]", why="the delta puts j in place of k, not i"),
        wrong(2, "sum(k, delta(k, j) * X[i, k])", "X.T", says="(D, N)", why="transposed"),
        wrong(2, "sum(k, delta(k, j) * X[i, k])", "X[i, j] if i == j else 0", says="`i`",
              why="X is not square: i and j run differently far"),
        unread(2, "sum(k, delta(k, j) * X[i, k])", "delta(k, j) * X[i, k]", says="k", why="k belongs to the sum"),
        unread(2, "sum(k, delta(k, j) * X[i, k])", "delta(j) * X[i, j]", says="delta", why="a delta compares two"),
    ),
)

VECTORS = Section(
    "Vectors are columns",
    "A vector is a column, as on paper: `s @ s.T` is a matrix, `s.T @ v` a number. `outer` and `dot` say it plainly.",
    Derivation(start="s[i] * sum(j, s[j] * v[j])", given="s (n); v (n)", entry="i"),
    (
        right("s[i] * sum(j, s[j] * v[j])", "s * dot(s, v)", why="a number times a vector"),
        right("s[i] * sum(j, s[j] * v[j])", "s * (s.T @ v)", why="the same on paper"),
        right("s[i] * sum(j, s[j] * v[j])", "s @ (s.T @ v)", why="a column times a 1 by 1 matrix"),
        right("s[i] * sum(j, s[j] * v[j])", "(s @ s.T) @ v", why="the outer product first"),
        right("s[i] * sum(j, s[j] * v[j])", "outer(s, s) @ v", why="the same by its name"),
        right("s[i] * sum(j, s[j] * v[j])", "s * sum(s * v)", why="a sum over all entries"),
        right("s[i] * sum(j, s[j] * v[j])", "diag(s) @ ones(n) * dot(s, v)", why="diag times ones is the vector"),
        wrong(2, "s[i] * sum(j, s[j] * v[j])", "s.T @ s * v", says="i = ", why="the product is grouped otherwise"),
        wrong(2, "s[i] * sum(j, s[j] * v[j])", "s @ s.T * v", why="a matrix times a vector, entry by entry"),
        wrong(2, "s[i] * sum(j, s[j] * v[j])", "s * s * v", says="i = ", why="no sum at all"),
        wrong(2, "s[i] * sum(j, s[j] * v[j])", "dot(s, v)", says="line 2", why="one number is not a vector"),
        wrong(2, "s[i] * sum(j, s[j] * v[j])", "outer(s, v)", says="(n, n)", why="a matrix is not a vector"),
    ),
)

BATCH = Section(
    "Sums of a batch and NumPy's way with rows",
    "Where paper has no reading, NumPy's holds: `X @ W + b` adds b to every row, `ones(N) @ dS` sums the rows, and "
    "`sum(A, axis=0)` does too. A row (1, C) equals the vector (C,).",
    Derivation(start="sum(n, dS[n, c])", given="dS (N, C)", entry="c", last="matrix"),
    (
        right("sum(n, dS[n, c])", "ones(N) @ dS", why="NumPy's way: a vector from the left"),
        right("sum(n, dS[n, c])", "ones(N).T @ dS", why="the seed's way: a row of ones from the left"),
        right("sum(n, dS[n, c])", "sum(dS, axis=0)", why="the sum along the first axis"),
        right("sum(n, dS[n, c])", "dS.sum(axis=0)", why="the same as a method"),
        right("sum(n, dS[n, c])", "np.sum(dS, axis=0)", why="the same with np."),
        right("sum(n, dS[n, c])", "dS.T @ ones(N)", why="the transpose has the sums as a column"),
        right("sum(n, dS[n, c])", "ones(1, N) @ dS", why="a row of ones"),
        right("sum(n, 1 * dS[n, c])", "ones(N) @ dS", why="times one, as in the seed"),
        wrong(2, "sum(n, dS[n, c])", "sum(dS, axis=1)", says="(N,)", why="the other axis"),
        wrong(2, "sum(n, dS[n, c])", "sum(dS)", says="line 2", why="everything summed"),
        wrong(2, "sum(n, dS[n, c])", "dS @ ones(C)", says="(N,)", why="sums the rows' entries, not the rows"),
        wrong(2, "sum(n, dS[n, c])", "dS", says="(N, C)", why="not summed at all"),
        wrong(2, "sum(n, dS[n, c])", "sum(dS, axis=0) / N", says="c = ", why="the mean, not the sum"),
        wrong(2, "sum(n, dS[n, c])", "dS @ ones(N)", says="@", why="the inner sizes differ"),
    ),
)

LINEAR = Section(
    "A form that costs no more than the answer",
    '`last="linear"` asks for an end without an intermediate larger than the answer: O(n), no n by n matrix.',
    Derivation(start="(diag(s) - s @ s.T).T @ dy", given="s (n); dy (n)", entry="i", last="linear"),
    (
        right("(diag(s) - s @ s.T).T @ dy", "(diag(s) - s @ s.T) @ dy", "diag(s) @ dy - s @ s.T @ dy",
              "diag(s) @ dy - s @ (s.T @ dy)", "s * dy - s * dot(s, dy)",
              why="the seed's chain, and its last product without the matrix"),
        right("(diag(s) - s @ s.T) @ dy", "diag(s) @ dy - s @ (s.T @ dy)", "s * dy - s * dot(s, dy)",
              "s * (dy - dot(s, dy))", why="the shortest form"),
        right("(diag(s) - s @ s.T) @ dy", "diag(s) @ dy - s * dot(s, dy)", "s * dy - s * sum(s * dy)",
              "s * (dy - sum(s * dy))",
              why="as one would code it"),
        astray("(diag(s) - s @ s.T) @ dy", "diag(s) @ dy - s @ (s.T @ dy)",
               why="the seed counts diag(s) dy as O(n); as written it builds an n by n matrix"),
        astray("(diag(s) - s @ s.T) @ dy", "s * dy - (s @ s.T) @ dy", why="the outer product is n by n"),
        wrong(2, "(diag(s) - s @ s.T) @ dy", "s * dy - s * s * dy", says="i = ", why="the outer product's diagonal only"),
        wrong(2, "(diag(s) - s @ s.T) @ dy", "(s - dot(s, s)) * dy", says="i = ", why="the number of another product"),
        wrong(2, "(diag(s) - s @ s.T) @ dy", "s * dy + s * dot(s, dy)", says="i = ", why="a sign"),
    ),
)

SECTIONS = [SUMS, PRODUCT, DELTA, VECTORS, BATCH, LINEAR]
