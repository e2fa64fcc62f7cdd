"""Who is who: the students of nbgrader's gradebook, by what Canvas and Moodle call them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autograder.desk.grades import Student

#: Columns that name people, the surest first, and what the gradebook may call it: a number that Canvas or Moodle made is
#: never taken for a login.
NAMES = {
    "SIS Login ID": ("id", "email"),
    "SIS User ID": ("id", "lms"),
    "ID": ("lms",),
    "Username": ("id",),
    "ID number": ("lms", "id"),
    "Email address": ("email",),
}


class Roster:
    """The gradebook's students, each kind of name apart from the others.

    Parameters
    ----------
    students
        By id.

    Attributes
    ----------
    found : set of str
        Ids of those whom `in_row` found.
    strangers : list of str
        Whom it did not find, as they were shown.
    """

    def __init__(self, students: Mapping[str, Student]) -> None:
        self.students = students
        self.found: set[str] = set()
        self.strangers: list[str] = []
        self._known: dict[tuple[str, str], str] = {}
        for who in students.values():
            for kind, name in (("lms", who.lms_user_id), ("email", who.email.lower()), ("id", who.id)):
                self._known.setdefault((kind, name), who.id)

    def in_row(self, header: Sequence[str], row: Sequence[str], shown_as: str) -> str | None:
        """Return the student whom a row is about, by the columns that name people."""
        for column, kinds in NAMES.items():
            name = row[header.index(column)].strip() if column in header else ""
            for kind in kinds if name else ():
                student = self._known.get((kind, name.lower() if kind == "email" else name))
                if student is not None:
                    self.found.add(student)
                    return student
        self.strangers.append(shown_as)
        return None

    def with_number(self, number: str) -> str | None:
        """Return the student whose `lms_user_id` a number is."""
        return self._known.get(("lms", number)) if number else None

    def called(self, name: str) -> list[str]:
        """Return the students who have a full name, whichever part of it stands first."""
        wanted = letters(name)
        return [who.id for who in self.students.values() if wanted and wanted in full_names(who)]

    def notes(self, system: str) -> list[str]:
        """Say who is on one side only."""
        left = [who for who in self.students if who not in self.found]
        said = []
        if left:
            said.append(f"{some(left)}: graded here, not in {system}'s file, so not in this one.")
        if self.strangers:
            said.append(
                f"{some(self.strangers)}: in {system}'s file, not in the gradebook; left as they were."
            )
        return said


def full_names(who: Student) -> set[str]:
    """Return a student's full name in both orders, as `letters` writes it; nothing where a part is not known."""
    first, last = letters(who.first_name), letters(who.last_name)
    return {first + last, last + first} if first and last else set()


def letters(name: str) -> str:
    """Return the letters and digits of a name, in small ones: Canvas and Moodle drop signs and spaces."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in folded if sign.isalnum() or unicodedata.combining(sign))


_SHOWN = 5  # people named in a note


def some(names: Iterable[str]) -> str:
    """Name people in a note: the first few, and how many more."""
    all_of_them = list(names)
    more = len(all_of_them) - _SHOWN
    return ", ".join(all_of_them[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
