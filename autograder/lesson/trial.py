"""A lesson on trial: its reference and its untouched stubs are run, and every test cell is scored.

Runs in a fresh process, so that nothing of the builder's own state can make a test pass. The scores are those
nbgrader itself would read from the outputs. Only the author's own code is run.
"""

from __future__ import annotations

import copy
import errno
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbgrader.utils import determine_grade

from autograder.lesson.notebook import is_test
from autograder.lesson.stubs import ClearSolutions

if TYPE_CHECKING:
    from traitlets.config import Config

    from autograder.lesson.source import Lesson

#: The name that IPython makes up for a cell: the file and the line are told.
_MADE_UP = re.compile(r" \(<ipython-input[^)]*\)|(?<=\()<ipython-input[^,)]*>, ")

#: Seconds that a lesson may take, its reference and its stubs together.
TIME_LIMIT = 600.0


class TrialError(Exception):
    """The lesson could not be run to its end. The message says why."""


@dataclass(frozen=True)
class CellRun:
    """What one code cell gave.

    Attributes
    ----------
    index : int
        The cell's place in the notebook.
    error : str or None
        ``NameError: ...`` when the cell raised.
    offset : int or None
        Line of the cell, from 0, that raised.
    score : float or None
        Points nbgrader would give, for a test cell.
    findings : tuple of str
        What the aspects that lost points said.
    unreadable : str or None
        Why nbgrader cannot read the result of a test cell as points.
    """

    index: int
    error: str | None
    offset: int | None
    score: float | None
    findings: tuple[str, ...]
    unreadable: str | None


@dataclass(frozen=True)
class Trial:
    """Both runs of a lesson, one entry per code cell, in order."""

    reference: tuple[CellRun, ...]
    stub: tuple[CellRun, ...]


def run_trial(lesson: Lesson, *, config: Config | None = None, time_limit: float = TIME_LIMIT) -> Trial:
    """Run a lesson twice against its full tests: once with its solutions, once with the stubs a student gets.

    Parameters
    ----------
    lesson : Lesson
        Its markers must pair up.
    config : Config, optional
        The course's configuration; it decides what nbgrader puts in the place of a solution.
    time_limit : float
        Seconds for both runs together.

    Raises
    ------
    TrialError
        If the process dies or does not end in time.
    OSError
        If there is no room for temporary files.
    """
    stub, _ = ClearSolutions(config=config).preprocess(copy.deepcopy(lesson.notebook), {})
    order = {"reference": _orders(lesson.notebook), "stub": _orders(stub)}
    with tempfile.TemporaryDirectory(prefix="lesson-") as folder:
        source, target = Path(folder, "order.json"), Path(folder, "record.json")
        source.write_text(json.dumps(order), encoding="utf-8")
        environment = os.environ | {
            "MPLBACKEND": "agg",
            "IPYTHONDIR": str(Path(folder, "ipython")),
            "PYTHONHASHSEED": "0",
        }
        command = [sys.executable, "-m", "autograder.lesson._trial_process", str(source), str(target)]
        try:
            done = subprocess.run(
                command,
                cwd=lesson.path.parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=time_limit,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise TrialError(f"running it did not end within {time_limit:g} seconds") from error
        if done.returncode != 0 or not target.exists():
            last = (done.stderr.strip() or "no message").rsplit("\n", 1)[-1]
            if (
                os.strerror(errno.ENOSPC) in last
            ):  # said by what runs the cells; what they raise is in the record
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), tempfile.gettempdir())
            raise TrialError(f"running it ended the process with status {done.returncode}: {last}")
        record = json.loads(target.read_text(encoding="utf-8"))
    return Trial(
        reference=tuple(_outcome(lesson.notebook.cells[run["index"]], run) for run in record["reference"]),
        stub=tuple(_outcome(stub.cells[run["index"]], run) for run in record["stub"]),
    )


def _orders(notebook: nbformat.NotebookNode) -> list[dict[str, Any]]:
    return [
        {"index": index, "source": cell.source, "test": is_test(cell)}
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    ]


def _outcome(cell: nbformat.NotebookNode, run: dict[str, Any]) -> CellRun:
    """Read one cell's outputs as nbgrader would."""
    graded = copy.deepcopy(cell)
    graded.outputs = [nbformat.from_dict(output) for output in run["outputs"]]
    errors = [output for output in graded.outputs if output.output_type == "error"]
    score: float | None = None
    unreadable: str | None = None
    if is_test(cell):
        try:
            score, _ = determine_grade(graded)
        except (ValueError, KeyError) as error:
            unreadable = str(error)
        unreadable = unreadable or _misread(graded)
    said = f"{errors[0].ename}: {errors[0].evalue}".split("\n", 1)[0].rstrip(": ") if errors else None
    return CellRun(
        index=run["index"],
        error=_MADE_UP.sub("", said) if said else None,
        offset=run.get("offset"),
        score=score,
        findings=tuple(run["findings"]),
        unreadable=unreadable,
    )


def _misread(cell: nbformat.NotebookNode) -> str | None:
    """Find a result that nbgrader takes for full points although it is no number of points."""
    for output in cell.outputs:
        if output.output_type == "execute_result":
            shown = output.data.get("text/plain", "")
            try:
                negative = float(shown) < 0
            except ValueError:
                negative = True
            if negative:
                return f"its result `{shown}` is no number of points, so nbgrader gives full marks"
    return None
