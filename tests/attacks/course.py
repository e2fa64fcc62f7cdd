"""A small plain nbgrader course to attack: four exercises, nine points, and a canary in every secret place.

A canary is a word that nobody can guess. Attackers look for everything of that form; the tests then look for
each canary in everything that came out. One canary is the attacker's own, so that a search that finds nothing
at all is seen.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

if TYPE_CHECKING:
    from pathlib import Path

STUB = "raise NotImplementedError"
HONEST = {
    "relu": "def relu(x):\n    return np.maximum(x, 0)",
    "slope": "def slope(f, x):\n    return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5",
    "mean": "def mean(v):\n    return np.sum(v) / len(v)",
    "shapes": "shapes = {'W': (3, 4), 'b': (4,)}",
}
STUBS = {
    "relu": f"def relu(x):\n    {STUB}",
    "slope": f"def slope(f, x):\n    {STUB}",
    "mean": f"def mean(v):\n    {STUB}",
    "shapes": "shapes = None",
}
POINTS = {"relu": 2.0, "slope": 2.0, "mean": 3.0, "shapes": 2.0}
FULL = sum(POINTS.values())

_TESTS = {
    "relu": """\
assert relu(np.array([-1.0, 2.0])).tolist() == [0.0, 2.0]
### BEGIN HIDDEN TESTS
_secret = "{hidden}"
x = np.array([[-3.0, 0.5, 4.0], [1.0, -2.0, 7.0]])
assert np.allclose(relu(x), np.maximum(x, 0))
assert all(map(lambda v: relu(v) == max(v, 0.0), [-1.0, 5.0]))
### END HIDDEN TESTS""",
    "slope": """\
assert abs(slope(lambda t: t**2, 3.0) - 6) < 1e-4
### BEGIN HIDDEN TESTS
_secret = "{hidden}"
for _x in (0.5, 1.0, -2.0):
    assert abs(slope(lambda t: t**3, _x) - 3 * _x**2) < 1e-4
### END HIDDEN TESTS""",
    "mean": """\
from autograder import check
marks = check.marks("mean", values=3)
with marks.values:
    check.close(mean(np.array([1.0, 3.0])), 2.0)
### BEGIN HIDDEN TESTS
_secret = "{hidden}"
from autograder.check import cases, mistake, reference
with marks.values:
    check.matches(mean, reference.mean, cases.vectors())
    check.leaves_arguments_alone(mean, cases.vectors())
### END HIDDEN TESTS
marks.total()""",
    # partial credit as plain nbgrader does it: the cell's last value, made from what the student gave
    "shapes": """\
_share = 0.0
### BEGIN HIDDEN TESTS
_secret = "{hidden}"
_share = 1 - abs(shapes["W"][0] - 3) / 3
### END HIDDEN TESTS
2 * _share""",
}

CONFIG = """\
c = get_config()
from autograder.nbgrader_setup import configure
configure(c)
c.CourseDirectory.course_id = "attacked"
c.Exchange.root = {exchange!r}
c.SandboxedExecute.cell_seconds = 3
c.SandboxedExecute.call_seconds = 1
c.SandboxedExecute.test_seconds = 10
c.SandboxedExecute.submission_seconds = 60
c.SandboxedExecute.memory_mib = 300
c.SandboxedExecute.processes = 20
c.SandboxedExecute.disk_mib = 8
c.SandboxedExecute.output_kib = 64
"""


@dataclass(frozen=True)
class Canaries:
    """One word for each place that holds a secret; `own` lies where its finder may look."""

    solution: str
    hidden: str
    gradebook: str
    other: str
    environment: str
    home: str
    exchange: str
    own: str

    @classmethod
    def fresh(cls) -> Canaries:
        return cls(*(f"CANARY-{name}-{secrets.token_hex(8)}" for name in cls.__dataclass_fields__))

    def secret(self) -> list[str]:
        """Return all but the attacker's own."""
        return [word for name, word in vars(self).items() if name != "own"]


def _nbgrader(name: str, **more: object) -> dict[str, object]:
    plain = {
        "schema_version": 3,
        "grade_id": name,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
    }
    return {"nbgrader": plain | more}


def source(canaries: Canaries) -> NotebookNode:
    """Return the instructor's notebook."""
    cells = [
        new_markdown_cell("# Attacked"),
        new_code_cell("import numpy as np", metadata=_nbgrader("setup", locked=True)),
    ]
    for name, solution in HONEST.items():
        lines = solution.split("\n")
        head, body = (lines[:1], lines[1:]) if name != "shapes" else ([], lines)
        indent = "    " if head else ""
        marked = [
            *head, f"{indent}### BEGIN SOLUTION", f'{indent}"{canaries.solution}"', *body,
            f"{indent}### END SOLUTION",
        ]  # fmt: skip
        test = _TESTS[name].format(hidden=canaries.hidden)
        cells += [
            new_code_cell("\n".join(marked), metadata=_nbgrader(name, solution=True)),
            new_code_cell(
                test, metadata=_nbgrader(f"test_{name}", grade=True, locked=True, points=POINTS[name])
            ),
        ]
    return with_ids(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}))


KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def with_ids(notebook: NotebookNode) -> NotebookNode:
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"c{number}"
    return notebook


def released(canaries: Canaries) -> NotebookNode:
    """Return what students get: stubs, and tests without their hidden lines."""
    notebook = source(canaries)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in STUBS:
            cell.source = STUBS[name]
        elif name.startswith("test_"):
            head, _, rest = cell.source.partition("### BEGIN HIDDEN TESTS")
            cell.source = (head + rest.partition("### END HIDDEN TESTS")[2].lstrip("\n")).rstrip()
    return notebook


def submission(canaries: Canaries, cells: dict[str, str], before: str = "", after: str = "") -> NotebookNode:
    """Return a submission with these cells in place of the stubs, and cells of the student's own around them."""
    notebook = released(canaries)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.source = cells.get(name, cell.source)
    if before:
        notebook.cells.insert(2, new_code_cell(before))
    if after:
        notebook.cells.append(new_code_cell(after))
    return with_ids(notebook)


def make(root: Path, exchange: Path, canaries: Canaries, *, handed_in: bool = True) -> None:
    """Write the course folder: config, source, and an exchange with another student's work in it."""
    folder = root / "source" / "ps1"
    folder.mkdir(parents=True)
    (root / "submitted").mkdir()
    (root / "nbgrader_config.py").write_text(CONFIG.format(exchange=str(exchange)))
    nbformat.write(source(canaries), folder / "ps1.ipynb")
    if not handed_in:
        return
    inbound = exchange / "attacked" / "inbound" / "bob+ps1"
    inbound.mkdir(parents=True)
    (inbound / "ps1.ipynb").write_text(f'"{canaries.exchange}"\n')


def hand_in(root: Path, student: str, notebook: NotebookNode | bytes, canaries: Canaries) -> Path:
    """Put a notebook into submitted/, with the student's own canary beside it."""
    folder = root / "submitted" / student / "ps1"
    folder.mkdir(parents=True)
    raw = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
    (folder / "ps1.ipynb").write_bytes(raw)
    (folder / "own.txt").write_text(canaries.own + "\n")
    return folder
