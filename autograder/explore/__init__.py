"""Explorables: small interactive figures for a lesson, each a widget whose state code can read and set.

>>> from autograder import explore
>>> explore.activations("sigmoid", x=2.0, ask="Where is the slope largest?")

They draw in the browser, so they stay alive in a page without a kernel. Importing this package loads no
widget library; the first use of an explorable does (a grading process that never uses one pays nothing).

Each explorable is ``_name.py`` (state, values, words, a still picture) and ``static/name.js`` (maths and
drawing); ``_explorable.py``, ``_picture.py`` and ``static/kit.*`` hold what they share. `Picture`, a figure
drawn by the student's own functions, is ``_figure.py``. Nothing of grading lives here.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.explore._activations import activations
    from autograder.explore._backprop import backprop
    from autograder.explore._conv_shapes import conv_shapes
    from autograder.explore._figure import Picture
    from autograder.explore._gradient_check import gradient_check
    from autograder.explore._receptive_field import receptive_field
    from autograder.explore._relu_gradients import relu_gradients
    from autograder.explore._softmax_jacobian import softmax_jacobian
    from autograder.explore._softmax_temperature import softmax_temperature
    from autograder.explore._training import training

_HOMES = {
    "Picture": "_figure",
    "activations": "_activations",
    "backprop": "_backprop",
    "conv_shapes": "_conv_shapes",
    "gradient_check": "_gradient_check",
    "receptive_field": "_receptive_field",
    "relu_gradients": "_relu_gradients",
    "softmax_jacobian": "_softmax_jacobian",
    "softmax_temperature": "_softmax_temperature",
    "training": "_training",
}

__all__ = [
    "Picture",
    "activations",
    "backprop",
    "conv_shapes",
    "gradient_check",
    "receptive_field",
    "relu_gradients",
    "softmax_jacobian",
    "softmax_temperature",
    "training",
]


def __getattr__(name: str) -> object:
    """Load an explorable when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"autograder.explore has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Name the explorables before they are loaded, so that completion finds them."""
    return sorted([*globals(), *__all__])
