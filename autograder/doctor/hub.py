"""What holds a course together on a machine of many accounts: closed homes, one name for all, a group that grades."""

from __future__ import annotations

import grp
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.doctor.exchange import prepare
from autograder.doctor.rights import foreign, mode_of, owner_of, reachable_by_others
from autograder.doctor.settings import FILES, shared_config
from autograder.sandbox.doctor import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.lesson.course import Course

PACKAGE = Path(__file__).resolve().parents[1]
_SYSTEM = "/etc/jupyter/nbgrader_config.py"


def look(course: Course) -> Iterator[Finding]:
    """Look at what a course on a hub needs beyond its own folder."""
    account = owner_of(course.root)
    yield _closed_home(course)
    others = foreign(
        (
            course.root / name
            for name in (course.source_directory, course.submitted_directory, course.autograded_directory)
        ),
        account,
    )
    yield Finding(
        "the course's folders are all its account's", not others,
        "; ".join(f"{path} is {whose}'s" for path, whose in others), f"As root: chown -R {account.name}: {course.root}",
    )  # fmt: skip
    yield from _agreement(course)
    owner_asked = bool(course.config.ExchangeCollect.get("check_owner", True))
    yield Finding(
        "a hand-in counts for whose it is", owner_asked,
        "" if owner_asked else "c.ExchangeCollect.check_owner is off: who hands in can take any name",
        "Take that line out, unless students' servers are containers in which everybody has the same user number.",
        needed=False,
    )  # fmt: skip
    yield _package()
    yield _group(course)


def _closed_home(course: Course) -> Finding:
    account = owner_of(course.root)
    inside = course.root.is_relative_to(account.home)
    place = account.home if inside else course.root
    open_to_others = reachable_by_others(course.root) or (inside and bool(mode_of(place) & 0o077))
    return Finding(
        "others cannot read the course: solutions, marks, what was handed in", not open_to_others,
        f"{place} is {mode_of(place):o}", f"chmod 700 {place}",
    )  # fmt: skip


def _agreement(course: Course) -> Iterator[Finding]:
    """Compare what students' nbgrader is told with what the course is told."""
    what = "students and course have the same exchange and course_id"
    try:
        shared = shared_config()
    except Exception as error:  # noqa: BLE001 - a config is a program, and raises what it likes
        detail = f"{type(error).__name__}: {error}"
        yield Finding(
            what, held=False, detail=detail, advice=f"Mend {_SYSTEM}: nobody's nbgrader starts with it."
        )
        return
    told = (str(shared.CourseDirectory.get("course_id", "")), str(shared.Exchange.get("root", "")))
    own = (course.course_id, str(course.exchange))
    if not any(told):
        advice = f"Copy docs/deploy/nbgrader_config.py to {_SYSTEM}, and set both there."
        yield Finding(
            what,
            held=False,
            detail="nothing tells students' nbgrader where to look",
            advice=advice,
            needed=False,
        )
        return
    differ = [
        f"{name}: students have {theirs or 'none'}, the course has {ours or 'none'}"
        for name, theirs, ours in zip(("course_id", "Exchange.root"), told, own, strict=True)
        if theirs != ours
    ]
    yield Finding(
        what, not differ, "; ".join(differ) or f"{own[0]} in {own[1]}",
        f"Set both in {_SYSTEM}, and leave them out of {course.root / FILES[1]}.",
    )  # fmt: skip


def _package() -> Finding:
    """Look whether this package lies beside lessons' sources in a folder that others can enter, as `-e` has it."""
    clone = PACKAGE.parent
    has_sources = any((clone / "solutions").glob("*/*.py"))
    return Finding(
        "others cannot read solutions where autograder is installed",
        not (has_sources and reachable_by_others(clone / "solutions")),
        f"it is {PACKAGE}",
        f"chmod 700 {clone}, and install without -e: pip install --no-deps {clone}",
    )


def _group(course: Course) -> Finding:
    name = f"formgrade-{course.course_id or 'COURSE'}"
    try:
        members = grp.getgrnam(name).gr_mem
    except KeyError:
        return Finding(
            f"the group {name} is there", held=False, detail="nobody can open formgrader on the hub",
            advice=f"As root: {prepare(course)}", needed=False,
        )  # fmt: skip
    return Finding(
        f"the group {name} has members", bool(members), ", ".join(members),
        f"As root: usermod -aG {name} NAME, then restart the hub.", needed=False,
    )  # fmt: skip
