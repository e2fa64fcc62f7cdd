"""What the manuals show works: the lesson that the author's manual writes down is one, and its answers fit it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autograder import check
from autograder.lesson.fitting import read_answers
from autograder.lesson.slips import find_slips
from autograder.lesson.source import read_lesson

from .site import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MANUAL = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?ms)^```python\n(.*?)^```$", MANUAL.split("\n## A whole lesson\n")[1])


def written(folder: Path) -> Path:
    home = folder / "09_halves"
    home.mkdir()
    lesson = home / "09_halves.py"
    lesson.write_text(BLOCKS[0], encoding="utf-8")
    return lesson


def test_the_lesson_of_the_manual_has_no_slip(tmp_path: Path) -> None:
    assert find_slips(read_lesson(written(tmp_path))) == []


def test_so_has_its_derivation(tmp_path: Path) -> None:
    path = written(tmp_path)
    setup = BLOCKS[0].partition("# %% [markdown]\n# ## 9.1")[0]
    path.write_text(f"{setup}\n{BLOCKS[1]}", encoding="utf-8")
    assert find_slips(read_lesson(path)) == []


def test_the_answers_of_the_manual_fit_its_lesson(tmp_path: Path) -> None:
    lesson = written(tmp_path)
    lesson.with_name("answers.py").write_text(BLOCKS[2], encoding="utf-8")
    answers = read_answers(read_lesson(lesson))
    assert {answer.kind for answer in answers} > {"right", "wrong", "None", "NaN"}


def test_every_check_is_in_the_manual() -> None:
    words = {name for name in check.__all__ if name.islower() and name not in {"cases", "reference"}}
    missing = {name for name in words if name not in MANUAL}
    assert missing == set(), "docs/authoring.md does not speak of them"
