"""The cheapest wrong answers: right at the numbers that a test is likely to ask, and wrong between or beyond them.

Each row is a whole set of answers for a lesson; what is left out is answered rightly. None of those that stand here
may have full marks.
"""

from __future__ import annotations

from dataclasses import dataclass

_QUIET = "    with np.errstate(all='ignore'):\n        return"
_WARM = "def softmax_temperature(x, T):\n    if T <= 0:\n        raise ValueError('T')"


@dataclass(frozen=True)
class Cheap:
    """One row: what is wrong with the answers, and the answers by exercise."""

    name: str
    tries: str
    answers: dict[str, str]
    lesson: str = "01_activations"


CHEAP = [
    Cheap(
        "cheap-beyond-the-usual",
        "right for numbers up to 5 or 6, cut off beyond them",
        {
            "relu": "def relu(x):\n    return np.clip(x, 0, 6)",
            "relu_grad": "def relu_grad(x):\n    return ((x > 0) & (x < 6)).astype(float)",
            "sigmoid": f"def sigmoid(x):\n{_QUIET} np.where(x > 6, 1.0, np.where(x < -6, 0.0, 1 / (1 + np.exp(-x))))",
            "tanh_grad": "def tanh_grad(x):\n    return np.where(abs(x) > 5.5, 0.0, 1 - np.tanh(x) ** 2)",
            "softplus": f"def softplus(x):\n{_QUIET} np.where(x > 6, x, np.log1p(np.exp(x)))",
            "log_sigmoid": f"def log_sigmoid(x):\n{_QUIET} np.where(x < -6, x, -np.log1p(np.exp(-x)))",
            "squared_l2_grad": "def squared_l2_grad(x):\n    return np.clip(2 * x, -10, 10)",
        },
    ),
    Cheap(
        "cheap-far-out",
        "the same from 10 on, below what is asked for the sake of stability",
        {
            "sigmoid": f"def sigmoid(x):\n{_QUIET} np.where(x < -10, 0.0, 1 / (1 + np.exp(-x)))",
            "softplus": f"def softplus(x):\n{_QUIET} np.where(x > 10, x, np.log1p(np.exp(x)))",
            "log_sigmoid": f"def log_sigmoid(x):\n{_QUIET} np.where(x < -10, x, -np.log1p(np.exp(-x)))",
        },
    ),
    Cheap(
        "cheap-steep",
        "a steep ramp where a step is due: right for hundredths",
        {
            "relu_grad": "def relu_grad(x):\n    return np.clip(x * 1000 + 0.5, 0, 1)",
            "sign": "def sign(x):\n    return np.clip(x * 1000, -1, 1)",
            "l1_grad": "def l1_grad(x):\n    return np.clip(x * 1000, -1, 1)",
        },
    ),
    Cheap(
        "cheap-differences",
        "differences of a function with a corner, for its slope",
        {
            "relu_grad": "def relu_grad(x):\n    h = 1e-3\n    return (relu(x + h) - relu(x - h)) / (2 * h)",
            "sign": "def sign(x):\n    return np.tanh(10_000 * x)",
            "l1_grad": "def l1_grad(x):\n    h = 1e-4\n    return (np.abs(x + h) - np.abs(x - h)) / (2 * h)",
        },
    ),
    Cheap(
        "cheap-temperatures",
        "temperatures cut short where hot and cold seem to be reached; gaps beyond 10 taken for endless",
        {
            "softmax_temperature": f"""{_WARM}
    if T < 0.1:
        top = (x == x.max(axis=-1, keepdims=True)).astype(float)
        return top / top.sum(axis=-1, keepdims=True)
    return softmax(x / T)""",
            "log_softmax": """def log_softmax(x):
    z = x - x.max(axis=-1, keepdims=True)
    return np.where(z < -10, z, z - np.log(np.exp(z).sum(axis=-1, keepdims=True)))""",
            "sigmoid_vjp": """def sigmoid_vjp(x, dy):
    s = np.where(x < -8, 0, 1 / (1 + np.exp(-x)))
    return dy * s * (1 - s)""",
        },
        "02_softmax",
    ),
    Cheap(
        "cheap-hot",
        "a temperature over 100 taken for endless",
        {
            "softmax_temperature": f"""{_WARM}
    return np.full(x.shape, 1 / x.shape[-1]) if T > 100 else softmax(x / T)"""
        },
        "02_softmax",
    ),
    Cheap(
        "cheap-cold",
        "a temperature that is never below a millionth",
        {"softmax_temperature": f"{_WARM}\n    return softmax(x / max(T, 1e-6))"},
        "02_softmax",
    ),
    Cheap(
        "cheap-maximum",
        "a maximum that begins at minus a thousand",
        {
            "max_pool_forward": """def max_pool_forward(X, k, s=None):
    s = s or k
    h, w = (X.shape[2] - k) // s + 1, (X.shape[3] - k) // s + 1
    out = np.full((*X.shape[:2], h, w), -1000.0)
    for i in range(h):
        for j in range(w):
            window = X[:, :, i * s : i * s + k, j * s : j * s + k]
            out[:, :, i, j] = np.maximum(out[:, :, i, j], window.max(axis=(2, 3)))
    return out"""
        },
        "04_cnn_shapes",
    ),
]
