"""A graded notebook as a page needs it: its cells as the bytes of their JSON, each understood once.

Most cells of a class are the same in every notebook: the lesson's prose, locked code, tests that everybody passes.
So a cell is named by its bytes, and what is worked out from them is kept (`Kept`). Drawing is in `cells`.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from autograder.desk.redact import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

_NBFORMAT = 4
T = TypeVar("T")


class Kept(Generic[T]):
    """What was worked out last, by key, up to a number of entries; the one not used for longest goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key; make it where nothing is."""
        if key in self._found:
            self._found.move_to_end(key)
            return self._found[key]
        made = self._found[key] = make()
        if len(self._found) > self._most:
            self._found.popitem(last=False)
        return made


def exercise_of(grade_id: str) -> str:
    """Return the name of an exercise: a grade id without what makes it that of a test."""
    return grade_id.removeprefix("test_").removeprefix("test-")


@dataclass(frozen=True)
class Cell:
    """What a cell is, apart from its marks.

    Parameters
    ----------
    raw
        Its JSON.
    kind
        "code", "markdown" or "raw".
    grade_id
        nbgrader's; empty where it has none.
    text, hidden
        Its source that a student may read, and the lines that stay hidden.
    marked
        Whether its source has markers of hidden regions.
    is_check, is_answer, counts, locked
        A test cell; a student's answer; a cell with points; a cell that the lesson gives.
    """

    raw: bytes
    kind: str
    grade_id: str
    source: str
    text: str
    hidden: tuple[str, ...]
    is_check: bool
    is_answer: bool
    counts: bool
    locked: bool

    def json(self) -> Any:
        """Return the whole cell as plain dicts."""
        return _decoded(self.raw)

    @property
    def exercise(self) -> str:
        """Name of its exercise."""
        return exercise_of(self.grade_id)


@dataclass(frozen=True)
class Notebook:
    """The cells of a notebook, and its metadata."""

    cells: Sequence[Cell]
    metadata: Mapping[str, Any] = field(default_factory=dict)


class _File(msgspec.Struct):
    nbformat: int
    cells: list[msgspec.Raw]
    metadata: dict[str, Any] = {}


def read_notebook(content: bytes) -> Notebook:
    """Read a graded notebook's file, without validating again what nbgrader wrote.

    Raises
    ------
    ValueError, TypeError, KeyError, AttributeError
        If it is no notebook.
    """
    try:
        found = msgspec.json.decode(content, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # json reads what msgspec does not, such as NaN; what neither reads is no notebook.
        return from_node(json.loads(content.decode("utf-8")))
    if found.nbformat != _NBFORMAT:
        return from_node(json.loads(content))
    return Notebook([_understood(bytes(raw)) for raw in found.cells], found.metadata)


def from_node(nb: Any) -> Notebook:
    """Return the same of a notebook in memory, a ``NotebookNode`` or plain dicts."""
    if not isinstance(nb, dict):
        raise TypeError("not a notebook")
    if nb.get("nbformat") != _NBFORMAT:
        import nbformat  # noqa: PLC0415  slow to import, and this is a rare notebook

        nb = nbformat.convert(nbformat.from_dict(nb), _NBFORMAT)
    if not isinstance(nb["cells"], list):
        raise TypeError("its cells are no list")
    return Notebook([_understood(json.dumps(cell).encode()) for cell in nb["cells"]], nb.get("metadata", {}))


_UNDERSTOOD: Kept[Cell] = Kept(4096)


def _understood(raw: bytes) -> Cell:
    return _UNDERSTOOD.get(raw, lambda: _understand(raw))


def _understand(raw: bytes) -> Cell:
    cell = _decoded(raw)
    own = cell.get("metadata", {}).get("nbgrader", {})
    own = own if isinstance(own, dict) else {}
    source = cell.get("source", "")
    source = "".join(source) if isinstance(source, list) else str(source)
    text, hidden = visible(source)
    return Cell(
        raw=raw,
        kind=cell["cell_type"],
        grade_id=str(own.get("grade_id", "")),
        source=source,
        text=text,
        hidden=hidden,
        is_check=bool(own.get("grade")) and not own.get("solution") and cell["cell_type"] == "code",
        is_answer=bool(own.get("solution") or own.get("task")),
        counts=bool(own.get("grade") or own.get("task")),
        locked=bool(own.get("locked")),
    )


def _decoded(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except msgspec.MsgspecError:
        return json.loads(raw)
