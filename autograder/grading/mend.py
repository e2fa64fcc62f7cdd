"""Mending a submission's notebook before it is graded: whatever was done to it, the tests are the lesson's own.

Locked cells are restored, deleted ones put back, copies disowned, changed ids and points set right. What a
student wrote is never changed.
"""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.lesson import notebook as cells

MAX_PARTS = 500_000  # lists and records in a notebook's JSON
_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ABOUT = ("kernelspec", "language_info")


class UnreadableError(ValueError):
    """A file that is no notebook; the message is for the student."""


def read_submission(data: bytes) -> NotebookNode:
    """Read a handed-in notebook.

    Raises
    ------
    UnreadableError
        If it is no notebook; the message says what to do.
    """
    if not data.strip():
        raise UnreadableError("the file is empty. Save the notebook (File, Save) and hand it in again.")
    if data.count(b"{") + data.count(b"[") > MAX_PARTS:  # before the parser makes gigabytes of them
        raise UnreadableError(
            "the file has more parts than a notebook can have. In JupyterLab choose Edit, Clear Outputs of All "
            "Cells, save, and hand it in again."
        )
    try:
        notebook: NotebookNode = nbformat.reads(data.decode("utf-8-sig"), as_version=4)
        if _HALF_CHARACTER.search(data):  # half of a surrogate pair can be read, but not written
            whole = json.dumps(notebook, ensure_ascii=False).encode("utf-8", "replace")
            notebook = nbformat.from_dict(json.loads(whole))
        for cell in notebook.cells:
            if isinstance(cell.get("source"), list):
                cell["source"] = "".join(cell["source"])
            if not isinstance(cell["source"], str) or cell["cell_type"] not in {"code", "markdown", "raw"}:
                raise TypeError("a cell without a source")
            if not isinstance(cell.get("metadata"), dict):
                cell["metadata"] = NotebookNode()
            _plain_metadata(cell)
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
            else:
                cell.pop("outputs", None)
    except Exception as error:  # noqa: BLE001 - a damaged file may fail in any way, and is rejected in each
        raise UnreadableError(
            f"the file is not a readable notebook: {_damage(error)}. Open it in JupyterLab, or an earlier copy "
            "if it does not open, save it there, and hand it in again."
        ) from None
    return notebook


def _plain_metadata(cell: NotebookNode) -> None:
    """Drop what has not the form that the format gives it: other tools take it on trust."""
    if "tags" in cell.metadata:
        tags = cell.metadata["tags"]
        cell.metadata["tags"] = [t for t in tags if isinstance(t, str)] if isinstance(tags, list) else []
    attached = cell.get("attachments", {})
    if not isinstance(attached, dict) or not all(isinstance(bundle, dict) for bundle in attached.values()):
        del cell["attachments"]


def _damage(error: Exception) -> str:
    """Say what is wrong with a file, in words for its owner."""
    broken = error.__cause__ or error.__context__ or error
    if isinstance(broken, json.JSONDecodeError):
        end = broken.pos >= len(broken.doc.rstrip()) or "Unterminated" in broken.msg
        return f"it breaks off in line {broken.lineno}" if end else f"line {broken.lineno} is damaged"
    if isinstance(broken, UnicodeDecodeError):
        return "it is not text"
    return f"{type(error).__name__}: " + str(error).strip().split("\n", 1)[0][:160]


def mend(submitted: NotebookNode, source: NotebookNode) -> list[str]:
    """Set a submission right in place; return what was mended, in words for the student.

    Parameters
    ----------
    submitted
        The submission; changed in place.
    source
        The lesson as students got it or as its author wrote it: only its locked cells and metadata are used.
    """
    notes: list[str] = []
    known = {name: cell for cell in source.cells if (name := cells.grade_id(cell)) is not None}
    _disown(submitted, known, notes)
    _restore(submitted, known, notes)
    _put_back(submitted, source, notes)
    _order(submitted, source, notes)
    _unique_cell_ids(submitted)
    submitted.metadata = nbformat.from_dict(
        {name: copy.deepcopy(source.metadata[name]) for name in _ABOUT if name in source.metadata}
    )
    return notes


