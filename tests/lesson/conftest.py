"""A small course to build: one lesson with one exercise, and a config with this project's layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LESSON = """\
# %% [markdown]
# # Doubling

# %% nbgrader={"grade_id": "setup", "locked": true}
from autograder import check

# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION

# %% nbgrader={"grade_id": "test_double", "grade": true, "points": 2}
marks = check.marks(values=2)
with marks.values:
    check.equal(double(2), 4, because="2 + 2 = 4")
### BEGIN HIDDEN TESTS
from autograder.check import reference
with marks.values:
    check.equal(double(21), reference.double(21), because="it doubles")
### END HIDDEN TESTS
marks.total()
"""

CONFIG = """\
c = get_config()
from autograder.nbgrader_setup import configure
configure(c, layout=True)
"""


@pytest.fixture
def make_lesson(tmp_path: Path) -> Callable[..., Path]:
    """Write solutions/NAME/NAME.py in a course with this project's layout; return the file."""

    def make(text: str = LESSON, name: str = "doubling") -> Path:
        (tmp_path / "nbgrader_config.py").write_text(CONFIG)
        folder = tmp_path / "solutions" / name
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.py"
        file.write_text(text)
        return file

    return make
