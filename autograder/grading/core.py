"""From a hand-in to its marks: plain data in, plain data out. No folder is read or written here.

The way of one submission: each notebook is read and mended, examined, and written down with its outputs; what comes
of it is an outcome, a record for the gradebook, and the files of its ``autograded`` folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from autograder.grading import marks
from autograder.grading.folders import readable
from autograder.grading.later import came_with
from autograder.grading.outcome import ExamRequest, Graded, Record, Work
from autograder.grading.places import without_places
from autograder.grading.reading import UnreadableError, read_submission
from autograder.grading.records import notebook_record
from autograder.grading.refusal import NOT_YOURS, REJECTED, LostError, failed, no_points, outcome_of, rejected
from autograder.grading.withhold import withhold
from autograder.lesson import node
from autograder.sandbox.holder import NoSandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

    from autograder.grading.outcome import CellOutcome, ExamResult, Handin, NotebookRecord
    from autograder.grading.ready import Ready

UNSAFE = "graded without a sandbox: this mark could have been forged"


def grade_handin(ready: Ready, handin: Handin, examine: Callable[[str, ExamRequest], ExamResult]) -> Work:
    """Grade a hand-in; whatever it is, something comes of it.

    Parameters
    ----------
    ready
        The assignment.
    handin
        What was handed in.
    examine
        Examines one notebook of it, given its name and the request.

    Raises
    ------
    NoSandboxError
        If nobody's work can be graded here.
    LostError
        If `examine` raised it: the hand-in has to be graded again.
    """
    try:
        if handin.problem:
            raise UnreadableError(handin.problem)
        return _grade(ready, handin, examine)
    except (NoSandboxError, LostError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever was handed in, the class goes on
        reason = str(error) if isinstance(error, UnreadableError) else failed(error)
        return rejected(ready.setting, handin.student, reason, handin.timestamp)


def _grade(ready: Ready, handin: Handin, examine: Callable[[str, ExamRequest], ExamResult]) -> Work:
    notes = list(handin.notes)
    stops: list[str] = []
    beside = {file.name: file.data for file in handin.beside if file.fits}
    notebooks: dict[str, NotebookNode] = {}
    records: dict[str, NotebookRecord | None] = {}
    outcomes: dict[str, CellOutcome] = {}
    cut_short = False
    for name, source in ready.sources.items():
        data = handin.notebooks.get(name)
        if data is None:
            records[name] = None
            notes.append(f"{name}.ipynb was not handed in")
            outcomes |= no_points(source)
            continue
        notebook = read_submission(data, notes)
        with_it = came_with(notebook)
        notes += ready.mend(name, notebook)
        request = ExamRequest(
            marks.plan(notebook), list((beside | ready.own).items()), readable(handin.student)
        )
        result = examine(name, request)
        if result.error:
            raise UnreadableError(f"{without_places(result.error)}. {NOT_YOURS}")
        marks.write_outputs(notebook, result, with_it)
        withhold(notebook)
        stops += result.notes
        cut_short |= marks.is_cut_short(result)
        outcomes |= marks.outcomes(notebook, result)
        notebooks[name] = notebook
    status = "partial" if cut_short else "graded"
    sandboxed = not ready.setting.unsafe
    if not sandboxed:
        stops.append(UNSAFE)
    for notebook in notebooks.values():
        notebook.metadata["autograder"] = {
            "status": status, "mends": notes, "notes": stops, "sandboxed": sandboxed,
        }  # fmt: skip
    outcome = outcome_of(handin.assignment, handin.student, status, outcomes, mends=[*notes, *stops])
    outcome = msgspec.structs.replace(outcome, sandboxed=sandboxed)
    records |= {name: notebook_record(notebook) for name, notebook in notebooks.items()}
    files = [(f"{name}.ipynb", (node.writes(one) + "\n").encode()) for name, one in notebooks.items()]
    files += [(file.name, file.data) for file in handin.beside if file.name != REJECTED]
    return Work(Graded(outcome, Record(handin.assignment, handin.student, handin.timestamp, records)), files)
