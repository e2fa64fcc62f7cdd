"""Stands for `autograder.explore` in the sandbox: figures that keep their state, and compute and draw nothing.

An ordinary cell that builds one, sets it and resets it runs as in the notebook. What the real one would compute (a
slope, a loss, a size) is no attribute here: it would be an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike

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

_WORDS = "An interactive figure: it lives in your notebook."
_ACTIONS = frozenset(
    {"advance", "close", "hold_sync", "observe", "on_msg", "restart", "send", "unobserve", "unobserve_all"}
)


class Still:
    """An explorable's state: settable, readable, and nothing behind it."""

    def __init__(self, kind: str, ask: str, revealed: bool | None, **state: Any) -> None:
        self._kind = kind
        self.ask, self.revealed, self.prediction = ask, not ask if revealed is None else revealed, ""
        self.__dict__.update(state)
        self._start = dict(self.__dict__)

    def __getattr__(self, name: str) -> Any:
        if name in _ACTIONS:
            return _nothing
        raise AttributeError(
            f"explore.{self.__dict__.get('_kind')} computes no {name!r} while work is graded"
        )

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def reset(self) -> None:
        """Put everything back as it was built."""
        self.__dict__.update(self._start)

    def __repr__(self) -> str:
        return f"{self.ask}\n{_WORDS}" if self.ask else _WORDS


class Picture:
    """A figure drawn by the student's functions: its words, since there is no page to draw on."""

    def __init__(
        self,
        draw: Callable[..., object],
        alt: str,
        panels: int | tuple[int, int] = 1,
        *,
        size: tuple[float, float] = (7.2, 2.7),
    ) -> None:
        self.draw, self.alt, self.size = draw, alt, size
        self.panels = (1, panels) if isinstance(panels, int) else panels

    def __repr__(self) -> str:
        return self.alt


class _Nothing:
    """What an action of a widget gives: usable in a ``with``, and nothing else."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def _nothing(*_: object, **__: object) -> _Nothing:
    return _Nothing()


def activations(
    function: str = "relu", x: float = 1.0, *, corner: str = "fan", corner_slope: float = 0.0, sharpness: float = 1.0,
    h: float = 0.0, ask: str = "", revealed: bool | None = None, lock: Sequence[str] = (),
) -> Still:  # fmt: skip
    """Stand for the figure of an activation function."""
    return Still("activations", **locals())


def backprop(
    form: str = "column", step: int = 1, *, x: ArrayLike | None = None, y: int | Sequence[int] | None = None,
    params: Mapping[str, ArrayLike] | None = None, entry: int = 0, ask: str = "", revealed: bool | None = None,
    lock: Sequence[str] = (),
) -> Still:  # fmt: skip
    """Stand for the figure of a backward pass."""
    return Still("backprop", **locals())


def conv_shapes(
    shape: int | tuple[int, int, int] = 8, n_kernels: int = 1, k: int = 3, s: int = 1, p: int = 0, d: int = 1, *,
    bias: bool = False, place: int = 0, hide: Sequence[str] = (), ask: str = "", revealed: bool | None = None,
    lock: Sequence[str] = (),
) -> Still:  # fmt: skip
    """Stand for the figure of a convolution's shapes."""
    return Still("conv_shapes", **locals())


def gradient_check(
    f: Callable[..., object], gradient: Callable[..., object], x: ArrayLike = 1.0, *,
    numerical: Callable[..., object] | None = None, h: float = 1e-5, guides: bool = False, ask: str = "",
    revealed: bool | None = None, lock: Sequence[str] = (),
) -> Still:  # fmt: skip
    """Stand for the figure of a gradient check."""
    return Still("gradient_check", **locals())


def receptive_field(
    layers: Sequence[Mapping[str, object]] = ({"kind": "conv", "k": 3}, {"kind": "conv", "k": 3}),
    level: int | None = None, *, ask: str = "", revealed: bool | None = None, lock: Sequence[str] = (),
) -> Still:  # fmt: skip
    """Stand for the figure of a receptive field."""
    return Still("receptive_field", **locals())


def relu_gradients(
    function: str = "relu", weight: float = 1.0, bias: float = 0.0, *, layer: int = 1, depth: int = 10, seed: int = 0,
    ask: str = "", revealed: bool | None = None, lock: Sequence[str] = (),
) -> Still:  # fmt: skip
    """Stand for the figure of gradients in a deep network."""
    return Still("relu_gradients", **locals())


def softmax_jacobian(
    logits: Sequence[float] = (0.0, 0.5, 1.0), upstream: Sequence[float] | None = None, *, n: int = 1000,
    ask: str = "", revealed: bool | None = None, lock: Sequence[str] = (),
) -> Still:  # fmt: skip
    """Stand for the figure of softmax's Jacobian."""
    return Still("softmax_jacobian", **locals())


def softmax_temperature(
    logits: Sequence[float] = (1.0, 2.0, 3.0), temperature: float = 1.0, *, shift: float = 0.0,
    max_trick: bool = True, ask: str = "", revealed: bool | None = None, lock: Sequence[str] = (),
) -> Still:  # fmt: skip
    """Stand for the figure of softmax and its temperature."""
    return Still("softmax_temperature", **locals())


def training(
    forward: Callable[..., object] | None = None, backward: Callable[..., object] | None = None,
    step: Callable[..., object] | None = None, *, data: str | tuple[ArrayLike, ArrayLike] = "moons",
    rate: float = 0.5, hidden: int = 8, seed: int = 0, creases: bool = False, ask: str = "",
    revealed: bool | None = None, lock: Sequence[str] = (),
) -> Still:  # fmt: skip
    """Stand for the figure of a net that learns."""
    state = dict(locals())
    for function in ("forward", "backward", "step"):  # the figure's own `step` is a number of steps
        del state[function]
    return Still("training", **state)


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(f"autograder.explore has no {name!r}; it has {', '.join(__all__)}")
