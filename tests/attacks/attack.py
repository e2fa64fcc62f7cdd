"""What an attack is: the cells a student hands in, and what may come of it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .course import HONEST, STUBS, Canaries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nbformat import NotebookNode


@dataclass(frozen=True)
class Scene:
    """Where an attacker who may change files finds itself: its own folder, the course, the canaries."""

    folder: Path
    root: Path
    canaries: Canaries


@dataclass(frozen=True)
class Attack:
    """One row of the tables.

    Attributes
    ----------
    name
        Also the student's.
    tries
        What it tries, in a few words: a line of the manual.
    relu, slope, mean, shapes
        What stands in the cells of the exercises; the untouched stub when left out.
    every
        The body of all three functions, in which `x` is the argument.
    before, after
        Cells of the student's own, above and below the exercises.
    earns
        What its honest part earns.
    shows
        Words that must be seen in its outputs: proof that the attack ran.
    edit, files
        Change the notebook, or the folder that is handed in.
    raw
        The bytes that are handed in instead of a notebook.
    """

    name: str
    tries: str
    relu: str = STUBS["relu"]
    slope: str = STUBS["slope"]
    mean: str = STUBS["mean"]
    shapes: str = STUBS["shapes"]
    every: str = ""
    before: str = ""
    after: str = ""
    earns: float = 0.0
    shows: tuple[str, ...] = ()
    statuses: frozenset[str] = field(default=frozenset({"graded", "partial"}))
    edit: Callable[[NotebookNode], None] | None = None
    files: Callable[[Scene], None] | None = None
    raw: bytes | None = None

    @property
    def cells(self) -> dict[str, str]:
        written = {name: str(getattr(self, name)) for name in HONEST}
        if not self.every:
            return written
        heads = {"relu": "def relu(x):\n", "slope": "def slope(f, x):\n", "mean": "def mean(x):\n"}
        same = {name: head + textwrap.indent(self.every, "    ") for name, head in heads.items()}
        return {
            name: same.get(name, source) if source == STUBS[name] else source
            for name, source in written.items()
        }
