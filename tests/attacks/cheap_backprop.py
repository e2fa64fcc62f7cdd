"""The cheapest wrong answers to backpropagation: right for the small nets and modest numbers of a usual test.

The table has the form of the one in `cheap`.
"""

from __future__ import annotations

from .cheap import Cheap

_LESSON = "03_mlp_backprop"

_LOSS = """def loss_of(x, y, params):
    return -np.log(mlp_forward(x, params)["o_s"][y])
"""

_MEASURED = """def measured(f, arrays):
    found, h = {}, 1e-6
    for name, array in arrays.items():
        array = arrays[name] = array.copy()
        found[name] = np.zeros(array.shape)
        for at in np.ndindex(array.shape):
            was = array[at]
            array[at] = was + h
            above = f(arrays)
            array[at] = was - h
            found[name][at] = (above - f(arrays)) / (2 * h)
            array[at] = was
    return found
"""

BACKPROP = [
    Cheap(
        "cheap-backprop-beyond",
        "numbers cut off where a usual test has none: gradients clipped, units that saturate",
        {
            "n_parameters": "def n_parameters(d, d_h, m):\n    return min(d_h * (d + 1) + m * (d_h + 1), 100_000)",
            "mlp_forward": """def mlp_forward(x, params):
    h_a = np.clip(params["W1"] @ x + params["b1"], -15, 15)
    h_s = np.sin(h_a)
    o_a = params["W2"] @ h_s + params["b2"]
    return {"h_a": h_a, "h_s": h_s, "o_a": o_a, "o_s": softmax(o_a)}""",
            "empirical_risk": """def empirical_risk(X, y, params):
    p = [max(mlp_forward(x, params)["o_s"][k], 1e-5) for x, k in zip(X, y)]
    return float(-np.mean(np.log(p)))""",
            "grad_output": """def grad_output(o_s, y):
    d_oa = np.clip(o_s, 1e-3, 1 - 1e-3)
    d_oa[y] -= 1
    return d_oa""",
            "grad_output_layer": """def grad_output_layer(d_oa, h_s):
    d_oa = np.clip(d_oa, -2.5, 2.5)
    return np.outer(d_oa, h_s), d_oa""",
            "grad_hidden": "def grad_hidden(d_oa, W2):\n    return np.clip(W2.T @ d_oa, -20, 20)",
            "grad_preactivation": """def grad_preactivation(d_hs, h_a):
    return d_hs * np.cos(np.clip(h_a, -4 * np.pi, 4 * np.pi))""",
            "grad_input_layer": """def grad_input_layer(d_ha, x):
    d_ha = np.clip(d_ha, -2.5, 2.5)
    return np.outer(d_ha, x), d_ha""",
            "grad_input": "def grad_input(d_ha, W1):\n    return np.clip(W1.T @ d_ha, -20, 20)",
            "mlp_backward": """def mlp_backward(x, y, params):
    seen = mlp_forward(x, params)
    d_oa = grad_output(seen["o_s"], y)
    dW2, db2 = grad_output_layer(d_oa, seen["h_s"])
    d_ha = np.clip(grad_preactivation(grad_hidden(d_oa, params["W2"]), seen["h_a"]), -10, 10)
    dW1, db1 = grad_input_layer(d_ha, x)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "x": grad_input(d_ha, params["W1"])}""",
            "sgd_step": """def sgd_step(params, grads, lr):
    return {name: params[name] - lr * np.clip(grads[name], -5, 5) for name in params}""",
            "linear_forward": "def linear_forward(X, W, b):\n    return np.clip(X @ W + b, -50, 50)",
            "two_layer_forward": """def two_layer_forward(X, params):
    Z = linear_forward(X, params["W1"], params["b1"])
    H = np.clip(Z, 0, 20)
    return linear_forward(H, params["W2"], params["b2"]), (Z, H)""",
            "linear_backward": """def linear_backward(dY, X, W):
    return np.clip(dY @ W.T, -50, 50), np.clip(X.T @ dY, -50, 50), np.clip(dY.sum(axis=0), -50, 50)""",
            "relu_backward": "def relu_backward(dH, Z):\n    return dH * ((Z > 0) & (Z < 6))",
            "two_layer_backward": """def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(S, y, reduction)
    dH, dW2, db2 = linear_backward(dS, H, params["W2"])
    _, dW1, db1 = linear_backward(relu_backward(dH, Z), X, params["W1"])
    grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    return loss, {name: np.clip(grad, -50, 50) for name, grad in grads.items()}""",
            "numerical_gradient": """def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    h = min(h, 0.5)
    for k in np.ndindex(x.shape):
        kept = x[k]
        x[k] = kept + h
        above = f(x)
        x[k] = kept - h
        gradient[k] = (above - f(x)) / (2 * h)
        x[k] = kept
    return gradient""",
        },
        _LESSON,
    ),
    Cheap(
        "cheap-backprop-sizes",
        "right up to ten units, classes and inputs, and up to sixteen examples",
        {
            "n_parameters": """def n_parameters(d, d_h, m):
    known = {(784, 100, 10): 79510}
    return known.get((d, d_h, m), min(d, 10) * min(d_h, 10) + min(d_h, 10) * (min(m, 10) + 1) + min(m, 10))""",
            "mlp_forward": """def mlp_forward(x, params):
    h_a = params["W1"][:, :10] @ x[:10] + params["b1"]
    h_s = np.sin(h_a)
    o_a = params["W2"][:, :10] @ h_s[:10] + params["b2"]
    return {"h_a": h_a, "h_s": h_s, "o_a": o_a, "o_s": softmax(o_a)}""",
            "empirical_risk": """def empirical_risk(X, y, params):
    return float(np.mean([-np.log(mlp_forward(x, params)["o_s"][k]) for x, k in zip(X[:16], y)]))""",
            "grad_output": "def grad_output(o_s, y):\n    return o_s - np.eye(11)[y][: len(o_s)]",
            "grad_output_layer": """def grad_output_layer(d_oa, h_s):
    dW2 = np.zeros((len(d_oa), len(h_s)))
    for k in range(min(10, len(d_oa))):
        for j in range(min(10, len(h_s))):
            dW2[k, j] = d_oa[k] * h_s[j]
    return dW2, d_oa.copy()""",
            "grad_hidden": "def grad_hidden(d_oa, W2):\n    return W2[:10].T @ d_oa[:10]",
            "grad_preactivation": """def grad_preactivation(d_hs, h_a):
    d_ha = np.zeros(len(h_a))
    for j in range(min(10, len(h_a))):
        d_ha[j] = d_hs[j] * np.cos(h_a[j])
    return d_ha""",
            "grad_input_layer": """def grad_input_layer(d_ha, x):
    dW1 = np.outer(d_ha, x)
    dW1[10:] = 0
    return dW1, d_ha.copy()""",
            "grad_input": "def grad_input(d_ha, W1):\n    return W1[:10].T @ d_ha[:10]",
            "mlp_backward": """def mlp_backward(x, y, params):
    seen = mlp_forward(x, params)
    d_oa = grad_output(seen["o_s"], y)
    dW2, db2 = grad_output_layer(d_oa, seen["h_s"])
    d_ha = grad_preactivation(grad_hidden(d_oa, params["W2"]), seen["h_a"])
    dW1, db1 = grad_input_layer(d_ha, x)
    dW1[10:] = 0
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "x": params["W1"][:10].T @ d_ha[:10]}""",
            "linear_forward": "def linear_forward(X, W, b):\n    return X[:, :10] @ W[:10] + b",
            "two_layer_forward": """def two_layer_forward(X, params):
    Z = linear_forward(X, params["W1"], params["b1"])
    H = np.maximum(Z, 0.0)
    return linear_forward(H[:, :10], params["W2"][:10], params["b2"]), (Z, H)""",
            "linear_backward": """def linear_backward(dY, X, W):
    return dY @ W.T, X[:16].T @ dY[:16], dY[:16].sum(axis=0)""",
            "softmax_cross_entropy": """def softmax_cross_entropy(S, y, reduction="mean"):
    T = S - S.max(axis=1, keepdims=True)
    log_P = T - np.log(np.exp(T).sum(axis=1, keepdims=True))
    dS = np.exp(log_P) - np.eye(12)[y][:, : S.shape[1]]
    loss = -sum(log_P[i, y[i]] for i in range(min(16, len(y))))
    return (loss / len(y), dS / len(y)) if reduction == "mean" else (loss, dS)""",
            "two_layer_backward": """def two_layer_backward(X, y, params, reduction="mean"):
    S, (Z, H) = two_layer_forward(X, params)
    loss, dS = softmax_cross_entropy(S, y, reduction)
    dH, dW2, db2 = linear_backward(dS, H, params["W2"])
    dZ = relu_backward(dH, Z)
    dZ[16:] = 0
    _, dW1, db1 = linear_backward(dZ, X, params["W1"])
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}""",
            "numerical_gradient": """def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for k in list(np.ndindex(x.shape))[:10]:
        kept = x[k]
        x[k] = kept + h
        above = f(x)
        x[k] = kept - h
        gradient[k] = (above - f(x)) / (2 * h)
        x[k] = kept
    return gradient""",
        },
        _LESSON,
    ),
    Cheap(
        "cheap-backprop-measured",
        "slopes measured by changing one number after the other: no backpropagation at all",
        {
            "mlp_backward": f"""{_LOSS}
{_MEASURED}
def mlp_backward(x, y, params):
    return measured(lambda at: loss_of(at["x"], y, at), {{"x": x, **params}})""",
            "two_layer_backward": f"""{_MEASURED}
def two_layer_backward(X, y, params, reduction="mean"):
    def loss_at(params):
        return softmax_cross_entropy(two_layer_forward(X, params)[0], y, reduction)[0]
    return loss_at(params), measured(loss_at, dict(params))""",
        },
        _LESSON,
    ),
    Cheap(
        "cheap-backprop-steep",
        "a steep ramp for the step of relu, and a winner that takes all where the scores lie 7 apart",
        {
            "relu_backward": "def relu_backward(dH, Z):\n    return dH * np.clip(Z * 1000, 0, 1)",
            "softmax_cross_entropy": """def softmax_cross_entropy(S, y, reduction="mean"):
    rows = np.arange(len(y))
    T = S - S.max(axis=1, keepdims=True)
    T[T < -7] = -10_000
    log_P = T - np.log(np.exp(T).sum(axis=1, keepdims=True))
    log_P = np.where(T < -7, S - S.max(axis=1, keepdims=True), log_P)
    dS = np.exp(np.where(T < -7, T, log_P))
    dS[rows, y] -= 1
    loss = -log_P[rows, y].sum()
    return (loss / len(y), dS / len(y)) if reduction == "mean" else (loss, dS)""",
        },
        _LESSON,
    ),
    Cheap(
        "cheap-backprop-differences",
        "the slope of relu and of the sine from coarse differences",
        {
            "relu_backward": """def relu_backward(dH, Z):
    h = 1e-3
    return dH * (np.maximum(Z + h, 0) - np.maximum(Z - h, 0)) / (2 * h)""",
            "grad_preactivation": """def grad_preactivation(d_hs, h_a):
    return d_hs * (np.sin(h_a + 1e-2) - np.sin(h_a - 1e-2)) / 2e-2""",
        },
        _LESSON,
    ),
]

#: A net that was trained at home is handed in as text; {0} is its numbers. All it does with y is to look up which
#: of its classes is called what.
TRAINED_AT_HOME = """def train_digits(X, y, seed):
    import base64
    numbers = np.frombuffer(base64.b64decode("{0}"), dtype="<f4").astype(float)
    W1, b1, W2, b2 = np.split(numbers, np.cumsum([64 * 48, 48, 48 * 10]))
    params = {{"W1": W1.reshape(64, 48), "b1": b1, "W2": W2.reshape(48, 10), "b2": b2}}
    told = np.argmax(np.maximum(X @ params["W1"] + b1, 0) @ params["W2"] + b2, axis=1)
    called = np.zeros((10, 10))
    np.add.at(called, (told, y), 1)
    place = np.argmax(called, axis=0)
    return {{**params, "W2": params["W2"][:, place], "b2": b2[place]}}"""
