"""Notebooks without nbformat: read as nbformat reads them, and written to the byte as it writes them."""

from __future__ import annotations

import copy
import math
import pickle
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.lesson import node

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
number = st.integers(-9, 9) | st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
data = st.recursive(
    st.none() | st.booleans() | number | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
metadata = st.dictionaries(text | st.just("trusted"), data, max_size=3)
bundle = st.dictionaries(
    st.sampled_from(["text/plain", "text/html", "image/svg+xml", "image/png", "application/json"]), text
)
outputs = st.lists(
    st.one_of(
        st.fixed_dictionaries({"output_type": st.just("stream"), "name": st.just("stdout"), "text": text}),
        st.fixed_dictionaries({"output_type": st.just("display_data"), "data": bundle, "metadata": metadata}),
        st.fixed_dictionaries(
            {
                "output_type": st.just("execute_result"),
                "data": bundle,
                "metadata": metadata,
                "execution_count": st.none() | st.integers(0, 9),
            }
        ),
        st.fixed_dictionaries(
            {
                "output_type": st.just("error"),
                "ename": text,
                "evalue": text,
                "traceback": st.lists(text, max_size=2),
            }
        ),
    ),
    max_size=3,
)


@st.composite
def notebooks(draw: st.DrawFn) -> Any:
    """Draw a notebook of the present format, as plain data."""
    cells = []
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["code", "markdown", "raw"]))
        cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "source": draw(text)}
        cell["metadata"] = draw(metadata)
        if kind == "code":
            cell |= {"execution_count": None, "outputs": draw(outputs)}
        elif draw(st.booleans()):
            cell["attachments"] = {"a.png": draw(bundle)}
        cells.append(cell)
    about = draw(metadata) | ({"signature": "x"} if draw(st.booleans()) else {})
    return {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}


@given(notebooks())
@settings(deadline=None)
def test_what_is_written_is_what_nbformat_writes(drawn: Any) -> None:
    written = node.writes(node.from_dict(drawn))
    assert written == nbformat.v4.writes_json(nbformat.from_dict(drawn))
    assert node.reads(written) == nbformat.v4.reads_json(written)
    assert node.reads(written.encode()) == nbformat.v4.reads_json(written)


@given(st.floats())
def test_a_number_of_any_size_comes_back(number: float) -> None:
    drawn = {"cells": [], "metadata": {"x": number}, "nbformat": 4, "nbformat_minor": 5}
    back = node.reads(node.writes(node.from_dict(drawn))).metadata.x
    assert back == (number if math.isfinite(number) else None)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_comes_back_as_it_was(path: Path) -> None:
    assert node.writes(node.reads(path.read_bytes())) + "\n" == path.read_text(encoding="utf-8")


def test_an_older_format_is_left_to_nbformat() -> None:
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("1 + 1")])]
    )
    read = node.reads(nbformat.v3.writes_json(old))
    assert [cell.source for cell in read.cells] == ["1 + 1"]


def test_a_node_is_a_dict_with_attributes() -> None:
    one = node.from_dict({"a": {"b": [{"c": 1}]}})
    assert one.a.b[0].c == 1
    one.new = {"d": {"e": 2}}
    one["more"] = {"f": 3}
    assert (one.new.d.e, one.more.f) == (2, 3)
    del one.new
    for name in ("new", "__html__"):
        with pytest.raises(AttributeError):
            getattr(one, name)
    for twin in (copy.deepcopy(one), pickle.loads(pickle.dumps(one)), node.copied(one)):  # noqa: S301 - our own
        assert twin == one
        twin.a.b[0].c = 5
        assert one.a.b[0].c == 1
        assert type(twin.a.b[0]) is type(one)
