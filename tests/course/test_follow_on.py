"""In the lessons, too, an error costs once: where pieces are left out or wrong, what is built of them keeps its marks."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answering import Desk

pytestmark = pytest.mark.sandbox
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
#: Wrong pieces of each lesson, and the exercises that use them, by way of each other and at the cell's own run.
PIECES = {
    "01_activations": (
        {
            "sigmoid": "def sigmoid(x):\n    return np.exp(x) / (1 + np.exp(x))",
            "softplus": STUB,
            "sign": "def sign(x):\n    return x / np.abs(x)",
        },
        {"sigmoid_grad": "sigmoid", "log_sigmoid": "softplus", "l1_grad": "sign"},
    ),
    "02_softmax": (
        {"softmax": "def softmax(x):\n    return np.exp(x) / np.exp(x).sum()", "log_softmax": STUB},
        {
            "softmax_temperature": "softmax", "nll": "log_softmax", "softmax_vjp": "softmax",
        },
    ),
    "03_mlp_backprop": (
        {
            "mlp_forward": STUB,
            "grad_output_layer": "def grad_output_layer(d_oa, h_s):\n    return np.outer(h_s, d_oa), d_oa",
            "softmax_cross_entropy": "def softmax_cross_entropy(S, y):\n    return 0.0, S",
        },
        {
            "empirical_risk": "mlp_forward",
            "mlp_backward": "mlp_forward` and `grad_output_layer",
            "two_layer_backward": "softmax_cross_entropy",
            "train_digits": "softmax_cross_entropy",
        },
    ),
    "04_cnn_shapes": (
        {
            "effective_kernel_size": "def effective_kernel_size(k, d):\n    return k * d",
            "conv_output_shape": STUB,
            "conv_parameter_count": "def conv_parameter_count(c_in, n_kernels, k, bias=False):\n    return 0",
        },
        {
            "conv_output_size": "effective_kernel_size",
            "pool_output_shape": "conv_output_shape",
            "solve_kernel_size": "effective_kernel_size",
            "conv_transpose_output_size": "effective_kernel_size",
            "receptive_field": "effective_kernel_size",
            "shape_answers": "effective_kernel_size`, `conv_output_shape` and `conv_parameter_count",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("lesson", PIECES)
def test_wrong_pieces_cost_once(desks: Callable[[str], Desk], lesson: str) -> None:
    wrong, built = PIECES[lesson]
    notebook = copy.deepcopy(desks(lesson).notebook)
    for cell in notebook.cells:
        cell.source = wrong.get(cells.grade_id(cell) or "", cell.source)
    graded = desks(lesson).graded(notebook)
    short = {
        name.removeprefix("test_"): one.message for name, one in graded.items() if one.score < one.max_score
    }
    assert short.keys() == wrong.keys(), short
    for name, pieces in built.items():
        assert f"graded with a right `{pieces}` in the place of yours" in graded[f"test_{name}"].message, name
