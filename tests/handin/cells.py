"""What students do to cells: copied, moved, merged, split, deleted, edited, answered elsewhere."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_code_cell

from .course import (
    RIGHT,
    STUBS,
    TESTS,
    HandIn,
    at,
    insert,
    source,
    without,
    work,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

WRONG = "def relu(x):\n    return np.abs(x)"


def _changed(change: Callable[[NotebookNode], Any], **answers: str) -> NotebookNode:
    notebook = work(**answers)
    change(notebook)
    return notebook


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    cell: NotebookNode = notebook.cells[at(notebook, name)]
    return cell


def _copied(second: str, **answers: str) -> NotebookNode:
    notebook = work(**answers)
    twin = copy.deepcopy(cell_of(notebook, "relu"))
    twin.source = second
    return insert(notebook, at(notebook, "test_relu") + 1, twin)


def _moved(name: str, place: int) -> NotebookNode:
    notebook = work()
    notebook.cells.insert(place, notebook.cells.pop(at(notebook, name)))
    return notebook


def _merged() -> NotebookNode:
    both = f"{RIGHT['relu']}\n\n{RIGHT['double']}"
    return without(work(relu=both), "double")


def _kind(name: str, kind: str, **answers: str) -> NotebookNode:
    notebook = work(**answers)
    cell_of(notebook, name).cell_type = kind
    if kind != "code":
        for key in ("outputs", "execution_count"):
            cell_of(notebook, name).pop(key, None)
    return notebook


def _split_with_metadata() -> NotebookNode:
    notebook = work(relu="def clip(x):\n    return np.maximum(x, 0)")
    rest = copy.deepcopy(cell_of(notebook, "relu"))
    rest.source = "def relu(x):\n    return clip(x)"
    return insert(notebook, at(notebook, "relu") + 1, rest)


def _pasted(**answers: str) -> NotebookNode:
    notebook = work(**answers)
    place = at(notebook, "relu")
    pasted = new_code_cell(notebook.cells[place].source)
    return insert(without(notebook, "relu"), place, pasted)


def _swapped() -> NotebookNode:
    notebook = work()
    one, two = cell_of(notebook, "relu"), cell_of(notebook, "double")
    one.metadata, two.metadata = two.metadata, one.metadata
    return notebook


_OWN = "relu was answered in a cell of your own: that one counts"
_PASTED = "relu had lost its grading metadata and was recognised by what it says"

CELLS = [
    HandIn("sound", work()),
    HandIn("untouched", work(**STUBS), dict.fromkeys(["relu", "double", "answer"], 0.0)),
    HandIn("wrong", work(relu=WRONG), {"relu": 0}),
    HandIn(
        "copied-better",
        _copied(RIGHT["relu"], relu=WRONG),
        says=(
            "relu was in the notebook more than once: the last one counts",
            "test_relu stood above its exercise and was moved below it",
        ),
        stock="same",
    ),
    HandIn(
        "copied-worse",
        _copied(WRONG),
        {"relu": 0},
        says=("more than once: the last one counts", "was moved below"),
    ),
    HandIn(
        "copied-untouched",
        _copied(STUBS["relu"]),
        says=("relu was in the notebook more than once: the last one that answers it counts",),
        stock="same",
    ),
    HandIn(
        "copied-test",
        insert(work(), 2, source().cells[4]),
        says=(
            "test_relu was in the notebook more than once",
            "the notebook holds markers of the instructor's own version",
        ),
        quiet=False,
    ),
    HandIn(
        "moved-to-end",
        _moved("relu", -1),
        says=("test_relu stood above its exercise and was moved below it",),
        stock="same",
    ),
    HandIn("moved-to-top", _moved("double", 2)),
    HandIn(
        "deleted-setup",
        without(work(), "setup"),
        says=("setup had been deleted and was put back",),
        stock="same",
    ),
    HandIn("deleted-helper", without(work(), "helper"), says=("helper had been deleted and was put back",)),
    HandIn(
        "deleted-test",
        without(work(relu=WRONG), "test_relu"),
        {"relu": 0},
        says=("test_relu had been deleted and was put back",),
    ),
    HandIn(
        "deleted-answer",
        without(work(), "relu"),
        {"relu": 0},
        says=("relu is missing: its cell had been deleted",),
    ),
    HandIn("deleted-words", without(work(), "why"), says=("why had been deleted and was put back",)),
    HandIn("merged", _merged(), says=("double was answered in the cell of relu",)),
    HandIn(
        "merged-stub-left",
        work(relu=f"{RIGHT['relu']}\n\n{RIGHT['double']}", double=STUBS["double"]),
        says=("double was answered in the cell of relu",),
        stock="same",
    ),
    HandIn(
        "split",
        insert(work(relu="def clip(x):\n    return np.maximum(x, 0)"), 4, "def relu(x):\n    return clip(x)"),
    ),
    HandIn(
        "split-with-metadata",
        _split_with_metadata(),
        says=("relu was in the notebook more than once: the last one counts",),
    ),
    HandIn("pasted", _pasted(), says=(_PASTED,), stock="same"),
    HandIn("pasted-wrong", _pasted(relu=WRONG), {"relu": 0}, says=(_PASTED,)),
    HandIn(
        "new-cell-below",
        insert(work(relu=STUBS["relu"]), 5, RIGHT["relu"]),
        says=(_OWN, "test_relu stood above its exercise"),
    ),
    HandIn(
        "new-cell-at-end",
        insert(work(relu=STUBS["relu"]), 99, RIGHT["relu"]),
        says=(_OWN, "test_relu stood above its exercise"),
    ),
    HandIn("new-cell-above", insert(work(relu=STUBS["relu"]), 3, RIGHT["relu"]), says=(_OWN,), stock="same"),
    HandIn(
        "new-cells",
        insert(work(relu=STUBS["relu"]), 4, WRONG, RIGHT["relu"]),
        says=(_OWN, "relu is defined 2 times above test_relu: the last one counts"),
    ),
    HandIn(
        "new-cells-worse",
        insert(work(relu=STUBS["relu"]), 4, RIGHT["relu"], WRONG),
        {"relu": 0},
        says=(_OWN, "relu is defined 2 times above test_relu: the last one counts"),
    ),
    HandIn(
        "again-above",
        insert(work(relu=WRONG), 4, RIGHT["relu"]),
        says=("relu is defined 2 times above test_relu: the last one counts",),
    ),
    HandIn(
        "again-below",
        insert(work(), 5, WRONG),
        says=("relu is defined again below test_relu: the one above it counts",),
    ),
    HandIn("answer-as-text", _kind("relu", "markdown"), says=("relu had been changed and was restored",)),
    HandIn("answer-as-raw", _kind("double", "raw"), says=("double had been changed and was restored",)),
    HandIn(
        "test-as-text", _kind("test_relu", "markdown"), says=("test_relu had been changed and was restored",)
    ),
    HandIn(
        "text-as-code",
        _changed(lambda nb: nb.cells.__setitem__(2, new_code_cell(nb.cells[2].source))),
        says=("a cell of text had been made code and is text again",),
    ),
    HandIn(
        "pasted-as-text",
        _changed(
            lambda nb: (
                cell_of(nb, "relu").metadata.clear(),
                nb.cells[3].update(cell_type="raw"),
                nb.cells[3].pop("outputs"),
                nb.cells[3].pop("execution_count"),
            )
        ),
        says=(_PASTED,),
    ),
    HandIn(
        "edited-test",
        _changed(lambda nb: cell_of(nb, "test_relu").update(source="2.0"), relu=WRONG),
        {"relu": 0},
        says=("test_relu had been changed and was restored",),
    ),
    HandIn(
        "answer-in-test",
        _changed(
            lambda nb: cell_of(nb, "test_relu").update(source=RIGHT["relu"] + "\n\n" + TESTS["relu"][:120]),
            relu=STUBS["relu"],
        ),
        says=("test_relu had been changed and was restored; what you had added stands in a cell of its own",),
        quiet=False,
        stock="same",
    ),
    HandIn(
        "added-to-setup",
        _changed(
            lambda nb: cell_of(nb, "setup").update(
                source=cell_of(nb, "setup").source + "\nimport math\nFOUR = 4\n"
            ),
            answer="answer = FOUR * 10 + math.floor(2.5)",
        ),
        says=("setup had been changed and was restored; what you had added stands in a cell of its own",),
    ),
    HandIn(
        "changed-points",
        _changed(lambda nb: cell_of(nb, "test_relu").metadata.nbgrader.update(points=1000), relu=WRONG),
        {"relu": 0},
        says=("test_relu had been changed and was restored",),
    ),
    HandIn(
        "changed-ids",
        _changed(
            lambda nb: [
                cell_of(nb, n).metadata.nbgrader.update(grade_id=f"{n}-mine")
                for n in ("relu", "test_relu", "test_answer")
            ]
        ),
        says=(
            "relu-mine, test_answer-mine, test_relu-mine: not in this version of the lesson",
            _PASTED,
            "test_relu had lost its grading metadata",
            "test_answer had lost its grading metadata",
        ),
    ),
    HandIn(
        "swapped-ids",
        _swapped(),
        says=("test_relu stood above its exercise",),
    ),
]
