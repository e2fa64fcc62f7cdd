"""training from code: its numbers against NumPy and the browser's, its words, its picture, what it survives."""

import json
import textwrap
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import traitlets

from autograder import explore
from autograder.explore import _training, _training_net
from autograder.explore._training_run import pack

from .reference import backward, forward, sgd_step
from .test_javascript import STATIC, node

Params = dict[str, Any]


def digits(count: int = 60) -> tuple[Any, Any]:
    """Images of four pixels that can be told apart, a little noisy."""
    y = np.arange(count) % 4
    return np.clip(np.eye(4)[y] + 0.2 * np.sin(np.arange(4 * count)).reshape(count, 4), 0, 1), y


def test_it_trains_by_the_students_own_functions() -> None:
    shown = explore.training(forward, backward, sgd_step, rate=0.3, hidden=5, seed=2)
    points = _training_net.plane("moons")
    params = shown.params
    losses = [backward(points.x, points.y, params)[0]]
    for _ in range(30):
        params = sgd_step(params, backward(points.x, points.y, params)[1], 0.3)
        losses.append(backward(points.x, points.y, params)[0])
    shown.advance(10)
    shown.advance(20)
    assert shown.step == 30
    np.testing.assert_allclose(shown.losses, losses, rtol=1e-12)
    assert shown.loss == shown.losses[-1]
    for name, want in params.items():
        np.testing.assert_allclose(shown.params[name], want, rtol=1e-10)
    said = forward(points.x, params)[0].argmax(axis=1)
    np.testing.assert_array_equal(shown.predictions, said)
    assert shown.accuracy == np.mean(said == points.y)


def test_the_net_of_the_house_is_right_too() -> None:
    for data in ("rings", digits()):
        yours = explore.training(forward, backward, sgd_step, data=data, hidden=6, rate=1.0)
        house = explore.training(data=data, hidden=6, rate=1.0)
        for shown in (yours, house):
            shown.advance(25)
        np.testing.assert_allclose(yours.losses, house.losses, rtol=1e-9)


def test_a_net_learns_moons_rings_spirals_and_images() -> None:
    for data in ("moons", "rings", "spirals", digits()):
        shown = explore.training(data=data, hidden=16, rate=0.5)
        shown.advance(600)
        assert shown.accuracy > 0.97
        assert shown.loss < 0.1


def test_images_that_are_counted_are_not_trained_on() -> None:
    x, y = digits(1000)
    x, y = x[::-1] ** 2, np.arange(1000) ** 2 // 7 % 4  # no order that repeats
    seen = []

    def noted(x: Any, y: Any, params: Params) -> tuple[float, Params]:
        seen.append((x.copy(), y.copy()))
        return backward(x, y, params)

    shown = explore.training(forward, noted, sgd_step, data=(x, y), hidden=2)
    np.testing.assert_array_equal(seen[0][0], x[:800])
    np.testing.assert_array_equal(seen[0][1], y[:800])
    said = forward(x[800:900], shown.params)[0].argmax(axis=1)
    np.testing.assert_array_equal(shown.predictions, said)
    assert shown.accuracy == np.mean(said == y[800:900])


def test_another_net_starts_over_and_another_rate_goes_on() -> None:
    shown = explore.training(hidden=3)
    start = shown.params["W1"]
    shown.advance(5)
    shown.rate = 2.0
    shown.advance(5)
    assert shown.step == 10
    for name, value in (("hidden", 4), ("seed", 1), ("data", "rings")):
        shown.set_trait(name, value)
        assert shown.step == 0
        shown.advance(1)
    shown.reset()
    assert (shown.step, shown.rate, shown.hidden, shown.data) == (0, 0.5, 3, "moons")
    np.testing.assert_array_equal(shown.params["W1"], start)
    shown.advance(3)
    shown.restart()
    assert (shown.step, len(shown.losses)) == (0, 1)


def test_first_weights_have_the_size_that_keeps_numbers_alike() -> None:
    params = _training_net.first_weights(64, 32, 10, 0)
    assert abs(params["W1"].std() - np.sqrt(2 / 64)) < 0.01
    assert abs(params["W2"].std() - np.sqrt(2 / 32)) < 0.02
    assert not params["b1"].any()
    assert not params["b2"].any()


