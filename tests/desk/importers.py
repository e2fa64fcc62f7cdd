"""How Canvas and Moodle read the files that are imported, by their own rules, written down here a second time.

Learned from Canvas's `lib/gradebook_importer.rb`, Moodle's `grade/import/csv` and `mod/assign/feedback/offline`, as
docs/export.md lists them. A reader knows the people of its own system alone.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_ASSIGNMENTS = re.compile("Current |Final |Override ")


class RefusedError(ValueError):
    """The system refuses the whole file."""


@dataclass(frozen=True)
class CanvasUser:
    """Somebody in Canvas's course."""

    number: int
    name: str
    login: str
    sis_id: str = ""


def _delimiter(text: str) -> str:
    lines = text.splitlines()[:3]
    counts = {}
    for mark in ";,":
        widths = {len(row) for row in csv.reader(lines, delimiter=mark)}
        counts[mark] = widths.pop() if len(widths) == 1 else 0
    return ";" if counts[";"] > counts[","] else ","


def _plain_number(cell: str) -> str:
    """Canvas: in a pure number the last comma or point is the decimal sign, the others group thousands."""
    if not re.fullmatch(r"-?[0-9.,]+%?", cell):
        return cell
    *front, last = re.split("[,.]", cell)
    return f"{''.join(front)}.{last}" if front else last


def _people_columns(head: list[str]) -> tuple[int, int | None, int | None]:
    """Return how many columns are about people, and where SIS User ID and SIS Login ID are among them."""
    if not (len(head) > 3 and "Student" in head[0] and "ID" in head[1]):
        raise RefusedError("Invalid header row")
    width, sis_user, sis_login = 3, None, None
    if re.search(r"SIS\s+Login\s+ID", head[2]):
        sis_login, width = 2, 4
    elif re.search(r"SIS\s+User\s+ID", head[2]) and re.search(r"SIS\s+Login\s+ID", head[3]):
        sis_user, sis_login = 2, 3
        width = 5 + bool(re.search(r"Integration\s+ID", head[4]))
    if "Section" not in head[width - 1]:
        raise RefusedError("Invalid header row")
    return width, sis_user, sis_login


def _canvas_user(
    row: list[str], users: list[CanvasUser], sis_user: int | None, sis_login: int | None
) -> CanvasUser | None:
    """Find whom a row is about, as Canvas does: its own number first, the name last."""
    leading = re.match(r"\d+", row[1])  # Ruby's to_i: "12ab" is 12
    number = int(leading[0]) if leading else None
    tries: list[Callable[[CanvasUser], bool]] = [lambda user: user.number == number]
    if sis_user is not None and row[sis_user]:
        tries.append(lambda user: user.sis_id == row[sis_user])
    if sis_login is not None and row[sis_login]:
        tries.append(lambda user: user.login == row[sis_login])
    tries.append(lambda user: user.name == row[0])
    for fits in tries:
        for user in users:
            if fits(user):
                return user
    return None


def canvas_reads(text: str, users: list[CanvasUser]) -> tuple[dict[tuple[int, str], float], list[str]]:
    """Return (user, assignment's title) to score for all that would be written, and the names nobody has."""
    rows = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))
    width, *sis = _people_columns(rows[0])
    titles = {
        place: re.sub(r"\s*\(\d+\)\s*$", "", name)
        for place, name in enumerate(rows[0])
        if place >= width and not NOT_ASSIGNMENTS.search(name)
    }
    scores, nobody = {}, []
    for row in rows[1:]:
        if "Points Possible" in row[0] or all(
            re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", c) for c in row
        ):
            continue
        who = _canvas_user(row, users, *sis)
        if who is None:
            nobody.append(row[0])
            continue
        for place, title in titles.items():
            if row[place].strip() not in ("", "-"):
                scores[who.number, title] = float(_plain_number(row[place].strip()))
    return scores, nobody


def moodle_reads(text: str, users: dict[str, str], map_from: str) -> dict[tuple[str, str], float | None]:
    """Return (user, grade item) to grade: Moodle's grade import with one column mapped to people."""
    rows = list(csv.reader(io.StringIO(text)))
    head = [name.strip() for name in rows[0]]
    place = head.index(map_from)
    people = {"Username", "ID number", "First name", "Last name", "Email address"}
    found: dict[tuple[str, str], float | None] = {}
    for row in rows[1:]:
        if row[place] and row[place] not in users:
            raise RefusedError(f"User mapping error: could not find user with {map_from} of {row[place]}")
        for column, name in enumerate(head):
            if name not in people:
                found[users[row[place]], name] = None if row[column] in ("", "-") else float(row[column])
    return found


def worksheet_reads(text: str, participants: dict[int, str], maximum: float) -> dict[str, float]:
    """Return person to grade for all that Moodle's grading worksheet would write; the rest it skips in silence."""
    rows = list(csv.reader(io.StringIO(text)))
    head = rows[0]
    if not {"Identifier", "Grade", "Last modified (grade)"} <= set(head):
        raise RefusedError("invalid grade import")
    found = {}
    for row in rows[1:]:
        who = participants.get(int(row[head.index("Identifier")].removeprefix("Participant ")))
        grade = row[head.index("Grade")]
        if who is not None and grade and 0 <= float(grade) <= maximum:
            found[who] = float(grade)
    return found
