"""What every explorable has: question and reveal, locked controls, reset, and a picture without JavaScript.

The drawing and its maths are in ``static``; the values of one explorable are in its own ``_name.py``.
"""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

_STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)


def module(name: str) -> str:
    """Return ``static/name.js`` and what it imports (the kit, and what the kit has no room for) as one ES module.

    The browser gets a module as text, from which a relative import leads nowhere; so the files are joined.
    """
    parts: dict[str, str] = {}

    def add(part: str) -> None:
        text = _read(f"{part}.js")
        for needed in _IMPORT.findall(text):
            if needed not in parts:
                add(needed)
        parts[part] = _IMPORT.sub("", text)

    add(name)
    if "kit" not in parts:
        raise ValueError(f'static/{name}.js needs one line like: import {{ frame }} from "./kit.js";')
    return "".join(parts.values())


def style(*more: str) -> str:
    """Return the style sheet that all explorables share, then those of the parts named, ``static/part.css``."""
    return "".join(_read(f"{name}.css") for name in ("kit", *more))


def _read(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


class Bounded(traitlets.CFloat[float, Any]):
    """A finite float between two limits; anything else is refused, not clipped."""

    def __init__(self, default: float, *, low: float, high: float) -> None:
        super().__init__(default, min=low, max=high)
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> float:
        """Refuse NaN, which is neither below the minimum nor above the maximum."""
        number = float(super().validate(obj, value))
        if math.isnan(number):
            self.error(obj, value)
        return number


class Explorable(anywidget.AnyWidget):
    """An interactive figure that asks before it shows.

    Attributes
    ----------
    ask : str
        The question above the figure, plain text. With a question, what answers it stays hidden at first.
    prediction : str
        What the student wrote before revealing, "" if nothing.
    revealed : bool
        Whether the answer is shown.
    lock : list of str
        Names of the controls that cannot be moved by hand. Code can still set them.
    """

    controls: ClassVar[tuple[str, ...]] = ()

    ask = traitlets.Unicode("").tag(sync=True)
    prediction = traitlets.Unicode("").tag(sync=True)
    revealed = traitlets.Bool(default_value=True).tag(sync=True)
    lock = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _scene = traitlets.Dict().tag(sync=True)

    def __init__(self, *, ask: str, revealed: bool | None, lock: Sequence[str], **state: object) -> None:
        unknown = sorted(set(lock) - set(self.controls))
        if unknown:
            raise ValueError(
                f"lock: no control named {', '.join(unknown)}; there are {', '.join(self.controls)}"
            )
        shown = not ask if revealed is None else revealed
        super().__init__(ask=ask, revealed=shown, lock=list(lock), **state)
        # The browser resets by itself (it must work without a kernel), so it is told where to go back to.
        self._scene = {name: getattr(self, name) for name in (*self.controls, "prediction", "revealed")}

    def reset(self) -> None:
        """Put everything back as the lesson set it, the prediction and the hidden answer included."""
        with self.hold_sync():
            for name, value in self._scene.items():
                setattr(self, name, value)

    def describe(self) -> str:
        """Say in words what the figure shows now."""
        raise NotImplementedError

    def picture(self) -> str:
        """Draw what the figure shows now as a still SVG."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """Return the question, if there is one, and the numbers in words."""
        return f"{self.ask}\n{self.describe()}" if self.ask else self.describe()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Add words and a still picture, for where no JavaScript runs."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/plain": repr(self), "image/svg+xml": self.picture()}, metadata
