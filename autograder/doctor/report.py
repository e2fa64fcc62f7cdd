"""What `autograder doctor` prints, and whether all that grading needs is there."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from autograder.doctor import database, exchange, hub, settings
from autograder.doctor.rights import owner_of
from autograder.lesson.whereabouts import next_step
from autograder.sandbox.doctor import Finding, wall_findings, who_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from autograder.lesson.course import Course


def course_findings(course: Course) -> dict[str, list[Finding]]:
    """Look at a course; findings by what they are about."""
    found = {
        "The course": [
            Finding(f"the course {course.root} opens", held=True),
            *_as_whom(course),
            *settings.look(course),
        ],
        "The gradebook": list(database.look(course)),
        "The exchange": list(exchange.look(course)),
    }
    if exchange.is_shared(course):
        found["A machine of many accounts"] = list(hub.look(course))
    return found


def report(
    console: Console, course: Course | None, problem: str = "", *, walls: bool = True, needed: bool = True
) -> bool:
    """Print what was found; return whether all that grading needs is there.

    Parameters
    ----------
    console
        Where to.
    course, problem
        The course, or why there is none.
    needed
        Whether it must open; a folder that is no course is none that is broken.
    walls
        Whether to try the sandbox.
    """
    kernel = os.uname().release
    console.print(f"Python {sys.version.split()[0]}, Linux {kernel}. {who_runs()}", highlight=False)
    found: list[Finding] = []
    if walls:
        with console.status("Trying to get out of a sandbox"):
            found = list(wall_findings())
        _table(console, "Can student code ...", found, ("held", "BROKEN", "BROKEN"))
    for title, looks in (course_findings(course) if course is not None else {}).items():
        _table(console, title, looks, ("yes", "NO", "not yet"))
        found += looks
    broken = [one for one in found if not one.held and one.needed]
    open_ = [one for one in found if not one.held and not one.needed]
    console.print(_end(broken, open_, course, problem), markup=False, highlight=False, soft_wrap=True)
    return not broken and not (problem and needed)


def _end(broken: Sequence[Finding], left: Sequence[Finding], course: Course | None, problem: str) -> str:
    """Say what it comes to, and what comes next."""
    if problem and not broken:
        return f"No course was looked at. {problem}"
    if broken:
        what = list(dict.fromkeys(one.what for one in broken))  # one thing may be said of several files
        many = "1 thing has" if len(what) == 1 else f"{len(what)} things have"
        return (
            f"{many} to be mended first: {'; '.join(what)}. What to do stands beside it. {problem}".rstrip()
        )
    more = f" Not yet: {'; '.join(one.what for one in left)}." if left else ""
    return f"All that grading needs is here.{more} {_next(course)}".rstrip()


def _next(course: Course | None) -> str:
    """Say what the course is at; who may not read its folders is told where to read."""
    if course is None:
        return ""
    round_ = "docs/instructors.md has the whole round."
    try:
        return f"{next_step(course)}. {round_}"
    except OSError:
        return f"Next: {round_}"


def _as_whom(course: Course) -> Iterator[Finding]:
    """Say so where somebody else than the course's account looks."""
    account = owner_of(course.root)
    if account.uid != os.geteuid():
        me = "root" if os.geteuid() == 0 else f"user {os.geteuid()}"
        advice = f"What you write there is not {account.name}'s. As it: sudo -u {account.name} -H autograder doctor"
        yield Finding(
            f"the course's own account, {account.name}, looks",
            held=False,
            detail=f"you are {me}",
            advice=advice,
            needed=False,
        )


def _table(console: Console, title: str, found: Sequence[Finding], words: tuple[str, str, str]) -> None:
    table = Table(title=title, title_justify="left")
    for name in ("what", "so?", "what was seen, what to do"):
        table.add_column(name, overflow="fold")
    good, bad, later = words
    for one in found:
        style, word = ("green", good) if one.held else ("red", bad) if one.needed else ("yellow", later)
        parts = [one.detail, "" if one.held else one.advice]
        table.add_row(
            escape(one.what), f"[{style}]{word}[/]", escape("\n".join(part for part in parts if part))
        )
    console.print(table)
