"""conv_shapes and receptive_field from code: sizes against NumPy, words, pictures, and the browser's half against both."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import explore
from autograder.explore import _conv_shapes, _receptive_field

from .test_javascript import node

STATIC = Path(_conv_shapes.__file__).parent / "static"
untimed = settings(deadline=None)  # the first example pays for the widget library's import
SETTINGS = {name: st.integers(*_conv_shapes.LIMITS[name]) for name in "kspd"}
CONV, POOL = {"kind": "conv", "k": 3}, {"kind": "pool", "k": 2}


def windows(i: int, k: int, s: int, p: int, d: int) -> Any:
    """Every place of a kernel on a padded row, as the positions its weights lie on: shape (places, k)."""
    span = (k - 1) * d + 1
    positions = np.arange(i + 2 * p)
    if span > len(positions):
        return np.empty((0, k), int)
    return np.lib.stride_tricks.sliding_window_view(positions, span)[::s, ::d]


@untimed
@given(i=st.integers(1, 32), **SETTINGS)
def test_places_and_what_is_left_over_are_numpys(i: int, k: int, s: int, p: int, d: int) -> None:
    shown = explore.conv_shapes(i, k=k, s=s, p=p, d=d)
    places = windows(i, k, s, p, d)
    assert shown.places == len(places)
    if len(places) == 0:
        assert shown.output_shape is None
        assert "does not fit" in shown.describe()
        return
    assert shown.output_shape == (1, 1, len(places))
    assert shown.left_over == (0, i + 2 * p - 1 - places.max())
    assert shown.columns.unused == tuple(np.setdiff1d(np.arange(i + 2 * p), places))


def test_a_layer_counts_each_axis_and_its_parameters() -> None:
    shown = explore.conv_shapes((3, 32, 20), n_kernels=6, k=5, s=2, bias=True)
    assert (shown.output_shape, shown.left_over, shown.parameters) == ((6, 14, 8), (1, 1), 456)
    shown.p, shown.d = 2, 3
    assert shown.output_shape == (6, 12, 6)
    assert shown.parameters == 456


def test_the_words_say_the_numbers() -> None:
    assert explore.conv_shapes(8, s=2, place=1, hide=["p", "d"]).describe() == (
        "One row: i = 8, k = 3, s = 2.\n"
        "3 places, so o = 3.\n"
        "Left over, hatched: 1 pixel at the right border.\n"
        "Place 2 of 3: pixels 2 to 4 of the row."
    )
    assert explore.conv_shapes((3, 8, 10), 4, k=5, s=2, p=1, place=6, bias=True).describe() == (
        "Input (3, 8, 10), 4 kernels: k = 5, s = 2, p = 1, d = 1.\n"
        "Output (4, 3, 4): 3 places down, 4 across.\n"
        "Left over, hatched: 1 row below, 1 column on the right.\n"
        "Place 7 of 12: row 1, column 2 of the output looks at rows 2 to 6 and columns 4 to 8 of the padded image.\n"
        "Parameters: 4\u00b7(3\u00b75\u00b75 + 1) = 304."
    )


def test_a_kernel_that_does_not_fit_says_why() -> None:
    shown = explore.conv_shapes((1, 4, 9), k=5, s=2)
    assert (shown.output_shape, shown.places, shown.at) == (None, 0, (0, 0))
    assert shown.describe().splitlines()[1] == (
        "The kernel does not fit: from its first weight to its last it spans 5, and the height with its padding "
        "has 4. It has no place at all, whatever the formula gives (\u230a\u22120.5\u230b + 1 = 0)."
    )
    shown.p = 1
    assert shown.output_shape == (1, 1, 4)


def test_a_place_past_the_end_is_the_last_one() -> None:
    shown = explore.conv_shapes((1, 5, 6), k=3, place=11)
    assert shown.at == (2, 3)
    shown.s = 2
    assert shown.at == (1, 1)
    assert "Place 4 of 4" in shown.describe()


def test_before_the_reveal_nothing_says_what_comes_out() -> None:
    for shown in (
        explore.conv_shapes(9, s=4, ask="How many?"),
        explore.conv_shapes((3, 9, 9), s=4, ask="Which shape?"),
        explore.receptive_field([CONV, POOL, CONV], ask="How far?"),
    ):
        data, _ = shown._repr_mimebundle_()
        assert data["text/plain"].startswith(f"{shown.ask}\n")
        assert "hidden until you predict it" in data["text/plain"]
        assert "o = " not in data["image/svg+xml"]
        assert "r = " not in data["image/svg+xml"]
        assert "Hidden until you predict it" in data["image/svg+xml"]
        assert " = 8" not in data["image/svg+xml"]
        shown.revealed = True
        assert "Hidden" not in shown.picture()


@pytest.mark.parametrize(
    "make",
    [
        lambda: explore.conv_shapes(8, s=2),
        lambda: explore.conv_shapes(4, k=5),
        lambda: explore.conv_shapes((3, 8, 11), 6, s=2, p=1),
        lambda: explore.conv_shapes((3, 8, 2), 6),
        lambda: explore.receptive_field([CONV] * 3),
    ],
    ids=["row", "misfit", "layer", "layer misfit", "field"],
)
def test_without_javascript_there_are_words_and_a_small_picture(make: Callable[[], Any]) -> None:
    data, _ = make()._repr_mimebundle_()
    picture = ET.fromstring(data["image/svg+xml"])  # noqa: S314 - our own text
    assert str(picture.get("aria-label")).split() == data["text/plain"].split()
    assert len(data["image/svg+xml"]) < 8_000


@pytest.mark.parametrize("wrong", [{"k": 0}, {"s": 9}, {"p": -1}, {"d": 2.5}, {"shape": 40}, {"hide": ["q"]}])
def test_what_cannot_be_shown_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(traitlets.TraitError):
        explore.conv_shapes(**wrong)
    with pytest.raises(ValueError, match="no control named stride; there are channels"):
        explore.conv_shapes(lock=["stride"])


LAYERS = st.lists(
    st.builds(
        lambda kind, k, s, d: {"kind": kind, "k": k, "s": s, "d": d if kind == "conv" else 1},
        st.sampled_from(["conv", "pool"]),
        *(st.integers(*limits) for limits in _receptive_field.LIMITS.values()),
    ),
    min_size=1,
    max_size=3,
)


@untimed
@given(layers=LAYERS)
def test_the_field_is_what_two_neighbours_really_depend_on(layers: list[dict[str, Any]]) -> None:
    shown = explore.receptive_field(layers)
    # Bottom up: for each number of a layer the set of pixels under it, as a row of a Boolean matrix.
    pixels = shown.field + shown.fields[-1][1]
    under = np.eye(pixels, dtype=bool)
    for layer in layers:
        under = under[windows(len(under), layer["k"], layer["s"], 0, layer["d"])].any(axis=1)
    first, second = (np.flatnonzero(row) for row in under[:2])
    assert shown.field == first[-1] - first[0] + 1
    assert shown.skipped == shown.field - len(first)
    assert shown.fields[-1][1] == second[0] - first[0]


def test_layers_are_the_lessons_dicts() -> None:
    shown = explore.receptive_field([{"kind": "conv", "n_kernels": 6, "k": 3, "p": 1}, POOL, CONV])
    assert shown.layers[1] == {"kind": "pool", "k": 2, "s": 2, "d": 1}
    assert shown.fields == [(1, 1), (3, 1), (4, 2), (8, 2)]
    shown.level = 2
    assert shown.field == 4
    assert shown.describe() == (
        "From the image up: conv k = 3, s = 1; pool k = 2, s = 2; conv k = 3, s = 1.\n"
        "One number of layer 2 sees r = 4 pixels.\n"
        "Its neighbour sees as many, j = 2 pixels further on."
    )
    assert explore.receptive_field([{**CONV, "d": 2}] * 3).skipped == 6


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        ([{"kind": "dense", "k": 3}], 'the kind "conv" or "pool"'),
        ([{"kind": "conv", "k": 9}], "k of a layer is a whole number from 1 to 5"),
        ([{"kind": "conv"}], "k of a layer"),
        ([], "from 1 to 4"),
        ([CONV] * 5, "from 1 to 4"),
    ],
)
def test_a_stack_that_cannot_be_shown_says_why(layers: list[dict[str, Any]], says: str) -> None:
    with pytest.raises((ValueError, traitlets.TraitError), match=says):
        explore.receptive_field(layers)


def javascript(module: str, scenes: list[dict[str, Any]]) -> Any:
    """Return what the browser's half says of each scene."""
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ LIMITS, numbers, sentences }} from {json.dumps((STATIC / module).as_uri())};
        const scenes = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify([LIMITS, scenes.map((s) => [numbers(s), sentences(s).join("\\n")])]));
    """
    return json.loads(node("--input-type=module", "-e", script, stdin=json.dumps(scenes)))


def test_browser_and_python_count_the_same() -> None:
    shapes: list[Any] = [8, 3, (3, 8, 11), (1, 2, 9)]
    every = itertools.product(shapes, (1, 3, 5), (1, 2, 4), (0, 1), (1, 2), (0, 7), (True, False))
    shown = [
        explore.conv_shapes(
            shape,
            k,
            k,
            s,
            p,
            d,
            place=place,
            bias=p == 1,
            hide=["p", "d"] if place else [],
            revealed=revealed,
        )
        for shape, k, s, p, d, place, revealed in every
    ]
    names = ("view", "hide", "revealed", *_conv_shapes.ConvShapes.controls)
    limits, answers = javascript("conv_shapes.js", [{n: getattr(s, n) for n in names} for s in shown])
    for one, (got, words) in zip(shown, answers, strict=True):
        assert words == one.describe()
        assert (got["places"], got["parameters"]) == (one.places, one.parameters)
        assert (got["row"], got["column"]) == one.at
        assert got["columns"]["unused"] == list(one.columns.unused)
        assert got["rows"]["unused"] == list(one.rows.unused)
    assert {name: (limit["min"], limit["max"]) for name, limit in limits.items()} == _conv_shapes.LIMITS


def test_browser_and_python_see_the_same_field() -> None:
    layers: list[dict[str, Any]] = [
        {"kind": "conv", "k": k, "s": s, "d": d} for k in (1, 3) for s in (1, 2) for d in (1, 3)
    ]
    stacks = [
        [*pair, {"kind": "pool", "k": 2, "s": 2, "d": 1}] for pair in itertools.product(layers, repeat=2)
    ]
    shown = [
        explore.receptive_field(stack, level, revealed=level != 1) for stack in stacks for level in range(4)
    ]
    scenes = [{name: getattr(s, name) for name in ("layers", "level", "revealed")} for s in shown]
    limits, answers = javascript("receptive_field.js", scenes)
    for one, (got, words) in zip(shown, answers, strict=True):
        assert words == one.describe()
        assert [(level["r"], level["j"]) for level in got["all"]] == one.fields
        assert (got["field"], got["skipped"]) == (one.field, one.skipped)
    assert {name: tuple(limit) for name, limit in limits.items()} == _receptive_field.LIMITS
