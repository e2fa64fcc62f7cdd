"""Answers to the exercises of lesson 03, and what each one earns. Marks are foreseen from the lesson's text.

Every answer is graded for real by the tests, with the reference in all other cells. The lists stand in the order
of the lesson: part A first, then part B.
"""

from autograder.lesson.answers import (
    right,
    unusable,
    unusable_chain,
    unusable_value,
    wrong,
)
from autograder.lesson.samples import Known

NET = [
    right(
        "n_parameters",
        "array by array",
        """
def n_parameters(d, d_h, m):
    return sum([d_h * d, d_h, m * d_h, m])
""",
    ),
    right(
        "n_parameters",
        "by making the arrays",
        """
def n_parameters(d, d_h, m):
    return sum(np.zeros(shape).size for shape in [(d_h, d), (d_h,), (m, d_h), (m,)])
""",
    ),
    wrong(
        "n_parameters",
        "weights alone",
        Known("the biases are left out"),
        says="expected 20, got 14",
    ),
    wrong(
        "n_parameters",
        "no b2",
        Known("the output's biases are left out"),
        says="so has each class",
    ),
    wrong("n_parameters", "no b1", Known("the hidden layer's biases are left out")),
    wrong(
        "n_parameters",
        "shapes turned round",
        Known("as many biases as inputs"),
        says="one bias for each unit",
    ),
    wrong("n_parameters", "data counted", Known("the input counted too")),
    *unusable("n_parameters", arguments="d, d_h, m"),
    right(
        "mlp_forward",
        "by loops over plain lists",
        """
import math


def mlp_forward(x, params):
    def layer(W, b, v):
        return [sum(w * t for w, t in zip(row, v)) + c for row, c in zip(W, b)]

    h_a = layer(params["W1"], params["b1"], x)
    h_s = [math.sin(t) for t in h_a]
    o_a = layer(params["W2"], params["b2"], h_s)
    total = sum(math.exp(t) for t in o_a)
    o_s = [math.exp(t) / total for t in o_a]
    return {"o_s": np.array(o_s), "o_a": np.array(o_a), "h_s": np.array(h_s), "h_a": np.array(h_a)}
""",
    ),
    right(
        "mlp_forward",
        "by einsum",
        """
def mlp_forward(x, params):
    h_a = np.einsum("ji,i->j", params["W1"], x) + params["b1"]
    h_s = np.sin(h_a)
    o_a = np.einsum("kj,j->k", params["W2"], h_s) + params["b2"]
    return dict(h_a=h_a, h_s=h_s, o_a=o_a, o_s=softmax(o_a))
""",
    ),
    wrong(
        "mlp_forward",
        "no b1",
        Known("the hidden layer's bias left out"),
        marks={"h_s": 1, "o_a": 1, "o_s": 1},
        says="At x = 0 your h_a is 0",
    ),
    wrong(
        "mlp_forward",
        "no b2",
        Known("the output layer's bias left out"),
        marks={"h_a": 1, "h_s": 1, "o_s": 1},
    ),
    wrong(
        "mlp_forward",
        "W2 reads h_a",
        Known("the pre-activation fed to the output layer"),
        marks={"h_a": 1, "h_s": 1, "o_s": 1},
        says="two layers are no more than one",
    ),
    wrong(
        "mlp_forward",
        "no bend",
        Known("the sine left out"),
        marks={"h_a": 1, "o_a": 1, "o_s": 1},
    ),
    wrong(
        "mlp_forward",
        "tanh",
        Known("tanh for the sine"),
        marks={"h_a": 1, "o_a": 1, "o_s": 1},
    ),
    wrong(
        "mlp_forward",
        "cosine",
        Known("cosine for sine"),
        marks={"h_a": 1, "o_a": 1, "o_s": 1},
    ),
    wrong(
        "mlp_forward",
        "no denominator",
        Known("exponentials that are not divided by their sum"),
        marks={"h_a": 1, "h_s": 1, "o_a": 1},
    ),
    wrong(
        "mlp_forward",
        "a sigmoid each",
        Known("a sigmoid for each class instead of a softmax"),
        marks={"h_a": 1, "h_s": 1, "o_a": 1},
        says="what is their sum",
    ),
    wrong(
        "mlp_forward",
        "the probabilities alone",
        """
def mlp_forward(x, params):
    return softmax(params["W2"] @ np.sin(params["W1"] @ x + params["b1"]) + params["b2"])
""",
        says="expected a dict",
    ),
    wrong(
        "mlp_forward",
        "columns",
        """
def mlp_forward(x, params):
    h_a = params["W1"] @ x[:, None] + params["b1"][:, None]
    h_s = np.sin(h_a)
    o_a = params["W2"] @ h_s + params["b2"][:, None]
    return {"h_a": h_a, "h_s": h_s, "o_a": o_a, "o_s": softmax(o_a.T).T}
""",
        says="(2, 1)",
    ),
    *unusable(
        "mlp_forward",
        arguments="x, params",
        nan="dict.fromkeys(['h_a', 'h_s', 'o_a', 'o_s'], np.full(2, np.nan))",
        shape="dict.fromkeys(['h_a', 'h_s', 'o_a', 'o_s'], np.zeros((2, 3)))",
    ),
    right(
        "empirical_risk",
        "all rows at once",
        """
def empirical_risk(X, y, params):
    H = np.sin(X @ params["W1"].T + params["b1"])
    P = softmax(H @ params["W2"].T + params["b2"])
    return -np.log(P[np.arange(len(y)), y]).mean()
""",
    ),
    right(
        "empirical_risk",
        "by the logarithm of the sum",
        """
def empirical_risk(X, y, params):
    total = 0.0
    for i in range(len(X)):
        o_a = mlp_forward(X[i], params)["o_a"]
        total += np.log(np.sum(np.exp(o_a))) - o_a[y[i]]
    return total / len(X)
""",
    ),
    wrong(
        "empirical_risk",
        "a sum",
        Known("the sum for the mean"),
        says="counted twice",
    ),
    wrong(
        "empirical_risk",
        "negative",
        Known("the minus is missing"),
        says="which sign has a loss",
    ),
    wrong(
        "empirical_risk",
        "log of the mean",
        Known("the logarithm of the mean probability"),
        says="In which order",
    ),
    wrong(
        "empirical_risk",
        "base 10",
        Known("the logarithm to base 10"),
        says="undoes e^x",
    ),
    wrong(
        "empirical_risk",
        "every class",
        Known("all classes counted, not the right one alone"),
    ),
    wrong(
        "empirical_risk",
        "every class, summed",
        Known("all classes summed, not the right one alone"),
    ),
    wrong(
        "empirical_risk",
        "the winner's",
        Known("the predicted class's probability, not the right one's"),
    ),
    wrong("empirical_risk", "no logarithm", Known("the mean of 1 - probability")),
    wrong(
        "empirical_risk",
        "one loss for each example",
        """
def empirical_risk(X, y, params):
    return np.array([-np.log(mlp_forward(x, params)["o_s"][k]) for x, k in zip(X, y)])
""",
        says="(2,)",
        mistake="",
    ),
    wrong(
        "empirical_risk",
        "one example alone fails",
        """
def empirical_risk(X, y, params):
    losses = [-np.log(mlp_forward(x, params)["o_s"][k]) for x, k in zip(X.squeeze(), y)]
    return np.mean(losses)
""",
        marks={"values": 2},
        says="batches: ",
        mistake="",
    ),
    *unusable("empirical_risk", arguments="X, y, params", nan="np.nan"),
    right(
        "grad_output",
        "less a one-hot",
        "def grad_output(o_s, y):\n    return o_s - np.eye(len(o_s))[y]",
    ),
    right(
        "grad_output",
        "entry by entry",
        "def grad_output(o_s, y):\n    return np.array([p - 1.0 if k == y else p for k, p in enumerate(o_s)])",
    ),
    right(
        "grad_output",
        "through the Jacobian of softmax",
        """
def grad_output(o_s, y):
    d_os = np.zeros(len(o_s))
    d_os[y] = -1.0 / o_s[y]
    return (np.diag(o_s) - np.outer(o_s, o_s)) @ d_os
""",
    ),
    wrong(
        "grad_output",
        "in place",
        "def grad_output(o_s, y):\n    o_s[y] -= 1.0\n    return o_s",
        marks={"values": 2},
        says="arguments: ",
        mistake="",
    ),
    wrong(
        "grad_output",
        "sign",
        Known("onehot - o_s, the sign turned round"),
        marks={"arguments": 1},
        says="makes the loss larger",
    ),
    wrong(
        "grad_output",
        "all less 1",
        Known("1 taken from every entry"),
        marks={"arguments": 1},
    ),
    wrong(
        "grad_output",
        "less y",
        Known("the label subtracted from every entry"),
        marks={"arguments": 1},
    ),
    wrong(
        "grad_output",
        "a step too early",
        Known("the slope with respect to the probabilities"),
        marks={"arguments": 1},
        says="through the softmax",
    ),
    wrong(
        "grad_output",
        "one entry",
        Known("the right class's entry alone"),
        marks={"arguments": 1},
    ),
    wrong(
        "grad_output",
        "no one-hot",
        Known("the probabilities themselves"),
        marks={"arguments": 1},
    ),
    wrong(
        "grad_output",
        "softmax's slopes",
        Known("the slopes of one softmax output, without the loss"),
        marks={"arguments": 1},
    ),
    *unusable(
        "grad_output",
        arguments="o_s, y",
    ),
]

STARTS = {
    "W2": "sum(l, d_oa[l] * diff(o_a[l], W2[k, j]))",
    "b2": "sum(l, d_oa[l] * diff(o_a[l], b2[k]))",
    "h_s": "sum(k, d_oa[k] * diff(o_a[k], h_s[j]))",
    "h_a": "sum(l, d_hs[l] * diff(h_s[l], h_a[j]))",
    "W1": "sum(l, d_ha[l] * diff(h_a[l], W1[j, i]))",
    "b1": "sum(l, d_ha[l] * diff(h_a[l], b1[j]))",
    "x": "sum(j, d_ha[j] * diff(h_a[j], x[i]))",
}
HOMEWORK = {  # the two lines that seed B has for each, where it is right
    "W2": ["d_oa[k] * h_s[j]", "d_oa @ h_s.T", "(m, d_h)"],
    "b2": ["d_oa[k]", "d_oa", "(m,)"],
    "h_s": ["sum(k, d_oa[k] * W2[k, j])", "W2.T @ d_oa", "(d_h,)"],
    "h_a": ["d_hs[j] * cos(h_a[j])", "d_hs * cos(h_a)", "(d_h,)"],
    "W1": ["d_ha[j] * x[i]", "d_ha @ x.T", "(d_h, d)"],
    "b1": ["d_ha[j]", "d_ha", "(d_h,)"],
    "x": ["sum(j, d_ha[j] * W1[j, i])", "W1.T @ d_ha", "(d,)"],
}
ONE_EACH = dict.fromkeys(
    ["W2", "biases", "h_s", "h_a", "W1", "x", "shapes", "steps"], 1
)


