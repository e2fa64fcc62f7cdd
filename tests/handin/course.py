"""The course of this class: a lesson with code, a value and words to write, another lesson, and what students do."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.lesson.notebook import strip_hidden

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nbformat import NotebookNode

NAME = "ps1"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
FULL = {"relu": 2.0, "double": 2.0, "answer": 1.0}
STUBS = {
    "relu": "def relu(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
    "double": "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
    "answer": "# YOUR CODE HERE\nraise NotImplementedError()",
    "why": "YOUR ANSWER HERE",
}
RIGHT = {
    "relu": "def relu(x):\n    return np.maximum(x, 0)",
    "double": "def double(x):\n    return 2 * x",
    "answer": "answer = 42",
    "why": "Every slope between 0 and 1 touches the graph there.",
}
SOLUTIONS = {
    "relu": "def relu(x):\n    ### BEGIN SOLUTION\n    return np.maximum(x, 0)\n    ### END SOLUTION",
    "double": "def double(x):\n    ### BEGIN SOLUTION\n    return x + x\n    ### END SOLUTION",
    "answer": "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION",
    "why": "It is a corner.",
}
TESTS = {
    "relu": """\
marks = check.marks("relu", values=2)
with marks.values:
    check.close(relu(np.array([-1.0, 2.0])), [0.0, 2.0])
### BEGIN HIDDEN TESTS
from autograder.check import cases, reference
with marks.values:
    check.matches(relu, reference.relu, cases.reals())
### END HIDDEN TESTS
marks.total()""",
    "double": """\
assert double(2) == 4, "twice 2 is 4"
assert apply_twice(1) == 4
### BEGIN HIDDEN TESTS
check.close(double(np.array([1.5, -2.0])), [3.0, -4.0])
assert double(-3) == -6, "negative numbers too"
### END HIDDEN TESTS""",
    "answer": 'assert answer == 42, "read the question again"',
}
SETUP = "# Setup: what the lesson uses.\nimport numpy as np\n\nfrom autograder import check"
HELPER = "def apply_twice(x):\n    return double(double(x))"
PROSE = {
    "relu": "## The rectifier\n\nWrite `relu`.",
    "double": "## Twice\n\nWrite `double`.",
    "answer": "## The answer\n\nTo everything.",
    "why": "Why is the slope of `relu` at 0 a choice?",
}


def marked(name: str, source: str, *, kind: str = "code", **nbgrader: Any) -> NotebookNode:
    about = {
        "grade_id": name, "grade": False, "solution": False, "locked": False, "task": False,
        "schema_version": 3, **nbgrader,
    }  # fmt: skip
    new: Any = new_code_cell if kind == "code" else new_markdown_cell
    cell: NotebookNode = new(source, id=name, metadata={"nbgrader": about})
    return cell


def source() -> NotebookNode:
    """Return the instructor's notebook."""
    cells = [new_markdown_cell("# A small lesson", id="title"), marked("setup", SETUP, locked=True)]
    for name, prose in PROSE.items():
        cells.append(new_markdown_cell(prose, id=f"prose-{name}"))
        if name == "why":
            cells.append(marked("why", SOLUTIONS[name], kind="markdown", solution=True, grade=True, points=1))
            continue
        cells.append(marked(name, SOLUTIONS[name], solution=True))
        if name == "double":
            cells.append(marked("helper", HELPER, locked=True))
        cells.append(marked(f"test_{name}", TESTS[name], grade=True, locked=True, points=FULL[name]))
    made: NotebookNode = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    return made


def other() -> NotebookNode:
    """Return the instructor's notebook of another lesson, which has the same setup."""
    cells = [marked("setup", SETUP, locked=True)]
    for name, power in (("square", 2), ("cube", 3)):
        body = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return x**{power}\n    ### END SOLUTION"
        cells.append(marked(name, body, solution=True))
        test = f"assert {name}(2) == {2**power}"
        cells.append(marked(f"test_{name}", test, grade=True, locked=True, points=1))
    made: NotebookNode = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    return made


def released(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook without hidden tests and solutions' markers."""
    for cell in notebook.cells:
        lines = strip_hidden(cell.source).split("\n")
        cell.source = "\n".join(line for line in lines if "### " not in line)
    return notebook


def work(**answers: str) -> NotebookNode:
    """Return what a student hands in who wrote these answers, and the right ones elsewhere."""
    notebook = released(source())
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.source = {**RIGHT, **answers}.get(name, cell.source)
    return notebook


def at(notebook: NotebookNode, name: str) -> int:
    """Return where the cell of this id stands."""
    return [c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells].index(name)


def without(notebook: NotebookNode, *names: str) -> NotebookNode:
    for name in names:
        del notebook.cells[at(notebook, name)]
    return notebook


def insert(notebook: NotebookNode, place: int, *cells: NotebookNode | str) -> NotebookNode:
    """Put cells in; a text is a new code cell."""
    notebook.cells[place:place] = [
        new_code_cell(c) if isinstance(c, str) else copy.deepcopy(c) for c in cells
    ]
    return notebook


def raw(notebook: NotebookNode) -> bytes:
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()


@dataclass(frozen=True)
class HandIn:
    """One student of the class.

    Attributes
    ----------
    student
        The id, which says what was done.
    what
        What is handed in: a notebook, a file's bytes, or a function that fills the folder.
    lost
        Exercise to the points it earns instead of all.
    says
        Each is part of what is said to have been mended, in the JSON and on the page.
    rejected
        Parts of the reason, for one that is rejected.
    quiet
        Whether nothing else but `says` is said.
    stock
        Whether `nbgrader autograde` is tried too, and what it does: "same" marks, or "refused".
    """

    student: str
    what: NotebookNode | bytes | Callable[[Path], None]
    lost: dict[str, float] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    quiet: bool = True
    stock: str = ""

    @property
    def scores(self) -> dict[str, float]:
        """What each exercise earns."""
        return dict.fromkeys(FULL, 0.0) if self.rejected else FULL | self.lost

    def hand_in(self, folder: Path) -> None:
        """Fill the folder that is handed in."""
        folder.mkdir(parents=True)
        if callable(self.what) and not isinstance(self.what, dict):
            self.what(folder)
        else:
            data = self.what if isinstance(self.what, bytes) else raw(self.what)
            (folder / f"{NAME}.ipynb").write_bytes(data)


def make(root: Path, class_: list[HandIn]) -> None:
    """Write the course folder, and what the class hands in."""
    for name, notebook in ((NAME, source()), ("ps2", other())):
        (root / "source" / name).mkdir(parents=True)
        nbformat.write(notebook, root / "source" / name / f"{name}.ipynb")
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\nfrom autograder.nbgrader_setup import configure\nconfigure(c)\n"
        "c.CourseDirectory.course_id = 'handed'\n"
        f"c.Exchange.root = {str(root / 'exchange')!r}\n"
        "c.SandboxedExecute.disk_mib = 8\n"
    )
    for one in class_:
        one.hand_in(root / "submitted" / one.student / NAME)
