"""Answers to the exercises of lesson 03, and what each one earns. Marks are foreseen from the lesson's text.

Every answer is graded for real by the tests, with the reference in all other cells. The lists stand in the order
of the lesson: part A first, then part B.
"""

from autograder.lesson.answers import right, unusable, unusable_value, wrong
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
        marks={
            kind: {"arguments": 1} for kind in ("wrong type", "wrong shape", "NaN")
        },
    ),
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
        says="(4, 2)",
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
    *unusable("grad_hidden", arguments="d_oa, W2"),
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
    wrong("grad_input_layer", "exchanged", Known("the two results exchanged")),
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
        says="(2, 3)",
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
    *unusable("grad_input", arguments="d_ha, W1"),
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
        Known(
            "the gradient of the activation for that of the pre-activation, in b1 alone"
        ),
        marks={**PARTS, "b1": 0},
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

ANSWERS = [*NET, *SLIPS, *BACK, *WHOLE]
