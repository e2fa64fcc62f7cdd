"""gradient_check from code: its numbers against NumPy and the browser's, its words, its picture, what it survives."""

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import traitlets

from autograder import explore
from autograder.explore import _gradient_check

from .test_javascript import STATIC, node


def bell(x: Any) -> float:
    return float(np.exp(-np.sum(x**2)))


def bell_slope(x: Any) -> Any:
    return -2 * x * bell(x)


def exp(x: Any) -> float:
    return float(np.exp(x[0]))


def test_errors_are_those_of_the_two_differences() -> None:
    shown = explore.gradient_check(exp, np.exp, 0.5)
    for i, h in enumerate(shown.steps):
        slope, ahead, behind = np.exp([0.5, 0.5 + h, 0.5 - h])
        np.testing.assert_allclose(
            [shown.errors[i], shown.one_sided_errors[i]],
            [abs((ahead - behind) / (2 * h) - slope) / slope, abs((ahead - slope) / h - slope) / slope],
            rtol=1e-12,
        )
    assert shown.error == shown.errors[20]
    assert shown.agrees
    assert 1e-7 < shown.best < 1e-4
    shown.h = 0.9
    assert shown.error == shown.errors[-1]


def test_an_array_of_any_shape_is_measured_as_a_whole() -> None:
    x = np.array([[0.1, -0.2, 0.3], [0.4, 0.0, -0.6]])
    kept = x.copy()
    shown = explore.gradient_check(bell, bell_slope, x)
    np.testing.assert_array_equal(x, kept)
    want, got = bell_slope(x), np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[k] = 1e-5
        got[k] = (bell(x + step) - bell(x - step)) / 2e-5
    np.testing.assert_allclose(shown.error, np.abs(got - want).max() / np.abs(want).max(), rtol=1e-6)
    assert shown.describe().startswith("h = 1e\u22125: the central difference")


def test_it_is_the_students_numerical_gradient_that_is_measured() -> None:
    asked = []

    def numerical_gradient(f: Any, x: Any, h: float) -> Any:
        asked.append(f(x) and h)
        x[0] += 100  # it may move x: what it gets is a copy
        return np.array([1.0])

    shown = explore.gradient_check(exp, np.exp, 0.0, numerical=numerical_gradient)
    np.testing.assert_array_equal(asked, shown.steps)
    np.testing.assert_array_equal(shown.errors, np.zeros(31))
    assert shown.at == 0


def test_a_wrong_gradient_is_off_at_every_step() -> None:
    shown = explore.gradient_check(exp, lambda x: 2 * np.exp(x))
    assert not shown.agrees
    assert shown.describe().endswith(
        "No step brings the error below 1e\u22126: the gradient and f do not agree."
    )


def test_moving_the_point_measures_anew() -> None:
    shown = explore.gradient_check(exp, np.exp, 1.0)
    before = shown.errors
    shown.at = -2.0
    assert not np.array_equal(shown.errors, before)
    np.testing.assert_array_equal(shown.errors, explore.gradient_check(exp, np.exp, -2.0).errors)
    shown.h = 1e-3
    shown.reset()
    np.testing.assert_array_equal(shown.errors, before)
    assert shown.h == 1e-5


def test_words() -> None:
    assert explore.gradient_check(lambda x: float(abs(x[0])), np.sign, 0.01, h=0.1).describe() == (
        "x = 0.01, h = 0.1: the central difference is off by 0.9, the one-sided one by 0.\n"
        "f(x + h) and f(x \u2212 h) agree to 0 of 16 digits; of their slope 0 are right.\n"
        "The smallest error of all steps is 0, at h = 0.01."
    )


def test_it_says_when_python_is_slow() -> None:
    shown = explore.gradient_check(exp, np.exp)
    assert "Python took" not in shown.describe()
    shown._curve = {**shown._curve, "seconds": 1.26}
    assert shown.describe().endswith("Python took 1.3 s for this curve.")


