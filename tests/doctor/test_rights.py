"""What `autograder doctor` says about the exchange's rights and a hub's accounts; `prepare.sh` makes the right ones."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograder.doctor import exchange, hub, settings
from autograder.doctor.rights import closed_above
from autograder.lesson.course import open_course

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from autograder.lesson.course import Course
    from autograder.sandbox.doctor import Finding

MODES = {"": 0o755, "outbound": 0o755, "inbound": 0o1733, "feedback": 0o711}


@pytest.fixture
def machine() -> Iterator[Path]:
    """Have a folder that everybody can come to, as on a machine of many accounts."""
    with tempfile.TemporaryDirectory(prefix="autograder-rights-") as name:
        Path(name).chmod(0o755)
        if closed_above(Path(name)):
            pytest.skip(f"{name} cannot be reached by others here")
        yield Path(name)


@pytest.fixture
def place(machine: Path) -> Path:
    """Make an exchange beside the course, as prepare.sh does."""
    made = machine / "srv" / "exchange"
    made.mkdir(parents=True)
    made.chmod(0o1777)
    for name, mode in MODES.items():
        (made / "stats101" / name).mkdir(exist_ok=True)
        (made / "stats101" / name).chmod(mode)
    return made


@pytest.fixture
def course(machine: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Have a closed course folder, and settings for everybody that agree with it."""
    shared = machine / "etc"
    shared.mkdir()
    own = machine / "home"
    own.mkdir(mode=0o700)
    text = f"c = get_config()\nc.CourseDirectory.course_id = 'stats101'\nc.Exchange.root = {str(place)!r}\n"
    (shared / "nbgrader_config.py").write_text(text)
    (own / "nbgrader_config.py").write_text(text)
    monkeypatch.setattr(settings, "jupyter_config_path", lambda: [str(shared)])
    return open_course(own)


def wrong(found: Iterable[Finding]) -> list[Finding]:
    return [one for one in found if not one.held]


def test_what_prepare_sh_makes_is_well(course: Course) -> None:
    assert exchange.is_shared(course)
    assert wrong(exchange.look(course)) == []


@pytest.mark.parametrize(
    ("name", "mode", "detail"),
    [
        (None, 0o777, "without the sticky bit"),
        (None, 0o755, "is 755"),
        ("", 0o775, "is 775: students could put lessons there"),
        ("", 0o750, "or not see those that are"),
        ("outbound", 0o777, "students could change lessons"),
        ("inbound", 0o733, "take away what others handed in"),
        ("inbound", 0o1777, "could see who did"),
        ("inbound", 0o1755, "could not hand in"),
        ("feedback", 0o755, "list other people's feedback"),
        ("feedback", 0o700, "not fetch their own"),
    ],
)
def test_every_right_that_is_missing_or_too_much_is_told(
    course: Course, place: Path, name: str | None, mode: int, detail: str
) -> None:
    (place if name is None else place / "stats101" / name).chmod(mode)
    (one,) = wrong(exchange.look(course))
    assert detail in one.detail
    assert one.needed
    assert "prepare.sh stats101" in one.advice


def test_a_closed_folder_above_is_named(course: Course, place: Path) -> None:
    place.parent.chmod(0o750)
    (one,) = wrong(exchange.look(course))
    assert one.advice == f"chmod o+x {place.parent}"


def test_no_exchange_and_one_without_the_course_are_not_yet(course: Course, place: Path) -> None:
    for name in ("outbound", "inbound", "feedback", ""):
        (place / "stats101" / name).rmdir()
    (one,) = wrong(exchange.look(course))
    assert (one.needed, one.what) == (False, "the course's part of it is there")
    place.rmdir()
    (one,) = wrong(exchange.look(course))
    assert (one.needed, one.what) == (False, "the exchange is there")
    assert "prepare.sh stats101" in one.advice


def test_an_exchange_of_ones_own_is_fine_for_a_trial(tmp_path: Path) -> None:
    (tmp_path / "exchange").mkdir()
    (tmp_path / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.Exchange.root = '{tmp_path}/exchange'\n"
    )
    opened = open_course(tmp_path)
    assert not exchange.is_shared(opened)
    (one,) = wrong(exchange.look(opened))
    assert not one.needed


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder somebody else's")
def test_a_folder_of_somebody_elses_is_told(course: Course, place: Path) -> None:
    os.chown(place / "stats101" / "inbound", 1, -1)
    (one,) = wrong(exchange.look(course))
    assert "inbound is daemon's, and the course is root's" in one.detail


def test_a_hub_that_is_set_up_lacks_only_what_needs_root(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "PACKAGE", course.root / "site-packages" / "autograder")
    (one,) = wrong(hub.look(course))
    assert one.what == "the group formgrade-stats101 is there"
    assert "prepare.sh stats101" in one.advice


def looked_at(course: Course) -> str:
    return "\n".join(f"{one.what}: {one.detail} -> {one.advice}" for one in wrong(hub.look(course)))


def test_a_course_that_others_can_read_is_told(course: Course) -> None:
    course.root.chmod(0o755)
    assert f"chmod 700 {course.root}" in looked_at(course)


def test_settings_that_do_not_agree_are_told(course: Course, machine: Path) -> None:
    other = "c = get_config()\nc.CourseDirectory.course_id = 'stats102'\nc.Exchange.root = '/elsewhere'\n"
    (machine / "etc" / "nbgrader_config.py").write_text(other)
    told = looked_at(course)
    assert "course_id: students have stats102, the course has stats101" in told
    assert "Exchange.root: students have /elsewhere" in told
    (machine / "etc" / "nbgrader_config.py").write_text("c = get_config()\n")
    assert "nothing tells students' nbgrader where to look" in looked_at(course)
    (machine / "etc" / "nbgrader_config.py").write_text("c = get_confg()\n")
    assert "nobody's nbgrader starts with it" in looked_at(course)


def test_hand_ins_under_any_name_are_told(course: Course) -> None:
    course.config.ExchangeCollect.check_owner = False
    assert "who hands in can take any name" in looked_at(course)


def test_a_clone_that_others_can_read_is_told(
    course: Course, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = machine / "clone"
    lesson = clone / "solutions" / "hw1" / "hw1.py"
    lesson.parent.mkdir(parents=True)
    lesson.touch()
    monkeypatch.setattr(hub, "PACKAGE", clone / "autograder")
    assert f"chmod 700 {clone}, and install without -e" in looked_at(course)
    clone.chmod(0o700)
    assert "clone" not in looked_at(course)
