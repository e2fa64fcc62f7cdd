"""Mutants that change nothing, each with its reason: `equivalent.toml` beside a lesson's source.

    [[longest_row]]
    operator = "comparison"
    was = "if length > best:"
    now = "if length >= best:"
    reason = "Of equal lengths either will do."

``now = "*"`` stands for everything that the line may become, and ``operator = "*"`` for every kind of change:
for a witness, where any of many answers will do. ``tried = false`` has such changes not graded at all: for the settings
of a training run, where it would be luck, or the machine's speed, that decides. ``nth`` tells equal lines apart.

The file shows solutions, so it is as secret as the lesson's source.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from autograder.audit.mutants import Mutant

NAME = "equivalent.toml"
ANY = "*"
_FIELDS = {"operator": str, "was": str, "now": str, "nth": int, "reason": str, "tried": bool}
Key = tuple[str, str, str, int]


class EquivalentsError(ValueError):
    """A registry that cannot be used; the message names its file and the entry."""


@dataclass(frozen=True)
class Equivalents:
    """The mutants of a lesson that its author lists as equivalent.

    Attributes
    ----------
    reasons : mapping
        Exercise to mutant to reason.
    untried : frozenset
        Exercise and mutant of the entries whose mutants are not graded.
    """

    reasons: Mapping[str, Mapping[Key, str]] = field(default_factory=dict)
    untried: frozenset[tuple[str, Key]] = frozenset()

    def of(self, exercise: str, mutant: Mutant) -> Key | None:
        """Return the entry that lists a mutant, the most precise one; None where there is none."""
        listed = self.reasons.get(exercise, {})
        operator, was, now, nth = mutant.key
        wider = [(operator, was, now, nth), (operator, was, ANY, 1), (ANY, was, now, 1), (ANY, was, ANY, 1)]
        return next((key for key in wider if key in listed), None)

    def reason(self, exercise: str, mutant: Mutant) -> str:
        """Return why a mutant is equivalent, or "" where it is not listed."""
        key = self.of(exercise, mutant)
        return self.reasons[exercise][key] if key else ""

    def is_tried(self, exercise: str, mutant: Mutant) -> bool:
        """Whether a mutant is graded, as nearly all are."""
        key = self.of(exercise, mutant)
        return key is None or (exercise, key) not in self.untried

    def faults(self, exercise: str, alive: list[Mutant], mutants: list[Mutant]) -> list[str]:
        """Say which entries of an exercise are to be taken out: their mutant is none any more, or loses points."""
        used = {self.of(exercise, mutant) for mutant in alive}
        known = {self.of(exercise, mutant) for mutant in mutants}
        return [
            f"{NAME} lists a mutant that {'loses points' if key in known else 'is not made'}: "
            f"{key[1]!r} -> {key[2]!r}. Take it out."
            for key in self.reasons.get(exercise, {})
            if key not in used
        ]


def read_equivalents(folder: Path) -> Equivalents:
    """Read the registry of a lesson's folder; an empty one where there is none.

    Raises
    ------
    EquivalentsError
        If it is no TOML, or an entry lacks something or has no reason.
    """
    path = folder / NAME
    if not path.is_file():
        return Equivalents()
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EquivalentsError(f"{path}: {error}") from error
    reasons: dict[str, dict[Key, str]] = {}
    untried = set()
    for exercise, entries in listed.items():
        if not isinstance(entries, list):
            raise EquivalentsError(f"{path}: write [[{exercise}]], one for each mutant.")
        for entry in entries:
            key, reason = _entry(path, exercise, entry)
            if key in reasons.setdefault(exercise, {}):
                raise EquivalentsError(f"{path}: twice in {exercise}: {key[1]!r} -> {key[2]!r}.")
            reasons[exercise][key] = reason
            if not entry.get("tried", True):
                untried.add((exercise, key))
    return Equivalents(reasons, frozenset(untried))


def entry(exercise: str, mutant: Mutant, reason: str = "") -> str:
    """Write a mutant as it stands in the registry; its reason is the author's to give."""
    lines = [f"[[{exercise if exercise.replace('_', 'a').isalnum() else json.dumps(exercise)}]]"]
    operator, was, now, nth = mutant.key
    lines += [
        f"{name} = {_text(value)}" for name, value in (("operator", operator), ("was", was), ("now", now))
    ]
    lines += [f"nth = {nth}"] if nth > 1 else []
    return "\n".join([*lines, f"reason = {_text(reason)}", ""])


def _entry(path: Path, exercise: str, entry: Any) -> tuple[Key, str]:
    where = f"{path}: an entry of {exercise}"
    if not isinstance(entry, dict):
        raise EquivalentsError(f"{where} is no table: write [[{exercise}]] above it.")
    for name, value in entry.items():
        if name not in _FIELDS or not isinstance(value, _FIELDS[name]):
            raise EquivalentsError(f"{where}: {name} = {value!r} is not understood.")
    if missing := {"operator", "was", "now"} - set(entry):
        raise EquivalentsError(f"{where} has no {' and no '.join(sorted(missing))}.")
    if not entry.get("reason", "").strip():
        raise EquivalentsError(f"{where} has no reason: {entry['was']!r} -> {entry['now']!r}.")
    return (entry["operator"], entry["was"], entry["now"], entry.get("nth", 1)), entry["reason"].strip()


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
