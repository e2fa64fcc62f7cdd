"""nbgrader's arithmetic, counted without nbgrader: the same as nbgrader's own, on whatever comes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import from_dict
from nbgrader import utils

from autograder.lesson import nbgraded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nbformat import NotebookNode

said = st.sampled_from(
    ["1.0", "0", "2", "3.5", "-1", "nan", "text", ["1"], ["1", "2"], "", "np.float64(1.0)"]
)
outputs = st.one_of(
    st.just({"output_type": "error", "ename": "E", "evalue": "", "traceback": []}),
    st.builds(
        lambda name: {"output_type": "stream", "name": name, "text": "x"},
        st.sampled_from(["stdout", "stderr"]),
    ),
    st.builds(lambda text: {"output_type": "execute_result", "data": {"text/plain": text}}, said),
    st.builds(lambda text: {"output_type": "display_data", "data": {"text/plain": text}}, said),
)
yes = st.booleans()


@st.composite
def graded(draw: st.DrawFn) -> NotebookNode:
    """Draw a cell with nbgrader's metadata, whole or not."""
    about: dict[str, Any] = {
        "grade_id": draw(st.text(max_size=3)),
        "points": draw(st.sampled_from([0, 2, 2.5])),
    }
    about |= {name: draw(yes) for name in ("grade", "solution", "locked", "task") if draw(st.integers(0, 3))}
    kind = draw(st.sampled_from(["code", "markdown"]))
    cell = from_dict(
        {"cell_type": kind, "source": draw(st.text(max_size=5)), "metadata": {"nbgrader": about}}
    )
    if kind == "code":
        cell.outputs = from_dict(draw(st.lists(outputs, max_size=3)))
    if draw(yes):
        about = cell.metadata["nbgrader"]
        about["checksum"] = utils.compute_checksum(cell) if draw(yes) else "another"
    return cell  # type: ignore[no-any-return]


def answer(function: Callable[[Any], Any], value: Any) -> tuple[str, Any]:
    """Return what came of a call: a value, or the kind of what was raised."""
    try:
        return "value", function(value)
    except Exception as error:  # noqa: BLE001 - compared
        return "raised", type(error)


@given(graded())
@settings(max_examples=300, deadline=None)
def test_points_and_checksums_are_nbgraders(cell: NotebookNode) -> None:
    assert nbgraded.checksum(cell) == utils.compute_checksum(cell)
    assert answer(nbgraded.determine_grade, cell) == answer(utils.determine_grade, cell)


@pytest.mark.parametrize(
    "text",
    [
        "2015-02-02 15:58:23.948203 UTC",
        "2015-02-02 15:58:23 UTC",
        "2015-02-02 15:58:23.948203 PST",
        "2015-02-02 15:58:23.948203 Europe/Berlin",
        "2015-02-02 15:58:23 +0100",
        "2015-02-02 15:58:23 3600",
        "2015-02-02T15:58:23+01:00",
        "2015-02-02 15:58",
        "Mon Feb 2 15:58:23 2015",
        "2015-02-31 15:58:23 UTC",
        "yesterday",
        "",
    ],
)
def test_timestamps_are_read_as_nbgrader_reads_them(text: str) -> None:
    assert answer(nbgraded.parse_utc, text) == answer(utils.parse_utc, text)


def test_a_timestamps_zone_opens_no_file(tmp_path: Path) -> None:
    """A path is a zone to nbgrader, which opens it as whoever grades, wherever it leads."""
    own = tmp_path / "own"
    counts = 0, 0, 0, 0, 1, 4  # one kind of time, with a name of four bytes
    own.write_bytes(
        b"TZif" + bytes(16) + struct.pack(">6l", *counts) + struct.pack(">lbb", 9 * 3600, 0, 0) + b"OWN\0"
    )
    text = f"2026-01-01 10:00:00 {own}"
    assert utils.parse_utc(text).hour == 1  # nine hours earlier: the file was read
    assert nbgraded.parse_utc(text) == nbgraded.parse_utc("2026-01-01 10:00:00 nowhere")
    assert nbgraded.parse_utc("2026-01-01 10:00:00 ../../../../../../../proc/kmsg").hour == 10
