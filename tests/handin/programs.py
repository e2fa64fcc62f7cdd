"""What other programs make of a notebook: metadata and ids stripped, kernels changed, outputs by the megabyte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_output

from .cells import WRONG, cell_of
from .course import (
    KERNEL,
    STUBS,
    HandIn,
    insert,
    marked,
    source,
    work,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode


def stripped(notebook: NotebookNode, about: Callable[[int], dict[str, Any]] = lambda _: {}) -> NotebookNode:
    """Take all metadata and ids off the cells, and put a program's own in their place."""
    for number, cell in enumerate(notebook.cells):
        cell["metadata"] = about(number)
        cell.pop("id", None)
    notebook.nbformat_minor = 0
    return notebook


def _colab(**answers: str) -> NotebookNode:
    notebook = stripped(
        work(**answers), lambda n: {"id": f"x{n}Yz", "colab": {"base_uri": "https://localhost/"}}
    )
    setup = next(cell for cell in notebook.cells if "import numpy" in cell.source)
    setup.source = "!pip -q install something\nfrom google.colab import drive\n" + setup.source
    notebook.metadata = {
        "colab": {"provenance": [], "name": "Copy of ps1"},
        "kernelspec": KERNEL | {"language": ""},
    }
    return insert(notebook, 0, "%load_ext autoreload")


def _last_year() -> NotebookNode:
    notebook = work(relu="def relu(x):\n    # old words\n    return x * (x > 0)")
    cell_of(notebook, "test_relu").source = "assert relu(1) == 1  # last year's"
    cell_of(notebook, "test_double").metadata.nbgrader.update(grade_id="double_tests", points=9)
    cell_of(notebook, "test_answer").metadata.nbgrader.schema_version = 1
    extra = marked("bonus", "assert True", grade=True, locked=True, points=50)
    return insert(notebook, len(notebook.cells), extra)


def _outputs() -> NotebookNode:
    notebook = work()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                new_output("display_data", data={"image/png": "A" * 1_000_000, "text/html": ["<b>", "x"]})
            ]
    notebook.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": {"m": {"state": {}}}}
    }
    return notebook


def _kernel(**kernel: str) -> NotebookNode:
    notebook = work()
    notebook.metadata["kernelspec"] = kernel
    return notebook


def _minor(minor: int, ids: Callable[[NotebookNode, int], None]) -> NotebookNode:
    notebook = work()
    notebook.nbformat_minor = minor
    for number, cell in enumerate(notebook.cells):
        ids(cell, number)
    return notebook


_ALL_LOST = "the notebook had lost its grading metadata, as Colab and some editors do: 9 of 9 cells"
PROGRAMS = [
    HandIn("no-metadata", stripped(work()), says=(_ALL_LOST,), stock="same"),
    HandIn("no-metadata-wrong", stripped(work(relu=WRONG)), {"relu": 0}, says=(_ALL_LOST,)),
    HandIn(
        "no-metadata-untouched",
        stripped(work(**STUBS)),
        dict.fromkeys(["relu", "double", "answer"], 0.0),
        says=(_ALL_LOST,),
    ),
    HandIn("colab", _colab(), says=(_ALL_LOST, "setup had been changed and was restored"), stock="same"),
    HandIn("vs-code", stripped(work(), lambda _: {"vscode": {"languageId": "python"}}), says=(_ALL_LOST,)),
    HandIn(
        "kaggle",
        stripped(
            work(), lambda n: {"_uuid": f"{n:036x}", "trusted": True, "execution": {"iopub.status.busy": "x"}}
        ),
        says=(_ALL_LOST,),
    ),
    HandIn(
        "last-year",
        _last_year(),
        says=(
            "bonus, double_tests: not in this version of the lesson",
            "test_relu had been changed and was restored",
        ),
        quiet=False,
        stock="same",
    ),
    HandIn(
        "instructors-own",
        source(),
        says=("the notebook holds markers of the instructor's own version: a person should look at it",),
    ),
    HandIn("outputs-of-5-mb", _outputs(), stock="same"),
    HandIn(
        "kernel-r",
        _kernel(name="ir", display_name="R", language="R"),
        says=("the notebook was set to the kernel R; it was run with Python 3",),
        stock="same",
    ),
    HandIn(
        "kernel-julia",
        _kernel(name="julia-1.9", display_name="Julia 1.9", language="julia"),
        says=("kernel Julia 1.9",),
    ),
    HandIn(
        "kernel-python2",
        _kernel(name="python2", display_name="Python 2", language="python"),
        says=("kernel Python 2;",),
    ),
    HandIn(
        "kernel-conda",
        _kernel(name="conda-env-ml-py", display_name="Python [conda env:ml]", language="python"),
    ),
    HandIn("ids-in-4.0", _minor(0, lambda _, __: None)),
    HandIn("no-ids-in-4.5", _minor(5, lambda cell, _: cell.pop("id"))),
    HandIn("same-ids", _minor(5, lambda cell, _: cell.update(id="same")), stock="same"),
    HandIn("odd-ids", _minor(5, lambda cell, n: cell.update(id=f"no id {n}!"))),
]
