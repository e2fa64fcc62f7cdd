"""One template serves many forks of the process that made it, at the same time, and a lost one costs itself alone."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from autograder.sandbox import wall
from autograder.sandbox.holder import NoSandboxError
from autograder.sandbox.session import Template

from .conftest import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.sandbox.session import Submission


def forked(work: Callable[[int], None]) -> tuple[int, int]:
    """Do `work` in a fork, with a descriptor to write on; return the fork's pid and the end to read from."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read)
            work(write)
        finally:
            os._exit(0)
    os.close(write)
    return pid, read


def all_of(read: int) -> str:
    with os.fdopen(read) as file:
        return file.read()


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        os.sched_yield()


def printed(submission: Submission, source: str) -> str:
    return "".join(output.text or "" for output in submission.run_cell(source).outputs)


def test_forks_have_sandboxes_at_the_same_time(template: Template) -> None:
    def work(write: int) -> None:
        with template.start(SMALL, f"fork {os.getpid()}") as one, template.start(SMALL) as two:
            printed(one, "x = 1")
            said = printed(one, "import os; print(os.environ['AUTOGRADER_STUDENT'], x)")
            os.write(write, f"{said}{printed(two, 'x')}".encode())

    forks = [forked(work) for _ in range(4)]
    for pid, read in forks:
        assert all_of(read) == f"fork {pid} 1\n"
        os.waitpid(pid, 0)


def test_a_fork_that_is_lost_takes_its_sandbox_along_and_no_other(template: Template) -> None:
    def work(write: int) -> None:
        lost = template.start(SMALL)
        os.write(write, " ".join(map(str, lost.processes())).encode() + b"\n")
        lost.run_cell("while True: pass")

    with template.start(SMALL) as other:
        pid, read = forked(work)
        with os.fdopen(read) as file:
            inside = [psutil.Process(int(word)) for word in file.readline().split()]
            assert inside
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        wait_until(lambda: not any(process.is_running() for process in inside))
        assert printed(other, "print('here')") == "here\n"
    with template.start(SMALL) as next_one:
        assert printed(next_one, "print('here too')") == "here too\n"


def test_closing_can_wait_for_the_end_of_all_that_runs(template: Template) -> None:
    submission = template.start(SMALL)
    printed(submission, "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)")
    inside = [psutil.Process(pid) for pid in submission.processes()]
    assert "sleep" in {process.name() for process in inside}
    submission.close(wait=True)
    assert not any(process.is_running() for process in inside)


def test_where_the_template_is_gone_no_sandbox_is_made() -> None:
    template = Template(wall.configuration([Path(__file__).parent], []))
    submission = template.start(SMALL)
    inside = [psutil.Process(pid) for pid in submission.processes()]
    template.process.kill()
    wait_until(lambda: not template.alive)
    wait_until(lambda: not any(process.is_running() for process in inside))
    with pytest.raises(NoSandboxError, match="did not start"):
        template.start(SMALL)
    submission.close()
    template.close()
