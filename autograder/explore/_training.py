"""training: a student's own two-layer net learns, step by step, and everything it does is seen.

The Python face: state, values, words; ``_training_run.py`` calls the functions, ``_training_net.py`` has what they
learn from, ``_training_picture.py`` the still picture. The page asks for a few steps at a time, so that stop is heard
at once. Where no Python answers, ``static/training_net.js`` trains a net of the page's own on the same examples.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from autograder.explore import _training_net as net
from autograder.explore._columns import fixed, minus, short
from autograder.explore._explorable import Bounded, Explorable, module, style
from autograder.explore._network import Array
from autograder.explore._training_net import Examples, Labels, Params
from autograder.explore._training_picture import picture
from autograder.explore._training_run import OWN, Functions, Run

# Limits of the state, and sentences' own numbers; static/training.js holds the same.
LIMITS = {"rate": (1e-3, 100.0), "hidden": (1, 32), "seed": (0, 99)}
PLANES = {"moons": "Two moons", "rings": "Two rings", "spirals": "Two spirals"}
SLOW, RISEN = 0.3, 1.5
# What one message of the page may take of the kernel's time.
SLICE, MOST_STEPS = 0.04, 200
_FRAME = 0.2


def size(x: float) -> str:
    """Write a loss: 0.2130, 12.5000, and from 1000 on 2.5e4."""
    if x < 1000:  # noqa: PLR2004 - where four decimals are too many
        return fixed(x)
    digits, exponent = f"{x:.1e}".split("e")
    return minus(f"{digits.removesuffix('.0')}e{int(exponent)}")


class Training(Explorable):
    """The widget that `training` returns; its parameters are attributes to read, set and observe."""

    _esm = module("training")
    _css = style("training")
    controls: ClassVar[tuple[str, ...]] = ("data", "rate", "hidden", "seed", "creases")

    data = traitlets.Enum([*PLANES, "images"], default_value="moons").tag(sync=True)
    rate = Bounded(0.5, low=LIMITS["rate"][0], high=LIMITS["rate"][1])
    hidden = traitlets.Int(8, min=LIMITS["hidden"][0], max=LIMITS["hidden"][1]).tag(sync=True)
    seed = traitlets.Int(0, min=LIMITS["seed"][0], max=LIMITS["seed"][1]).tag(sync=True)
    creases = traitlets.Bool(default_value=False).tag(sync=True)
    _run = traitlets.Dict().tag(sync=True)
    _images = traitlets.Dict().tag(sync=True)
    _yours = traitlets.Bool(default_value=False).tag(sync=True)

    def __init__(self, functions: Functions, images: Examples | None, **state: Any) -> None:
        self._functions, self._given = functions, images
        shown = {} if images is None else _packed(images)
        super().__init__(_yours=functions is not OWN, _images=shown, **state)
        self.restart()
        self.observe(lambda _: self.restart(), ["data", "hidden", "seed"])
        self.on_msg(lambda _widget, content, _buffers: self._hear(content))

    @traitlets.validate("data")
    def _images_only_if_given(self, proposal: dict[str, Any]) -> str:
        data = str(proposal["value"])
        if (data == "images") != (self._given is not None):
            raise traitlets.TraitError(f"data: {data!r} is not what this net learns from")
        return data

    @property
    def step(self) -> int:
        """How many steps were taken."""
        return self._training.step

    @property
    def loss(self) -> float:
        """The mean loss over the examples that are trained on, now; NaN if it could not be computed."""
        return self._training.losses[-1] if self._training.losses else float("nan")

    @property
    def losses(self) -> Array:
        """The loss before the first step and after each: (step + 1,)."""
        return np.array(self._training.losses)

    @property
    def accuracy(self) -> float:
        """The share that is right: of the points, or of images that were not trained on."""
        return float(np.mean(self.predictions == self._examples.counted_y))

    @property
    def predictions(self) -> Labels:
        """The class that the net gives to each example that is counted; -1 where its scores are no numbers."""
        return self._training.said.copy()

    @property
    def params(self) -> Params:
        """A copy of the weights and biases as they are now: W1, b1, W2, b2."""
        return {name: array.copy() for name, array in self._training.params.items()}

    @property
    def silent(self) -> int:
        """How many hidden units are 0 for every example that is trained on."""
        return net.silent(self._examples.x, self._training.params)

    @property
    def diverged(self) -> bool:
        """Whether the loss is no finite number any more."""
        return self._training.diverged

    @property
    def problem(self) -> str:
        """What stopped the functions, in words; "" if nothing did."""
        return self._training.problem

    def advance(self, steps: int = 1) -> None:
        """Take some steps at the present rate; a page that shows the net follows."""
        until = self.step + steps
        while self.step < until and not self.diverged:
            self._training.advance(until - self.step, lambda: self.rate, _FRAME)
            self._tell()
            if self.problem:
                return

    def restart(self) -> None:
        """Go back to the first weights; the settings stay."""
        self._examples = self._given or net.plane(self.data)
        start = net.first_weights(self._examples.x.shape[1], self.hidden, self._examples.classes, self.seed)
        self._training = Run(self._functions, self._examples, start)
        self._tell()

    def reset(self) -> None:
        """Put everything back as the lesson set it, the prediction, the hidden answer and the net included."""
        super().reset()
        self.restart()

    def describe(self) -> str:
        """Say in words what the figure shows now; what training did only once it is revealed."""
        run = self._run
        units = f"{self.hidden} hidden unit{'s' if self.hidden > 1 else ''}"
        name = f"Images of {self._examples.classes} classes" if self._given else PLANES[self.data]
        scene = f"{name}, {units}, learning rate {short(self.rate)}"
        if run["problem"]:
            return f"{scene}.\n{run['problem']}"
        if not self.revealed:
            return f"{scene}. What training does is hidden until you predict."
        return "\n".join([f"{scene}.", *self._found(run)])

    def picture(self) -> str:
        """Draw what the net says, and its loss, as a still SVG; only once it is revealed."""
        cover = "" if self.revealed else "Hidden until you predict it"
        if self.problem and not self.step:
            cover = "Nothing to draw yet"
        return picture(
            self._examples, self.predictions, self._training.margins, self.losses, self.describe(), cover
        )

    def _found(self, run: dict[str, Any]) -> list[str]:
        steps = f"{run['step']} step{'' if run['step'] == 1 else 's'}"
        after = f"After {steps}" if run["step"] else "Before the first step"
        if run["diverged"]:
            why = "the steps are too large. Choose a smaller rate and start over."
            return [f"{after} the loss is no number any more: {why}"]
        of = "images that it was not trained on" if self._given else "points"
        right = f"{run['right']} of {run['total']} {of} are right"
        lines = [f"{after} the loss is {size(run['losses'][-1])}; {right}."]
        if run["silent"]:
            every = "image" if self._given else "point"
            are = "unit is" if run["silent"] == 1 else "units are"
            lines.append(
                f"{run['silent']} of {self.hidden} hidden {are} silent: 0 for every {every}, so nothing moves them."
            )
        if run["losses"][-1] > RISEN * run["losses"][0]:
            lines.append("The loss is above where it started: the steps are too large. Try a smaller rate.")
        if run["seconds"] > SLOW:
            lines.append(f"One step takes {run['seconds']:.1f} s in Python.")
        return lines

    def _tell(self) -> None:
        self._run = {"of": [self.data, self.hidden, self.seed], **self._training.as_dict()}

    def _hear(self, content: Any) -> None:
        """Answer the page: it asks whether Python is there, for a few steps, or for the first weights again."""
        asked = content.get("do") if isinstance(content, dict) else None
        if asked == "advance":
            steps = min(max(int(content.get("steps", 1)), 1), MOST_STEPS)
            self._training.advance(steps, lambda: self.rate, SLICE)
            self._tell()
        elif asked == "restart":
            self.restart()
        if asked:
            self.send({"did": asked})


def _packed(images: Examples) -> dict[str, object]:
    """Return images as text, a letter for each pixel: what the page shows, and trains its own net on."""

    def letters(x: Array) -> str:
        levels = np.clip(np.floor(16 * x + 0.5), 0, 16).astype(int)
        return "".join(chr(ord("a") + level) for level in levels.ravel())

    return {
        "side": int(np.sqrt(images.x.shape[1])),
        "classes": images.classes,
        "pixels": letters(images.x),
        "labels": "".join(map(str, images.y)),
        "counted_pixels": letters(images.counted_x),
        "counted_labels": "".join(map(str, images.counted_y)),
    }


def training(
    forward: net.Forward | None = None,
    backward: net.Backward | None = None,
    step: net.Step | None = None,
    *,
    data: str | tuple[ArrayLike, ArrayLike] = "moons",
    rate: float = 0.5,
    hidden: int = 8,
    seed: int = 0,
    creases: bool = False,
    ask: str = "",
    revealed: bool | None = None,
    lock: Sequence[str] = (),
) -> Training:
    """Let a two-layer net learn in front of you, from points in the plane or from images, with your own functions.

    Every step goes downhill on the loss of all examples at once. Run it, stop it, take one step, start over; the rate
    can be changed while it runs. With points the figure shows the boundary between what the net calls class 0 and
    class 1; with images, what it says of fifty that it was not trained on. Beside it stands the loss, step by step;
    the curve of the run before stays, dotted. Where no Python answers, the page trains a net of its own and says so.

    Parameters
    ----------
    forward, backward, step : function, optional
        Your own ``two_layer_forward(X, params)``, ``two_layer_backward(X, y, params)`` and
        ``sgd_step(params, grads, lr)``. Without them a net of the house is trained.
    data : {"moons", "rings", "spirals"} or (X, y)
        200 points of two classes, or images: X (N, D) with rows of square images from 0 to 1, y (N,) with whole
        numbers from 0 to 9. Of images the first 800 are trained on and the next 100 counted.
    rate : float
        The learning rate, in [0.001, 100].
    hidden : int
        How many hidden units there are, 1 to 32.
    seed : int
        Which first weights are drawn, 0 to 99.
    creases : bool
        Whether the line is shown on which each hidden unit bends. The boundary bends there and nowhere else.
    ask : str
        A question, plain text. Until the student reveals it, boundary, answers and loss stay hidden.
    revealed : bool, optional
        Whether they are shown. By default they are, unless there is a question.
    lock : sequence of str
        Controls that cannot be moved by hand, of "data", "rate", "hidden", "seed", "creases".

    Returns
    -------
    Training
        The widget. Its parameters are attributes; ``advance(steps)`` trains, ``restart()`` goes back to the first
        weights; ``step``, ``loss``, ``losses``, ``accuracy``, ``predictions``, ``params``, ``silent``, ``diverged``
        and ``problem`` follow. ``prediction`` is what the student wrote, ``reset()`` starts all over.

    Raises
    ------
    traitlets.TraitError
        If a parameter is outside its limits.
    ValueError
        If `lock` names no control, if only some functions are given, or if `data` holds no images.

    Examples
    --------
    >>> from autograder import explore
    >>> shown = explore.training(hidden=3, rate=1.0, seed=1)
    >>> shown.advance(200)
    >>> shown.accuracy
    1.0
    """
    given = None if isinstance(data, str) else net.images(np.asarray(data[0]), np.asarray(data[1]))
    if forward is None or backward is None:
        if forward or backward or step:
            raise ValueError("training: give both forward and backward, or no function at all")
        functions = OWN
    else:
        functions = Functions(forward, backward, step or net.step)
    return Training(
        functions,
        given,
        data="images" if given else str(data),
        rate=rate,
        hidden=hidden,
        seed=seed,
        creases=creases,
        ask=ask,
        revealed=revealed,
        lock=lock,
    )


__all__ = ["Training", "training"]
