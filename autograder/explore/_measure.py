"""What gradient_check measures with the student's own functions: differences of f for one step h after another.

Whatever those functions raise or return ends as a sentence, since a figure has to be shown all the same.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Function = Callable[[Array], float]
Gradient = Callable[[Array], Array]
Numerical = Callable[[Function, Array, float], Array]

# Steps of half a power of ten, 1e-15 to 1; static/gradient_check.js holds the same.
STOPS = tuple(range(-30, 1))
STEPS = tuple(10.0 ** (stop / 2) for stop in STOPS)


@dataclass(frozen=True)
class Curve:
    """Errors for every step, and what one entry's slope was made of; None stands for what is not finite."""

    at: float | None = None
    central: list[float | None] = field(default_factory=list)
    one_sided: list[float | None] = field(default_factory=list)
    above: list[float | None] = field(default_factory=list)
    below: list[float | None] = field(default_factory=list)
    value: float | None = None
    slope: float | None = None
    largest: float = 1.0
    entries: int = 1
    seconds: float = 0.0
    problem: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return plain values, to be sent to the browser."""
        return asdict(self)


def central_difference(f: Function, x: Array, h: float) -> Array:
    """Return the gradient of f at x by central differences; what a lesson's student writes too."""
    gradient = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        gradient[k] = (f(_moved(x, k, h)) - f(_moved(x, k, -h))) / (2 * h)
    return gradient


def measure(f: Function, gradient: Gradient, x: Array, numerical: Numerical) -> Curve:
    """Hold `gradient` at x against differences of f, for all steps."""
    at = float(x.flat[0]) if x.size == 1 else None
    start = perf_counter()
    try:
        with np.errstate(all="ignore"):
            curve = _measure(f, gradient, x, numerical)
    except NotImplementedError as problem:
        name = problem.__traceback__
        while name is not None and name.tb_next is not None:
            name = name.tb_next
        inside = name.tb_frame.f_code.co_name if name is not None else "it"
        return Curve(at=at, problem=f"Write {inside} first, then run this cell again: it is measured here.")
    except NameError as problem:
        return Curve(at=at, problem=f"Run the cell of {problem.name} first: this one measures with it.")
    except Exception as problem:  # noqa: BLE001 - a student's function may raise anything
        return Curve(at=at, problem=f"Nothing measured. {type(problem).__name__}: {problem}")
    return Curve(at=at, **curve, seconds=round(perf_counter() - start, 3))  # type: ignore[arg-type]


def _measure(f: Function, gradient: Gradient, x: Array, numerical: Numerical) -> dict[str, object]:
    want = np.asarray(gradient(x.copy()), dtype=np.float64)
    if want.shape != x.shape:
        raise ValueError(f"the gradient has shape {want.shape}, x has {x.shape}")
    largest = float(np.abs(want).max()) or 1.0  # a gradient of zeros: the error is then an absolute one
    entry = np.unravel_index(int(np.abs(want).argmax()), want.shape)
    value = float(f(x.copy()))
    rows = []
    for h in STEPS:
        got = np.asarray(numerical(f, x.copy(), h), dtype=np.float64)
        if got.shape != x.shape:
            raise ValueError(f"the numerical gradient has shape {got.shape}, x has {x.shape}")
        ahead = np.array([float(f(_moved(x, k, h))) for k in np.ndindex(x.shape)]).reshape(x.shape)
        behind = float(f(_moved(x, entry, -h)))
        off = float(np.abs(got - want).max()) / largest
        one_sided = float(np.abs((ahead - value) / h - want).max()) / largest
        rows.append([_finite(number) for number in (off, one_sided, float(ahead[entry]), behind)])
    columns = [list(column) for column in zip(*rows, strict=True)]
    return {
        **dict(zip(("central", "one_sided", "above", "below"), columns, strict=True)),
        "value": _finite(value),
        "slope": _finite(float(want[entry])),
        "largest": largest if np.isfinite(largest) else 1.0,
        "entries": x.size,
    }


def _moved(x: Array, k: tuple[np.intp | int, ...], h: float) -> Array:
    moved = x.copy()
    moved[k] += h
    return moved


def _finite(x: float) -> float | None:
    return x if np.isfinite(x) else None
