"""`autograder doctor` on the hub's machine: what the page and prepare.sh make is well, each right that is lost is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .hub import COURSE, EXCHANGE, GRADER, HOME

if TYPE_CHECKING:
    from .machine import Machine

DOCTOR = ("/opt/jupyterhub/bin/autograder", "doctor", "--quick")


def doctor(machine: Machine, account: str = GRADER, at: str = HOME, *words: str) -> tuple[int, str]:
    done = machine.run(account, *DOCTOR, *words, at=at)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def as_root(machine: Machine, command: str) -> None:
    done = machine.run("root", "sh", "-e", "-c", command, at="/opt/clone/autograder")
    assert done.returncode == 0, done.stderr


def test_the_page_leaves_nothing_to_mend(machine: Machine) -> None:
    code, said = doctor(machine)
    assert code == 0, said
    assert "All that grading needs is here. " in said
    assert said.endswith("docs/instructors.md has the whole round.")
    assert "A machine of many accounts" in said


def test_rights_that_were_lost_are_told_and_prepare_sh_mends_them(machine: Machine) -> None:
    as_root(
        machine,
        f"chmod 777 {EXCHANGE}/..; chmod 777 {EXCHANGE}/outbound; chmod 733 {EXCHANGE}/inbound; "
        f"chown root {EXCHANGE}/feedback; chmod 755 /home/{GRADER}",
    )
    code, said = doctor(machine)
    assert code == 1
    assert "5 things have to be mended first: no student can put another course in its place" in said
    assert "others cannot read the course" in said
    as_root(machine, f"sh docs/deploy/prepare.sh {COURSE}")
    assert doctor(machine)[0] == 0


def test_root_is_told_whose_course_it_is_and_a_student_that_it_is_closed(machine: Machine) -> None:
    code, said = doctor(machine, "root")
    assert code == 0
    assert f"Not yet: the course's own account, {GRADER}, looks" in said
    code, said = doctor(machine, "ta", "/", "--course", HOME)
    assert code == 1
    assert f"{HOME} is closed to ta" in said