def test_words() -> None:
    shown = explore.training(hidden=3, rate=1.0, seed=1)
    shown.advance(200)
    assert shown.describe() == (
        "Two moons, 3 hidden units, learning rate 1.\nAfter 200 steps the loss is 0.0294; 200 of 200 points are right."
    )
    shown.reset()
    assert shown.describe().endswith(
        "\nBefore the first step the loss is 0.9149; 100 of 200 points are right."
    )


def test_silent_units_are_counted_and_too_large_a_rate_is_told() -> None:
    shown = explore.training(hidden=8, rate=10.0)
    shown.advance(1)
    assert shown.describe().endswith("steps are too large. Try a smaller rate.")
    shown.advance(300)
    z = _training_net.plane("moons").x @ shown.params["W1"] + shown.params["b1"]
    assert shown.silent == (z <= 0).all(axis=0).sum() > 4
    assert f"{shown.silent} of 8 hidden units are silent" in shown.describe()


def test_a_loss_that_is_no_number_ends_training_and_is_told() -> None:
    def overflows(x: Any, y: Any, params: Params) -> tuple[float, Params]:
        return (float("nan"), params) if np.abs(params["W1"]).max() > 5 else backward(x, y, params)

    shown = explore.training(forward, overflows, sgd_step, rate=100.0)
    shown.advance(50)
    assert shown.diverged
    assert shown.step < 50
    step = shown.step
    shown.advance(1)
    assert shown.step == step
    assert "no number any more: the steps are too large. Choose a smaller rate" in shown.describe()
    json.dumps(shown._run, allow_nan=False)  # what the browser gets is JSON


def unwritten(*_: Any) -> Any:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"backward": unwritten}, "Write unwritten first, then run this cell again: the net trains with it."),
        ({"backward": lambda *_: relu_backward}, "Run the cell of relu_backward first"),  # type: ignore[name-defined]  # noqa: F821
        ({"backward": lambda *_: 1 / 0}, "<lambda> stopped. ZeroDivisionError: division by zero"),
        ({"backward": lambda *_: None}, "<lambda> returned None. Two results are due: loss, grads."),
        (
            {"backward": lambda *_: (np.ones(2), {})},
            "The loss that <lambda> returned is an array of shape (2,).",
        ),
        ({"backward": lambda *_: (1.0, {"W1": 1})}, "W1 in the dict that <lambda> returned is an int."),
        ({"backward": lambda _x, _y, p: (1.0, {**p, "b1": np.ones((1, 8))})}, "b1 in the dict that <lambda>"),
        ({"backward": lambda *_: (1.0, {})}, "The dict that <lambda> returned has no 'W1'."),
        (
            {"forward": lambda _x, _p: (None, 1)},
            "The scores that <lambda> returned are None. Shape (200, 2) is due.",
        ),
        (
            {"forward": lambda x, _p: x[:, :1]},
            "The scores that <lambda> returned are an array of shape (200, 1)",
        ),
    ],
)
def test_what_stops_it_is_said_in_its_place(given: dict[str, Callable[..., Any]], said: str) -> None:
    functions: dict[str, Any] = {"forward": forward, "backward": backward, "step": sgd_step, **given}
    shown = explore.training(**functions)
    assert shown.problem.startswith(said)
    assert shown.describe().endswith(shown.problem)
    assert "Nothing to draw yet" in shown.picture()
    shown.advance(3)
    assert shown.problem.startswith(said)
    json.dumps(shown._run, allow_nan=False)


def test_a_lambda_goes_by_the_name_of_what_it_calls() -> None:
    shown = explore.training(forward, lambda x, y, params: unready(x, y, params), sgd_step)  # noqa: PLW0108 (so that a cell run anew counts)
    assert shown.problem == "unready stopped. ValueError: not yet"


def unready(*_: Any) -> Any:
    raise ValueError("not yet")


def test_an_error_on_the_way_keeps_the_net_as_it_was() -> None:
    calls = []

    def fails_later(params: Params, grads: Params, lr: float) -> Params:
        calls.append(lr)
        if len(calls) == 5:
            raise ValueError("five is enough")
        return sgd_step(params, grads, lr)

    shown = explore.training(forward, backward, fails_later, hidden=4)
    shown.advance(10)
    assert shown.step == 4
    assert shown.problem == "fails_later stopped after 4 steps. ValueError: five is enough"
    want = explore.training(forward, backward, sgd_step, hidden=4)
    want.advance(4)
    np.testing.assert_array_equal(shown.params["W1"], want.params["W1"])
    np.testing.assert_array_equal(shown.predictions, want.predictions)
    assert shown.picture() != want.picture()
    shown.advance(2)  # the sixth call is well again
    assert (shown.step, shown.problem) == (6, "")


