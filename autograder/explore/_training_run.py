"""One run of training with a student's functions: step after step, for a slice of time, until something stops it.

Whatever those functions raise or return ends as a sentence in `Run.problem`, and the net stays what it was before.
``static/training_net.js`` trains the page's own net in the same way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from autograder.explore import _training_net as net
from autograder.explore._network import Array
from autograder.explore._training_net import Examples, Labels, Params

POINTS_OF_CURVE = 200
_LEVELS = 2047  # scores of the grid are sent in 12 bits
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"


@dataclass(frozen=True)
class Functions:
    """The three functions that training calls."""

    forward: net.Forward
    backward: net.Backward
    step: net.Step


OWN = Functions(net.forward, net.backward, net.step)


class _StoppedError(Exception):
    """Training cannot go on; the text says why."""


class Run:
    """Training from the first weights on, with everything that is told of it.

    Attributes
    ----------
    step : int
        How many steps were taken.
    params : dict
        The weights and biases after them.
    losses : list of float
        The loss before the first step and after each.
    problem : str
        What stopped the functions, "" if nothing did.
    seconds : float
        How long the slowest step of the last slice took.
    """

    def __init__(self, functions: Functions, examples: Examples, params: Params) -> None:
        self._functions, self._examples = functions, examples
        self.params, self.step, self.seconds, self.problem = params, 0, 0.0, ""
        self.losses: list[float] = []
        self._grads: Params = {}
        self._said: Labels = np.full(len(examples.counted_y), -1)
        self._margins: Array | None = None
        self._asked = False
        self._guard(self._look)

    @property
    def diverged(self) -> bool:
        """Whether the loss is no finite number any more."""
        return bool(self.losses) and not np.isfinite(self.losses[-1])

    @property
    def said(self) -> Labels:
        """The class that the net says for each example that is counted; -1 where its scores are no numbers."""
        return self._said

    @property
    def margins(self) -> Array | None:
        """The score of class 1 less that of class 0 at each point of `net.grid()`; None for images."""
        return self._margins

    def advance(self, steps: int, rate: Callable[[], float], seconds: float = np.inf) -> None:
        """Take so many steps, or as many as fit into so many seconds, but one at least."""
        if not self.losses and not self._guard(self._look):
            return
        start = last = perf_counter()
        self.seconds, self.problem = 0.0, ""
        for _ in range(steps):
            if self.diverged or not self._guard(lambda: self._take(rate())):
                break
            now = perf_counter()
            self.seconds, last = max(self.seconds, now - last), now
            if now - start > seconds:
                break
        problem = self.problem
        self._guard(self._ask)  # what the net says belongs to the step that was reached
        self.problem = problem or self.problem

    def as_dict(self) -> dict[str, object]:
        """Return plain values, to be sent to the browser; None stands for what is not finite."""
        last = len(self.losses) - 1
        stride = 1
        while last // stride >= POINTS_OF_CURVE:
            stride *= 2
        steps = sorted({*range(0, last + 1, stride), last} - {-1})
        params = self.params
        plane = self._examples.x.shape[1] == 2  # noqa: PLR2004 - points have two coordinates
        return {
            "step": self.step,
            "steps": steps,
            "losses": [_finite(self.losses[k]) for k in steps],
            "diverged": self.diverged,
            "right": int((self._said == self._examples.counted_y).sum()),
            "total": len(self._said),
            "said": "".join("?" if label < 0 else str(label) for label in self._said) if self._asked else "",
            "silent": net.silent(self._examples.x, params),
            "margins": "" if self._margins is None else pack(self._margins),
            "creases": [[_finite(round(float(w), 4)) for w in row] for row in (*params["W1"], params["b1"])]
            if plane
            else [],
            "seconds": round(self.seconds, 3),
            "problem": self.problem,
        }

    def _guard(self, work: Callable[[], None]) -> bool:
        """Do work that calls the student's functions; tell whether it went well."""
        self.problem = ""
        try:
            with np.errstate(all="ignore"):
                work()
        except _StoppedError as stopped:
            self.problem = str(stopped)
        except KeyboardInterrupt:
            self.problem = f"Interrupted after {self.step} steps. The net is kept."
        return not self.problem

    def _take(self, rate: float) -> None:
        """Take one step; nothing changes before its loss is known."""
        moved = self._call("step", _copies(self.params), _copies(self._grads), rate)
        params = _dict_like(self.params, moved, self._named("step"))
        loss, grads = self._descend(params)
        self.params, self._grads, self.step = params, grads, self.step + 1
        self.losses.append(loss)

    def _look(self) -> None:
        """Ask for loss and gradient before the first step, and what the net says."""
        loss, self._grads = self._descend(self.params)
        self.losses = [loss]
        self._ask()

    def _descend(self, params: Params) -> tuple[float, Params]:
        name = self._named("backward")
        answer = self._call("backward", self._examples.x.copy(), self._examples.y.copy(), _copies(params))
        if not isinstance(answer, tuple) or len(answer) != 2:  # noqa: PLR2004 - loss and grads
            raise _StoppedError(f"{name} returned {_what(answer)}. Two results are due: loss, grads.")
        loss, grads = answer
        if np.ndim(loss) != 0 or not isinstance(loss, (int, float, np.number, np.ndarray)):
            raise _StoppedError(f"The loss that {name} returned is {_what(loss)}. One number is due.")
        return float(loss), _dict_like(params, grads, name)

    def _ask(self) -> None:
        scores = self._scores(self._examples.counted_x)
        numbers = np.asarray(np.isfinite(scores).all(axis=1))
        said = np.where(numbers, np.argmax(np.where(numbers[:, None], scores, 0.0), axis=1), -1)
        if self._examples.x.shape[1] == 2:  # noqa: PLR2004 - points have two coordinates
            scores = self._scores(net.grid())
            self._margins = scores[:, 1] - scores[:, 0]
        self._said, self._asked = said, True

    def _scores(self, x: Array) -> Array:
        name = self._named("forward")
        answer = self._call("forward", x.copy(), _copies(self.params))
        scores = answer[0] if isinstance(answer, tuple) and answer else answer
        due = (len(x), self._examples.classes)
        if not isinstance(scores, np.ndarray) or scores.shape != due:
            raise _StoppedError(f"The scores that {name} returned are {_what(scores)}. Shape {due} is due.")
        return np.asarray(scores, dtype=np.float64)

    def _named(self, which: str) -> str:
        """Return the name of a function; that of a lambda is the name of what it calls."""
        function: Any = getattr(self._functions, which)
        name = str(getattr(function, "__name__", which))
        if name == "<lambda>":
            called = function.__code__.co_names[:1]
            return next((inside for inside in called if callable(function.__globals__.get(inside))), name)
        return name

    def _call(self, which: str, *arguments: Any) -> Any:
        try:
            return getattr(self._functions, which)(*arguments)
        except NotImplementedError as problem:
            trace = problem.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            inside = trace.tb_frame.f_code.co_name if trace is not None else self._named(which)
            raise _StoppedError(
                f"Write {inside} first, then run this cell again: the net trains with it."
            ) from None
        except NameError as problem:
            raise _StoppedError(f"Run the cell of {problem.name} first: the net trains with it.") from None
        except Exception as problem:  # noqa: BLE001 - a student's function may raise anything
            after = f" after {self.step} steps" if self.step else ""
            raise _StoppedError(
                f"{self._named(which)} stopped{after}. {type(problem).__name__}: {problem}"
            ) from None


