"""backprop from code: values and gradients against NumPy, words, pictures, and the browser's half against both."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import traitlets

from autograder import explore
from autograder.explore import _backprop, _backprop_steps

from .test_javascript import node

STATIC = Path(_backprop.__file__).parent / "static"
SIZES = [(3, 2, 4, 1), (1, 3, 2, 4), (4, 1, 3, 2), (2, 1, 4, 3)]


def drawn(form: str, sizes: tuple[int, int, int, int], seed: int = 0) -> dict[str, Any]:
    """Draw a net of d inputs, h units, m classes, and what goes through it: one example, or n of them."""
    d, h, m, n = sizes
    rng = np.random.default_rng(seed)
    batch = form == "batch"
    params = {
        "W1": rng.normal(size=(d, h) if batch else (h, d)),
        "b1": rng.normal(size=h),
        "W2": rng.normal(size=(h, m) if batch else (m, h)),
        "b2": rng.normal(size=m),
    }
    x = rng.normal(size=(n, d) if batch else d)
    y = rng.integers(m, size=n) if batch else int(rng.integers(m))
    return {"x": x, "y": y, "params": params}


def loss(form: str, x: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> float:  # noqa: N803
    """Compute the loss once more, in another way."""
    if form == "batch":
        scores = np.einsum("nh,hc->nc", np.clip(np.einsum("nd,dh->nh", x, W1) + b1, 0, None), W2) + b2
        return float(sum(np.log(np.exp(s).sum()) - s[k] for s, k in zip(scores, y, strict=True)))
    o = np.einsum("kj,j->k", W2, np.sin(np.einsum("ji,i->j", W1, x) + b1)) + b2
    return float(np.log(np.exp(o).sum()) - o[y])


@pytest.mark.parametrize("form", ["column", "batch"])
@pytest.mark.parametrize("sizes", SIZES)
def test_each_gradient_is_the_slope_of_the_loss(form: str, sizes: tuple[int, int, int, int]) -> None:
    net = drawn(form, sizes)
    shown = explore.backprop(form, **net)
    arrays = {"x": net["x"], **net["params"]}
    np.testing.assert_allclose(shown.values["L"], loss(form, y=net["y"], **arrays), rtol=1e-12)
    for name, array in arrays.items():
        found = shown.gradients["X" if (form, name) == ("batch", "x") else name]
        assert found.shape == array.shape
        for index in np.ndindex(array.shape):
            step = np.zeros_like(array)
            step[index] = 1e-6
            up, down = (loss(form, y=net["y"], **{**arrays, name: array + s * step}) for s in (1, -1))
            np.testing.assert_allclose(found[index], (up - down) / 2e-6, atol=1e-8)


def test_the_tiny_net_is_what_the_hand_finds() -> None:
    shown = explore.backprop()
    half = np.sqrt(3) / 2
    by_hand = {
        "o_a": [0.2, 0.2, -0.6, 0.2],
        "W2": [[0.1, 0.1], [0.1, 0.1], [-0.3, -0.3], [0.1, 0.1]],
        "b2": [0.2, 0.2, -0.6, 0.2],
        "h_s": [0.4, -0.8],
        "h_a": half * np.array([0.4, 0.8]),
        "W1": half * np.array([[0.4, 0.8, -0.4], [0.8, 1.6, -0.8]]),
        "b1": half * np.array([0.4, 0.8]),
        "x": half * np.array([2, 0.8, 3.2]),
    }
    assert list(shown.gradients) == list(by_hand)
    for name, want in by_hand.items():
        np.testing.assert_allclose(shown.gradients[name], want, atol=1e-12)
    np.testing.assert_allclose(shown.values["h_s"], [0.5, 0.5])
    np.testing.assert_allclose(shown.values["o_s"], [0.2, 0.2, 0.4, 0.2])
    np.testing.assert_allclose(shown.values["L"], np.log(2.5))


def test_the_batch_too_can_be_done_by_hand() -> None:
    shown = explore.backprop("batch")
    assert list(shown.values) == ["Z", "H", "S", "P", "L"]
    np.testing.assert_allclose(shown.values["H"], [[0, 2, 2], [3, 3, 0], [3, 4, 1], [1, 1, 0]])
    np.testing.assert_allclose(shown.values["P"], [[0.25, 0.75]] * 4)
    np.testing.assert_allclose(shown.gradients["W2"], [[-2.25, 2.25], [-1.5, 1.5], [0.75, -0.75]])
    np.testing.assert_allclose(shown.gradients["b2"], [-1, 1])
    assert shown.gradients["Z"][0, 0] == 0


def test_the_words_say_the_step_the_entry_and_the_loss() -> None:
    shown = explore.backprop(step=7, entry=1)
    assert shown.describe() == (
        "Backward 3 of 6: d_hs of shape (2,) is (0.4, \u22120.8).\n"
        "d_hs[1] = 0.2\u00b7(\u22121) + 0.2\u00b70 + (\u22120.6)\u00b72 + 0.2\u00b73 = \u22120.8.\n"
        "The loss is L = 0.9163."
    )
    assert explore.backprop("batch", step=6, entry=6).describe().splitlines()[1] == (
        "db2[0] = 0.25 + (\u22120.75) + 0.25 + (\u22120.75) = \u22121."
    )


def test_a_moved_weight_is_held_against_its_slope() -> None:
    shown = explore.backprop(step=10)
    shown.W2 = [[1, -1], [2, 0], [0.1, 2], [-1, 3]]
    assert shown.describe().splitlines()[-1] == (
        "Since the start the loss went from 0.9163 to 0.8866, by \u22120.0297. "
        "The slopes there promised \u22120.03."
    )
    shown.step = 5  # the slope of W2 is not found yet
    assert shown.describe().endswith("by \u22120.0297.")
    shown.reset()
    assert (shown.step, shown.W2[2]) == (10, [0.0, 2.0])


def test_what_the_step_finds_is_hidden_until_it_is_predicted() -> None:
    shown = explore.backprop(step=7, ask="How does the loss move with h_s?")
    assert "Hidden until you predict it" in shown.describe()
    assert ">\u22120.8<" not in shown.picture()
    assert ">\u22120.6<" in shown.picture()  # the step before is known
    shown.step = 10
    assert "Hidden" in shown.describe()
    assert ">\u22120.8<" not in shown.picture()
    shown.revealed = True
    assert ">\u22120.8<" in shown.picture()


TINY: Mapping[str, Any] = drawn("column", (2, 3, 4, 1))
WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"form": "row"}, ValueError, "column"),
    ({"step": 11}, traitlets.TraitError, "step"),
    ({"x": [1, 2]}, ValueError, "together"),
    ({**TINY, "y": 4}, traitlets.TraitError, "from 0 to 3"),
    ({**TINY, "y": True}, traitlets.TraitError, "integer"),
    ({**TINY, "x": [1.0, np.nan]}, traitlets.TraitError, "finite"),
    ({**TINY, "x": [1.0, 21.0]}, traitlets.TraitError, "from -20 to 20"),
    ({**TINY, "x": [1.0, 2.0, 3.0]}, ValueError, r"W1 should have shape \(3, 3\)"),
    ({**TINY, "form": "batch"}, ValueError, "axes"),
    ({**drawn("column", (5, 2, 3, 1))}, traitlets.TraitError, "at most 4"),
    ({"lock": ["y"]}, ValueError, "lock"),
]


@pytest.mark.parametrize(("wrong", "error", "said"), WRONG)
def test_what_cannot_be_shown_is_refused(wrong: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        explore.backprop(**wrong)


def test_shapes_stay_and_so_does_the_form() -> None:
    shown = explore.backprop()
    with pytest.raises(traitlets.TraitError, match="W1: its shape here is"):
        shown.W1 = [[1.0, 2.0]]
    with pytest.raises(traitlets.TraitError, match="read-only"):
        shown.form = "batch"


def test_without_javascript_there_are_words_and_a_picture() -> None:
    for form in ("column", "batch"):
        data, _ = explore.backprop(form, step=10)._repr_mimebundle_()
        picture = ET.fromstring(data["image/svg+xml"])  # noqa: S314 - our own text
        assert picture.get("aria-label") == data["text/plain"].replace("\n", " ")
        assert len(data["image/svg+xml"]) < 20_000


def test_browser_and_python_show_the_same() -> None:
    scenes, shown = [], []
    for form in ("column", "batch"):
        for seed, sizes in enumerate(SIZES):
            net = drawn(form, sizes, seed)
            for step in range(1, 11):
                widget = explore.backprop(form, **net, step=step, entry=seed, revealed=seed != 1)
                widget.b1 = np.asarray(widget.b1) + 0.1 * (seed > 1)
                state = {name: getattr(widget, name) for name in ("form", "y", "revealed", *widget.controls)}
                scenes.append({**state, "scene": widget._scene})
                shown.append(widget)
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import * as net from {json.dumps((STATIC / "backprop_net.js").as_uri())};
        const scenes = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify(scenes.map((s) => [net.arrays(s), net.sentences(s).join("\\n")])));
    """
    told = json.loads(node("--input-type=module", "-e", script, stdin=json.dumps(scenes)))
    for widget, (arrays, words) in zip(shown, told, strict=True):
        assert words == widget.describe()
        for key, want in widget._net.arrays.items():
            np.testing.assert_allclose(arrays[key], want, rtol=1e-12, atol=1e-13)


def test_browser_and_python_hold_the_same_limits_and_steps() -> None:
    script = f"""
        import {{ FORWARD, LIMITS, PARAMETERS, STEPS }} from {json.dumps((STATIC / "backprop_net.js").as_uri())};
        console.log(JSON.stringify([FORWARD, LIMITS, PARAMETERS, STEPS]));
    """
    steps = _backprop_steps
    assert json.loads(node("--input-type=module", "-e", script)) == [
        steps.FORWARD,
        steps.LIMITS,
        list(steps.PARAMETERS),
        [list(keys) for keys in steps.STEPS],
    ]
