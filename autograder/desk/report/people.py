"""How students are shown: by id and name, or by a pseudonym and nothing that tells who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.desk.redact import plain
from autograder.desk.report.pseudonyms import key_of, pseudonym

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.desk.report.record import Work


@dataclass(frozen=True)
class People:
    """Shows students by name where `key` is None, else by pseudonym.

    Without names, texts that speak of one person's files are left out as well: a file's name often is a person's.
    """

    key: bytes | None = None

    @classmethod
    def of(cls, root: Path, *, names: bool) -> People:
        """Return how a course shows its students."""
        return cls(None if names else key_of(root))

    @property
    def named(self) -> bool:
        """Whether names are shown."""
        return self.key is None

    def of_work(self, work: Work) -> tuple[str, str]:
        """Return (id, name) under which a student is shown; the name may be empty."""
        return self.of_student(work.student, work.name)

    def of_student(self, student: str, name: str) -> tuple[str, str]:
        """Return the same for a student who handed in nothing."""
        if self.key is None:
            return plain(student), plain(name)
        return pseudonym(self.key, student), ""

    def told(self, text: str) -> str:
        """Return a text about one person's work, or nothing where people have no names."""
        return text if self.named else ""