def pack(margins: Array) -> str:
    """Write numbers of any size in two letters each: m / (1 + |m|) in 4095 steps, with 0 in the middle."""
    with np.errstate(invalid="ignore"):
        squashed = np.nan_to_num(margins / (1 + np.abs(margins)), nan=0.0)
    levels = np.floor(squashed * _LEVELS + 0.5).astype(int) + _LEVELS
    return "".join(_LETTERS[level >> 6] + _LETTERS[level & 63] for level in levels)


def _copies(arrays: Mapping[str, Array]) -> Params:
    return {name: array.copy() for name, array in arrays.items()}


def _dict_like(params: Params, got: object, name: str) -> Params:
    """Return the arrays of `got` that are named in `params`, if they have the same shapes."""
    if not isinstance(got, dict):
        raise _StoppedError(f"{name} returned {_what(got)} where a dict of arrays is due.")
    for key, array in params.items():
        if key not in got:
            raise _StoppedError(f"The dict that {name} returned has no {key!r}.")
        if not isinstance(got[key], np.ndarray) or got[key].shape != array.shape:
            raise _StoppedError(
                f"{key} in the dict that {name} returned is {_what(got[key])}. Shape {array.shape} is due."
            )
    return {key: np.array(got[key], dtype=np.float64) for key in params}


def _what(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _finite(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None
