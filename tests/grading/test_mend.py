"""Whatever was done to the notebook, it is graded as far as it can be, and what was mended is said."""

from __future__ import annotations

import copy

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from autograder.grading.mend import mend
from autograder.grading.reading import UnreadableError, read_submission
from autograder.lesson import notebook as cells
from autograder.lesson.notebook import strip_hidden

from .conftest import TESTS, cell, lesson, without, work


def ids(notebook: nbformat.NotebookNode) -> list[str | None]:
    return [cells.grade_id(c) for c in notebook.cells]


ALL = ["setup", "double", "test_double", "halve", "test_halve", "answer", "test_answer"]


def test_a_sound_notebook_is_left_as_it_is() -> None:
    notebook = work()
    before = copy.deepcopy(notebook)
    assert mend(notebook, lesson()) == []
    assert [strip_hidden(c.source) for c in notebook.cells] == [c.source for c in before.cells]


def test_an_edited_test_is_restored() -> None:
    notebook = work()
    notebook.cells[3].source = "True"
    notebook.cells[3].metadata.nbgrader.points = 1000
    assert mend(notebook, lesson()) == ["test_double had been changed and was restored"]
    assert notebook.cells[3].source == TESTS["double"]
    assert notebook.cells[3].metadata.nbgrader.points == 2.0


def test_deleted_tests_and_helpers_are_put_back_in_their_places() -> None:
    notebook = without(work(), "test_halve", "setup")
    notes = mend(notebook, lesson())
    assert [name for name in ids(notebook) if name] == ALL
    assert notes == [
        "setup had been deleted and was put back",
        "test_halve had been deleted and was put back",
    ]


def test_the_last_of_several_copies_counts() -> None:
    notebook = work()
    twin = copy.deepcopy(notebook.cells[2])
    twin.source = "def double(x):\n    return 3 * x"
    notebook.cells.insert(2, twin)
    notes = mend(notebook, lesson())
    assert notes == ["double was in the notebook more than once: the last one counts"]
    assert cells.grade_id(notebook.cells[2]) is None
    assert notebook.cells[2].source == twin.source  # it still runs, as it did for its author
    assert len({c.id for c in notebook.cells}) == len(notebook.cells)


def test_a_copied_test_is_taken_out() -> None:
    notebook = work()
    notebook.cells.append(copy.deepcopy(notebook.cells[3]))
    notebook.cells[3].source = "print('edited')"
    mend(notebook, lesson())
    assert ids(notebook).count("test_double") == 1
    assert "print('edited')" not in [c.source for c in notebook.cells]


def test_unknown_ids_lose_their_claim() -> None:
    notebook = work()
    notebook.cells.append(cell("bonus", "100", grade=True, points=100))
    mend(notebook, lesson())
    assert "nbgrader" not in notebook.cells[-1].metadata


def test_a_test_above_its_exercise_moves_below_it() -> None:
    notebook = work()
    notebook.cells.insert(1, notebook.cells.pop(3))
    notes = mend(notebook, lesson())
    assert [name for name in ids(notebook) if name] == ALL
    assert notes == ["test_double stood above its exercise and was moved below it"]


def test_a_test_turned_into_prose_is_code_again() -> None:
    notebook = work()
    notebook.cells[3].cell_type = "markdown"
    mend(notebook, lesson())
    assert notebook.cells[3].cell_type == "code"
    nbformat.validate(notebook)


def test_a_missing_exercise_is_named() -> None:
    notebook = without(work(), "halve")
    assert mend(notebook, lesson()) == ["halve is missing: its cell had been deleted"]


def released_without(*grade_ids: str) -> nbformat.NotebookNode:
    """Return what is handed in of a release that had not got these cells yet."""
    notebook = without(work(), *grade_ids)
    notebook.metadata["autograder"] = {"cells": [name for name in ids(notebook) if name]}
    return notebook


def test_a_test_that_the_lesson_changed_had_not_been_changed_by_its_student() -> None:
    notebook = work()
    cell = notebook.cells[3]
    cell.source = "assert double(2) == 4  # an earlier release"
    cell.metadata.nbgrader.checksum = compute_checksum(cell)
    edited = copy.deepcopy(notebook)
    assert mend(notebook, lesson()) == [
        "test_double was changed in the lesson since this notebook was released; the new one counts"
    ]
    assert notebook.cells[3].source == TESTS["double"]
    edited.cells[3].source = "True"
    assert mend(edited, lesson()) == ["test_double had been changed and was restored"]


CAME = "came into the lesson after this notebook was released"


def test_a_cell_that_came_later_had_not_been_deleted() -> None:
    notebook = without(released_without("halve", "test_halve"), "double")
    deleted, later = mend(notebook, lesson())
    assert deleted == "double is missing: its cell had been deleted"
    assert later.startswith(f"halve {CAME}: 2 points more, of which it has none. Your teacher says whether")
    assert cells.grade_id(notebook.cells[-3]) == "test_halve"


def test_what_came_later_and_needs_no_answer_is_put_in() -> None:
    assert mend(released_without("setup", "test_halve"), lesson()) == [
        f"setup and test_halve {CAME} and were put in"
    ]


@pytest.mark.parametrize("listed", [None, 3, "setup", [], [3, None], {"cells": 1}])
def test_a_notebook_that_lists_nothing_is_believed_to_have_had_every_cell(listed: object) -> None:
    notebook = without(work(), "halve")
    notebook.metadata["autograder"] = listed if isinstance(listed, dict) else {"cells": listed}
    assert mend(notebook, lesson()) == ["halve is missing: its cell had been deleted"]


def test_an_exercise_that_came_later_and_was_answered_all_the_same_counts() -> None:
    notebook = released_without("halve", "test_halve")
    notebook.cells.append(nbformat.v4.new_code_cell("def halve(x):\n    return x / 2"))
    *_, note = mend(notebook, lesson())
    assert note == f"test_halve {CAME} and was put in"


def test_old_formats_and_marks_at_the_start_of_a_file_are_read() -> None:
    old = nbformat.convert(lesson(), 3)
    assert len(read_submission(b"\xef\xbb\xbf" + nbformat.writes(old, version=3).encode()).cells) == 8


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"  \n", "the file is empty"),
        (b"{", "not a readable notebook"),
        (b'{"cells": [], "metadata": {}', "not a readable notebook"),
        (b"[1, 2]", "not a readable notebook"),
        (b'{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "not a readable notebook"),
        (
            b'{"cells": [{"cell_type": "code"}], "nbformat": 4, "nbformat_minor": 5}',
            "not a readable notebook",
        ),
        (b"\xff\xfe\x00binary", "not a readable notebook"),
        (b"[" * 200_000, "not a readable notebook"),
        (b'{"nbformat": 99, "cells": []}', "not a readable notebook"),
    ],
)
def test_what_is_no_notebook_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words) as caught:
        read_submission(data)
    assert "again" in str(caught.value)
