"""The outcome of one test cell as plain frozen data: what total() shows and what the gradebook's side keeps.

Drawing is in `_render`; deciding points is in `_marks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from autograder.check import _render
from autograder.check._chain import Chain
from autograder.check._finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

Status = Literal["passed", "failed", "unchecked"]


@dataclass(frozen=True)
class AspectResult:
    """One aspect of an exercise, such as `values` or `stability`.

    Parameters
    ----------
    name, points
        As given to `check.marks`.
    earned
        The points it counts for now.
    status
        "unchecked" when no check of it ran: in a student's notebook it is checked when graded.
    finding
        The first failure, for a failed aspect.
    notes
        Remarks that cost nothing, such as a warning that was raised.
    waits
        The aspect that has to pass before this one is looked at, in a student's notebook.
    """

    name: str
    points: float
    earned: float
    status: Status
    finding: Finding | None = None
    notes: tuple[str, ...] = ()
    waits: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the result as a dict that JSON can hold."""
        return {
            "name": self.name,
            "points": self.points,
            "earned": self.earned,
            "status": self.status,
            "finding": self.finding.as_dict() if self.finding else None,
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> AspectResult:
        """Rebuild what `as_dict` gave."""
        finding = data.get("finding")
        return cls(
            name=data["name"],
            points=data["points"],
            earned=data["earned"],
            status=data["status"],
            finding=Finding.from_dict(finding) if finding else None,
            notes=tuple(data.get("notes", ())),
        )


@dataclass(frozen=True)
class Report:
    """What one test cell found.

    Parameters
    ----------
    title
        The exercise's name.
    aspects
        In the order they were given to `check.marks`.
    earned, points
        Sums over the aspects.
    student_side
        True in a student's own notebook, where hidden checks are absent.
    chains
        The derivations that were checked, for the card to show line by line.
    """

    title: str
    aspects: tuple[AspectResult, ...]
    earned: float
    points: float
    student_side: bool
    chains: tuple[Chain, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the report as a dict that JSON can hold."""
        return {
            "title": self.title,
            "aspects": [aspect.as_dict() for aspect in self.aspects],
            "earned": self.earned,
            "points": self.points,
            "student_side": self.student_side,
            "chains": [chain.as_dict() for chain in self.chains],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Report:
        """Rebuild what `as_dict` gave."""
        return cls(
            title=data["title"],
            aspects=tuple(AspectResult.from_dict(aspect) for aspect in data["aspects"]),
            earned=data["earned"],
            points=data["points"],
            student_side=data["student_side"],
            chains=tuple(Chain.from_dict(chain) for chain in data.get("chains", ())),
        )

    @property
    def repeated(self) -> frozenset[str]:
        """Names of the aspects whose finding is the same error as that of an earlier one."""
        found = [(aspect.name, aspect.finding) for aspect in self.aspects if aspect.finding]
        return frozenset(
            name for i, (name, one) in enumerate(found) if any(one.repeats(other) for _, other in found[:i])
        )

    def __str__(self) -> str:
        return _render.as_text(self)

    def as_html(self, formula: Callable[[str], str]) -> str:
        """Return the card for a page of its own, on which `formula` turns LaTeX into safe HTML."""
        return _render.as_html(self, formula)

    def _repr_html_(self) -> str:
        return _render.as_html(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/html": _render.as_html(self), "text/plain": _render.as_text(self)}
