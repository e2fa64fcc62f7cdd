"""relu_gradients from code: its numbers against NumPy and against the browser's, its words, its picture."""

import itertools
import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import traitlets

from autograder import explore
from autograder.explore import _relu_gradients
from autograder.explore._network import draw

from .test_javascript import STATIC, node

BENDS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda z: np.maximum(z, 0),
    "leaky": lambda z: np.maximum(z, 0.01 * z),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "sin": np.sin,
}


@pytest.mark.parametrize("function", BENDS)
def test_one_layer_is_the_batch_times_its_weights(function: str) -> None:
    shown = explore.relu_gradients(function, 1.7, -0.3, depth=3)
    drawn = draw(0)
    z = drawn.batch @ (1.7 / np.sqrt(20) * drawn.weights[0]) - 0.3
    np.testing.assert_allclose(shown.pre_activations, z, rtol=1e-12)
    shown.layer = 2
    z = BENDS[function](z) @ (1.7 / np.sqrt(20) * drawn.weights[1]) - 0.3
    np.testing.assert_allclose(shown.pre_activations, z, rtol=1e-9)
    h = 1e-6
    measured = (BENDS[function](z + h) - BENDS[function](z - h)) / (2 * h)
    np.testing.assert_allclose(shown.slopes, measured, atol=1e-8)


@pytest.mark.parametrize("function", BENDS)
def test_the_norm_at_the_input_is_that_of_the_measured_gradient(function: str) -> None:
    shown = explore.relu_gradients(function, 1.4, 0.2, depth=4, seed=5)
    drawn = draw(5)

    def loss(x: Any) -> Any:
        h = x
        for weights in drawn.weights[:4]:
            h = BENDS[function](h @ (1.4 / np.sqrt(20) * weights) + 0.2)
        return np.sum(h * drawn.top)

    gradient = np.zeros_like(drawn.batch)
    for place in np.ndindex(gradient.shape):
        step = np.zeros_like(gradient)
        step[place] = 1e-6
        gradient[place] = (loss(drawn.batch + step) - loss(drawn.batch - step)) / 2e-6
    np.testing.assert_allclose(shown.gradient_norms[0], np.linalg.norm(gradient), rtol=1e-5)
    assert shown.gradient_norms.shape == (5,)
    assert shown.gradient_norms[-1] == 1


def test_dead_units_are_columns_of_zeros() -> None:
    shown = explore.relu_gradients(bias=-2.0)
    assert shown.dead == sum(not shown.slopes[:, unit].any() for unit in range(20)) == 11
    for function in ["leaky", "tanh", "sigmoid", "sin"]:
        assert explore.relu_gradients(function, bias=-4.0).dead == 0


def test_words() -> None:
    assert explore.relu_gradients(bias=-2.0, depth=1).describe() == (
        "ReLU, w = 1, b = \u22122: the slope is 1 at 17 of 640 places (32 examples \u00d7 20 units) and 0 at the others.\n"
        "11 of 20 units are dead: off for every example, so no gradient reaches their weights."
    )
    words = explore.relu_gradients("sigmoid").describe()
    assert "No unit is dead" in words
    assert words.endswith(
        "Back from layer 10 to the input, the gradient\u2019s norm goes from 1 to 4.4e\u22127."
    )
    assert explore.relu_gradients(bias=-3.0).describe().endswith("goes from 1 to 0.")


def test_browser_and_python_show_the_same() -> None:
    scenes = [
        {
            "function": f,
            "weight": w,
            "bias": b,
            "layer": layer,
            "depth": depth,
            "seed": seed,
            "revealed": shown,
        }
        for f, (w, b), (layer, depth), (seed, shown) in itertools.product(
            BENDS,
            [(1.0, 0.0), (0.0, 0.0), (1.4, -0.7), (3.0, 4.0), (0.9, -4.0)],
            [(1, 1), (1, 10), (7, 10), (12, 12)],
            [(0, True), (1000, True), (0, False)],
        )
    ]
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ numbers, sentences }} from {json.dumps((STATIC / "relu_gradients.js").as_uri())};
        const answers = JSON.parse(readFileSync(0, "utf8")).map((s) => {{
          const {{ z, slopes, dead, norms }} = numbers(s);
          return [[...z], [...slopes], dead.length, [...norms], sentences(s).join("\\n")];
        }});
        console.log(JSON.stringify(answers));
    """
    answers = json.loads(node("--input-type=module", "-e", script, stdin=json.dumps(scenes)))
    for scene, (z, slopes, dead, norms, words) in zip(scenes, answers, strict=True):
        shown = explore.relu_gradients(**scene)
        assert words == shown.describe()
        np.testing.assert_allclose(z, shown.pre_activations.ravel(), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(slopes, shown.slopes.ravel(), rtol=1e-9, atol=1e-9)
        assert dead == shown.dead
        np.testing.assert_allclose(norms, shown.gradient_norms, rtol=1e-9)


def test_browser_and_python_hold_the_same_limits() -> None:
    script = f"""
        import {{ LIMITS }} from {json.dumps((STATIC / "relu_gradients.js").as_uri())};
        console.log(JSON.stringify(LIMITS));
    """
    limits = json.loads(node("--input-type=module", "-e", script))
    assert {name: (limit["min"], limit["max"]) for name, limit in limits.items()} == _relu_gradients.LIMITS


@pytest.mark.parametrize(
    "wrong",
    [
        {"function": "softplus"},
        {"weight": 3.5},
        {"bias": float("nan")},
        {"layer": 0},
        {"layer": 4, "depth": 3},
        {"depth": 13},
        {"seed": -1},
    ],
)
def test_a_state_that_cannot_be_shown_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        explore.relu_gradients(**wrong)


def test_without_javascript_there_are_words_and_a_small_picture() -> None:
    for state in [{"function": "relu", "bias": -1.0}, {"function": "sin", "weight": 3.0, "layer": 10}]:
        data, _ = explore.relu_gradients(**state)._repr_mimebundle_()  # type: ignore[arg-type]
        picture = ET.fromstring(data["image/svg+xml"])  # noqa: S314 - our own text
        assert picture.get("aria-label") == data["text/plain"].replace("\n", " ")
        assert len(data["image/svg+xml"]) < 9_000


def test_nothing_without_javascript_gives_the_answer_away() -> None:
    data, _ = explore.relu_gradients(bias=-2.0, ask="How many are dead?")._repr_mimebundle_()
    assert data["text/plain"].startswith("How many are dead?\n")
    assert "dead:" not in data["text/plain"]
    assert data["image/svg+xml"].count("Hidden until you predict it") == 2
    assert "#b34a00" not in data["image/svg+xml"]
    assert '"#0067a5"' not in data["image/svg+xml"]


def test_reset_goes_back_to_the_lessons_scene() -> None:
    shown = explore.relu_gradients(bias=-1, layer=3, depth=4)
    shown.bias, shown.layer = 2, 4
    shown.reset()
    assert (shown.bias, shown.layer, shown.depth) == (-1, 3, 4)
