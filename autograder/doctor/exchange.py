"""The exchange: where students fetch and hand in, and who may do what there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.doctor.rights import ENTER, READ, WRITE, Account, closed_above, mode_of, others_may, owner_of
from autograder.doctor.settings import is_told_to_all
from autograder.sandbox.doctor import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from autograder.lesson.course import Course

_ALL = READ | WRITE | ENTER
_STICKY = 0o1000


@dataclass(frozen=True)
class _Folder:
    """What a folder of the exchange has to be.

    Attributes
    ----------
    may, may_not
        What others may do there, and what not.
    mode
        As `prepare.sh` makes it.
    why
        What goes wrong otherwise.
    """

    name: str
    mode: int
    may: int
    may_not: int
    why: str
    sticky: bool = False


_FOLDERS = (
    _Folder("", 0o755, READ | ENTER, WRITE, "students could put lessons there, or not see those that are"),
    _Folder("outbound", 0o755, READ | ENTER, WRITE, "students could change lessons, or not fetch them"),
    _Folder("inbound", 0o1733, WRITE | ENTER, READ,
            "students could not hand in, or could see who did, or take away what others handed in", sticky=True),
    _Folder("feedback", 0o711, ENTER, READ | WRITE, "students could list other people's feedback, or not fetch their own"),
)  # fmt: skip


def is_shared(course: Course) -> bool:
    """Whether the exchange is one for several accounts: neither in the course nor in its owner's home."""
    place, account = course.exchange, owner_of(course.root)
    if place.is_relative_to(course.root):
        return False
    if not place.is_dir():
        return is_told_to_all()
    return not place.is_relative_to(account.home) or others_may(place, WRITE)


def look(course: Course) -> Iterator[Finding]:
    """Look at the exchange's rights, as the course's account."""
    place, account = course.exchange, owner_of(course.root)
    shared = is_shared(course)
    if not place.is_dir():
        how = f"as root: {prepare(course)}" if shared else f"mkdir -p {place}"
        yield Finding(
            "the exchange is there", held=False, detail=f"{place} is no folder",
            advice=f"Needed for release and collect only: {how}. Another place: c.Exchange.root in nbgrader_config.py.",
            needed=False,
        )  # fmt: skip
        return
    yield Finding("the exchange is there", held=True, detail=str(place))
    if not shared:
        yield Finding(
            "others can hand in", held=False, detail=f"{place} is in {account.name}'s own folders",
            advice="Fine on a machine of your own, for a trial. On a server: docs/jupyterhub.md.", needed=False,
        )  # fmt: skip
        return
    yield _root(course, place)
    own = place / course.course_id if course.course_id else None
    if own is None or not own.is_dir():
        yield Finding(
            "the course's part of it is there", held=False, detail=f"{own or place} has nothing of this course yet",
            advice=f"Before the first release, as root: {prepare(course)}. nbgrader's release leaves it more open.",
            needed=False,
        )  # fmt: skip
        return
    yield from (_folder(course, own, one, account) for one in _FOLDERS)


def prepare(course: Course) -> str:
    """Return the command that sets all rights of the exchange right."""
    return f"sh docs/deploy/prepare.sh {course.course_id or 'COURSE'}"


def _root(course: Course, place: Path) -> Finding:
    closed, mode = closed_above(place), mode_of(place)
    mend = f"As root: chmod 1777 {place}, or {prepare(course)}"
    if closed is not None:
        return Finding(
            "students can hand in",
            held=False,
            detail=f"{closed} is closed to others",
            advice=f"chmod o+x {closed}",
        )
    if not others_may(place, _ALL):
        return Finding("students can hand in", held=False, detail=f"{place} is {mode:o}", advice=mend)
    if not mode & _STICKY:
        return Finding(
            "no student can put another course in its place", held=False,
            detail=f"{place} is {mode:o}, without the sticky bit: anybody can rename what is another's", advice=mend,
        )  # fmt: skip
    return Finding(
        "students can hand in, and nobody can put another course in its place", held=True, detail=f"{mode:o}"
    )


def _folder(course: Course, own: Path, folder: _Folder, account: Account) -> Finding:
    place = own / folder.name if folder.name else own
    what = f"{course.course_id}/{folder.name}".rstrip("/") + " in the exchange is safe"
    mend = f"As root: {prepare(course)}"
    if not place.is_dir():
        return Finding(what, held=False, detail=f"{place} is not there", advice=mend, needed=False)
    mode, whose = mode_of(place), owner_of(place)
    wrong = (
        not others_may(place, folder.may) or mode & folder.may_not or (folder.sticky and not mode & _STICKY)
    )
    if whose.uid != account.uid:
        detail = f"{place} is {whose.name}'s, and the course is {account.name}'s"
        return Finding(what, held=False, detail=detail, advice=f"{mend}, or chown {account.name} {place}")
    if wrong or (folder.may_not & WRITE and mode & 0o020):
        return Finding(
            what,
            held=False,
            detail=f"{place} is {mode:o}: {folder.why}",
            advice=f"chmod {folder.mode:o} {place}, or {mend[0].lower() + mend[1:]}",
        )
    return Finding(what, held=True, detail=f"{mode:o}")