def unwritten(*_: Any) -> Any:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"numerical": unwritten},
            "Write unwritten first, then run this cell again: it is measured here.",
        ),
        ({"f": lambda _x: loss}, "Run the cell of loss first: this one measures with it."),  # type: ignore[name-defined]  # noqa: F821
        ({"f": lambda _x: 1 / 0}, "Nothing measured. ZeroDivisionError: division by zero"),
        ({"gradient": lambda _x: 1.0}, "Nothing measured. ValueError: the gradient has shape (), x has (1,)"),
        (
            {"numerical": lambda _f, _x, _h: np.ones((2, 2))},
            "Nothing measured. ValueError: the numerical gradient has shape (2, 2), x has (1,)",
        ),
    ],
)
def test_what_stops_it_is_said_in_its_place(given: dict[str, Callable[..., Any]], said: str) -> None:
    functions: dict[str, Any] = {"f": exp, "gradient": np.exp, **given}
    shown = explore.gradient_check(**functions)
    assert shown.describe() == said
    assert "Nothing to draw yet" in shown.picture()
    assert np.isnan(shown.best)
    assert not shown.agrees


def test_what_is_not_finite_is_a_gap() -> None:
    shown = explore.gradient_check(lambda x: float(np.log(x[0])), lambda x: 1 / x, 0.1, h=1.0)
    assert np.isnan(shown.error)
    assert shown.describe().startswith(
        "x = 0.1, h = 1: the central difference is off by nan, the one-sided one by 0.76."
    )
    assert "nan" not in shown.picture().split("<path", 1)[1]
    json.dumps(shown._curve, allow_nan=False)  # what the browser gets is JSON


def test_browser_and_python_show_the_same() -> None:
    cases = [
        explore.gradient_check(exp, np.exp, 1.0),
        explore.gradient_check(exp, lambda x: 1.1 * np.exp(x), -0.3),
        explore.gradient_check(lambda x: float(np.log(x[0])), lambda x: 1 / x, 0.1),
        explore.gradient_check(bell, bell_slope, np.array([[0.1, -0.2], [0.0, 0.3]])),
        explore.gradient_check(lambda _x: 3.0, np.zeros_like, 2.0),
        explore.gradient_check(unwritten, np.exp),
        explore.gradient_check(exp, np.exp, ask="How far off?"),
    ]
    scenes, wanted = [], []
    for shown in cases:
        for h in shown.steps:
            shown.h = float(h)
            state = {"h": shown.h, "at": shown.at, "revealed": shown.revealed, "curve": shown._curve}
            scenes.append(state)
            wanted.append(shown.describe())
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ sentences }} from {json.dumps((STATIC / "gradient_check.js").as_uri())};
        const scenes = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify(scenes.map((s) => sentences(s).join("\\n"))));
    """
    assert json.loads(node("--input-type=module", "-e", script, stdin=json.dumps(scenes))) == wanted


def test_browser_and_python_hold_the_same_limits() -> None:
    script = f"""
        import {{ AGREES, LIMITS }} from {json.dumps((STATIC / "gradient_check.js").as_uri())};
        console.log(JSON.stringify([AGREES, LIMITS]));
    """
    agrees, limits = json.loads(node("--input-type=module", "-e", script))
    assert agrees == _gradient_check.AGREES
    assert {name: (limit["min"], limit["max"]) for name, limit in limits.items()} == _gradient_check.LIMITS


@pytest.mark.parametrize("wrong", [{"x": 4.0}, {"h": 0.0}, {"h": 2.0}])
def test_a_state_that_cannot_be_shown_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(traitlets.TraitError):
        explore.gradient_check(exp, np.exp, **wrong)


def test_without_javascript_there_are_words_and_a_small_picture() -> None:
    data, _ = explore.gradient_check(exp, np.exp)._repr_mimebundle_()
    picture = ET.fromstring(data["image/svg+xml"])  # noqa: S314 - our own text
    assert picture.get("aria-label") == data["text/plain"].replace("\n", " ")
    assert len(data["image/svg+xml"]) < 4_000
    hidden, _ = explore.gradient_check(exp, np.exp, ask="How far off?")._repr_mimebundle_()
    assert hidden["text/plain"].startswith("How far off?\nx = 1, h = 1e\u22125. The errors are hidden")
    assert "Hidden until you predict it" in hidden["image/svg+xml"]
    assert "<path" not in hidden["image/svg+xml"]
