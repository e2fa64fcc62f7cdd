"""Files that Canvas or Moodle gave out for download: whose each one is, by the gradebook and by nothing else.

Canvas names a file "lovelaceada_LATE_4711_90210_work.ipynb": name, late or not, the person's number, the file's own. Moodle
names a folder "Ada Lovelace_31_assignsubmission_file": full name, and a number that holds for this one assignment; its
grading worksheet says whose it is. A Moodle before 4.2 puts the name of a chosen group and a hyphen before each full name.
What does not say clearly whose it is goes to nobody.
"""

from __future__ import annotations

import csv
import os
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.desk.roster import full_names, letters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from autograder.desk.roster import Roster

_CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<number>\d+)_\d+_(?P<file>.+)")
_CANVAS_ANONYMOUS = re.compile(r"(LATE_)?anon_\w+?_\d+_.+")
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_file(_(?P<file>.*))?")
_AGAIN = re.compile(r"(.+)-\d+(\.\w+)")  # Canvas calls what is handed in again work-1.ipynb
_MORE = "it could be somebody's by more than one of its names: {}"
_BLIND = "Moodle gave it out without names: reveal identities first, or blind marking hides who is who"
_GROUP = "Download with All participants, or put the grading worksheet beside it"
_SURE = 2  # people with the same before their names
_COLUMNS = 3  # of the least worksheet
_IDENTIFIER, _FULL_NAME = "Identifier", "Full name"


@dataclass(frozen=True)
class Download:
    """One downloaded file.

    Attributes
    ----------
    path
        Where it is, in the folder of downloads.
    student
        The gradebook's id; empty where it is not clear whose it is.
    file
        What it was called when it was handed in.
    why
        Why it goes to nobody.
    source
        Who handed it in, as the other system knows them.
    late
        The other system calls it late.
    """

    path: Path
    student: str = ""
    file: str = ""
    why: str = ""
    source: str = ""
    late: bool = False


@dataclass(frozen=True)
class Worksheet:
    """Moodle's grading worksheet: the people of one assignment, by the numbers that it gave them."""

    name: str
    header: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]


def read_worksheet(path: Path) -> Worksheet | None:
    """Read a grading worksheet; None where a table is none."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    lines = text.splitlines()
    delimiter = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    header, *rows = [tuple(row) for row in csv.reader(lines, delimiter=delimiter) if row] or [()]
    if _IDENTIFIER not in header:
        header = _in_english(header, rows)
    if _IDENTIFIER not in header:
        return None
    place = header.index(_IDENTIFIER)
    numbered = {}
    for row in rows:
        full = (*row, *[""] * len(header))[: len(header)]
        if number := re.search(r"\d+$", full[place].strip()):
            numbered[number[0]] = full
    return Worksheet(path.name, header, numbered)


def _in_english(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return a header in English where a table is a worksheet in another language: told by its cells, not by words.

    Moodle's first column is one word with each person's number, the second is the full name; addresses tell themselves.
    """
    words = {re.sub(r"\d+$", "", row[0].strip()) for row in rows}
    if (
        len(header) < _COLUMNS
        or len(words) != 1
        or not all(re.search(r"\D\d+$", row[0].strip()) for row in rows)
    ):
        return header
    named = [_IDENTIFIER, _FULL_NAME, *header[2:]]
    for at in range(2, len(header)):
        cells = [cell for row in rows if (cell := (*row, *[""] * len(header))[at].strip())]
        if cells and all(re.fullmatch(r"[^@\s]+@[^@\s]+", cell) for cell in cells):
            named[at] = "Email address"
            break
    return tuple(named)


def sort_out(
    paths: Iterable[Path],
    people: Roster,
    *,
    worksheet: Worksheet | None = None,
    expected: Collection[str] = (),
) -> list[Download]:
    """Say whose each downloaded file is.

    Parameters
    ----------
    paths
        Where the files are, in the folder of downloads.
    people
        The gradebook's students.
    worksheet
        Moodle's, if there is one.
    expected
        Names of the assignment's notebooks.

    Returns
    -------
    list of Download
        One for each path, in order. A file that is clear by itself and clashes with another is not clear.
    """
    paths = list(paths)
    above = len(Path(os.path.commonpath([path.parent for path in paths])).parts) if paths else 0
    moodles = _names_in_moodle(paths)
    group = _group(moodles, people)
    found = [_one(path, people, worksheet, expected, above, group) for path in paths]
    if blind := _blind(moodles, people):
        found = [
            replace(one, why=_BLIND) if one.source in blind and not one.student else one for one in found
        ]
    sources, files = defaultdict(set), defaultdict(list)
    for one in found:
        if one.student:
            sources[one.student].add(one.source)
            files[one.student, one.file].append(str(one.path))
    checked = []
    for one in found:
        why = ""
        if one.student and len(sources[one.student]) > 1:
            why = f"{' and '.join(sorted(sources[one.student]))} would both be {one.student}"
        elif one.student and len(files[one.student, one.file]) > 1:
            others = [path for path in files[one.student, one.file] if path != str(one.path)]
            why = f"{one.student} has another {one.file}: {', '.join(others)}"
        checked.append(replace(one, student="", why=why) if why else one)
    return checked


def _names_in_moodle(paths: Iterable[Path]) -> set[tuple[str, str]]:
    """Return the names and numbers that Moodle gave the topmost of what it names."""
    found = (next(filter(None, map(_MOODLE.fullmatch, path.parts)), None) for path in paths)
    return {(match["name"], match["number"]) for match in found if match}