def columns(**other: list[str]) -> str:
    """Return the answer whose chains are the homework's, but for those that are given."""
    chains = {
        name: [STARTS[name], *lines]
        for name, lines in {**HOMEWORK, **other}.items()
    }
    return f"derive_column_grads = {chains!r}"


PAPER = [
    right("derive_column_grads", "the homework's lines", columns()),
    right(
        "derive_column_grads",
        "other forms of the same, and tuples",
        columns(
            W2=[
                "sum(l, d_oa[l] * delta(k, l)) * h_s[j]",
                "h_s[j] * d_oa[k]",
                "outer(d_oa, h_s)",
                "m, d_h",
            ],
            h_s=["sum(l, W2[l, j] * d_oa[l])", "d_oa @ W2", "(d_h)"],
            h_a=["cos(h_a[j]) * d_hs[j]", "diag(cos(h_a)) @ d_hs", "( d_h , )"],
            x=["sum(j, W1[j, i] * d_ha[j])", "(d_ha.T @ W1).T", "(d,)"],
        )
        + "\nderive_column_grads = {k: tuple(v) for k, v in derive_column_grads.items()}",
    ),
    wrong(
        "derive_column_grads",
        "the slip of B4n: the indices exchanged",
        columns(W1=["d_ha[i] * x[j]", "outer(d_ha, x)", "(d_h, d)"]),
        marks={**ONE_EACH, "W1": 0},
        says="`i` runs over an axis of size d_h",
    ),
    wrong(
        "derive_column_grads",
        "the slip of B4o: the bias's gradient for the weights'",
        columns(W1=["d_ha[j] * x[i]", "d_ha", "(d_h, d)"]),
        marks={**ONE_EACH, "W1": 0},
        says="(d_h, d)",
    ),
    wrong(
        "derive_column_grads",
        "an outer product turned round",
        columns(W2=["d_oa[k] * h_s[j]", "outer(h_s, d_oa)", "(m, d_h)"]),
        marks={**ONE_EACH, "W2": 0},
        says="(d_h, m)",
    ),
    wrong(
        "derive_column_grads",
        "not transposed",
        columns(h_s=["sum(k, d_oa[k] * W2[k, j])", "W2 @ d_oa", "(d_h,)"]),
        marks={**ONE_EACH, "h_s": 0},
        says="inner sizes differ",
    ),
    wrong(
        "derive_column_grads",
        "the slope at the activation",
        columns(
            h_a=["d_hs[j] * cos(sin(h_a[j]))", "d_hs * cos(sin(h_a))", "(d_h,)"]
        ),
        marks={**ONE_EACH, "h_a": 0},
        says="h_a = ",
    ),
    wrong(
        "derive_column_grads",
        "the sum lost",
        columns(x=["d_ha[j] * W1[j, i]", "W1.T @ d_ha", "(d,)"]),
        marks={**ONE_EACH, "x": 0},
    ),
    right(
        "derive_column_grads",
        "shapes as columns, as on paper",
        columns(
            b2=["d_oa[k]", "d_oa", "(m, 1)"],
            x=["sum(j, d_ha[j] * W1[j, i])", "W1.T @ d_ha", "d x 1"],
        ),
    ),
    *(
        wrong(
            "derive_column_grads",
            f"the shape as {shape}",
            columns(b2=["d_oa[k]", "d_oa", shape]),
            marks={**ONE_EACH, "shapes": 0},
            says=f"b2: {shape} is not its shape",
        )
        for shape in ["(1, m)", "(n,)", "(4, 2)", "(d_h x d)", "b2.shape"]
    ),
    wrong(
        "derive_column_grads",
        "no shape",
        columns(b1=["d_ha[j]", "d_ha"]),
        marks={**ONE_EACH, "shapes": 0},
        says="b1: the last line should be the shape",
    ),
    wrong(
        "derive_column_grads",
        "no scalar form",
        columns(W2=["outer(d_oa, h_s)", "(m, d_h)"]),
        marks={**ONE_EACH, "steps": 0},
        says="W2: no line is in scalar form",
    ),
    wrong(
        "derive_column_grads",
        "no vector form",
        columns(x=["sum(j, d_ha[j] * W1[j, i])", "(d,)"]),
        marks={**ONE_EACH, "x": 0},
        says="matrix form",
    ),
    wrong(
        "derive_column_grads",
        "one chain alone",
        f"derive_column_grads = {{'W2': {[STARTS['W2'], *HOMEWORK['W2']]!r}}}",
        marks={"W2": 1},
        says="there is no b2",
    ),
    wrong(
        "derive_column_grads",
        "one list of all lines",
        f"derive_column_grads = {[STARTS['W2'], *HOMEWORK['W2']]!r}",
        says="expected a dict",
    ),
    *unusable_chain("derive_column_grads", keys=list(STARTS)),
]

SLIPS = [
    right(
        "find_the_slip_indices",
        "four, by a computation",
        "find_the_slip_indices = 2 + 2",
    ),
    wrong(
        "find_the_slip_indices",
        "the last line",
        "find_the_slip_indices = 5",
        says="line 5 is not the one",
    ),
    wrong(
        "find_the_slip_indices",
        "the first line",
        "find_the_slip_indices = 1",
        says="the definition of the layer",
    ),
    wrong(
        "find_the_slip_indices",
        "no such line",
        "find_the_slip_indices = 6",
        says="from 1 to 5",
    ),
    wrong(
        "find_the_slip_indices",
        "a tuple, by a comma behind the number",
        "find_the_slip_indices = 4,",
        says="without a comma",
    ),
    wrong(
        "find_the_slip_indices",
        "a list of one",
        "find_the_slip_indices = [4]",
        says="expected a single number",
    ),
    *unusable_value("find_the_slip_indices"),
    right(
        "find_the_slip_bias", "two, by a computation", "find_the_slip_bias = 4 - 2"
    ),
    wrong(
        "find_the_slip_bias",
        "the line that is meant",
        "find_the_slip_bias = 1",
        says="Which shape is that",
    ),
    wrong(
        "find_the_slip_bias",
        "the bias's dimension",
        "find_the_slip_bias = 6",
        says="there are d_h biases",
    ),
    wrong(
        "find_the_slip_bias",
        "no such line",
        "find_the_slip_bias = 0",
        says="from 1 to 6",
    ),
    wrong(
        "find_the_slip_bias",
        "a tuple, by a comma behind the number",
        "find_the_slip_bias = 2,",
        says="without a comma",
    ),
    wrong(
        "find_the_slip_bias",
        "a list of one",
        "find_the_slip_bias = [2]",
        says="expected a single number",
    ),
    *unusable_value("find_the_slip_bias"),
]

BACK = [
    right(
        "grad_output_layer",
        "by broadcasting",
        "def grad_output_layer(d_oa, h_s):\n    return d_oa[:, None] * h_s[None, :], d_oa",
    ),
    right(
        "grad_output_layer",
        "by loops over plain lists",
        """
def grad_output_layer(d_oa, h_s):
    dW2 = [[above * read for read in h_s] for above in d_oa]
    return np.array(dW2), np.array(list(d_oa))
""",
    ),
    wrong(
        "grad_output_layer",
        "transposed",
        Known("the outer product with its factors exchanged"),
        marks={"db2": 1},
        says="(4, 2)",
    ),
    wrong(
        "grad_output_layer",
        "one number",
        Known("all of d_oa summed into one number"),
        marks={"dW2": 2},
    ),
    wrong(
        "grad_output_layer",
        "h_s for db2",
        Known("the hidden activation for the gradient of the bias"),
        marks={"dW2": 2},
    ),
    wrong(
        "grad_output_layer",
        "bent twice",
        Known("the sine taken once more"),
        marks={"db2": 1},
    ),
    wrong(
        "grad_output_layer",
        "a slope too many",
        Known("the slope of the sine in the gradient of W2"),
        marks={"db2": 1},
    ),
    wrong(
        "grad_output_layer",
        "no loss",
        Known("every row of dW2 is h_s"),
        says="Where does the loss come in",
    ),
    wrong("grad_output_layer", "exchanged", Known("the two results exchanged")),
    wrong(
        "grad_output_layer",
        "one result",
        "def grad_output_layer(d_oa, h_s):\n    return np.outer(d_oa, h_s)",
        says="expected 2 results",
    ),
    wrong(
        "grad_output_layer",
        "a column",
        "def grad_output_layer(d_oa, h_s):\n    return np.outer(d_oa, h_s), d_oa[:, None]",
        marks={"dW2": 2},
        says="(4, 1)",
    ),
    *unusable(
        "grad_output_layer",
        arguments="d_oa, h_s",
        nan="np.full((len(d_oa), len(h_s)), np.nan), np.full(len(d_oa), np.nan)",
        shape="np.zeros((2, 3, 5)), np.zeros((2, 3, 5))",
    ),
    right(
        "grad_hidden",
        "row times matrix",
        "def grad_hidden(d_oa, W2):\n    return d_oa @ W2",
    ),
    right(
        "grad_hidden",
        "by loops",
        """
def grad_hidden(d_oa, W2):
    d_hs = np.zeros(W2.shape[1])
    for k in range(W2.shape[0]):
        for j in range(W2.shape[1]):
            d_hs[j] += d_oa[k] * W2[k, j]
    return d_hs
""",
    ),
    wrong(
        "grad_hidden",
        "not transposed",
        "def grad_hidden(d_oa, W2):\n    return W2 @ d_oa",
        says="must be of one length",
    ),
    wrong(
        "grad_hidden",
        "weights summed",
        Known("the weights summed, without the gradient from above"),
        marks={"shapes": 0},
    ),
    wrong("grad_hidden", "not summed", Known("the products without the sum")),
    wrong(
        "grad_hidden", "along the row", Known("the sum taken along the wrong axis")
    ),
    wrong(
        "grad_hidden",
        "a mean",
        Known("the mean over the classes for the sum"),
        says="does not average",
    ),
    wrong("grad_hidden", "a minus", Known("the sign turned round")),
    wrong(
        "grad_hidden",
        "a column",
        "def grad_hidden(d_oa, W2):\n    return W2.T @ d_oa[:, None]",
        marks={"values": 2},
        says="(2, 1)",
    ),
    *unusable(
        "grad_hidden", arguments="d_oa, W2", nan="np.full(W2.shape[1], np.nan)"
    ),
    right(
        "grad_preactivation",
        "by a shifted sine",
        "def grad_preactivation(d_hs, h_a):\n    return np.sin(h_a + np.pi / 2) * d_hs",
    ),
    right(
        "grad_preactivation",
        "through the diagonal Jacobian",
        "def grad_preactivation(d_hs, h_a):\n    return np.diag(np.cos(h_a)) @ d_hs",
    ),
    right(
        "grad_preactivation",
        "by a loop",
        """
import math


def grad_preactivation(d_hs, h_a):
    return np.array([g * math.cos(a) for g, a in zip(d_hs, h_a)])
""",
    ),
    wrong(
        "grad_preactivation",
        "passed on",
        Known("the slope of the bend left out"),
        says="as if it were not there",
    ),
    wrong(
        "grad_preactivation",
        "wrong point",
        Known("the slope taken at the activation"),
        says="At which point",
    ),
    wrong("grad_preactivation", "sine", Known("the sine for its slope")),
    wrong("grad_preactivation", "minus", Known("a minus too many")),
    wrong(
        "grad_preactivation",
        "no sign",
        Known("the slope without its sign"),
        says="150 degrees",
    ),
    wrong("grad_preactivation", "tanh's", Known("the slope of tanh")),
    wrong(
        "grad_preactivation",
        "slope alone",
        Known("the slope alone, without the gradient from above"),
    ),
    wrong("grad_preactivation", "one number", Known("all units summed")),
    wrong(
        "grad_preactivation",
        "in place",
        "def grad_preactivation(d_hs, h_a):\n    d_hs *= np.cos(h_a)\n    return d_hs",
        marks={"values": 2},
        says="shapes: ",
        mistake="",
    ),
    *unusable("grad_preactivation", arguments="d_hs, h_a"),
    right(
        "grad_input_layer",
        "by einsum",
        "def grad_input_layer(d_ha, x):\n    return np.einsum('j,i->ji', d_ha, x), 1.0 * d_ha",
    ),
    right(
        "grad_input_layer",
        "a column times a row",
        "def grad_input_layer(d_ha, x):\n    return d_ha.reshape(-1, 1) @ x.reshape(1, -1), d_ha",
    ),
    wrong(
        "grad_input_layer",
        "transposed",
        Known("the outer product with its factors exchanged"),
        marks={"db1": 1},
        says="a row for each input",
    ),
    wrong(
        "grad_input_layer",
        "one number",
        Known("all of d_ha summed into one number"),
        marks={"dW1": 2},
    ),
    wrong(
        "grad_input_layer",
        "weights' for the bias",
        Known("the gradient of the weights taken for that of the bias"),
        marks={"dW1": 2},
    ),
    wrong(
        "grad_input_layer",
        "the slip",
        Known("the slip of A.6: the gradient of the weights is that of the bias"),
        marks={"db1": 1},
        says="Compare the shape",
    ),
    wrong(
        "grad_input_layer",
        "x for db1",
        Known("the input for the gradient of the bias"),
        marks={"dW1": 2},
    ),
    wrong(
        "grad_input_layer",
        "bent twice",
        Known("the slope of the sine taken once more"),
    ),
    wrong(
        "grad_input_layer",
        "exchanged",
        "def grad_input_layer(d_ha, x):\n    return d_ha, np.outer(d_ha, x)",
    ),
    *unusable(
        "grad_input_layer",
        arguments="d_ha, x",
        nan="np.full((len(d_ha), len(x)), np.nan), np.full(len(d_ha), np.nan)",
        shape="np.zeros((2, 3, 5)), np.zeros((2, 3, 5))",
    ),
    right(
        "grad_input",
        "row times matrix",
        "def grad_input(d_ha, W1):\n    return d_ha @ W1",
    ),
    right(
        "grad_input",
        "a sum over the rows",
        "def grad_input(d_ha, W1):\n    return sum(g * row for g, row in zip(d_ha, W1))",
    ),
    wrong(
        "grad_input",
        "not transposed",
        "def grad_input(d_ha, W1):\n    return W1 @ d_ha",
        says="must be of one length",
    ),
    wrong(
        "grad_input",
        "weights summed",
        Known("the weights summed, without the gradient from above"),
    ),
    wrong("grad_input", "not summed", Known("the products without the sum")),
    wrong(
        "grad_input", "along the row", Known("the sum taken along the wrong axis")
    ),
    wrong(
        "grad_input", "bent twice", Known("the slope of the sine taken once more")
    ),
    *unusable(
        "grad_input", arguments="d_ha, W1", nan="np.full(W1.shape[1], np.nan)"
    ),
]