def test_an_interrupt_stops_it_too() -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    shown = explore.training(forward, backward, interrupted)
    shown.advance(10)
    assert shown.problem == "Interrupted after 0 steps. The net is kept."


def test_functions_that_write_into_their_arguments_spoil_nothing() -> None:
    def rude(x: Any, y: Any, params: Params) -> tuple[float, Params]:
        answer = backward(x, y, params)
        x[:], params["W1"][:] = 7, 7
        return answer

    def rude_step(params: Params, grads: Params, lr: float) -> Params:
        moved = sgd_step(params, grads, lr)
        params["b1"][:] = 7
        if lr > 1:
            raise ValueError("too far")
        return moved

    polite = explore.training(forward, backward, sgd_step)
    shown = explore.training(forward, rude, rude_step)
    for one in (polite, shown):
        one.advance(5)
    np.testing.assert_array_equal(polite.losses, shown.losses)
    shown.rate = 2.0
    shown.advance(1)
    assert shown.problem.endswith("too far")
    np.testing.assert_array_equal(polite.params["b1"], shown.params["b1"])


def test_one_message_takes_one_slice_of_the_kernels_time(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = explore.training()
    heard: list[Any] = []
    shown.send = lambda content, _buffers=None: heard.append(content)
    shown._hear({"do": "hello"})
    shown._hear({"do": "advance", "steps": 7})
    assert shown.step == 7
    shown._training.advance(1000, lambda: 0.5, 0.0)  # no time left after the first step
    assert shown.step == 8
    monkeypatch.setattr(_training, "SLICE", np.inf)
    shown._hear({"do": "advance", "steps": 10**9})
    assert shown.step == 208
    shown._hear({"do": "restart"})
    assert shown.step == 0
    shown._hear("anyone?")
    assert heard == [{"did": what} for what in ("hello", "advance", "advance", "restart")]


def test_it_says_when_python_is_slow() -> None:
    shown = explore.training()
    assert "One step takes" not in shown.describe()
    shown._run = {**shown._run, "seconds": 0.84}
    assert shown.describe().endswith("One step takes 0.8 s in Python.")


@pytest.mark.parametrize(
    "wrong", [{"rate": 0.0}, {"rate": 101.0}, {"hidden": 0}, {"hidden": 33}, {"seed": -1}, {"data": "images"}]
)
def test_a_state_that_cannot_be_shown_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(traitlets.TraitError):
        explore.training(**wrong)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ((np.ones((9, 5)), np.zeros(9, int)), "square images"),
        ((np.ones(9), np.zeros(9, int)), "square images"),
        ((np.ones((9, 4)), np.zeros(8, int)), "one whole number from 0 to 9"),
        ((np.ones((9, 4)), np.full(9, 10)), "one whole number from 0 to 9"),
        ((np.ones((9, 4)), np.zeros(9)), "one whole number from 0 to 9"),
        ((np.ones((4, 4)), np.zeros(4, int)), "at least five"),
    ],
)
def test_data_that_are_no_images_are_refused(data: tuple[Any, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        explore.training(data=data)


def test_half_of_the_functions_is_not_enough() -> None:
    with pytest.raises(ValueError, match="both forward and backward"):
        explore.training(forward)


def test_without_javascript_there_are_words_and_a_small_picture() -> None:
    for data in ("spirals", digits(500)):
        shown = explore.training(data=data, hidden=16)
        shown.advance(300)
        bundle, _ = shown._repr_mimebundle_()
        picture = ET.fromstring(bundle["image/svg+xml"])  # noqa: S314 - our own text
        assert picture.get("aria-label") == bundle["text/plain"].replace("\n", " ")
        assert len(bundle["image/svg+xml"]) < 9_000
        state = {name: getattr(shown, name) for name in ("_run", "_scene", "_images")}
        assert len(json.dumps(state)) < 20_000
    hidden, _ = explore.training(ask="What happens at rate 10?")._repr_mimebundle_()
    assert hidden["text/plain"].startswith(
        "What happens at rate 10?\nTwo moons, 8 hidden units, learning rate 0.5. What"
    )
    assert "Hidden until you predict it" in hidden["image/svg+xml"]
    assert "knows nothing" not in hidden["image/svg+xml"]


SCENES: list[dict[str, Any]] = [
    {"data": "moons", "hidden": 8, "seed": 0, "rate": 0.5},
    {"data": "moons", "hidden": 1, "seed": 7, "rate": 0.001},
    {"data": "moons", "hidden": 32, "seed": 99, "rate": 1.0},
    {"data": "rings", "hidden": 3, "seed": 1, "rate": 1.0},
    {"data": "rings", "hidden": 8, "seed": 2, "rate": 100.0},
    {"data": "spirals", "hidden": 16, "seed": 3, "rate": 0.2},
    {"data": "images", "hidden": 5, "seed": 4, "rate": 0.5},
]


def test_the_pages_own_net_is_the_one_of_the_house() -> None:
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ sentences }} from {json.dumps((STATIC / "training.js").as_uri())};
        import {{ imagesOf, planeOf, startRun, unpack }} from {json.dumps((STATIC / "training_net.js").as_uri())};
        const {{ scenes, images }} = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify(scenes.map((s) => {{
          const examples = s.data === "images" ? imagesOf(images) : planeOf(s.data);
          const own = startRun(examples, s.hidden, s.seed);
          return [0, 1, 40].map((steps) => {{
            own.advance(steps, s.rate);
            const run = own.report();
            const words = [true, false].map((revealed) => sentences({{ ...s, revealed, classes: examples.classes, run }}));
            return [run, [...unpack(run.margins)], words.map((lines) => lines.join("\\n")), [...examples.X]];
          }});
        }})));
    """
    data = digits()
    sent = {"scenes": SCENES, "images": explore.training(data=data)._images}
    got = json.loads(node("--input-type=module", "-e", textwrap.dedent(script), stdin=json.dumps(sent)))
    for scene, answers in zip(SCENES, got, strict=True):
        rounded = (np.round(16 * data[0]) / 16, data[1])  # as the page gets them
        shown = explore.training(**{**scene, "data": rounded if scene["data"] == "images" else scene["data"]})
        for steps, (run, margins, words, x) in zip((0, 1, 40), answers, strict=True):
            shown.advance(steps)
            want = shown._run
            np.testing.assert_allclose(x, shown._examples.x.ravel(), atol=1e-12)
            np.testing.assert_allclose(run["losses"], want["losses"], rtol=1e-6)
            for name in ("step", "steps", "right", "total", "said", "silent", "diverged", "problem"):
                assert run[name] == want[name], (scene, name)
            if scene["data"] != "images":
                np.testing.assert_allclose(run["creases"], want["creases"], atol=1.01e-4)
                exact = np.asarray(shown._training.margins)
                np.testing.assert_allclose(
                    margins, np.clip(exact, -2047, 2047), atol=5e-4 * (1 + np.abs(exact).max()) ** 2
                )
            shown.revealed = True
            assert words[0] == shown.describe()
            shown.revealed = False
            assert words[1] == shown.describe()


def test_a_grid_is_packed_the_same_on_both_sides() -> None:
    margins = np.array([0.0, 0.3, -0.3, 5.0, -123.0, 1e9, np.nan, np.inf, 1e-4])
    script = f"""
        import {{ pack }} from {json.dumps((STATIC / "training_net.js").as_uri())};
        console.log(pack([0, 0.3, -0.3, 5, -123, 1e9, NaN, Infinity, 1e-4]));
    """
    assert node("--input-type=module", "-e", script).strip() == pack(margins)


def test_browser_and_python_hold_the_same_limits() -> None:
    script = f"""
        import {{ LIMITS, PLANES }} from {json.dumps((STATIC / "training.js").as_uri())};
        import {{ GRID, WINDOW }} from {json.dumps((STATIC / "training_net.js").as_uri())};
        console.log(JSON.stringify([LIMITS, PLANES, GRID, WINDOW]));
    """
    limits, planes, grid, window = json.loads(node("--input-type=module", "-e", script))
    assert {name: (limit["min"], limit["max"]) for name, limit in limits.items()} == _training.LIMITS
    assert planes == _training.PLANES
    assert (grid["across"], grid["down"]) == (_training_net.ACROSS, _training_net.DOWN)
    assert (window["x"], window["y"]) == _training_net.WINDOW