def _group(moodles: Iterable[tuple[str, str]], people: Roster) -> str:
    """Return what stands before everybody's name where a group was chosen: "Group A-"; nothing where that is not sure.

    Sure is what stands before all names, of two people or more, none of whom the gradebook knows with it and all of
    whom it knows without.
    """
    names = sorted({name for name, _ in moodles})
    hyphens = [at + 1 for at, sign in enumerate(min(names, default="")) if sign == "-"]
    ends = [end for end in hyphens if all(name[:end] == names[0][:end] for name in names)]
    if len(names) < _SURE or any(people.called(name) for name in names):
        return ""
    known = [names[0][:end] for end in ends if all(people.called(name[end:]) for name in names)]
    return known[0] if len(known) == 1 else ""


def _blind(moodles: Iterable[tuple[str, str]], people: Roster) -> set[str]:
    """Return the sources of which Moodle keeps the names to itself: one word, in any language, with several numbers."""
    numbers = defaultdict(set)
    for name, number in moodles:
        numbers[name].add(number)
    hidden = {name for name, own in numbers.items() if len(own) > 1 and not people.called(name)}
    return {f"{name} ({number})" for name in hidden for number in numbers[name]}


def _one(
    path: Path,
    people: Roster,
    worksheet: Worksheet | None,
    expected: Collection[str],
    above: int,
    group: str,
) -> Download:
    """Say whose a file is by itself: by the topmost name that Moodle gave, or the only one that Canvas gave.

    What lies below that, the student named. The first `above` folders are those of all files: the download's own.
    """
    if moodle := next(filter(None, map(_MOODLE.fullmatch, path.parts)), None):
        if name := _of_canvas(path.parts[: path.parts.index(moodle[0])], people, above):
            return Download(path, why=_MORE.format(f"{name} and {moodle[0]}"))
        student, why = _in_moodle(moodle["name"].removeprefix(group), moodle["number"], people, worksheet)
        file = path.name if moodle[0] != path.name else moodle["file"] or path.name
        return Download(path, student, file, why, f"{moodle['name']} ({moodle['number']})")
    if any(map(_CANVAS_ANONYMOUS.fullmatch, path.parts)):
        return Download(path, why="Canvas gave it out without names: switch anonymous grading off first")
    found = [match for match in map(_CANVAS.fullmatch, path.parts) if match]
    if len(found) > 1:
        names = " and ".join(match[0] for match in found)
        return Download(path, why=_MORE.format(names))
    if not found:
        return Download(path, why="neither Canvas nor Moodle names files so")
    (canvas,) = found
    student, why = _in_canvas(canvas["name"], canvas["number"], people)
    file = path.name if canvas[0] != path.name else canvas["file"]
    again = _AGAIN.fullmatch(file)
    if again and file not in expected and again[1] + again[2] in expected:
        file = again[1] + again[2]
    source = f"{canvas['name']} ({canvas['number']})"
    return Download(path, student, file, why, source, bool(canvas["late"]))


def _of_canvas(parts: Sequence[str], people: Roster, above: int) -> str:
    """Return a folder that is somebody's by Canvas's way, a zip that was taken apart; the download's own may look so."""
    for at, part in enumerate(parts):
        if _CANVAS_ANONYMOUS.fullmatch(part):
            return part
        found = _CANVAS.fullmatch(part)
        if found and (at >= above or _in_canvas(found["name"], found["number"], people)[0]):
            return part
    return ""


def _in_canvas(name: str, number: str, people: Roster) -> tuple[str, str]:
    """Return the student and nothing, or nothing and why."""
    numbered = people.with_number(number)
    if numbered is not None:
        who = people.students[numbered]
        if who.last_name and letters(who.last_name) not in letters(name):
            return "", f"{numbered} has the number {number} in the gradebook, and another name"
        return numbered, ""
    student, why = _by_name(name, people)
    if student and people.students[student].lms_user_id.isdigit():
        student, why = "", f"the only one called {name} has another number: {student}"
    return student, f"nobody in the gradebook has the lms_user_id {number}, and {why}" if why else ""


def _in_moodle(name: str, number: str, people: Roster, worksheet: Worksheet | None) -> tuple[str, str]:
    """Return the student and nothing, or nothing and why."""
    row = worksheet.rows.get(number) if worksheet else None
    if worksheet is not None:
        if row is None:
            return "", f"{worksheet.name} has no participant {number}"
        called = row[worksheet.header.index(_FULL_NAME)] if _FULL_NAME in worksheet.header else ""
        alone = [name, *(name[at + 1 :] for at, sign in enumerate(name) if sign == "-")]  # without a group's
        if called and letters(called) not in map(letters, alone):
            return "", f"{worksheet.name} calls participant {number} {called}: it is another assignment's"
        if student := people.in_row(worksheet.header, row, name):
            return student, ""
        name = called or name
    return _by_name(name, people)


def _by_name(name: str, people: Roster) -> tuple[str, str]:
    """Return the only student of a full name and nothing, or nothing and why."""
    found = people.called(name)
    if len(found) == 1:
        return found[0], ""
    shown = " or ".join(sorted(found))
    if found:
        return "", f"more than one is called {name}: {shown}"
    behind = [name[at + 1 :] for at, sign in enumerate(name) if sign == "-" and people.called(name[at + 1 :])]
    group = f" (is it {behind[0]}, with a group before the name? {_GROUP})" if behind else ""
    return "", f"nobody is called {name}{group}"


def from_a_person(name: str) -> bool:
    """Whether a file or folder is called as Canvas or Moodle call what one person handed in."""
    return any(form.fullmatch(name) for form in (_CANVAS, _CANVAS_ANONYMOUS, _MOODLE))


def names_missing(people: Roster) -> bool:
    """Whether the gradebook knows nobody's full name and no number, so that nothing can be found in it."""
    return not any(full_names(who) or who.lms_user_id or who.email for who in people.students.values())
