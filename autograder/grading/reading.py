"""From a handed-in file's bytes to a notebook, or to words on what the file is instead.

Nothing of the lesson is known here. Whatever is wrong with a file, its owner is told in words, and never in the
words of a library: these name folders of the machine.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from autograder.lesson.node import Node, from_dict

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAX_UNPACKED = 64 << 20  # bytes of a compressed file
MAX_PARTS = 500_000  # lists and records in a notebook's JSON
MAX_VALUES = 5_000_000  # in these; each takes fifty bytes and more of the grader's memory
MAX_CELLS = 2_000  # each is held against every exercise of the lesson
MAX_SOURCE = 8 << 20  # characters of all cells together
_TOO_MUCH = (
    f"the notebook has more than {MAX_CELLS:,} cells, or more than {MAX_SOURCE >> 20} MB of text in them. "
    "Take out what is not your work, and hand it in again."
)
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
_UNMERGED = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_KEPT = ("cell_type", "source", "metadata", "id", "attachments")  # of a cell
_NEWEST = 4  # format that nbformat knows
_STRANGE = 100  # and one that nobody will know
_TYPES = frozenset({"code", "markdown", "raw"})
_AGAIN = "Open it in JupyterLab, or an earlier copy if it does not open, save it there, and hand it in again."
_INSTEAD = "Hand in the notebook itself, the file that ends in .ipynb."
#: How files begin that are often handed in under a notebook's name.
_OTHERS = (
    (b"PK\x03\x04", "it is a zip archive under a notebook's name. Unpack it and hand in the notebook in it."),
    (b"7z\xbc\xaf", "it is a 7z archive under a notebook's name. Unpack it and hand in the notebook in it."),
    (b"Rar!", "it is a rar archive under a notebook's name. Unpack it and hand in the notebook in it."),
    (b"%PDF", f"it is a PDF under a notebook's name. {_INSTEAD}"),
    (b"\x89PNG", f"it is a picture under a notebook's name. {_INSTEAD}"),
    (b"<", f"it is a web page under a notebook's name. {_INSTEAD}"),
    (b"version https://git-lfs", f"it only points to a file that Git LFS keeps elsewhere. {_INSTEAD}"),
)


class UnreadableError(ValueError):
    """A file that is no notebook; the message is for the student."""


def read_submission(data: bytes, notes: list[str] | None = None) -> NotebookNode:
    """Read a handed-in notebook, of any version of the format, as one of version 4 without outputs.

    Parameters
    ----------
    data
        The file.
    notes
        Gets what had to be set right to read it, in words for the student.

    Raises
    ------
    UnreadableError
        If it is no notebook; the message says what to do.
    """
    notebook = _usual(data)
    if notebook is None:
        notebook = _patiently(data, [] if notes is None else notes)
    if sum(len(cell["source"]) for cell in notebook.cells) > MAX_SOURCE:
        raise UnreadableError(_TOO_MUCH)
    if not notebook.cells:
        raise UnreadableError(
            "the notebook has no cells. Hand in the notebook that you worked in, or fetch it anew."
        )
    return notebook


def _patiently(data: bytes, notes: list[str]) -> NotebookNode:
    """Read a file that is not as it should be, or say what is wrong with it."""
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableError("the file is empty. Save the notebook (File, Save) and hand it in again.")
    text = _text(data, notes)
    # Counted before the parser makes gigabytes of them.
    if text.count("{") + text.count("[") > MAX_PARTS or text.count(",") > MAX_VALUES:
        raise UnreadableError(
            "the file has more parts than a notebook can have. In JupyterLab choose Edit, Clear Outputs of All "
            "Cells, save, and hand it in again."
        )
    try:
        notebook = _notebook(_loaded(text))
        for cell in notebook.cells:
            _set_right(cell)
    except UnreadableError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged file may fail in any way, and is rejected in each
        raise UnreadableError(
            f"the file is not a readable notebook: {_damage(error, text)}. {_AGAIN}"
        ) from None
    return notebook


def _text(data: bytes, notes: list[str]) -> str:
    """Return a file's text, whatever encoding an editor has given it."""
    other = next((words for start, words in _OTHERS if data.lstrip()[: len(start)] == start), None)
    if other is not None:
        raise UnreadableError(f"the file is not a readable notebook: {other}")
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data)
        notes.append("the file was compressed and was unpacked")
    encoding: str = json.detect_encoding(data[:64])
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding, text = "windows-1252", data.decode("windows-1252", "replace")
    if "\x00" in text:
        raise UnreadableError(f"the file is not a readable notebook: it is not text. {_AGAIN}")
    if not encoding.startswith("utf-8"):
        notes.append(f"the file was saved as {encoding.upper()} instead of UTF-8, and was read as that")
    return text.removeprefix("\ufeff")


