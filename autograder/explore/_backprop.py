"""backprop: the net of two layers as a graph, with a pointer that steps forward and backward through it.

The Python face: state, values, words, the still picture. The maths is in ``_backprop_steps.py``, the picture in
``_backprop_picture.py``, the drawing in ``static/backprop.js`` and what it imports.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from autograder.explore._backprop_picture import picture
from autograder.explore._backprop_steps import (
    FORWARD,
    LIMITS,
    PARAMETERS,
    STEPS,
    Net,
    found_at,
    name_of,
    short,
    where,
)
from autograder.explore._explorable import Explorable, module, style

Arrays = dict[str, NDArray[np.float64]]

# Small enough to work out by hand. The column is the tiny net of lesson 03's part A.
_TINY: dict[str, dict[str, Any]] = {
    "column": {
        "x": [1.0, 2.0, -1.0],
        "y": 2,
        "W1": [[1.0, 0.0, 2.0], [2.0, 1.0, 3.0]],
        "b1": [np.pi / 6 + 1, 5 * np.pi / 6 - 1],
        "W2": [[1.0, -1.0], [2.0, 0.0], [0.0, 2.0], [-1.0, 3.0]],
        "b2": [0.0, -1.0, np.log(2) - 1, -1.0],
    },
    "batch": {
        "x": [[0.0, -2.0], [1.0, 2.0], [2.0, 1.0], [-1.0, 2.0]],
        "y": [1, 0, 1, 0],
        "W1": [[1.0, 1.0, 1.0], [1.0, 0.0, -1.0]],
        "b1": [0.0, 2.0, 0.0],
        "W2": [[0.0, 1.0], [1.0, 0.0], [-1.0, 0.0]],
        "b2": [0.0, np.log(3)],
    },
}


class _Numbers(traitlets.TraitType[Any, Any]):
    """An array of one or two dimensions as nested lists, which is how the browser gets it; finite and not large."""

    def __init__(self) -> None:
        super().__init__(default_value=[])
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> list[Any]:
        try:
            array = np.array(value, dtype=np.float64)
        except (TypeError, ValueError):
            self.error(obj, value)
        if array.ndim not in (1, 2) or not (np.abs(array) <= LIMITS["value"]).all():
            self.error(obj, value)
        if not 1 <= min(array.shape) <= max(array.shape) <= LIMITS["units"]:
            self.error(obj, value)
        return list(array.tolist())

    def info(self) -> str:
        return (
            f"an array of finite numbers from -{LIMITS['value']} to {LIMITS['value']}, "
            f"at most {LIMITS['units']} along an axis"
        )


class Backprop(Explorable):
    """The widget that `backprop` returns; its parameters are attributes to read, set and observe."""

    _esm = module("backprop")
    _css = style("backprop")
    controls: ClassVar[tuple[str, ...]] = ("step", "entry", *PARAMETERS)

    form = traitlets.Enum(["column", "batch"], default_value="column", read_only=True).tag(sync=True)
    step = traitlets.Int(1, min=1, max=len(STEPS)).tag(sync=True)
    entry = traitlets.Int(0, min=0, max=99).tag(sync=True)
    y = traitlets.Any(0).tag(sync=True)
    x = _Numbers()
    W1 = _Numbers()
    b1 = _Numbers()
    W2 = _Numbers()
    b2 = _Numbers()

    def __init__(self, form: str, given: Mapping[str, object], **state: Any) -> None:
        self._check(form, given)
        numbers: dict[str, Any] = {name: given[name] for name in PARAMETERS}
        super().__init__(**state, **numbers, y=np.asarray(given["y"]).tolist())
        self.set_trait("form", form)

    @traitlets.validate(*PARAMETERS)
    def _same_shape(self, proposal: dict[str, Any]) -> list[Any]:
        name, value = proposal["trait"].name, proposal["value"]
        shape = np.shape(self._scene.get(name, value))
        if np.shape(value) != shape:
            raise traitlets.TraitError(f"{name}: its shape here is {shape}, not {np.shape(value)}")
        return list(value)

    @traitlets.validate("y")
    def _a_class(self, proposal: dict[str, Any]) -> Any:
        y, classes = np.asarray(proposal["value"]), len(self.b2)
        examples = np.shape(self.x)[:-1]
        if classes and (y.dtype.kind != "i" or y.shape != examples or not ((y >= 0) & (y < classes)).all()):
            each = f"{examples[0]} integers" if examples else "an integer"
            raise traitlets.TraitError(f"y: {each} from 0 to {classes - 1} wanted, not {proposal['value']!r}")
        return y.tolist()

    @property
    def params(self) -> Arrays:
        """The weights and biases now, under "W1", "b1", "W2", "b2"."""
        return {name: np.array(getattr(self, name)) for name in PARAMETERS[1:]}

    @property
    def values(self) -> Arrays:
        """What the way forward finds: "h_a", "h_s", "o_a", "o_s", "L", or "Z", "H", "S", "P", "L" for a batch."""
        keys = [key for keys in STEPS[:FORWARD] for key in keys]
        return {name_of(self.form, key): self._net.arrays[key] for key in keys}

    @property
    def gradients(self) -> Arrays:
        """What the way back finds, under the names of the arrays they belong to: "W2" has the gradient of W2."""
        keys = [key for keys in STEPS[FORWARD:] for key in keys]
        return {name_of(self.form, key[1:]): self._net.arrays[key] for key in keys}

    def describe(self) -> str:
        """Say in words what the step finds; with a question, only once it is revealed."""
        net, results = self._net, STEPS[self.step - 1]
        here = where(self.step)
        if self._seen < self.step:
            said = " and ".join(name_of(self.form, key) for key in results)
            return f"{here}: {said}. Hidden until you predict it."
        entries = net.entries(self.step)
        entry = entries[min(self.entry, len(entries) - 1)]
        lines = [
            f"{here}: {'; '.join(map(net.found, results))}.",
            f"{net.entry_name(entry)} {net.worked(entry)}.",
        ]
        return "\n".join(lines + self._story())

    def picture(self) -> str:
        """Draw the net with the numbers that are known at this step as a still SVG."""
        return picture(self._net, self._seen, self.describe())

    @property
    def _net(self) -> Net:
        return self._net_of({name: getattr(self, name) for name in PARAMETERS})

    def _net_of(self, given: Mapping[str, object]) -> Net:
        return Net.of(self.form, self.y, given)

    @property
    def _seen(self) -> int:
        return self.step if self.revealed else min(self.step, self._scene["step"] - 1)

    def _story(self) -> list[str]:
        """Say what became of the loss since the scene was set, and what its slopes there promised."""
        if self.step < FORWARD:
            return []
        now, start = self._net.arrays, self._net_of(self._scene).arrays
        moved = [name for name in PARAMETERS if (now[name] != start[name]).any()]
        if not moved:
            return [f"The loss is L = {short(float(now['L']))}."] if self.step > FORWARD else []
        by = float(now["L"] - start["L"])
        went = f"Since the start the loss went from {short(float(start['L']))} to {short(float(now['L']))}, by {short(by)}."
        if any(found_at(f"\u2202{name}") > self.step for name in moved):
            return [went]
        promised = sum(float(np.sum((now[name] - start[name]) * start[f"\u2202{name}"])) for name in moved)
        return [f"{went} The slopes there promised {short(promised)}."]

    @staticmethod
    def _check(form: str, given: Mapping[str, object]) -> None:
        """Refuse shapes that do not fit together, by name."""
        sizes = {name: np.shape(np.asarray(given[name], dtype=np.float64)) for name in PARAMETERS}
        batch = form == "batch"
        if [len(sizes[name]) for name in PARAMETERS] != [1 + batch, 2, 1, 2, 1]:
            raise ValueError(f"{form} form: x, W1, b1, W2, b2 have {1 + batch}, 2, 1, 2, 1 axes; got {sizes}")
        d, h, m = sizes["x"][-1], sizes["b1"][0], sizes["b2"][0]
        want = {"W1": (d, h) if batch else (h, d), "W2": (h, m) if batch else (m, h)}
        for name, shape in want.items():
            if sizes[name] != shape:
                raise ValueError(f"{name} should have shape {shape} beside the others, not {sizes[name]}")


def backprop(
    form: str = "column",
    step: int = 1,
    *,
    x: ArrayLike | None = None,
    y: int | Sequence[int] | None = None,
    params: Mapping[str, ArrayLike] | None = None,
    entry: int = 0,
    ask: str = "",
    revealed: bool | None = None,
    lock: Sequence[str] = (),
) -> Backprop:
    """Show a net of two layers as a graph, and step through it: four operations forward, six backward.

    Every unit and every weight shows its value and, once the way back has found it, its gradient. A step lights up the
    numbers that one entry is made of; its formula stands below, with dimensions and with the numbers filled in. Drag
    a weight, or choose it and press up and down: everything follows, and the loss is compared with what the slopes
    promised.

    Parameters
    ----------
    form : {"column", "batch"}
        One example as columns, bent by the sine, with the loss of one right class; or a batch as rows, bent by the
        rectifier, with the losses summed. Lesson 03 has them as parts A and B.
    step : int
        Where the pointer stands: 1 to 4 forward, 5 to 10 backward (7 is backward 3).
    x : array_like, optional
        The input: shape (d,), or (N, D) for a batch. By default a net whose numbers can be worked out by hand.
    y : int or sequence of int, optional
        The right class, or one for each example.
    params : mapping, optional
        "W1", "b1", "W2", "b2": in column form (d_h, d), (d_h,), (m, d_h), (m,), for a batch (D, K), (K,), (K, C), (C,).
        At most four along an axis, values from -20 to 20. Give `x`, `y` and `params` together or none of them.
    entry : int
        Which entry of the step's result is worked out.
    ask : str
        A question, plain text. Until the student reveals it, what `step` finds and all that follows stays hidden.
    revealed : bool, optional
        Whether it is shown. By default it is, unless there is a question.
    lock : sequence of str
        Controls that cannot be moved by hand, of "step", "entry", "x", "W1", "b1", "W2", "b2".

    Returns
    -------
    Backprop
        The widget. Its parameters are attributes (assign new arrays; shapes stay). ``values``, ``gradients`` and
        ``params`` are dicts of NumPy arrays that follow them, ``prediction`` is what the student wrote, ``reset()``
        starts over.

    Raises
    ------
    traitlets.TraitError
        If a number, a label or a step is outside its limits.
    ValueError
        If shapes do not fit together, `x`, `y` and `params` are not given together, or `lock` names no control.

    Examples
    --------
    >>> from autograder import explore
    >>> shown = explore.backprop(step=7)
    >>> shown.gradients["h_s"].round(6).tolist()
    [0.4, -0.8]
    """
    if form not in _TINY:
        raise ValueError(f'form is "column" or "batch", not {form!r}')
    given: dict[str, Any] = dict(_TINY[form])
    if (x is None) != (params is None) or (y is None) != (params is None):
        raise ValueError("give x, y and params together, or none of them")
    if params is not None:
        given = {"x": x, "y": y, **{name: params[name] for name in PARAMETERS[1:]}}
    return Backprop(form, given, step=step, entry=entry, ask=ask, revealed=revealed, lock=lock)
