"""Picture: what a student sees when a figure can be drawn, when it cannot, and what stands where no page is."""

import base64
import struct
import subprocess
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder import explore


def curve(axes: Any) -> None:
    """Draw as a lesson does; the globals are the student's notebook below."""
    x = np.linspace(-1, 1, 5)
    axes.plot(x, [relu(t) for t in x])  # type: ignore[name-defined]  # noqa: F821 - the student's


def in_notebook(draw: Callable[..., object], **student: object) -> FunctionType:
    """Give `draw` a notebook's names."""
    assert isinstance(draw, FunctionType)
    return FunctionType(draw.__code__, {"np": np, "__builtins__": __builtins__, **student})


def relu_of_the_student(x: float) -> float:
    return max(x, 0.0)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a shell with a kernel, which is how a figure knows that somebody looks."""
    shell = InteractiveShell.instance()
    monkeypatch.setattr(shell, "kernel", object(), raising=False)
    monkeypatch.setattr("autograder.explore._figure.get_ipython", lambda: shell)


def text(picture: Any) -> str:
    shown = picture._repr_mimebundle_()
    return str((shown[0] if isinstance(shown, tuple) else shown)["text/plain"])


def test_where_no_page_is_the_words_stand_for_the_figure() -> None:
    def never(_: object) -> None:
        raise AssertionError

    picture = explore.Picture(never, alt="a climb")
    assert picture._repr_mimebundle_() == {"text/plain": "a climb"}
    assert repr(picture) == "a climb"


@pytest.mark.usefixtures("page")
def test_a_figure_is_an_image_with_its_words() -> None:
    draw = in_notebook(curve, relu=relu_of_the_student)
    bundle = explore.Picture(draw, alt='"a" < b', size=(4.0, 2.0))._repr_mimebundle_()
    assert isinstance(bundle, tuple)
    shown, more = bundle
    width, height = struct.unpack(">II", base64.b64decode(shown["image/png"])[16:24])
    assert (width, height) == (360, 180)
    assert 'alt="&quot;a&quot; &lt; b" width="360"' in shown["text/html"]
    assert (shown["text/plain"], more["image/png"]["alt"]) == ('"a" < b', '"a" < b')


@pytest.mark.usefixtures("page")
def test_a_figure_has_few_colours_and_so_few_bytes() -> None:
    def draw(axes: Any) -> None:
        for slope in np.linspace(-1, 1, 10):
            axes.plot([-1, 1], [-slope, slope])

    bundle = explore.Picture(draw, alt="ten lines through one point")._repr_mimebundle_()
    assert isinstance(bundle, tuple)
    png = base64.b64decode(bundle[0]["image/png"])
    assert png[25] == 3, "a palette, not three bytes for each pixel"
    assert len(png) < 20_000


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(("panels", "axes"), [(1, 1), (2, 2), ((2, 3), 6)])
def test_each_panel_is_an_argument(panels: Any, axes: int) -> None:
    given: list[object] = []
    explore.Picture(lambda *panel: given.extend(panel), alt="grid", panels=panels)._repr_mimebundle_()
    assert len(given) == axes


def not_written(_: float) -> float:
    raise NotImplementedError


def divides(_: float) -> float:
    return 1 / 0


SENTENCES: list[tuple[dict[str, object], str]] = [
    ({"relu": not_written}, "Write not_written first, then run this cell again: it draws a figure."),
    ({}, "Run the cell of relu first: this one draws a figure with it."),
    ({"relu": lambda _: object()}, "What relu returned cannot be drawn. "),
    ({"relu": lambda x: [x] * 3 if x > 0 else x}, "No figure yet. What relu"),
    ({"relu": divides}, "ZeroDivisionError: division by zero"),
    ({"relu": 5}, "TypeError: 'int' object is not callable"),
]


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(("student", "sentence"), SENTENCES)
def test_a_figure_that_cannot_be_drawn_says_what_to_do(student: dict[str, object], sentence: str) -> None:
    assert sentence in text(explore.Picture(in_notebook(curve, **student), alt="a climb"))


@pytest.mark.usefixtures("page")
def test_the_function_that_stopped_is_named() -> None:
    source = "def relu(x):\n    return helper(x)\ndef helper(x):\n    return 1 / 0"
    student: dict[str, Any] = {}
    exec(source, student)  # noqa: S102 - a notebook's cell
    picture = explore.Picture(in_notebook(curve, relu=student["relu"]), alt="a climb")
    assert text(picture).startswith("No figure yet. relu stopped. ")


def test_a_picture_loads_neither_widgets_nor_matplotlib() -> None:
    code = (
        "import sys; from autograder import explore; explore.Picture(print, alt='');"
        "print([m for m in ('anywidget', 'ipywidgets', 'matplotlib') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
