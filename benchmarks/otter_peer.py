"""The plain assignment as otter-grader's users would have it: same submissions, same tests, a virtual environment apart.

Each test cell becomes one of otter's exception-based test files that runs the cell's text, hidden lines included, and
in the notebooks a cell `grader.check(...)`, as `otter assign` makes them. A cell that ends in a number of points earns
them all or none. `otter grade` asks for Docker; without containers there is `otter run` for one submission, and the
same by `otter.api` for a class in one process, which saves the start of Python and is what is measured.
"""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from measure import Cost, cost

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

VERSION = "7.0.0"
_TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}


@test_case()
def test_cell(env):
    exec(compile({body!r}, name, "exec"), env)
    assert {last} == {points!r}
"""
_CLASS = """\
import json, sys
from pathlib import Path
from otter.api import grade_submission

scores = {}
for path in map(Path, sys.argv[2:]):
    scores[path.stem] = grade_submission(str(path), sys.argv[1], quiet=True).total
Path("scores.json").write_text(json.dumps(scores))
"""


def install(place: Path) -> Path:
    """Return the Python of a virtual environment with otter-grader in it; made where it is missing."""
    folder = place / f"otter-{VERSION}"
    ready = folder / "ready"
    if not ready.is_file():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        same = [f"{name}=={version(name)}" for name in ("numpy", "ipykernel")]
        words = ["install", "--quiet", "--disable-pip-version-check", f"otter-grader=={VERSION}", *same]
        subprocess.run([folder / "bin" / "pip", *words], check=True, capture_output=True, text=True)
        ready.touch()
    return folder / "bin" / "python"


def assignment(source: dict[str, Any], folder: Path, python: Path) -> Path:
    """Write a notebook's tests as otter's, and return the zip that otter grades with."""
    tests = folder / "tests"
    tests.mkdir(parents=True)
    for cell in source["cells"]:
        if _is_test(cell):
            about = cell["metadata"]["nbgrader"]
            text = _test("".join(cell["source"]), about["grade_id"], about["points"])
            (tests / f"{about['grade_id']}.py").write_text(text)
    (folder / "requirements.txt").write_text("numpy\n")
    words = ["generate", "-t", "tests", "-o", "autograder.zip", "-r", "requirements.txt"]
    subprocess.run([python.with_name("otter"), *words], check=True, capture_output=True, cwd=folder)
    return folder / "autograder.zip"


def converted(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a handed-in notebook with otter's checks where nbgrader's test cells are."""
    first = _code("import otter\ngrader = otter.Notebook()")
    made = [
        _code(f"grader.check({cell['metadata']['nbgrader']['grade_id']!r})") if _is_test(cell) else cell
        for cell in notebook["cells"]
    ]
    return {**notebook, "cells": [first, *made]}


def grade(
    python: Path, archive: Path, submissions: Sequence[Path], folder: Path
) -> tuple[Cost, dict[str, float]]:
    """Grade a class in one process; return what it cost and the points by file name."""
    (folder / "grade.py").write_text(_CLASS)
    spent = cost([python, folder / "grade.py", archive, *submissions], folder)
    return spent, json.loads((folder / "scores.json").read_text())


def _is_test(cell: dict[str, Any]) -> bool:
    about = cell["metadata"].get("nbgrader", {})
    return bool(about.get("grade")) and cell["cell_type"] == "code"


def _test(source: str, name: str, points: float) -> str:
    tree = ast.parse(source)
    *body, last = tree.body
    if not isinstance(last, ast.Expr) or isinstance(last.value, ast.Call):
        return _TEST.format(name=name, points=points, body=source, last=points)
    tree.body = body
    before = ast.get_source_segment(source, last) or ""
    text = "".join(source.rsplit(before, 1))
    return _TEST.format(name=name, points=points, body=text, last=f"eval({before!r}, env)")


def _code(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code", "id": f"otter-{abs(hash(source)):x}"[:20], "metadata": {}, "outputs": [],
        "execution_count": None, "source": source,
    }  # fmt: skip
