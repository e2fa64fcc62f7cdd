"""A file as notebooks should be is read the short way, any other with patience: both come to the same notebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.grading import reading

ROOT = Path(__file__).parents[2]
RELEASED = sorted((ROOT / "notebooks").glob("*/*.ipynb"))

words = st.sampled_from(["", "x = 1\n", "a\r\nb\r", "# é\u2028\U0001f600"]) | st.text(max_size=5)
plain = st.none() | st.booleans() | st.integers() | st.floats(-9, 9) | words
about = st.dictionaries(
    st.sampled_from(["nbgrader", "tags", "deletable", "jupyter", "collapsed"]),
    plain | st.lists(plain, max_size=2) | st.dictionaries(words, plain, max_size=2),
)
cell = st.fixed_dictionaries(
    {
        "cell_type": st.sampled_from(["code", "markdown", "raw"]),
        "source": words | st.lists(words, max_size=3),
        "metadata": about,
    },
    optional={
        "id": plain,
        "outputs": st.lists(about, max_size=2),
        "execution_count": plain,
        "attachments": st.dictionaries(words, st.dictionaries(words, words, max_size=1), max_size=1) | plain,
        "prompt_number": plain,
    },
)
whole = st.fixed_dictionaries(
    {"cells": st.lists(cell, max_size=3), "metadata": about, "nbformat": st.just(4)},
    optional={"nbformat_minor": plain, "worksheets": st.none()},
)


@given(whole, st.booleans())
@settings(deadline=None)
def test_both_ways_come_to_the_same_notebook(drawn: Any, ascii_alone: bool) -> None:
    data = json.dumps(drawn, ensure_ascii=ascii_alone).encode("utf-8", "surrogatepass")
    shortly = reading._usual(data)
    if shortly is None:  # half of a character, say
        return
    assert shortly == reading._patiently(data, [])


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_what_we_release_is_read_the_short_way(path: Path) -> None:
    assert reading._usual(path.read_bytes()) is not None


def test_another_encoding_in_an_output_is_noted() -> None:
    """Outputs are not read, but which encoding a file is in is said all the same."""
    cell = {"cell_type": "code", "source": "", "metadata": {}, "outputs": [{"text": "caf\xe9"}]}
    whole = {"cells": [cell], "metadata": {}, "nbformat": 4}
    notes: list[str] = []
    reading.read_submission(json.dumps(whole, ensure_ascii=False).encode("windows-1252"), notes)
    assert notes == ["the file was saved as WINDOWS-1252 instead of UTF-8, and was read as that"]


@pytest.mark.parametrize(
    "change",
    [
        {"nbformat": 5},
        {"nbformat": "4"},
        {"metadata": None},
        {"cells": [{"cell_type": "code", "source": 3, "metadata": {}}]},
        {"cells": [{"cell_type": "code", "source": ""}]},
        {"worksheets": []},
    ],
    ids=str,
)
def test_what_is_odd_is_looked_at_with_patience(change: dict[str, Any]) -> None:
    text = json.dumps({"cells": [], "metadata": {}, "nbformat": 4} | change)
    assert reading._usual(text.encode()) is None


@pytest.mark.parametrize("version", [5, 10**4000], ids=["the next", "without end"])
def test_a_newer_format_is_named_in_few_words(version: int) -> None:
    with pytest.raises(reading.UnreadableError, match="newer than the grader") as refused:
        reading.read_submission(json.dumps({"nbformat": version, "metadata": {}, "cells": []}).encode())
    assert len(str(refused.value)) < 300
    assert (" 5," in str(refused.value)) == (version == 5)


@pytest.mark.parametrize("nbformat", [b"4", b"4.0"], ids=["the short way", "with patience"])
def test_a_file_of_millions_of_values_is_refused_before_they_are_made(nbformat: bytes) -> None:
    many = b'"",' * (reading.MAX_VALUES + 1)
    data = b'{"nbformat":%s,"metadata":{},"cells":[{"cell_type":"code","metadata":{},"source":[%s""]}]}'
    with pytest.raises(reading.UnreadableError, match="more parts than a notebook can have"):
        reading.read_submission(data % (nbformat, many))