PARTS = {"W1": 1, "b1": 1, "W2": 1, "b2": 1, "x": 1}
LAST = {"W2": 1, "b2": 1}
WHOLE = [
    right(
        "mlp_backward",
        "in one go, without the pieces",
        """
def mlp_backward(x, y, params):
    h_a = params["W1"] @ x + params["b1"]
    e = np.exp(params["W2"] @ np.sin(h_a) + params["b2"])
    b2 = e / e.sum()
    b2[y] -= 1
    b1 = np.cos(h_a) * (b2 @ params["W2"])
    return {
        "x": b1 @ params["W1"],
        "W2": b2[:, None] * np.sin(h_a),
        "b2": b2,
        "W1": b1[:, None] * x,
        "b1": b1,
    }
""",
    ),
    right(
        "mlp_backward",
        "one-hot, einsum and lists",
        """
def mlp_backward(x, y, params):
    seen = mlp_forward(x, params)
    b2 = [p - (k == y) for k, p in enumerate(seen["o_s"])]
    b1 = np.einsum("k,kj,j->j", b2, params["W2"], np.cos(seen["h_a"]))
    W1, W2 = np.einsum("j,i->ji", b1, x), np.einsum("k,j->kj", b2, seen["h_s"])
    return {"W1": W1, "b1": b1, "W2": W2, "b2": np.array(b2), "x": np.einsum("j,ji->i", b1, params["W1"])}
""",
    ),
    wrong(
        "mlp_backward",
        "h_a in dW2",
        Known("the pre-activation in the gradient of W2"),
        marks={**PARTS, "W2": 0},
        says="hand to grad_output_layer",
    ),
    wrong(
        "mlp_backward",
        "no slope",
        Known("the slope of the bend left out"),
        marks=LAST,
    ),
    wrong(
        "mlp_backward",
        "slope at h_s",
        Known("the slope of the bend taken at the activation"),
        marks=LAST,
        says="what comes out",
    ),
    wrong(
        "mlp_backward",
        "no label",
        Known("the probabilities for the gradient at the logits"),
    ),
    wrong(
        "mlp_backward",
        "no softmax",
        Known("the slope by the probabilities, without the softmax"),
    ),
    wrong("mlp_backward", "uphill", Known("all signs turned round")),
    wrong(
        "mlp_backward",
        "b1 a step early",
        """
def mlp_backward(x, y, params):
    seen = mlp_forward(x, params)
    b2 = grad_output(seen["o_s"], y)
    d_hs = grad_hidden(b2, params["W2"])
    d_ha = grad_preactivation(d_hs, seen["h_a"])
    W1, W2 = np.outer(d_ha, x), np.outer(b2, seen["h_s"])
    return {"W1": W1, "b1": d_hs, "W2": W2, "b2": b2, "x": grad_input(d_ha, params["W1"])}
""",
        marks={**PARTS, "b1": 0},
        mistake="the slope of the bend left out",
    ),
    wrong(
        "mlp_backward",
        "x forgotten",
        """
def mlp_backward(x, y, params):
    seen = mlp_forward(x, params)
    b2 = grad_output(seen["o_s"], y)
    b1 = grad_preactivation(grad_hidden(b2, params["W2"]), seen["h_a"])
    return {"W1": np.outer(b1, x), "b1": b1, "W2": np.outer(b2, seen["h_s"]), "b2": b2}
""",
        marks={**PARTS, "x": 0},
        says="the key 'x' is missing",
    ),
    wrong(
        "mlp_backward",
        "W1 transposed",
        """
def mlp_backward(x, y, params):
    seen = mlp_forward(x, params)
    b2 = grad_output(seen["o_s"], y)
    b1 = grad_preactivation(grad_hidden(b2, params["W2"]), seen["h_a"])
    W2 = np.outer(b2, seen["h_s"])
    return {"W1": np.outer(x, b1), "b1": b1, "W2": W2, "b2": b2, "x": grad_input(b1, params["W1"])}
""",
        marks={**PARTS, "W1": 0},
        says="(3, 2)",
    ),
    *unusable(
        "mlp_backward",
        arguments="x, y, params",
        nan="{key: np.full(np.shape(params.get(key, x)), np.nan) for key in ['W1', 'b1', 'W2', 'b2', 'x']}",
        shape="dict.fromkeys(['W1', 'b1', 'W2', 'b2', 'x'], np.zeros((2, 3, 5)))",
    ),
    right(
        "sgd_step",
        "by a loop and copies",
        """
def sgd_step(params, grads, lr):
    new = {}
    for key in params:
        new[key] = params[key].copy()
        new[key] -= lr * grads[key]
    return new
""",
    ),
    right(
        "sgd_step",
        "by an interpolation",
        "def sgd_step(params, grads, lr):\n"
        "    return dict((k, (1 - lr) * v + lr * (v - grads[k])) for k, v in params.items())",
    ),
    wrong(
        "sgd_step",
        "uphill",
        Known("a step uphill"),
        marks={"arguments": 1},
        says="Which way",
    ),
    wrong(
        "sgd_step",
        "no rate",
        Known("the learning rate left out"),
        marks={"arguments": 1},
    ),
    wrong(
        "sgd_step",
        "the step alone",
        Known("the step alone, not the place it leads to"),
        marks={"arguments": 1},
    ),
    wrong(
        "sgd_step",
        "this net's names",
        Known("the four names of this net written out"),
        says="go through the keys",
    ),
    wrong(
        "sgd_step",
        "the keys of grads",
        Known("the keys of grads, not those of params"),
        marks={"values": 2, "arguments": 1},
        says="what there is to train",
    ),
    wrong(
        "sgd_step",
        "divided",
        Known("the gradients divided by the learning rate"),
        marks={"arguments": 1},
    ),
    wrong(
        "sgd_step",
        "in place",
        """
def sgd_step(params, grads, lr):
    for key in params:
        params[key] -= lr * grads[key]
    return params
""",
        marks={"values": 2, "keys": 1},
        says="arguments: ",
    ),
    wrong(
        "sgd_step",
        "a shallow copy",
        """
def sgd_step(params, grads, lr):
    new = dict(params)
    for key in new:
        new[key] -= lr * grads[key]
    return new
""",
        marks={"values": 2, "keys": 1},
        says="arguments: ",
    ),
    *unusable(
        "sgd_step",
        arguments="params, grads, lr",
        nan="{key: np.full(np.shape(params[key]), np.nan) for key in params}",
        shape="dict.fromkeys(params, np.zeros((2, 3, 5, 7)))",
    ),
]

