"""The graded notebook holds no hidden test, and no folder of the machine that graded it."""

from __future__ import annotations

import sys
from pathlib import Path

from nbformat.v4 import new_code_cell, new_output

from autograder.grading.places import remember, without_places
from autograder.grading.withhold import RAN, WITHHELD, withhold

from .conftest import TESTS, lesson

HIDDEN = "assert double(-3) == -6, 'negative numbers too'"


def test_hidden_tests_are_taken_out_and_the_visible_ones_stay() -> None:
    notebook = lesson()
    withhold(notebook)
    source = notebook.cells[3].source
    assert HIDDEN in TESTS["double"]
    assert HIDDEN not in source
    assert RAN in source
    assert source.startswith("assert double(2) == 4\n")


def test_a_test_that_ran_inside_is_taken_out_of_what_the_notebook_shows() -> None:
    notebook = lesson()
    notebook.cells[3].metadata["tags"] = ["in-sandbox"]
    stolen = f"found:\n{HIDDEN}\nassert double(2) == 4"
    outputs = [
        new_output("stream", text=stolen),
        new_output("error", ename="E", evalue=stolen, traceback=[stolen]),
        new_output("display_data", data={"text/plain": stolen}),
    ]
    notebook.cells.append(new_code_cell("print(In)", outputs=outputs))
    withhold(notebook)
    clean = f"found:\n{WITHHELD}\nassert double(2) == 4"
    first, second, third = notebook.cells[-1].outputs
    assert [first.text, second.evalue, *second.traceback, third.data["text/plain"]] == [clean] * 4


def test_folders_of_the_machine_are_shortened(tmp_path: Path) -> None:
    home = Path.home()
    remember(tmp_path / "course")
    for text, short in [
        (f"{sys.prefix}/lib/python3.11/site-packages/numpy/x.py", "numpy/x.py"),
        (f"at '{sys.prefix}/bin/python'", "at '…/bin/python'"),
        (f"[{str(home)!r}]", "['…']"),
        (f"{tmp_path}/course/submitted/bob/ps1", "…/submitted/bob/ps1"),
        ("data/own.csv and /home/student/own.csv, 1/2", "data/own.csv and /home/student/own.csv, 1/2"),
        (f"{sys.prefix}x/y", f"{sys.prefix}x/y".replace(str(Path(sys.prefix).parent) + "/", "…/")),
    ]:
        assert without_places(text) == short
