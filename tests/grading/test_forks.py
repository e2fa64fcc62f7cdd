"""Forks that answer questions: one after the other in a process, and none costs another."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from autograder.grading.forks import MOST, STOPPED, Forks
from autograder.grading.pool import question
from autograder.sandbox import wire

if TYPE_CHECKING:
    from collections.abc import Iterator


def answer(connection: socket.socket) -> bool:
    """Do what is asked, and answer with the number of the process."""
    asked, _ = wire.receive(connection)
    if asked["what"] == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if asked["what"] == "fail":
        raise ValueError("no")
    if asked["what"] == "hang":
        time.sleep(60)
    if asked["what"] == "held":
        wire.send(connection, {"held": True})
        wire.receive(connection)  # until it is told to go on
    wire.send(connection, {"pid": os.getpid()})
    return str(asked["what"]) != "last"


@pytest.fixture
def link(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    """Return a link to a process that forks; `request.param`, if there, is how often what it shares is made anew."""
    with linked(1, getattr(request, "param", 0)) as ours:
        yield ours


@contextmanager
def linked(jobs: int, renewed: int = 0) -> Iterator[socket.socket]:
    """Have a link to a process that makes so many forks at a time."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    renewals = iter([False] * 2 + [True] * renewed)
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            Forks(theirs, jobs, 0.5, answer, lambda: next(renewals, False)).serve()
        finally:
            os._exit(0)
    theirs.close()
    with ours:
        yield ours
    os.waitpid(pid, 0)


def ask(link: socket.socket, *whats: str) -> list[dict[str, object]]:
    """Ask all of it at once; return the answers."""
    connections = []
    for what in whats:
        connections.append(question(link))
        wire.send(connections[-1], {"what": what})
    answers = []
    for connection in connections:
        with connection:
            answers.append(wire.receive(connection)[0])
    return answers


def at_once(link: socket.socket) -> set[object]:
    """Ask two questions that are both at work at one time; return the processes."""
    connections = [question(link), question(link)]
    for connection in connections:
        wire.send(connection, {"what": "held"})
    for connection in connections:
        wire.receive(connection)  # both are held
    for connection in connections:
        wire.send(connection, {"what": "go on"})
    found = set()
    for connection in connections:
        with connection:
            found.add(wire.receive(connection)[0]["pid"])
    return found


def test_questions_that_wait_share_a_process(link: socket.socket) -> None:
    pids = [found["pid"] for found in ask(link, *["go"] * (MOST + 1))]
    assert len(set(pids[:MOST])) == 1
    assert pids[MOST] != pids[0]


def test_a_process_stays_for_questions_that_come_later(link: socket.socket) -> None:
    pids = [ask(link, "go")[0]["pid"] for _ in range(MOST + 1)]
    assert len(set(pids[:MOST])) == 1
    assert pids[MOST] != pids[0]


def test_a_process_that_stays_and_is_killed_costs_no_question(link: socket.socket) -> None:
    (first,) = ask(link, "go")
    os.kill(int(str(first["pid"])), signal.SIGKILL)
    (second,) = ask(link, "go")
    while second.get("killed"):  # it was asked before its end was seen; the asker asks again
        (second,) = ask(link, "go")
    assert second["pid"] != first["pid"]


def test_a_process_may_stay_longer_than_a_question_may_take() -> None:
    with linked(2) as link:
        both = at_once(link)
        assert len(both) == 2
        assert ask(link, "hang") == [{"lost": STOPPED, "killed": False}]  # one of them took all its time
        assert ask(link, "go")[0]["pid"] in both  # and the other stayed


def test_a_process_that_is_not_as_it_was_is_not_asked_again(link: socket.socket) -> None:
    first, second, third = (found["pid"] for found in ask(link, "last", "go", "go"))
    assert first != second == third


@pytest.mark.parametrize(
    ("what", "lost"),
    [
        ("die", {"lost": STOPPED, "killed": True}),
        ("fail", {"lost": "ValueError: no", "killed": False}),
        ("hang", {"lost": STOPPED, "killed": False}),
    ],
)
def test_a_process_that_is_lost_costs_the_question_it_was_at(
    link: socket.socket, what: str, lost: dict[str, object]
) -> None:
    first, second, third, fourth = ask(link, "go", what, "go", "go")
    assert second == lost
    assert first["pid"] != third["pid"] == fourth["pid"]


@pytest.mark.parametrize("link", [1], indirect=True)
def test_what_was_forked_before_a_renewal_is_not_asked_again(link: socket.socket) -> None:
    first, second, third, fourth = (found["pid"] for found in ask(link, *["go"] * 4))
    assert first == second != third == fourth