# Part B
LINEAR_FORWARD = [
    right(
        "linear_forward",
        "einsum",
        "def linear_forward(X, W, b):\n    return np.einsum('ij,jh->ih', X, W) + b",
    ),
    right(
        "linear_forward",
        "loops and plain lists",
        """
def linear_forward(X, W, b):
    rows = []
    for x in X.tolist():
        rows.append([sum(x[j] * W[j, h] for j in range(len(x))) + b[h] for h in range(len(b))])
    return np.array(rows)
""",
    ),
    right(
        "linear_forward",
        "a column of ones",
        """
def linear_forward(X, W, b):
    return np.hstack([X, np.ones((len(X), 1))]) @ np.vstack([W, b])
""",
    ),
    wrong(
        "linear_forward",
        "no bias",
        Known("no bias"),
        says="Set every entry of X to zero",
        marks={},
    ),
    wrong(
        "linear_forward",
        "on its side",
        Known("examples in columns"),
        says="lies on its side",
    ),
    wrong(
        "linear_forward",
        "one bias for all",
        Known("the bias summed to one number"),
        says="Each unit has its own bias",
    ),
    wrong("linear_forward", "bias subtracted", Known("the bias subtracted")),
    wrong(
        "linear_forward",
        "changes X",
        "def linear_forward(X, W, b):\n    X *= 1.0\n    X += 0.0\n    X[0] += 0.0\n    Y = X @ W + b\n    X[:] = 0\n    return Y",
        marks={"values": 2},
        says="changed its argument",
    ),
    wrong(
        "linear_forward",
        "breaks for a batch of one",
        "def linear_forward(X, W, b):\n    return np.squeeze(X @ W + b)",
        marks={"values": 2},
        says="(1, 2)",
    ),
    *unusable(
        "linear_forward",
        arguments="X, W, b",
        nan="np.full((len(X), len(b)), np.nan)",
    ),
]

TWO_LAYER_FORWARD = [
    right(
        "two_layer_forward",
        "a dict for a cache, einsum",
        """
def two_layer_forward(X, params):
    Z = np.einsum("ij,jh->ih", X, params["W1"]) + params["b1"]
    H = Z * (Z > 0)
    return np.einsum("ih,hc->ic", H, params["W2"]) + params["b2"], {"Z": Z, "H": H}
""",
    ),
    right(
        "two_layer_forward",
        "row by row, nothing kept",
        """
def two_layer_forward(X, params):
    scores = []
    for x in X:
        hidden = [max(0.0, z) for z in params["W1"].T @ x + params["b1"]]
        scores.append(params["W2"].T @ np.array(hidden) + params["b2"])
    return np.array(scores), None
""",
    ),
    wrong(
        "two_layer_forward",
        "a bend too many",
        """
def two_layer_forward(X, params):
    relu = lambda t: np.maximum(t, 0)
    H = relu(X @ params["W1"] + params["b1"])
    S = relu(H @ params["W2"] + params["b2"])
    return S, (X, H)
""",
        says="None of your scores is negative",
        mistake="ReLU on the scores too",
    ),
    wrong(
        "two_layer_forward",
        "no bend",
        """
def two_layer_forward(X, params):
    Z = X @ params["W1"] + params["b1"]
    return Z @ params["W2"] + params["b2"], (Z,)
""",
        says="one linear layer",
        mistake="no bend between the layers",
    ),
    wrong(
        "two_layer_forward",
        "softmax",
        """
def two_layer_forward(X, params):
    S = np.maximum(X @ params["W1"] + params["b1"], 0) @ params["W2"] + params["b2"]
    e = np.exp(S)
    return e / e.sum(1)[:, None], (X, S)
""",
        says="sums to 1",
        mistake="probabilities for scores",
    ),
    wrong(
        "two_layer_forward",
        "only the scores",
        """
def two_layer_forward(X, params):
    return np.maximum(X @ params["W1"] + params["b1"], 0) @ params["W2"] + params["b2"]
""",
    ),
    wrong(
        "two_layer_forward",
        "changes params",
        """
def two_layer_forward(X, params):
    Z = X @ params["W1"] + params["b1"]
    H = np.maximum(Z, 0)
    S = H @ params["W2"] + params["b2"]
    params["b1"] += 1.0
    return S, (Z, H)
""",
        marks={"values": 2},
        says="b1",
    ),
    *unusable(
        "two_layer_forward",
        arguments="X, params",
        nan="np.full((len(X), len(params['b2'])), np.nan), None",
        shape="np.zeros((2, 3, 5)), None",
    ),
]

