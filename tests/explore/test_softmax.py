"""softmax_temperature and softmax_jacobian from code: values against NumPy, words against the browser's, refusals."""

import itertools
import json
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import explore
from autograder.explore import _softmax_jacobian, _softmax_temperature

from .test_javascript import STATIC, node

LOGITS = st.lists(st.floats(-20, 20), min_size=2, max_size=6)
untimed = settings(deadline=None, max_examples=50)  # the first example pays for the widget library's import
SHIFTS = (0.0, 2.5, 707.0, 750.0, -744.5, -800.0)


def softmax(x: np.ndarray[Any, Any]) -> Any:
    with np.errstate(all="ignore"):
        return np.exp(x) / np.exp(x).sum()


def test_the_call_of_the_model_exercise() -> None:
    shown = explore.softmax_temperature(
        logits=[1, 2, 3], lock=["temperature"], ask="Drag the shift. What moves?"
    )
    assert not shown.revealed
    assert repr(shown) == (
        "Drag the shift. What moves?\n"
        "Logits (1, 2, 3), T = 1. The probabilities are hidden until you predict."
    )


@untimed
@given(logits=LOGITS, temperature=st.floats(0.05, 100), shift=st.floats(-1000, 1000))
def test_shift_and_maximum_change_nothing(logits: list[float], temperature: float, shift: float) -> None:
    shown = explore.softmax_temperature(logits, temperature, shift=shift)
    expected = softmax((np.array(logits) - max(logits)) / temperature)
    np.testing.assert_allclose(shown.probabilities, expected, rtol=1e-9, atol=1e-300)
    some = expected[expected > 0]
    np.testing.assert_allclose(shown.entropy, -(some * np.log(some)).sum(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shift", SHIFTS)
def test_without_the_maximum_subtracted_the_floats_are_numpys(shift: float) -> None:
    shown = explore.softmax_temperature(shift=shift, max_trick=False)
    np.testing.assert_array_equal(shown.probabilities, softmax(np.array([1.0, 2.0, 3.0]) + shift))


def test_limits_and_ties() -> None:
    shown = explore.softmax_temperature([1, 3, 3], temperature=1e-8)
    assert shown.probabilities.tolist() == [0, 0.5, 0.5]
    assert shown.describe() == (
        "Logits (1, 3, 3), T = 1e\u22128: probabilities (0.0000, 0.5000, 0.5000).\n"
        "Entropy 0.6931, at most ln 3 = 1.0986.\n"
        "2 logits tie for the largest, and share equally."
    )
    shown.temperature = 1e8
    np.testing.assert_allclose(shown.probabilities, 1 / 3, atol=1e-7)


def test_overflow_is_told_as_it_is() -> None:
    shown = explore.softmax_temperature(shift=707, max_trick=False)
    assert np.isinf(shown.exponentials[2])
    assert np.isnan(shown.entropy)
    assert shown.describe().endswith(
        "probabilities (0.0000, 0.0000, nan).\n"
        "exp(710) is more than a float64 can hold, 1.8e308: inf, and inf / inf is nan."
    )
    shown.logits = [2.5, 2.5, 2.5]  # no exponential overflows, but their sum does
    assert shown.describe().endswith("can hold: inf, and every share is 0.")


@untimed
@given(logits=LOGITS, data=st.data())
def test_jacobian_and_product_are_numpys(logits: list[float], data: st.DataObject) -> None:
    dy = data.draw(st.lists(st.floats(-10, 10), min_size=len(logits), max_size=len(logits)))
    shown = explore.softmax_jacobian(logits, dy)
    s = softmax(np.array(logits) - max(logits))
    np.testing.assert_allclose(shown.jacobian, np.diag(s) - np.outer(s, s), atol=1e-12)
    np.testing.assert_allclose(shown.jacobian.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(shown.gradient, shown.jacobian.T @ np.array(dy), atol=1e-12)


def test_the_jacobian_in_words() -> None:
    assert explore.softmax_jacobian([0, np.log(3)], [1, 0], n=10).describe() == (
        "Logits (0, 1.0986): s = (0.2500, 0.7500).\n"
        "The Jacobian's diagonal is (0.1875, 0.1875), its least entry \u22120.1875. Each row adds up to 0.\n"
        "dy = (1, 0) averages to 0.2500 under s, so dx = s \u2299 (dy \u2212 average) = (0.1875, \u22120.1875).\n"
        "For n = 10 the table takes 390 operations and 800 B, one pass 39 and 80 B: 10 times less."
    )


def test_without_an_upstream_vector_there_is_no_gradient() -> None:
    shown = explore.softmax_jacobian()
    assert shown.gradient.shape == (0,)
    assert "dx" not in shown.describe() + shown.picture()


def in_the_browser(name: str, scenes: list[dict[str, Any]]) -> list[Any]:
    """Return numbers and words of the JavaScript, computed by node; Infinity and NaN as text."""
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ numbers, sentences }} from {json.dumps((STATIC / f"{name}.js").as_uri())};
        const told = (key, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x);
        const scenes = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify(scenes.map((s) => [numbers(s), sentences(s).join("\\n")]), told));
    """
    done: list[Any] = json.loads(node("--input-type=module", "-e", script, stdin=json.dumps(scenes)))
    return done


def test_browser_and_python_show_the_same_temperatures() -> None:
    scenes: list[dict[str, Any]] = [
        {"logits": x, "temperature": T, "shift": c, "max_trick": trick, "revealed": revealed}
        for x, T, c, trick, revealed in itertools.product(
            ([1.0, 2.0, 3.0], [1.5, 1.5], [-20.0, 20.0, 0.1, -3.7, 20.0, 2.25]),
            (1e-8, 1.23e-5, 0.01, 0.5, 1.0, 40.0, 1e8),
            SHIFTS,
            (True, False),
            (True, False),
        )
    ]
    for scene, (got, words) in zip(scenes, in_the_browser("softmax_temperature", scenes), strict=True):
        shown = explore.softmax_temperature(**scene)
        assert words == shown.describe(), scene
        np.testing.assert_allclose(np.array(got["shares"], float), shown.probabilities, rtol=1e-9)
        np.testing.assert_allclose(np.array(got["exps"], float), shown.exponentials, rtol=1e-9)
        np.testing.assert_allclose(float(got["entropy"]), shown.entropy, rtol=1e-9, atol=1e-12)


def test_browser_and_python_show_the_same_jacobian() -> None:
    scenes: list[dict[str, Any]] = [
        {"logits": x, "upstream": dy, "n": n, "revealed": revealed}
        for (x, dy), n, revealed in itertools.product(
            (([0.0, 0.5, 1.0], [1.0, 0.0, -0.5]), ([2.0, -20.0], []), ([0.3, 6.0, -1.2, 2.0], [0.1] * 4)),
            (2, 50, 123_456, 1_000_000),
            (True, False),
        )
    ]
    for scene, (got, words) in zip(scenes, in_the_browser("softmax_jacobian", scenes), strict=True):
        shown = explore.softmax_jacobian(**scene)
        assert words == shown.describe(), scene
        np.testing.assert_allclose(got["jacobian"], shown.jacobian, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(got["onePass"], shown.gradient, rtol=1e-9, atol=1e-15)
        assert (got["table"], got["pass"]) == _softmax_jacobian.cost(shown.n)


@pytest.mark.parametrize("face", [_softmax_temperature, _softmax_jacobian])
def test_browser_and_python_hold_the_same_limits(face: Any) -> None:
    name = face.__name__.rpartition("._")[2]
    script = f"""
        import {{ LIMITS }} from {json.dumps((STATIC / f"{name}.js").as_uri())};
        console.log(JSON.stringify(LIMITS));
    """
    limits = json.loads(node("--input-type=module", "-e", script))
    assert {key: (limit["min"], limit["max"]) for key, limit in limits.items()} == face.LIMITS


@pytest.mark.parametrize(
    "wrong",
    [
        {"logits": [1]},
        {"logits": [1.0] * 7},
        {"logits": [1, float("nan")]},
        {"logits": [1, 21]},
        {"temperature": 0},
        {"temperature": float("nan")},
        {"shift": 1001},
    ],
)
def test_a_temperature_that_cannot_be_shown_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        explore.softmax_temperature(**wrong)


def test_a_jacobian_that_cannot_be_shown_is_refused() -> None:
    with pytest.raises(ValueError, match="upstream has 2 numbers for 3 logits"):
        explore.softmax_jacobian([1, 2, 3], [1, 0])
    with pytest.raises(traitlets.TraitError, match="n"):
        explore.softmax_jacobian(n=1)
    shown = explore.softmax_jacobian([1, 2, 3], [1, 0, 0])
    with pytest.raises(traitlets.TraitError, match="there are 3 numbers here, not 2"):
        shown.upstream = [1, 0]


def test_reset_goes_back_to_the_lessons_scene() -> None:
    shown = explore.softmax_temperature([1, 2], temperature=2, ask="?")
    shown.logits, shown.temperature, shown.shift, shown.max_trick, shown.revealed = [0, 5], 9, 3, False, True
    shown.reset()
    state = (shown.logits, shown.temperature, shown.shift, shown.max_trick, shown.revealed)
    assert state == ([1, 2], 2, 0, True, False)


@pytest.mark.parametrize(
    "shown",
    [
        explore.softmax_temperature([1, 2, 3, 4, 5, 6], shift=-3),
        explore.softmax_temperature(shift=707, max_trick=False),
        explore.softmax_temperature(shift=-900, max_trick=False),
        explore.softmax_jacobian([0, 1, 2, 3, 4, 5], [1, -1, 0, 0, 0, 0]),
    ],
)
def test_without_javascript_there_are_words_and_a_picture(shown: Any) -> None:
    data, _ = shown._repr_mimebundle_()
    assert data["text/plain"] == shown.describe()
    picture = ET.fromstring(data["image/svg+xml"])  # noqa: S314 - our own text
    assert picture.get("aria-label") == shown.describe().replace("\n", " ")
    assert 'height="-' not in data["image/svg+xml"]
    assert len(data["image/svg+xml"]) < 12_000


@pytest.mark.parametrize("make", [explore.softmax_temperature, explore.softmax_jacobian])
def test_nothing_without_javascript_gives_the_answer_away(make: Any) -> None:
    data, _ = make([0, 1], ask="What do you expect?")._repr_mimebundle_()
    assert "Hidden until you predict it" in data["image/svg+xml"]
    for answer in ("0.1966", "0.197", "Entropy"):
        assert answer not in data["text/plain"] + data["image/svg+xml"]
