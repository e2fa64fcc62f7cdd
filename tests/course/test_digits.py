"""The digits of lesson 03: what is released, what is kept for grading, and that the two are the data set."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

ROOT = Path(__file__).parents[2]
LESSON = "03_mlp_backprop"
Arrays = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


def digits(path: str) -> Arrays:
    with np.load(ROOT / path) as file:
        return file["images"], file["labels"]


def rows(path: str) -> list[bytes]:
    return sorted(image.tobytes() + label.tobytes() for image, label in zip(*digits(path), strict=True))


def test_released_and_kept_images_are_the_whole_data_set_and_share_none() -> None:
    released, kept = rows(f"solutions/{LESSON}/digits.npz"), rows(f"solutions/{LESSON}/kept.npz")
    assert (len(released), len(kept)) == (1297, 500)
    assert not set(released) & set(kept)
    assert sorted(released + kept) == rows("assets/digits.npz")


def test_the_split_is_the_tools_own_with_as_many_of_each_digit() -> None:
    images, labels = digits("assets/digits.npz")
    places = runpy.run_path(str(ROOT / "tools/digits.py"))["split"](labels)
    for name, chosen in zip(["digits", "kept"], places, strict=True):
        there = digits(f"solutions/{LESSON}/{name}.npz")
        assert np.array_equal(there[0], images[chosen])
        assert np.array_equal(there[1], labels[chosen])
    assert np.bincount(digits(f"solutions/{LESSON}/kept.npz")[1]).tolist() == [50] * 10


def test_students_get_the_images_to_train_on_and_no_others() -> None:
    released = ROOT / "notebooks" / LESSON
    if not released.is_dir():
        pytest.skip("the notebooks are not built")
    assert sorted(path.name for path in released.glob("*.npz")) == ["digits.npz"]
    assert rows(f"notebooks/{LESSON}/digits.npz") == rows(f"solutions/{LESSON}/digits.npz")
