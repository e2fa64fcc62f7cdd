"""Why a submission was graded again: which of the things that marks are made of are others than they were.

A fingerprint is one line of text, ``name:digest`` for each of these things. Two of the parts are lists: of the lesson's
cells and of the files beside it, each with a short digest of its own, so that a changed mark can be traced to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nbformat import NotebookNode

#: The parts of a fingerprint, and what is said of one that is another than it was.
PARTS = {
    "submission": "handed in again",
    "lesson": "the lesson",
    "limits": "other limits or another way to grade",
    "released": "the released cells",
    "grader": "another version of the grader",
    "python": "another Python or NumPy, or another user",
}
_CELLS, _FILES = "cells", "files"
_TEST, _SOLUTION, _OTHER = "t", "s", "o"
_SHORT = 4  # bytes of the digest of one cell or file: it explains, and decides nothing
_MOST = 60  # files beside a lesson that are told apart
_NAMED = 3
_ASKED = "graded again with nothing changed"


def digest_of(*parts: bytes) -> str:
    """Return a short digest of one cell or file."""
    return blake2b(b"\0".join(parts), digest_size=_SHORT).hexdigest()


def line(parts: Mapping[str, str], sources: Iterable[NotebookNode], files: Mapping[str, str]) -> str:
    """Return a fingerprint's text.

    Parameters
    ----------
    parts
        A digest for each of `PARTS` but the submission, which is added for each student.
    sources
        The instructor's notebooks.
    files
        Digests of the files beside them, by relative path.
    """
    found: dict[str, str] = {}
    others: list[bytes] = []
    for source in sources:
        for cell in source.cells:
            name, text = cells.grade_id(cell), cell.source.encode()
            if name is None or not (cells.is_graded(cell) or cells.is_solution(cell)):
                others += [text] if cell.cell_type == "code" else []
                continue
            kind = _SOLUTION if cells.is_solution(cell) else _TEST
            found[f"{kind}.{quote(name, safe='')}"] = digest_of(text, repr(cells.points(cell)).encode())
    found[f"{_OTHER}."] = digest_of(*others)
    named = {quote(name): digest for name, digest in sorted(files.items())[:_MOST]}
    lists = {_CELLS: found, _FILES: named}
    told = [f"{name}:{digest}" for name, digest in parts.items()]
    told += [
        f"{kind}:{','.join(f'{name}={digest}' for name, digest in all_.items())}"
        for kind, all_ in lists.items()
    ]
    return " ".join(told)


@dataclass(frozen=True)
class Causes:
    """What changed between two gradings of a submission.

    Attributes
    ----------
    parts
        Names of `PARTS`.
    cells
        Changed cells of the lesson: kind and grade id, in the lesson's order.
    files
        Changed files beside the lesson.
    order
        All cells with a grade id that the lesson has now, in order.
    new, gone
        Grade ids of cells that the lesson did not have, and of those that it has no longer.
    known
        Whether what it was graded with before is known.
    """

    parts: tuple[str, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    order: tuple[tuple[str, str], ...] = ()
    new: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    known: bool = True

    @property
    def same_work(self) -> bool:
        """Whether what was handed in is what it was."""
        return self.known and "submission" not in self.parts

    def words(self) -> list[str]:
        """Say what changed, one text for each thing."""
        if not self.known:
            return ["graded before by an older version, or not to its end"]
        return [self._lesson() if part == "lesson" else PARTS[part] for part in self.parts] or [_ASKED]

    def of(self, name: str) -> str:
        """Say what changed, as far as one graded cell is concerned: its own test and reference come first."""
        if not self.known or "lesson" not in self.parts:
            return "; ".join(self.words())
        if name in self.new | self.gone:
            return "it is new in the lesson" if name in self.new else "it is no longer in the lesson"
        rest = [PARTS[part] for part in self.parts if part != "lesson"]
        own = []
        changed = set(self.cells)
        if (_TEST, name) in changed:
            own.append("its test was changed")
        if (_SOLUTION, name) in changed:
            own.append("its cell was changed")
        own += [
            f"its reference {other} was changed"
            for other in self._above(name)
            if (_SOLUTION, other) in changed
        ]
        return "; ".join([*(own or [self._lesson()]), *rest])

    def _above(self, name: str) -> list[str]:
        """Return the solution cells that stand between a test and the one before it."""
        found: list[str] = []
        last = ""
        for kind, other in self.order:
            if (kind, other) == (_TEST, name):
                return found
            if kind == _SOLUTION:  # several tests below one answer are all about it
                found = [*found, other] if last == _SOLUTION else [other]
            last = kind
        return []

    def _lesson(self) -> str:
        said = []
        tests = [name for kind, name in self.cells if kind == _TEST]
        references = [name for kind, name in self.cells if kind == _SOLUTION]
        if tests:
            said.append(f"the lesson's {'test' if len(tests) == 1 else 'tests'} {_named(tests)}")
        if references:
            said.append(
                f"the lesson's {'reference' if len(references) == 1 else 'references'} {_named(references)}"
            )
        if any(kind == _OTHER for kind, _ in self.cells):
            said.append("other code of the lesson")
        if not said and self.files:
            said.append(f"the lesson's {'file' if len(self.files) == 1 else 'files'} {_named(self.files)}")
        return " and ".join(said or ["the lesson's text or data"])


def between(before: str, now: str) -> Causes:
    """Compare two fingerprints of a submission."""
    old, new = _parts(before), _parts(now)
    if not old:
        return Causes(known=False)
    cells_before, cells_now = _list(old[_CELLS]), _list(new[_CELLS])
    files_before, files_now = _list(old[_FILES]), _list(new[_FILES])
    names = [*cells_now, *(name for name in cells_before if name not in cells_now)]
    return Causes(
        tuple(part for part in PARTS if old.get(part) != new.get(part)),
        tuple(_kind(name) for name in names if cells_before.get(name) != cells_now.get(name)),
        tuple(
            unquote(name)
            for name in sorted({*files_before, *files_now})
            if files_before.get(name) != files_now.get(name)
        ),
        tuple(_kind(name) for name in cells_now),
        frozenset(_kind(name)[1] for name in cells_now if name not in cells_before),
        frozenset(_kind(name)[1] for name in cells_before if name not in cells_now),
    )


def _parts(text: str) -> dict[str, str]:
    """Return a fingerprint's parts; none where it is of another form, or none was kept."""
    found = dict(part.split(":", 1) for part in text.split(" ") if ":" in part)
    return found if {*PARTS, _CELLS, _FILES} <= set(found) else {}


def _list(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split(",") if "=" in pair)


def _kind(name: str) -> tuple[str, str]:
    kind, _, rest = name.partition(".")
    return kind, unquote(rest)


def _named(names: Iterable[str]) -> str:
    all_ = list(names)
    rest = f" and {len(all_) - _NAMED} more" if len(all_) > _NAMED else ""
    return ", ".join(all_[:_NAMED]) + rest
