"""What a student's real account on the hub cannot do: read the course, the gradebook or others' work, or touch it.

The round has been played before (`test_round.py`), so everything that is to be kept lies where it belongs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from .conftest import NUMBER, ONEILL, ZOE
from .hub import COURSE, EXCHANGE, GRADER, HOME
from .test_round import COMMENT, LESSON

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from .hub import Hub
    from .machine import Machine

pytestmark = [pytest.mark.sandbox, pytest.mark.browser]
#: Words of a hidden test, of another student's answer, and of a grader's comment.
SECRETS = ("the bars are ignored", "Copper kettle", COMMENT)
#: Every folder that a student could look into; what the machine itself needs is left out.
PLACES = ("/home", "/srv", "/opt/clone", "/etc", "/var", "/tmp", "/run", "/dev/shm")  # noqa: S108


@pytest.fixture(scope="module", autouse=True)
def played(machine: Machine) -> None:
    """See that there is something to be kept: what the round left behind."""
    if not (machine.root / HOME.lstrip("/") / "feedback").exists():
        pytest.skip("the round was not played: run the whole of tests/hub")


def found(machine: Machine, account: str, words: str) -> list[str]:
    """Return the files that an account can read and that hold these words."""
    done = machine.run(account, "grep", "-rlsaF", "--devices=skip", words, *PLACES)
    return done.stdout.split("\n")[:-1]


@pytest.mark.parametrize("words", SECRETS)
def test_a_student_finds_no_secret_of_the_course_and_nothing_of_others(machine: Machine, words: str) -> None:
    assert found(machine, NUMBER, words) == []
    assert found(machine, GRADER, words) != [], "the search finds what is there"


def test_a_student_enters_no_folder_of_others(machine: Machine) -> None:
    closed = (HOME, machine.home(ONEILL), "/opt/clone", "/var/lib/jupyterhub", f"{EXCHANGE}/inbound")
    for place in closed:
        assert "Permission denied" in machine.run(NUMBER, "ls", place).stderr, place
    assert "Permission denied" in machine.run(NUMBER, "ls", f"{EXCHANGE}/feedback").stderr


def test_a_student_moves_nothing_in_the_exchange(machine: Machine) -> None:
    """Also who knows the name of what another handed in cannot take it away, nor put an exchange of their own there."""
    inbound = machine.root / EXCHANGE.lstrip("/") / "inbound"
    hers = next(path.name for path in inbound.iterdir() if path.name.startswith(ZOE))
    for thing in (
        EXCHANGE,
        f"{EXCHANGE}/inbound",
        f"{EXCHANGE}/outbound/{LESSON}",
        f"{EXCHANGE}/inbound/{hers}",
    ):
        done = machine.run(NUMBER, "mv", thing, f"{thing}-away")
        assert re.search("Permission denied|Operation not permitted", done.stderr), thing


def test_a_student_reads_no_process_of_others(machine: Machine) -> None:
    """The servers' environments hold the keys to the hub."""
    done = machine.run(
        NUMBER, "sh", "-c", "cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep -c JUPYTERHUB_API_TOKEN"
    )
    assert done.stdout.strip() == "0"
    assert (
        machine.run("root", "sh", "-c", "cat /proc/[0-9]*/environ | grep -ac JUPYTERHUB_API_TOKEN").stdout
        != "0\n"
    )


def test_formgrader_lets_in_whom_the_group_names_and_nobody_else(hub: Hub, browser: Browser) -> None:
    for person in (ZOE, "ta"):  # the assistant is in no group yet
        page = hub.log_in(browser, person, f"/services/{COURSE}/formgrader")
        page.get_by_role("heading", name=re.compile("403")).wait_for()


def test_nobody_logs_in_as_the_course(hub: Hub, browser: Browser) -> None:
    for account in (GRADER, "root"):
        page = hub.log_in(browser, account)
        page.locator(".login_error, .alert, .text-danger", has_text=re.compile("Invalid|403")).or_(
            page.get_by_role("heading", name=re.compile("403"))
        ).first.wait_for()
