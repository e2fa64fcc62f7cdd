"""Reading a lesson: the short form of nbgrader's metadata, stable ids, and the line every cell came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from autograder.lesson.source import SourceError, read_lesson

from .conftest import LESSON

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_short_form_is_written_out_in_full(make_lesson: Callable[..., Path]) -> None:
    cells = read_lesson(make_lesson()).notebook.cells
    plain = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False}
    assert [dict(cell.metadata.get("nbgrader", {})) for cell in cells] == [
        {},
        plain | {"grade_id": "setup", "locked": True},
        plain | {"grade_id": "double", "solution": True},
        plain | {"grade_id": "test_double", "grade": True, "locked": True, "points": 2},
    ]


def test_the_notebook_is_valid_for_jupyter_and_nbgrader_and_carries_no_jupytext_noise(
    make_lesson: Callable[..., Path],
) -> None:
    lesson = read_lesson(make_lesson("# ---\n# jupyter:\n#   jupytext:\n#     x: 1\n# ---\n\n" + LESSON))
    nbformat.validate(lesson.notebook)
    MetadataValidator().validate_nb(lesson.notebook)
    assert set(lesson.notebook.metadata) == {"kernelspec", "language_info"}
    assert lesson.notebook.metadata.kernelspec.name == "python3"
    assert {key for cell in lesson.notebook.cells for key in cell.metadata} == {"nbgrader"}


def test_the_same_text_gives_the_same_bytes(make_lesson: Callable[..., Path]) -> None:
    first, second = (read_lesson(make_lesson()).notebook_text() for _ in range(2))
    assert first == second
    assert first.endswith("}\n")


def test_a_cell_is_named_by_its_grade_id_or_its_text_and_twins_are_counted(
    make_lesson: Callable[..., Path],
) -> None:
    twins = '\n# %%\nx = 1\n\n# %%\nx = 1\n\n# %% nbgrader={"grade_id": "double", "locked": true}\nx\n'
    ids = [cell.id for cell in read_lesson(make_lesson(LESSON + twins)).notebook.cells]
    assert ids[1:4] == ["setup", "double", "test_double"]
    assert ids[5] == ids[4] + "-2"
    assert ids[6] == "double-2"
    moved = read_lesson(make_lesson("# %%\n0\n\n" + LESSON)).notebook.cells
    assert [cell.id for cell in moved[1:]] == ids[:4]


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# a preface\n\n",
        "# ---\n# title: x\n# ---\n\n",
        '# %% [markdown]\n"""\nquoted\n"""\n\n',
        '# %%\ntext = """\n# %% no cell\n"""\n\n',
        "# %%\n# %matplotlib inline\n\n",
    ],
)
def test_every_cell_knows_its_line(make_lesson: Callable[..., Path], before: str) -> None:
    lesson = read_lesson(make_lesson(before + LESSON))
    for index, cell in enumerate(lesson.notebook.cells):
        for offset, line in enumerate(cell.source.split("\n")):
            if "title" not in before or index:  # a YAML header becomes a raw cell of other text
                assert line.strip("#% ") in lesson.text[lesson.line(index, offset) - 1]


def test_tags_are_kept(make_lesson: Callable[..., Path]) -> None:
    lesson = read_lesson(make_lesson('# %% tags=["in-sandbox"]\nx = 1\n'))
    assert lesson.notebook.cells[0].metadata.tags == ["in-sandbox"]


def test_what_cannot_be_read_says_where(make_lesson: Callable[..., Path]) -> None:
    file = make_lesson()
    file.write_bytes(b"# %%\n\xff\xfe")
    with pytest.raises(SourceError, match=r"doubling\.py:1: cannot be read"):
        read_lesson(file)
    with pytest.raises(SourceError, match="jupytext cannot read it"):
        read_lesson(make_lesson("# ---\n# jupyter:\n#   kernelspec:\n#     name: x\n# ---\n\n" + LESSON))
