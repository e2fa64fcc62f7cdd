"""activations from code: its values, its words, its picture, and what it refuses."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import explore

VALUES: dict[str, Callable[[float], Any]] = {
    "relu": lambda x: np.maximum(0, x),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "softplus": lambda x: np.log1p(np.exp(x)),
}
SLOPES: dict[str, Callable[[float], Any]] = {
    "relu": lambda x: np.where(x > 0, 1.0, 0.0),
    "sigmoid": lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
    "tanh": lambda x: 1 / np.cosh(x) ** 2,
    "softplus": lambda x: 1 / (1 + np.exp(-x)),
}
POINTS = st.floats(-6, 6)
untimed = settings(deadline=None)  # the first example pays for the widget library's import


@pytest.mark.parametrize("function", VALUES)
@untimed
@given(x=POINTS)
def test_value_and_slope_are_numpys(function: str, x: float) -> None:
    shown = explore.activations(function, x)
    assert isinstance(shown.y, np.float64)
    np.testing.assert_allclose(shown.y, VALUES[function](x), rtol=1e-12)
    np.testing.assert_allclose(shown.slope, SLOPES[function](x), rtol=1e-12)


def test_numbers_follow_the_state() -> None:
    shown = explore.activations("relu", x=-2.0)
    assert shown.slope == 0
    shown.x = 0.0
    shown.corner_slope = 0.25
    assert (shown.y, shown.slope) == (0.0, 0.25)


def test_there_is_no_slope_at_the_corner_but_a_fan_of_lines() -> None:
    assert explore.activations("relu", x=0, corner_slope=0.4, h=0.5).describe() == (
        "ReLU at x = 0: f(x) = 0.0000.\n"
        "At the corner there is no slope. The dashed line has slope 0.4; "
        "with any slope from 0 to 1 it stays on or below the graph.\n"
        "Central difference with h = 0.5: 0.5000.\n"
        "Its two points lie on both sides of the corner."
    )


def test_a_corner_can_keep_its_answer_even_when_the_slopes_are_shown() -> None:
    shown = explore.activations("relu", x=0, corner="hidden", corner_slope=0.4)
    assert shown.describe() == "ReLU at x = 0: f(x) = 0.0000.\nThe graph has a corner here."
    assert np.isnan(shown.slope)
    assert shown.picture().count("<circle") == 1
    assert "nan" not in shown.picture()
    shown.x = 2.0
    assert shown.slope == 1


def test_probe_across_the_corner_measures_neither_slope() -> None:
    shown = explore.activations("relu", x=0.5, h=1.0)
    assert shown.central_difference == 0.75
    assert "both sides of the corner" in shown.describe()
    assert np.isnan(explore.activations("relu").central_difference)


@untimed
@given(x=POINTS, sharpness=st.floats(1, 20))
def test_softplus_lies_above_relu_by_no_more_than_its_gap_at_zero(x: float, sharpness: float) -> None:
    shown = explore.activations("softplus", x, sharpness=sharpness)
    gap = shown.y - max(0.0, x)
    assert -1e-12 <= gap <= np.log(2) / sharpness + 1e-12


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": 7},
        {"x": float("nan")},
        {"corner": "round"},
        {"corner_slope": -0.1},
        {"sharpness": 0},
        {"h": 3},
        {"function": "elu"},
    ],
)
def test_a_state_that_cannot_be_shown_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        explore.activations(**wrong)  # type: ignore[arg-type]


def test_without_javascript_there_are_words_and_a_picture() -> None:
    data, _ = explore.activations("tanh", x=-0.5)._repr_mimebundle_()
    assert data["text/plain"] == ("Tanh at x = \u22120.5: f(x) = \u22120.4621, slope f\u2032(x) = 0.7864.")
    picture = ET.fromstring(data["image/svg+xml"])  # noqa: S314 - our own text
    assert picture.get("aria-label") == data["text/plain"]
    assert len(data["image/svg+xml"]) < 8_000
    assert "application/vnd.jupyter.widget-view+json" in data


def test_nothing_without_javascript_gives_the_answer_away() -> None:
    data, _ = explore.activations("sigmoid", x=0, h=1, ask="How steep?")._repr_mimebundle_()
    assert data["text/plain"].startswith("How steep?\n")
    assert "0.2500" not in data["text/plain"]
    assert data["image/svg+xml"].count("<circle") == 1
    assert "Hidden until you predict it" in data["image/svg+xml"]
