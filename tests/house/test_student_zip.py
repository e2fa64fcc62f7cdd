"""What `make release` gives to students: it works without the grader, holds no secret, and is always the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from autograder.lesson import notebook as cells
from autograder.lesson.source import read_lesson

ROOT = Path(__file__).resolve().parents[2]
NAME = "backprop-from-scratch"
LESSONS = sorted(
    path.stem for path in (ROOT / "solutions").glob("*/[0-9]*.py") if path.stem == path.parent.name
)
# Runs a notebook's code cells as a student's kernel would, where nothing of the grader can be imported.
RUN = """
import json, sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"nbgrader", "jupytext", "pyseccomp", "psutil", "msgspec", "typer", "rich", "sqlalchemy"}:
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Missing())
from IPython.core.interactiveshell import InteractiveShell
import autograder
shell = InteractiveShell.instance()
print("from", autograder.__file__)
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        error = shell.run_cell("".join(cell["source"])).error_in_exec
        if isinstance(error, ImportError):
            print("missing:", error)
print("ran to its end")
"""


def make_zip(target: Path) -> Path:
    """Run the tool as `make release` does."""
    subprocess.run([sys.executable, "tools/student_zip.py", "--to", str(target)], cwd=ROOT, check=True)
    return target


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that a student has after unpacking."""
    folder = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(make_zip(folder / "lessons.zip")) as archive:
        archive.extractall(folder)
    return folder / NAME


def test_the_same_tree_gives_the_same_bytes(tmp_path: Path) -> None:
    assert make_zip(tmp_path / "a.zip").read_bytes() == make_zip(tmp_path / "b.zip").read_bytes()


def test_the_grader_and_the_solutions_stay_at_home(unpacked: Path) -> None:
    rooms = {path.name for path in (unpacked / "autograder").iterdir() if path.is_dir()}
    assert rooms == {"check", "derive", "explore"}
    names = {path.name for path in unpacked.rglob("*")}
    assert not names & {"solutions", "answers.py", "samples.py", "equivalent.toml", "tests", "gradebook.db"}


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_secret_line_is_in_it(unpacked: Path, lesson: str) -> None:
    def squeezed(text: str) -> str:
        return re.sub(r"\s+", "", text)

    source = read_lesson(ROOT / "solutions" / lesson / f"{lesson}.py")
    hidden = {
        squeezed(block)
        for cell in source.notebook.cells
        for kind, block in cells.secret_blocks(cell.source)
        if len(squeezed(block)) >= 40
    }
    assert hidden or lesson.startswith("00")
    for path in unpacked.rglob("*"):
        if path.is_file():
            text = squeezed(path.read_bytes().decode("utf-8", "replace"))
            if path.suffix == ".ipynb":
                text += squeezed("\n".join(cell.source for cell in nbformat.read(path, 4).cells))
            assert [block for block in hidden if block in text] == [], path


@pytest.mark.parametrize("lesson", LESSONS[:2])
def test_a_lesson_runs_without_the_grader(unpacked: Path, lesson: str) -> None:
    folder = unpacked / "notebooks" / lesson
    environment = os.environ | {"PYTHONPATH": str(unpacked), "MPLBACKEND": "agg"}
    ran = subprocess.run(
        [sys.executable, "-c", RUN, f"{lesson}.ipynb"],
        cwd=folder, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"from {unpacked}" in ran.stdout
    assert "ran to its end" in ran.stdout
    assert "missing:" not in ran.stdout