def _unpacked(data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as file:
            return file.read(MAX_UNPACKED)
    except (OSError, EOFError, zlib.error):
        raise UnreadableError(
            f"the file is not a readable notebook: it is a damaged archive. {_INSTEAD}"
        ) from None


class _Cell(msgspec.Struct):
    """A cell as notebooks have it since 2013. Its outputs are not read: they are made anew."""

    cell_type: str
    source: str | list[str]
    metadata: dict[str, Any]
    id: Any = msgspec.UNSET
    attachments: Any = msgspec.UNSET


class _File(msgspec.Struct):
    """A file with such cells."""

    cells: list[_Cell]
    metadata: dict[str, Any]
    nbformat: Literal[4]
    worksheets: None = None


_decoder = msgspec.json.Decoder(_File)


def _usual(data: bytes) -> NotebookNode | None:
    """Return the notebook of a file that is as it should be; None of any other, which is looked at with patience."""
    if data[:1] != b"{" or data.count(b"{") + data.count(b"[") > MAX_PARTS or data.count(b",") > MAX_VALUES:
        return None
    try:
        if not data.isascii():
            data.decode()  # what is skipped must be UTF-8 as well
        found = _decoder.decode(data)
        if len(found.cells) > MAX_CELLS:
            return None
        made = [Node({key: getattr(one, key) for key in _KEPT}) for one in found.cells]
        for cell in made:
            for key in ("id", "attachments"):
                if cell[key] is msgspec.UNSET:
                    del cell[key]
            _set_right(cell)
    except Exception:  # noqa: BLE001 - why not, is found and said by who looks with patience
        return None
    return Node(nbformat=4, nbformat_minor=5, metadata=from_dict(found.metadata), cells=made)


def _loaded(text: str) -> Any:
    found = json.loads(text)
    if _HALF_CHARACTER.search(text):  # half of a surrogate pair can be read, but not written
        return json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    return found


def _notebook(found: Any) -> NotebookNode:
    """Return JSON as a notebook of version 4; which version it was is told by its form, not by its word."""
    if not isinstance(found, dict):
        raise TypeError("it is JSON, but no notebook")
    version = found.get("nbformat", 4 if "cells" in found else 3)
    if type(version) is int and version > _NEWEST:
        shown = f", {version}," if version < _STRANGE else ""
        raise TypeError(f"its format{shown} is newer than the grader")
    if _count(found) > MAX_CELLS:
        raise UnreadableError(_TOO_MUCH)
    if isinstance(found.get("cells"), list):
        about = found.get("metadata")
        return Node(
            nbformat=4, nbformat_minor=5, metadata=from_dict(about) if isinstance(about, dict) else Node(),
            cells=[from_dict(_plain(cell)) for cell in found["cells"]],
        )  # fmt: skip
    if not isinstance(found.get("worksheets"), list):
        raise TypeError("it is JSON, but no notebook: it has no cells")
    import nbformat  # noqa: PLC0415 - for formats of before 2015 alone, and slow to import

    version = version if version in {2, 3} else 3
    whole = {"nbformat_minor": 0, "metadata": {}, **found, "nbformat": version}
    old = nbformat.versions[version].to_notebook_json(whole, minor=0)
    notebook: NotebookNode = from_dict(nbformat.convert(old, 4))
    notebook.cells = [from_dict(_plain(cell)) for cell in notebook.cells]
    return notebook


def _count(found: dict[str, Any]) -> int:
    """Return how many cells a notebook has, before anything is made of them."""
    sheets = found.get("worksheets")
    holders = [found, *(sheets if isinstance(sheets, list) else [])]
    lists = [holder.get("cells") for holder in holders if isinstance(holder, dict)]
    return sum(len(cells) for cells in lists if isinstance(cells, list))


def _plain(cell: Any) -> dict[str, Any]:
    """Return a cell without its outputs: there may be megabytes of them, and they are made anew."""
    if not isinstance(cell, dict):
        raise TypeError("a cell is none")
    return {key: value for key, value in cell.items() if key in _KEPT}


def _set_right(cell: NotebookNode) -> None:
    """Give a cell the form that the format asks for: other tools take it on trust."""
    if isinstance(cell.get("source"), list):
        cell["source"] = "".join(cell["source"])
    if not isinstance(cell.get("source"), str) or cell.get("cell_type") not in _TYPES:
        raise TypeError("a cell has no source")
    about = cell.get("metadata")
    cell["metadata"] = from_dict(_known(about if isinstance(about, dict) else {}))
    cell["source"] = cell["source"].replace("\r\n", "\n").replace("\r", "\n")
    attached = cell.get("attachments")
    if "attachments" in cell and not (isinstance(attached, dict) and all(map(_is_bundle, attached.values()))):
        del cell["attachments"]
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _known(about: dict[str, Any]) -> dict[str, Any]:
    """Keep of a cell's metadata what grading looks at, in its form: another form would keep the work from being opened."""
    kept = {key: about[key] for key in ("deletable", "editable") if type(about.get(key)) is bool}
    if "nbgrader" in about:
        kept["nbgrader"] = about["nbgrader"]
    if "tags" in about:
        tags = about["tags"]
        kept["tags"] = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    folded = about.get("jupyter")
    if isinstance(folded, dict):
        kept["jupyter"] = {key: value for key, value in folded.items() if type(value) is bool}
    return kept


def _is_bundle(attached: Any) -> bool:
    return isinstance(attached, dict) and all(isinstance(data, str) for data in attached.values())


def _damage(error: Exception, text: str) -> str:
    """Say what is wrong with a file, in words for its owner."""
    if isinstance(error, json.JSONDecodeError):
        if unmerged := _UNMERGED.search(text):
            line = text.count("\n", 0, unmerged.start()) + 1
            return f"line {line} holds the marks of an unfinished merge (<<<<<<<). Finish the merge first"
        if text.lstrip()[:1] not in {"{", "["}:
            return "it is not the text of a notebook"
        end = error.pos >= len(text.rstrip()) or "Unterminated" in error.msg
        return f"it breaks off in line {error.lineno}" if end else f"line {error.lineno} is damaged"
    if isinstance(error, TypeError) and error.args and not error.__cause__:
        said = str(error)
        if said.startswith(("it ", "its ", "a cell ")):
            return said
    if isinstance(error, RecursionError):
        return "it is nested deeper than a notebook can be"
    return "its parts are not those of a notebook"