LOSS = [
    right(
        "softmax_cross_entropy",
        "a one-hot matrix",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    onehot = np.eye(S.shape[1])[y]
    T = S - np.max(S, axis=1, keepdims=True)
    log_Z = np.log(np.sum(np.exp(T), axis=1, keepdims=True))
    losses = -np.sum(onehot * (T - log_Z), axis=1)
    dS = np.exp(T - log_Z) - onehot
    if reduction == "sum":
        return losses.sum(), dS
    return losses.mean(), dS / S.shape[0]
""",
    ),
    right(
        "softmax_cross_entropy",
        "row by row, with logaddexp",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    loss, rows = 0.0, []
    for s, label in zip(S, y):
        log_Z = np.logaddexp.reduce(s)
        loss += log_Z - s[label]
        rows.append([np.exp(t - log_Z) - (j == label) for j, t in enumerate(s)])
    scale = 1 / len(y) if reduction == "mean" else 1.0
    return float(loss * scale), np.array(rows) * scale
""",
    ),
    wrong(
        "softmax_cross_entropy",
        "the gradient of the sum",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = S.shape[0]
    S = S - S.max(axis=1, keepdims=True)
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    loss = -np.log(P[range(N), y]).sum()
    P[range(N), y] -= 1
    return (loss / N if reduction == "mean" else loss), P
""",
        marks={
            "loss": 1,
            "sum": 1,
            "shapes": 1,
        },  # of one example, or one class, the mean is the sum
        says=(
            "Move one score by a little",
            "ln P without P",
        ),  # two slips, two names
    ),
    wrong(
        "softmax_cross_entropy",
        "half divided",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = S.shape[0] if reduction == "mean" else 1
    S = S - S.max(axis=1, keepdims=True)
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    loss = -np.log(P[range(len(y)), y]).sum() / N
    P = P / N
    P[range(len(y)), y] -= 1
    return loss, P
""",
        marks={"loss": 1, "sum": 1},
        says=("escapes it", "ln P without P"),  # two slips, two names
    ),
    wrong(
        "softmax_cross_entropy",
        "log 10",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = S.shape[0] if reduction == "mean" else 1
    S = S - S.max(axis=1, keepdims=True)
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    loss = -np.log10(P[range(len(y)), y]).sum() / N
    P[range(len(y)), y] -= 1
    return loss, P / N
""",
        marks={"dS": 1, "shapes": 1},
        says="Which logarithm",
        mistake="the logarithm to base 10",
    ),
    wrong(
        "softmax_cross_entropy",
        "log Z forgotten",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = S.shape[0] if reduction == "mean" else 1
    T = S - S.max(axis=1, keepdims=True)
    P = np.exp(T) / np.exp(T).sum(axis=1, keepdims=True)
    loss = -S[range(len(y)), y].sum() / N
    P[range(len(y)), y] -= 1
    return loss, P / N
""",
        marks={"dS": 1, "shapes": 1},
        says="only half of the loss",
        mistake="the scores without log of the sum of exponentials",
    ),
    wrong(
        "softmax_cross_entropy",
        "ten classes",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = S.shape[0] if reduction == "mean" else 1
    T = S - S.max(axis=1, keepdims=True)
    log_P = T - np.log(np.exp(T).sum(axis=1, keepdims=True))
    onehot = np.zeros((len(y), 10))
    onehot[range(len(y)), y] = 1
    return -np.sum(onehot * log_P) / N, (np.exp(log_P) - onehot) / N
""",
        says="as many classes as S has columns",
        mistake="ten classes, whatever the scores",
    ),
    wrong(
        "softmax_cross_entropy",
        "the wrong axis",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = S.shape[0] if reduction == "mean" else 1
    T = S - S.max(axis=0)
    P = np.exp(T) / np.exp(T).sum(axis=0)
    loss = -np.log(P[range(len(y)), y]).sum() / N
    P[range(len(y)), y] -= 1
    return loss, P / N
""",
        says="Each row is one example",
        mistake="the softmax down the columns",
    ),
    wrong(
        "softmax_cross_entropy",
        "no maximum",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = S.shape[0] if reduction == "mean" else 1
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    loss = -np.log(P[range(len(y)), y]).sum() / N
    P[range(len(y)), y] -= 1
    return loss, P / N
""",
        marks={"loss": 1, "dS": 1, "sum": 1, "shapes": 1},
        says="nan",
    ),
    wrong(
        "softmax_cross_entropy",
        "one maximum",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = S.shape[0] if reduction == "mean" else 1
    e = np.exp(S - np.max(S))
    P = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(P[range(len(y)), y]).sum() / N
    P[range(len(y)), y] -= 1
    return loss, P / N
""",
        marks={"loss": 1, "dS": 1, "sum": 1, "shapes": 1},
        says="It saves the largest row",
        mistake="one maximum for the whole batch",
    ),
    wrong(
        "softmax_cross_entropy",
        "the logarithm of the softmax",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = len(y) if reduction == "mean" else 1
    P = softmax(S)
    loss = -np.log(P[np.arange(len(y)), y]).sum() / N
    P[np.arange(len(y)), y] -= 1
    return loss, P / N
""",
        marks={"loss": 1, "dS": 1, "sum": 1, "shapes": 1},
        says="Can you compute ln P without P",
        mistake="the logarithm of the probabilities",
    ),
    wrong(
        "softmax_cross_entropy",
        "as many classes as the largest label says",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = len(y) if reduction == "mean" else 1
    log_P = S - np.logaddexp.reduce(S, axis=1)[:, None]
    onehot = np.eye(y.max() + 1)[y]
    return -(onehot * log_P).sum() / N, (np.exp(log_P) - onehot) / N
""",
        says="The largest label of a batch",
        mistake="the classes counted by the labels",
    ),
    wrong(
        "softmax_cross_entropy",
        "whole columns",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = len(y) if reduction == "mean" else 1
    log_P = S - np.logaddexp.reduce(S, axis=1)[:, None]
    dS = np.exp(log_P)
    dS[:, y] -= 1
    return -log_P[:, y].sum() / N, dS / N
""",
        marks={"shapes": 1},  # in a batch of one, or of one class, it is right
        says="which rows must stand before the comma",
        mistake="whole columns for one entry in each row",
    ),
    wrong(
        "softmax_cross_entropy",
        "one denominator",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = len(y) if reduction == "mean" else 1
    P = np.exp(S - S.max()) / np.exp(S - S.max()).sum()
    loss = -np.log(P[np.arange(len(y)), y]).sum() / N
    P[np.arange(len(y)), y] -= 1
    return loss, P / N
""",
        says="Each row should",
        mistake="one denominator for the whole batch",
    ),
    wrong(
        "softmax_cross_entropy",
        "keepdims forgotten",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = len(y) if reduction == "mean" else 1
    T = S - S.max(axis=1)
    log_P = T - np.log(np.exp(T).sum(axis=1))
    dS = np.exp(log_P)
    dS[np.arange(len(y)), y] -= 1
    return -log_P[np.arange(len(y)), y].sum() / N, dS / N
""",
        says="broadcast",
    ),
    wrong(
        "softmax_cross_entropy",
        "reduction never read",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    log_P = S - np.logaddexp.reduce(S, axis=1)[:, None]
    loss = -log_P[range(len(y)), y].mean()
    P = np.exp(log_P)
    P[range(len(y)), y] -= 1
    return loss, P / len(y)
""",
        marks={"loss": 1, "dS": 1, "stability": 1, "shapes": 1},
        says="The caller may say 'sum'",
        mistake="the mean where the sum is asked for",
    ),
    wrong(
        "softmax_cross_entropy",
        "shifts the scores in place",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = S.shape[0] if reduction == "mean" else 1
    S -= np.logaddexp.reduce(S, axis=1)[:, None]
    loss = -S[range(len(y)), y].sum() / N
    P = np.exp(S)
    P[range(len(y)), y] -= 1
    return loss, P / N
""",
        marks={"loss": 1, "dS": 1, "sum": 1, "stability": 1},
        says="changed its argument",
    ),
    *unusable(
        "softmax_cross_entropy",
        arguments="S, y, reduction='mean'",
        nan="np.nan, np.full(S.shape, np.nan)",
        shape="0.0, np.zeros((2, 3, 5))",
    ),
]

LINEAR_BACKWARD = [
    right(
        "linear_backward",
        "outer products added up",
        """
def linear_backward(dY, X, W):
    dW = sum(np.outer(x, dy) for x, dy in zip(X, dY))
    return np.array([W @ dy for dy in dY]), dW, sum(dY)
""",
    ),
    right(
        "linear_backward",
        "einsum and a row of ones",
        """
def linear_backward(dY, X, W):
    dX = np.einsum("ih,jh->ij", dY, W)
    dW = np.einsum("ij,ih->jh", X, dY)
    return dX, dW, np.ones(len(dY)) @ dY
""",
    ),
    wrong(
        "linear_backward",
        "bias averaged",
        Known("the bias averaged over the batch"),
        marks={"dX": 1, "dW": 1},
        says="to the bias as to the weights",
    ),
    wrong(
        "linear_backward",
        "all averaged",
        "def linear_backward(dY, X, W):\n    N = len(X)\n    return dY @ W.T, X.T @ dY / N, dY.sum(axis=0) / N",
        marks={"dX": 1},
        says=[
            "the bias averaged over the batch",
            "the weights averaged over the batch",
        ],
    ),
    wrong(
        "linear_backward",
        "wrong axis",
        Known("the sum along the wrong axis"),
        marks={"dX": 1, "dW": 1},
        says="one number for each example",
    ),
    wrong(
        "linear_backward",
        "one number",
        Known("one number for the whole bias"),
        marks={"dX": 1, "dW": 1},
        says="Which axis may be summed away",
    ),
    wrong(
        "linear_backward",
        "operands exchanged",
        Known("the operands exchanged"),
        marks={"dX": 1, "db": 1},
        says="Yours is its transpose",
    ),
    wrong(
        "linear_backward",
        "a row for a bias",
        "def linear_backward(dY, X, W):\n    return dY @ W.T, X.T @ dY, dY.sum(axis=0, keepdims=True)",
        marks={"dX": 1, "dW": 1, "db": 1},
        says="An axis of length 1 is an axis too",
    ),
    wrong(
        "linear_backward",
        "another order",
        """
def linear_backward(dY, X, W):
    return X.T @ dY, dY @ W.T, dY.sum(axis=0)
""",
        marks={"db": 1},
    ),
    wrong(
        "linear_backward",
        "weights not transposed",
        """
def linear_backward(dY, X, W):
    dX = dY @ W
    return dX, X.T @ dY, dY.sum(axis=0)
""",
    ),
    *unusable(
        "linear_backward",
        arguments="dY, X, W",
        nan="np.full(X.shape, np.nan), np.full(W.shape, np.nan), np.full(W.shape[1], np.nan)",
        shape="np.zeros((2, 3, 5)), np.zeros(7), np.zeros((2, 2))",
    ),
]

RELU_BACKWARD = [
    right(
        "relu_backward",
        "where, and all of dH at the corner",
        "def relu_backward(dH, Z):\n    return np.where(Z >= 0, dH, 0.0)",
    ),
    right(
        "relu_backward",
        "half of it at the corner",
        "def relu_backward(dH, Z):\n    return dH * np.heaviside(Z, 0.5)",
    ),
    right(
        "relu_backward",
        "loops and plain lists",
        """
def relu_backward(dH, Z):
    return np.array([[d if z > 0 else 0.0 for d, z in zip(*rows)] for rows in zip(dH.tolist(), Z.tolist())])
""",
    ),
    wrong(
        "relu_backward",
        "mask from dH",
        "def relu_backward(dH, Z):\n    dZ = dH.copy()\n    dZ[dH <= 0] = 0\n    return dZ",
        says="Whose sign decided",
        mistake="the mask taken from the upstream gradient",
    ),
    wrong(
        "relu_backward",
        "only the mask",
        Known("the mask without the upstream gradient"),
        marks={"corner": 0},
        says="The chain rule multiplies",
    ),
    wrong(
        "relu_backward",
        "all passes",
        Known("the bend ignored"),
        says="Everything passes",
    ),
    wrong(
        "relu_backward",
        "Z passes",
        Known("the pre-activations for the upstream gradient"),
    ),
    wrong(
        "relu_backward",
        "changes dH",
        "def relu_backward(dH, Z):\n    dH[Z <= 0] = 0\n    return dH",
        marks={"values": 2, "corner": 1},
        says="changed its argument",
    ),
    wrong(
        "relu_backward",
        "nan at the corner",
        "def relu_backward(dH, Z):\n    return dH * np.maximum(Z, 0) / Z",
        marks={"values": 2, "shapes": 1},
        says="subgradient",
    ),
    *unusable("relu_backward", arguments="dH, Z"),
]

BACKWARD = [
    right(
        "two_layer_backward",
        "all in one, example by example",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    grads = {name: np.zeros(value.shape) for name, value in params.items()}
    loss = 0.0
    for x, label in zip(X, y):
        z = params["W1"].T @ x + params["b1"]
        h = np.maximum(z, 0)
        s = params["W2"].T @ h + params["b2"]
        p = np.exp(s - s.max())
        p = p / p.sum()
        loss -= np.log(p[label])
        p[label] -= 1
        dz = (params["W2"] @ p) * (z > 0)
        grads["W2"] += np.outer(h, p)
        grads["b2"] += p
        grads["W1"] += np.outer(x, dz)
        grads["b1"] += dz
    n = len(y) if reduction == "mean" else 1
    return loss / n, {name: grad / n for name, grad in grads.items()}
""",
    ),
    right(
        "two_layer_backward",
        "einsum, the mask from H",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    H = np.maximum(linear_forward(X, params["W1"], params["b1"]), 0)
    loss, dS = softmax_cross_entropy(linear_forward(H, params["W2"], params["b2"]), y, reduction=reduction)
    dZ = np.einsum("ic,hc->ih", dS, params["W2"]) * (H > 0)
    return loss, {"b2": dS.sum(0), "W2": H.T @ dS, "b1": dZ.sum(0), "W1": np.einsum("ij,ih->jh", X, dZ)}
""",
    ),
    wrong(
        "two_layer_backward",
        "the gradients alone",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(S, y, reduction)
    dH, dW2, db2 = linear_backward(dS, H, params["W2"])
    dX, dW1, db1 = linear_backward(relu_backward(dH, Z), X, params["W1"])
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
        says=("expected 2 results, got a dict", "with commas between them"),
    ),
    wrong(
        "two_layer_backward",
        "dW2 from Z",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(S, y, reduction)
    dH, dW2, db2 = linear_backward(dS, Z, params["W2"])
    dX, dW1, db1 = linear_backward(relu_backward(dH, Z), X, params["W1"])
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
        marks={"loss": 1, "b2": 1, "W1": 1, "b1": 1},
        says="What does W2 multiply",
        mistake="dW2 from the pre-activations",
    ),
    wrong(
        "two_layer_backward",
        "no bend on the way back",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(S, y, reduction)
    dH, dW2, db2 = linear_backward(dS, H, params["W2"])
    dX, dW1, db1 = linear_backward(dH, X, params["W1"])
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
        marks={"loss": 1, "W2": 1, "b2": 1},
        says="something is missing",
        mistake="the bend left out on the way back",
    ),
    wrong(
        "two_layer_backward",
        "dW2 from Z, by hand",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(S, y, reduction)
    dZ = (dS @ params["W2"].T) * (Z > 0)
    return loss, {"W1": X.T @ dZ, "b1": dZ.sum(0), "W2": Z.T @ dS, "b2": dS.sum(0)}
""",
        marks={"loss": 1, "b2": 1, "W1": 1, "b1": 1},
        mistake="dW2 from the pre-activations",
    ),
    wrong(
        "two_layer_backward",
        "the first layer divided by N again",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(S, y, reduction)
    dH, dW2, db2 = linear_backward(dS, H, params["W2"])
    dX, dW1, db1 = linear_backward(relu_backward(dH, Z), X, params["W1"])
    return loss, {"W1": dW1 / len(X), "b1": db1 / len(X), "W2": dW2, "b2": db2}
""",
        marks={"loss": 1, "W2": 1, "b2": 1},
        says="carries the 1/N of the mean already",
        mistake="the gradients divided by N twice",
    ),
    wrong(
        "two_layer_backward",
        "takes the step itself, in place",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(S, y, reduction)
    dH, dW2, db2 = linear_backward(dS, H, params["W2"])
    dX, dW1, db1 = linear_backward(relu_backward(dH, Z), X, params["W1"])
    params["b2"] -= 0.1 * db2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
        marks={"loss": 1, "W2": 1, "b2": 1, "W1": 1, "b1": 1, "sum": 1},
        says="b2",
    ),
    wrong(
        "two_layer_backward",
        "always the mean",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(S, y)
    dH, dW2, db2 = linear_backward(dS, H, params["W2"])
    dX, dW1, db1 = linear_backward(relu_backward(dH, Z), X, params["W1"])
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
        marks={"loss": 1, "W2": 1, "b2": 1, "W1": 1, "b1": 1, "shapes": 1},
        says="hand `reduction` on",
        mistake="the mean where the sum is asked for",
    ),
    wrong(
        "two_layer_backward",
        "averaged twice",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(S, y, reduction)
    dS = dS / len(y)
    dH, dW2, db2 = linear_backward(dS, H, params["W2"])
    dX, dW1, db1 = linear_backward(relu_backward(dH, Z), X, params["W1"])
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
        marks={"loss": 1},
        says="carries the 1/N",
        mistake="the gradients divided by N twice",
    ),
    wrong(
        "two_layer_backward",
        "a bend after the scores",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(np.maximum(S, 0), y, reduction)
    dH, dW2, db2 = linear_backward(dS, H, params["W2"])
    dX, dW1, db1 = linear_backward(relu_backward(dH, Z), X, params["W1"])
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
        says="a bend after the last layer",
        mistake="ReLU on the scores too",
    ),
    wrong(
        "two_layer_backward",
        "one gradient forgotten",
        """
def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(S, y, reduction)
    dH, dW2, db2 = linear_backward(dS, H, params["W2"])
    dX, dW1, db1 = linear_backward(relu_backward(dH, Z), X, params["W1"])
    return loss, {"W1": dW1, "W2": dW2, "b2": db2}
""",
        marks={"loss": 1, "W2": 1, "b2": 1, "W1": 1},
        says="b1",
    ),
    *unusable(
        "two_layer_backward",
        arguments="X, y, params, reduction='mean'",
        nan="np.nan, {name: np.full(p.shape, np.nan) for name, p in params.items()}",
        shape="0.0, {name: np.zeros((9, 9, 9)) for name in params}",
    ),
]

NUMERICAL = [
    right(
        "numerical_gradient",
        "a flat view, moved and moved back",
        """
def numerical_gradient(f, x, h=1e-5):
    flat = x.reshape(-1)
    slopes = []
    for k in range(flat.size):
        flat[k] += h
        above = f(x)
        flat[k] -= 2 * h
        below = f(x)
        flat[k] += h
        slopes.append((above - below) / (2 * h))
    return np.array(slopes).reshape(x.shape)
""",
    ),
    right(
        "numerical_gradient",
        "on copies",
        """
def numerical_gradient(f, x, h=1e-5):
    gradient = np.empty_like(x)
    for k, _ in np.ndenumerate(x):
        up, down = x.copy(), x.copy()
        up[k] += h
        down[k] -= h
        gradient[k] = (f(up) - f(down)) / (2 * h)
    return gradient
""",
    ),
    wrong(
        "numerical_gradient",
        "all entries at once",
        Known("every entry moved at once"),
        marks={"step": 0, "restored": 1},
        says="the sum of all the slopes",
    ),
    wrong(
        "numerical_gradient",
        "x left shifted",
        Known("x left shifted"),
        says="When do you put it back",
    ),
    wrong(
        "numerical_gradient",
        "one-sided",
        Known("the one-sided difference"),
        marks={"restored": 1},
        says="to one side only",
    ),
    wrong(
        "numerical_gradient",
        "half the way",
        """
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for k in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[k] += h
        down[k] -= h
        gradient[k] = (f(up) - f(down)) / h
    return gradient
""",
        marks={"restored": 1},
        says="how far is that",
        mistake="divided by h, not by 2h",
    ),
    wrong(
        "numerical_gradient",
        "an h of its own",
        """
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for k in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[k] += 1e-5
        down[k] -= 1e-5
        gradient[k] = (f(up) - f(down)) / 2e-5
    return gradient
""",
        marks={"values": 2, "restored": 1},
        says="the h that is asked for",
    ),
    *unusable(
        "numerical_gradient",
        arguments="f, x, h=1e-5",
        nan="np.full(x.shape, np.nan)",
    ),
]

TRAIN = [
    right(
        "train_digits",
        "all images at once, with momentum",
        """
def train_digits(X, y, seed):
    rng = np.random.default_rng(seed)
    params = {
        "W1": rng.normal(0, 0.2, (X.shape[1], 40)), "b1": np.zeros(40),
        "W2": rng.normal(0, 0.2, (40, 10)), "b2": np.zeros(10),
    }
    speed = {name: np.zeros(value.shape) for name, value in params.items()}
    for _ in range(250):
        _, grads = two_layer_backward(X, y, params)
        for name in params:
            speed[name] = 0.9 * speed[name] - 0.2 * grads[name]
            params[name] = params[name] + speed[name]
    return params
""",
    ),
    right(
        "train_digits",
        "by hand, on the sum, shifted inputs folded into the bias",
        """
def train_digits(X, y, seed):
    rng = np.random.default_rng(seed)
    mean = X.mean(axis=0)
    A = X - mean
    W1, b1 = rng.uniform(-0.25, 0.25, (X.shape[1], 32)), np.zeros(32)
    W2, b2 = rng.uniform(-0.25, 0.25, (32, 10)), np.zeros(10)
    for _ in range(40):
        for rows in np.array_split(rng.permutation(len(X)), len(X) // 20):
            Z = A[rows] @ W1 + b1
            H = np.maximum(Z, 0)
            S = H @ W2 + b2
            P = np.exp(S - S.max(axis=1, keepdims=True))
            P /= P.sum(axis=1, keepdims=True)
            P[np.arange(len(rows)), y[rows]] -= 1
            dZ = (P @ W2.T) * (Z > 0)
            W2, b2 = W2 - 0.008 * H.T @ P, b2 - 0.008 * P.sum(axis=0)
            W1, b1 = W1 - 0.008 * A[rows].T @ dZ, b1 - 0.008 * dZ.sum(axis=0)
    return {"W1": W1, "b1": b1 - mean @ W1, "W2": W2, "b2": b2}
""",
    ),
    wrong(
        "train_digits",
        "stops too early",
        """
def train_digits(X, y, seed):
    rng = np.random.default_rng(seed)
    params = {
        "W1": rng.normal(0, 0.2, (X.shape[1], 32)), "b1": np.zeros(32),
        "W2": rng.normal(0, 0.2, (32, 10)), "b2": np.zeros(10),
    }
    for _ in range(75):
        _, grads = two_layer_backward(X, y, params)
        params = {name: params[name] - 0.3 * grads[name] for name in params}
    return params
""",
        marks={"params": 1, "learns": 1},
        says=[
            "of 500 images that were kept for grading are told right, 95% are asked for",
            "It learns",
        ],
    ),
    wrong(
        "train_digits",
        "never trains",
        """
def train_digits(X, y, seed):
    rng = np.random.default_rng(seed)
    return {
        "W1": rng.normal(0, 0.2, (X.shape[1], 32)), "b1": np.zeros(32),
        "W2": rng.normal(0, 0.2, (32, 10)), "b2": np.zeros(10),
    }
""",
        marks={"params": 1},
        says="about what guessing gives",
    ),
    wrong(
        "train_digits",
        "goes uphill",
        """
def train_digits(X, y, seed):
    rng = np.random.default_rng(seed)
    params = {
        "W1": rng.normal(0, 0.2, (X.shape[1], 32)), "b1": np.zeros(32),
        "W2": rng.normal(0, 0.2, (32, 10)), "b2": np.zeros(10),
    }
    for _ in range(20):
        _, grads = two_layer_backward(X, y, params)
        params = {name: params[name] + 0.1 * grads[name] for name in params}
    return params
""",
        marks={"params": 1},
    ),
    wrong(
        "train_digits",
        "on other data than it is given",
        """
def train_digits(X, y, seed):
    X, y = digit_X, digit_y
    rng = np.random.default_rng(seed)
    params = {
        "W1": rng.normal(0, 0.2, (X.shape[1], 40)), "b1": np.zeros(40),
        "W2": rng.normal(0, 0.2, (40, 10)), "b2": np.zeros(10),
    }
    for _ in range(60):
        for rows in np.array_split(rng.permutation(len(X)), 40):
            _, grads = two_layer_backward(X[rows], y[rows], params)
            params = {name: params[name] - 0.15 * grads[name] for name in params}
    return params
""",
        marks={"params": 1},
        says="calls them by the old ones",
    ),
    wrong(
        "train_digits",
        "a seed of its own",
        """
def train_digits(X, y, seed):
    rng = np.random.default_rng()
    params = {
        "W1": rng.normal(0, np.sqrt(2 / 64), (64, 48)), "b1": np.zeros(48),
        "W2": rng.normal(0, 0.2, (48, 10)), "b2": np.zeros(10),
    }
    for _ in range(60):
        for rows in np.array_split(rng.permutation(len(X)), 40):
            _, grads = two_layer_backward(X[rows], y[rows], params)
            params = {name: params[name] - 0.15 * grads[name] for name in params}
    return params
""",
        marks={"learns": 1, "accuracy": 2},
        says="the same seed gives the same params",
    ),
    wrong(
        "train_digits",
        "diverges to nan",
        """
def train_digits(X, y, seed):
    rng = np.random.default_rng(seed)
    params = {
        "W1": rng.normal(0, 0.2, (X.shape[1], 32)), "b1": np.zeros(32),
        "W2": rng.normal(0, 0.2, (32, 10)), "b2": np.zeros(10),
    }
    for _ in range(30):
        _, grads = two_layer_backward(X, y, params, "sum")
        params = {name: params[name] * 1e30 - 1e200 * grads[name] for name in params}
    return params
""",
    ),
    wrong(
        "train_digits",
        "part A's shapes",
        """
def train_digits(X, y, seed):
    rng = np.random.default_rng(seed)
    return {
        "W1": rng.normal(0, 0.2, (32, X.shape[1])), "b1": np.zeros(32),
        "W2": rng.normal(0, 0.2, (10, 32)), "b2": np.zeros(10),
    }
""",
        says="(64, 32)",
    ),
    wrong(
        "train_digits",
        "takes too long",
        """
def train_digits(X, y, seed):
    import time
    while True:
        time.sleep(0.1)
""",
        says="had not returned after",
        status="partial",
    ),
    *unusable(
        "train_digits",
        arguments="X, y, seed",
        nan="{'W1': np.full((64, 9), np.nan), 'b1': np.zeros(9), 'W2': np.zeros((9, 10)), 'b2': np.zeros(10)}",
        says={"wrong type": "expected a dict", "wrong shape": "expected a dict"},
    ),
]

BATCH_SLIPS = [
    right("find_the_slip_linear", "a float", "find_the_slip_linear = 3.0"),
    *(
        wrong(
            "find_the_slip_linear",
            f"line {line}",
            f"find_the_slip_linear = {line}",
            says="is not the one",
        )
        for line in (1, 2, 4)
    ),
    wrong(
        "find_the_slip_linear",
        "no line",
        "find_the_slip_linear = 7",
        says="the lines are numbered",
    ),
    wrong(
        "find_the_slip_linear",
        "a tuple, by a comma behind the number",
        "find_the_slip_linear = 3,",
        says="without a comma",
    ),
    wrong(
        "find_the_slip_linear",
        "a list of one",
        "find_the_slip_linear = [3]",
        says="expected a single number",
    ),
    *unusable_value("find_the_slip_linear"),
    right("find_the_slip_relu", "a float", "find_the_slip_relu = 3.0"),
    *(
        wrong(
            "find_the_slip_relu",
            f"line {line}",
            f"find_the_slip_relu = {line}",
            says="is not the one",
        )
        for line in (1, 2, 4, 5)
    ),
    wrong(
        "find_the_slip_relu",
        "no line",
        "find_the_slip_relu = 6",
        says="the lines are numbered",
    ),
    wrong(
        "find_the_slip_relu",
        "a tuple, by a comma behind the number",
        "find_the_slip_relu = 3,",
        says="without a comma",
    ),
    wrong(
        "find_the_slip_relu",
        "a list of one",
        "find_the_slip_relu = [3]",
        says="expected a single number",
    ),
    *unusable_value("find_the_slip_relu"),
]

CHAINS = [
    right(
        "derive_linear_dX",
        "from the chain rule on",
        """
derive_linear_dX = [
    "sum(m, sum(h, dY[m, h] * diff((X @ W)[m, h], X[i, j])))",
    "sum(h, dY[i, h] * W[j, h])",
    "dY @ W.T",
]
""",
    ),
    right(
        "derive_linear_dX",
        "other letters, factors exchanged, the transpose in between",
        """
derive_linear_dX = (
    "sum(k, W[j, k] * dY[i, k])",
    "sum(k, dY[i, k] * W.T[k, j])",
    "(W @ dY.T).T",
)
""",
    ),
    right(
        "derive_linear_dX",
        "the chain rule as it is printed",
        """
derive_linear_dX = [
    "sum(m, sum(h, dY[m,h] * diff(Y[m,h], X[i,j])))",
    "sum(h, dY[i,h] * W[j,h])",
    "dY @ W.T",
]
""",
    ),
    right(
        "derive_linear_dX",
        "every line of the text's hints, with the bias",
        """
derive_linear_dX = [
    "sum(m, sum(h, dY[m, h] * diff(Y[m, h], X[i, j])))",
    "sum(m, sum(h, dY[m, h] * diff(sum(l, X[m, l] * W[l, h]) + b[h], X[i, j])))",
    "sum(m, sum(h, dY[m, h] * (W[j, h] if m == i else 0)))",
    "sum(h, dY[i, h] * W[j, h])",
    "sum(h, dY[i, h] * W.T[h, j])",
    "dY @ W.T",
]
""",
    ),
    wrong(
        "derive_linear_dX",
        "from the chain rule to the end in one step",
        'derive_linear_dX = ["sum(m, sum(h, dY[m, h] * diff(Y[m, h], X[i, j])))", "dY @ W.T"]',
        marks={"values": 2},
        says="no line is in index form with the derivative taken",
    ),
    wrong(
        "derive_linear_dX",
        "the slip of the homework",
        'derive_linear_dX = ["sum(h, dY[i, h] * W[i, j])", "dY @ W.T"]',
        says="line 1",
    ),
    wrong(
        "derive_linear_dX",
        "no transpose",
        'derive_linear_dX = ["sum(h, dY[i, h] * W[j, h])", "dY @ W"]',
        says="(N, K) @ (D, K)",
    ),
    wrong(
        "derive_linear_dX",
        "on its side",
        'derive_linear_dX = ["sum(h, dY[i, h] * W[j, h])", "W @ dY.T"]',
        says="shape (D, N)",
    ),
    wrong(
        "derive_linear_dX",
        "averaged",
        'derive_linear_dX = ["sum(h, dY[i, h] * W[j, h]) / N", "dY @ W.T / N"]',
        says="the slope of the loss by X",
    ),
    wrong(
        "derive_linear_dX",
        "no index form",
        'derive_linear_dX = ["dY @ W.T"]',
        says="a line in index form should stand before it",
    ),
    *unusable_chain("derive_linear_dX"),
    right(
        "derive_dS",
        "without the probabilities, each hint a line",
        """
derive_dS = [
    "diff(sum(m, log(sum(r, exp(S[m, r]))) - S[m, y[m]]), S[i, c])",
    "sum(m, diff(log(sum(r, exp(S[m, r]))) - S[m, y[m]], S[i, c]))",
    "diff(log(sum(r, exp(S[i, r]))), S[i, c]) - diff(S[i, y[i]], S[i, c])",
    "exp(S[i, c]) / sum(r, exp(S[i, r])) - diff(S[i, y[i]], S[i, c])",
    "P[i, c] - diff(S[i, y[i]], S[i, c])",
    "P[i, c] - delta(c, y[i])",
    "P[i, c] - 1 if c == y[i] else P[i, c]",
    "P - onehot(y)",
]
""",
    ),
    right(
        "derive_dS",
        "through the probabilities, with the slope of softmax",
        """
derive_dS = [
    "diff(sum(m, -log(P[m, y[m]])), S[i, c])",
    "diff(-log(P[i, y[i]]), S[i, c])",
    "-1 / P[i, y[i]] * diff(P[i, y[i]], S[i, c])",
    "-1 / P[i, y[i]] * P[i, y[i]] * (delta(y[i], c) - P[i, c])",
    "P[i, c] - delta(c, y[i])",
    "P - onehot(y)",
]
""",
    ),
    right(
        "derive_dS",
        "from the term of its row on, softmax and onehot by name",
        """
derive_dS = [
    "diff(-log(P[i, y[i]]), S[i, c])",
    "P[i, c] - onehot(y)[i, c]",
    "softmax(S) - onehot(y)",
]
""",
    ),
    right(
        "derive_dS",
        "by the quotient rule, softmax written out",
        """
derive_dS = [
    "diff(-log(exp(S[i, y[i]]) / sum(r, exp(S[i, r]))), S[i, c])",
    "-sum(r, exp(S[i, r])) / exp(S[i, y[i]]) * diff(exp(S[i, y[i]]) / sum(r, exp(S[i, r])), S[i, c])",
    "-sum(r, exp(S[i, r])) / exp(S[i, y[i]]) * (delta(y[i], c) * exp(S[i, c]) * sum(r, exp(S[i, r]))"
    " - exp(S[i, y[i]]) * exp(S[i, c])) / sum(r, exp(S[i, r])) ** 2",
    "-delta(y[i], c) + exp(S[i, c]) / sum(r, exp(S[i, r]))",
    "P[i, c] - delta(c, y[i])",
    "P - onehot(y)",
]
""",
    ),
    right(
        "derive_dS",
        "the result of part A for every row",
        'derive_dS = ["P[i, c] - delta(c, y[i])", "P - onehot(y)"]',
    ),
    right(
        "derive_dS",
        "the two cases, as in the homework",
        'derive_dS = ["P[i, c] - 1 if c == y[i] else P[i, c]", "P - onehot(y)"]',
    ),
    wrong(
        "derive_dS",
        "all of it in one step",
        """
derive_dS = [
    "diff(sum(m, log(sum(r, exp(S[m, r]))) - S[m, y[m]]), S[i, c])",
    "P - onehot(y)",
]
""",
        marks={"values": 2},
        says="from line 1 to line 2 it takes",
    ),
    right(
        "derive_dS",
        "three rules at once: one term, the logarithm, the slope of softmax",
        """
derive_dS = [
    "diff(sum(m, -log(P[m, y[m]])), S[i, c])",
    "P[i, c] - delta(c, y[i])",
    "P - onehot(y)",
]
""",
    ),
    wrong(
        "derive_dS",
        "from the logits to the slope in one step",
        """
derive_dS = [
    "diff(sum(m, log(sum(r, exp(S[m, r]))) - S[m, y[m]]), S[i, c])",
    "P[i, c] - delta(c, y[i])",
    "P - onehot(y)",
]
""",
        marks={"values": 2},
        says="from line 1 to line 2 it takes",
    ),
    wrong(
        "derive_dS",
        "the probabilities alone",
        'derive_dS = ["P[i, c]", "P"]',
        says="the slope of the loss by S",
    ),
    wrong(
        "derive_dS",
        "the sign turned round",
        'derive_dS = ["delta(c, y[i]) - P[i, c]", "onehot(y) - P"]',
        says="the slope of the loss by S",
    ),
    wrong(
        "derive_dS",
        "1 taken off everywhere",
        'derive_dS = ["P[i, c] - delta(c, y[i])", "P - 1"]',
        says="line 2",
    ),
    *unusable_chain("derive_dS"),
    right(
        "derive_dW2",
        "transposed twice",
        'derive_dW2 = ["sum(m, dS[m, c] * H[m, h])", "sum(m, H.T[h, m] * dS[m, c])", "(dS.T @ H).T"]',
    ),
    right(
        "derive_dW2",
        "from the chain rule on",
        """
derive_dW2 = [
    "sum(m, sum(r, dS[m, r] * diff(S[m, r], W2[h, c])))",
    "sum(m, sum(r, dS[m, r] * H[m, h] * delta(r, c)))",
    "sum(m, dS[m, c] * H[m, h])",
    "H.T @ dS",
]
""",
    ),
    wrong(
        "derive_dW2",
        "c for the class of the sum and for the free one",
        """
derive_dW2 = [
    "sum(i, sum(c, dS[i, c] * diff(sum(g, H[i, g] * W2[g, c]) + b2[c], W2[h, c])))",
    "H.T @ dS",
]
""",
        says="`c` is the letter of a sum and a free index",
    ),
    wrong(
        "derive_dW2",
        "the order of the seed's scalar case",
        'derive_dW2 = ["sum(i, H[i, h] * dS[i, c])", "dS @ H"]',
        says="(N, C) @ (N, K)",
    ),
    wrong(
        "derive_dW2",
        "on its side",
        'derive_dW2 = ["sum(i, H[i, h] * dS[i, c])", "dS.T @ H"]',
        says="(C, K)",
    ),
    wrong(
        "derive_dW2",
        "no sum over the examples",
        'derive_dW2 = ["H[i, h] * dS[i, c]", "H.T @ dS"]',
        says="`i`",
    ),
    wrong(
        "derive_dW2",
        "averaged",
        'derive_dW2 = ["sum(i, H[i, h] * dS[i, c]) / N", "H.T @ dS / N"]',
        says="the slope of the loss by W2",
    ),
    *unusable_chain("derive_dW2"),
    right(
        "derive_db2",
        "from the chain rule on",
        'derive_db2 = ["sum(m, sum(r, dS[m, r] * diff(S[m, r], b2[c])))", "sum(m, dS[m, c])", "dS.T @ ones(N)"]',
    ),
    right(
        "derive_db2",
        "NumPy's sum",
        'derive_db2 = ["sum(i, dS[i, c])", "dS.sum(axis=0)"]',
    ),
    right(
        "derive_db2",
        "a row of ones",
        'derive_db2 = ["sum(m, 1 * dS[m, c])", "np.ones(N) @ dS"]',
    ),
    wrong(
        "derive_db2",
        "averaged",
        'derive_db2 = ["sum(i, dS[i, c]) / N", "ones(N).T @ dS / N"]',
        says="by b2",
    ),
    wrong(
        "derive_db2",
        "one example",
        'derive_db2 = ["sum(i, dS[i, c])", "dS"]',
        says="(N, C)",
    ),
    wrong(
        "derive_db2",
        "the other axis",
        'derive_db2 = ["sum(i, dS[i, c])", "dS.sum(axis=1)"]',
        says="line 2",
    ),
    *unusable_chain("derive_db2"),
    right(
        "derive_dH",
        "from the chain rule on",
        'derive_dH = ["sum(m, sum(r, dS[m, r] * diff(S[m, r], H[i, h])))", "sum(r, dS[i, r] * W2[h, r])", "dS @ W2.T"]',
    ),
    right(
        "derive_dH",
        "the transpose in between",
        'derive_dH = ["sum(k, W2[h, k] * dS[i, k])", "sum(k, dS[i, k] * W2.T[k, h])", "dS @ W2.T"]',
    ),
    wrong(
        "derive_dH",
        "no transpose",
        'derive_dH = ["sum(c, dS[i, c] * W2[h, c])", "dS @ W2"]',
        says="(K, C)",
    ),
    wrong(
        "derive_dH",
        "operands exchanged",
        'derive_dH = ["sum(c, dS[i, c] * W2[h, c])", "W2 @ dS.T"]',
        says="(K, N)",
    ),
    wrong(
        "derive_dH",
        "indices exchanged",
        'derive_dH = ["sum(c, dS[i, c] * W2[c, h])", "dS @ W2.T"]',
        says="line 1",
    ),
    *unusable_chain("derive_dH"),
    right(
        "derive_dZ",
        "where",
        'derive_dZ = ["dH[i, h] * (Z[i, h] > 0)", "np.where(Z > 0, dH, 0)"]',
    ),
    right(
        "derive_dZ",
        "the other subgradient at 0",
        'derive_dZ = ["dH[i, h] if Z[i, h] >= 0 else 0", "dH * (Z >= 0)"]',
    ),
    right(
        "derive_dZ",
        "from the chain rule on",
        'derive_dZ = ["dH[i, h] * diff(relu(Z[i, h]), Z[i, h])", "dH[i, h] * (Z[i, h] > 0)", "dH * (Z > 0)"]',
    ),
    right(
        "derive_dZ",
        "from the chain rule of the whole batch on",
        """
derive_dZ = [
    "sum(m, sum(g, dH[m, g] * diff(H[m, g], Z[i, h])))",
    "dH[i, h] * diff(relu(Z[i, h]), Z[i, h])",
    "dH[i, h] * (Z[i, h] > 0)",
    "dH * (Z > 0)",
]
""",
    ),
    wrong(
        "derive_dZ",
        "a matrix product",
        'derive_dZ = ["dH[i, h] * (Z[i, h] > 0)", "dH @ (Z > 0)"]',
        says=["(N, K) @ (N, K)", "a product entry by entry is written `*`"],
    ),
    wrong(
        "derive_dZ",
        "no brackets around the comparison",
        'derive_dZ = ["dH[i, h] * Z[i, h] > 0", "dH * (Z > 0)"]',
        says="A comparison is done last",
    ),
    wrong(
        "derive_dZ",
        "the mask of dH",
        'derive_dZ = ["dH[i, h] * (dH[i, h] > 0)", "dH * (dH > 0)"]',
        says="by Z",
    ),
    wrong(
        "derive_dZ",
        "relu for its slope",
        'derive_dZ = ["dH[i, h] * relu(Z[i, h])", "dH * relu(Z)"]',
        says="by Z",
    ),
    *unusable_chain("derive_dZ"),
    right(
        "derive_dW1",
        "from the chain rule on",
        """
derive_dW1 = [
    "sum(m, sum(g, dZ[m, g] * diff(Z[m, g], W1[j, h])))",
    "sum(m, dZ[m, h] * X[m, j])",
    "X.T @ dZ",
]
""",
    ),
    right(
        "derive_dW1",
        "transposed twice",
        'derive_dW1 = ["sum(n, dZ[n, h] * X[n, j])", "(dZ.T @ X).T"]',
    ),
    wrong(
        "derive_dW1",
        "no transpose",
        'derive_dW1 = ["sum(i, X[i, j] * dZ[i, h])", "X @ dZ"]',
        says="(N, D) @ (N, K)",
    ),
    wrong(
        "derive_dW1",
        "on its side",
        'derive_dW1 = ["sum(i, X[i, j] * dZ[i, h])", "dZ.T @ X"]',
        says="(K, D)",
    ),
    wrong(
        "derive_dW1",
        "the wrong sum",
        'derive_dW1 = ["sum(h, X[i, j] * dZ[i, h])", "X.T @ dZ"]',
        says="line 1",
    ),
    *unusable_chain("derive_dW1"),
    right(
        "derive_db1",
        "from the chain rule on",
        'derive_db1 = ["sum(m, sum(g, dZ[m, g] * diff(Z[m, g], b1[h])))", "sum(m, dZ[m, h])", "dZ.sum(axis=0)"]',
    ),
    right(
        "derive_db1",
        "NumPy's sum",
        'derive_db1 = ["sum(i, dZ[i, h])", "np.sum(dZ, axis=0)"]',
    ),
    wrong(
        "derive_db1",
        "averaged",
        'derive_db1 = ["sum(i, dZ[i, h]) / N", "dZ.sum(axis=0) / N"]',
        says="by b1",
    ),
    wrong(
        "derive_db1",
        "the weights",
        'derive_db1 = ["sum(i, X[i, h] * dZ[i, h])", "X.T @ dZ"]',
        says="line 1",
    ),
    wrong(
        "derive_db1",
        "a column of ones not transposed",
        'derive_db1 = ["sum(i, dZ[i, h])", "dZ @ ones(N)"]',
        says="line 2",
    ),
    *unusable_chain("derive_db1"),
]

BATCH = [
    *LINEAR_FORWARD,
    *CHAINS,
    *BATCH_SLIPS,
    *TWO_LAYER_FORWARD,
    *LOSS,
    *LINEAR_BACKWARD,
    *RELU_BACKWARD,
    *BACKWARD,
    *NUMERICAL,
    *TRAIN,
]

FROM_THE_FIELD = [
    wrong(
        "softmax_cross_entropy",
        "log2",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = len(y)
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    T = np.eye(S.shape[1])[y]
    loss = -np.log2((P * T).sum(axis=1)).sum()
    dS = P - T
    return (loss / N, dS / N) if reduction == "mean" else (loss, dS)
""",
        marks={"dS": 1, "shapes": 1},
    ),
    wrong(
        "softmax_cross_entropy",
        "no minus",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = len(y)
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    T = np.eye(S.shape[1])[y]
    loss = np.log((P * T).sum(axis=1)).sum()
    dS = P - T
    return (loss / N, dS / N) if reduction == "mean" else (loss, dS)
""",
        marks={"dS": 1, "shapes": 1},
    ),
    wrong(
        "softmax_cross_entropy",
        "a loss for coins",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = len(y)
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    T = np.eye(S.shape[1])[y]
    loss = -(T * np.log(P) + (1 - T) * np.log(1 - P)).sum()
    dS = P - T
    return (loss / N, dS / N) if reduction == "mean" else (loss, dS)
""",
        marks={"dS": 1, "shapes": 1},
    ),
    wrong(
        "softmax_cross_entropy",
        "squares",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = len(y)
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    T = np.eye(S.shape[1])[y]
    loss = 0.5 * ((P - T) ** 2).sum()
    dS = P - T
    return (loss / N, dS / N) if reduction == "mean" else (loss, dS)
""",
        marks={"dS": 1, "shapes": 1},
    ),
    wrong(
        "softmax_cross_entropy",
        "the slope of the logarithm",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = len(y)
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    T = np.eye(S.shape[1])[y]
    loss = -np.log((P * T).sum(axis=1)).sum()
    dS = -T / P
    return (loss / N, dS / N) if reduction == "mean" else (loss, dS)
""",
        marks={"loss": 1},
    ),
    wrong(
        "softmax_cross_entropy",
        "a plus at the label",
        """
def softmax_cross_entropy(S, y, reduction="mean"):
    N = len(y)
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    T = np.eye(S.shape[1])[y]
    loss = -np.log((P * T).sum(axis=1)).sum()
    dS = P + T
    return (loss / N, dS / N) if reduction == "mean" else (loss, dS)
""",
        marks={"loss": 1},
    ),
    wrong(
        "linear_forward",
        "a bias in the loop",
        Known("the bias added once for every example"),
    ),
    wrong(
        "linear_backward",
        "set, not added to",
        Known("the last example alone"),
        marks={"dX": 1},
    ),
    wrong("relu_backward", "relu of both", Known("the relu of a product")),
    wrong("relu_backward", "a leak", Known("a leak where Z is negative")),
    wrong("two_layer_forward", "a sigmoid", Known("the sigmoid for ReLU")),
    wrong(
        "two_layer_forward",
        "a bias too late",
        Known("the bias added after the bend"),
    ),
    right(
        "numerical_gradient",
        "through a flat view",
        """
def numerical_gradient(f, x, h=1e-5):
    gradient, flat = np.zeros(x.size), x.reshape(-1)
    for k, kept in enumerate(flat.tolist()):
        flat[k] = kept + h
        gradient[k] = f(x)
        flat[k] = kept - h
        gradient[k] -= f(x)
        flat[k] = kept
    return gradient.reshape(x.shape) / (2 * h)
""",
    ),
    right(
        "numerical_gradient",
        "put back by adding, up to the last digits",
        """
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        x[k] += h
        above = f(x)
        x[k] -= 2 * h
        gradient[k] = (above - f(x)) / (2 * h)
        x[k] += h
    return gradient
""",
    ),
    wrong(
        "numerical_gradient",
        "no brackets",
        """
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        kept = x[k]
        x[k] = kept + h
        above = f(x)
        x[k] = kept - h
        gradient[k] = (above - f(x)) / 2 * h
        x[k] = kept
    return gradient
""",
        marks={"restored": 1},
        mistake="multiplied by h",
    ),
    wrong(
        "numerical_gradient",
        "flatten copies",
        """
def numerical_gradient(f, x, h=1e-5):
    gradient, flat = np.zeros(x.size), x.flatten()
    for k in range(x.size):
        flat[k] += h
        above = f(x)
        flat[k] -= 2 * h
        gradient[k] = (above - f(x)) / (2 * h)
        flat[k] += h
    return gradient.reshape(x.shape)
""",
        mistake="a copy moved while f sees x",
    ),
    wrong(
        "numerical_gradient",
        "to the left",
        Known("a difference to the left side alone"),
        marks={"restored": 1},
    ),
    wrong(
        "numerical_gradient",
        "brackets in the numerator",
        Known("the second term alone divided"),
        marks={"restored": 1},
    ),
    wrong(
        "numerical_gradient",
        "x[k] of a matrix",
        Known("whole rows moved, and kept in a view"),
        marks={"restored": 1},
    ),
]

ANSWERS = [
    *NET,
    *PAPER,
    *SLIPS,
    *BACK,
    *WHOLE,
    *BATCH,
    *FROM_THE_FIELD,
]