def _disown(submitted: NotebookNode, known: dict[str, Any], notes: list[str]) -> None:
    """Take nbgrader's metadata off cells it does not know, and off all but the last of several copies."""
    seen: set[str] = set()
    for cell in reversed(submitted.cells):
        if "nbgrader" not in cell.metadata:
            continue
        name = cells.grade_id(cell)
        if name is None or name not in known:
            del cell.metadata["nbgrader"]
        elif name in seen:
            del cell.metadata["nbgrader"]
            cell.metadata.pop("deletable", None)
            cell.metadata.pop("editable", None)
            if cells.is_locked(known[name]):
                cell.cell_type, cell.source = "raw", ""  # a copied test would run inside, for nothing
            notes.append(f"{name} was in the notebook more than once: the last one counts")
        else:
            seen.add(name)
    submitted.cells = [c for c in submitted.cells if not (c.cell_type == "raw" and not c.source)]


def _restore(submitted: NotebookNode, known: dict[str, Any], notes: list[str]) -> None:
    for cell in submitted.cells:
        name = cells.grade_id(cell)
        if name is None:
            continue
        original = known[name]
        changed = cells.points(cell) != cells.points(original) or cells.is_graded(cell) != cells.is_graded(
            original
        )
        if cells.is_locked(original):
            changed |= cells.strip_hidden(original.source).strip() != cells.strip_hidden(cell.source).strip()
            cell.source = original.source
        if cell.cell_type != original.cell_type:
            changed = True
            cell.cell_type = original.cell_type
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            else:
                cell.pop("outputs", None)
                cell.pop("execution_count", None)
        cell.metadata["nbgrader"] = copy.deepcopy(original.metadata["nbgrader"])
        cell.metadata["tags"] = sorted(cells.tags(original))  # one of them says where a test is run
        if not cell.metadata["tags"]:
            del cell.metadata["tags"]
        if changed:
            notes.append(f"{name} had been changed and was restored")


def _put_back(submitted: NotebookNode, source: NotebookNode, notes: list[str]) -> None:
    """Insert locked cells that are missing, each after the nearest cell before it that is there."""
    place = {cells.grade_id(cell): i for i, cell in enumerate(submitted.cells)}
    last = -1
    for original in source.cells:
        name = cells.grade_id(original)
        if name is None:
            continue
        if name in place:
            last = place[name]
        elif cells.is_locked(original) or cells.is_graded(original):
            last += 1
            fresh = copy.deepcopy(original)
            if cells.is_solution(fresh):
                fresh.source = ""  # an answer that a person marks: the author's own must not stand there
            submitted.cells.insert(last, fresh)
            place = {n: i + (i >= last) for n, i in place.items()}
            place[name] = last
            notes.append(f"{name} had been deleted and was put back")
        else:
            notes.append(f"{name} is missing: its cell had been deleted")


def _order(submitted: NotebookNode, source: NotebookNode, notes: list[str]) -> None:
    """Move a test that stands above the exercise it tests to just below it."""
    before: dict[str, str] = {}
    solution = None
    for cell in source.cells:
        name = cells.grade_id(cell)
        if name is not None and cells.is_solution(cell):
            solution = name
        elif name is not None and cells.is_test(cell) and solution is not None:
            before[name] = solution
    for test, exercise in before.items():
        at = {cells.grade_id(cell): i for i, cell in enumerate(submitted.cells)}
        if exercise in at and test in at and at[test] < at[exercise]:
            cell = submitted.cells.pop(at[test])
            submitted.cells.insert(at[exercise], cell)
            notes.append(f"{test} stood above its exercise and was moved below it")


def _unique_cell_ids(submitted: NotebookNode) -> None:
    """Give every cell an id of its own, as the format asks: copied cells share theirs."""
    seen: set[str] = set()
    submitted.nbformat, submitted.nbformat_minor = 4, 5
    for number, cell in enumerate(submitted.cells):
        wanted = cell.get("id")
        if not isinstance(wanted, str) or wanted in seen or not _CELL_ID.fullmatch(wanted):
            cell["id"] = f"cell-{number}"
        seen.add(cell["id"])
