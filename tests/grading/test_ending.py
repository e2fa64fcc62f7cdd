"""A command ends at once, and nothing that it said or was to do at its end is lost by it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import atexit
atexit.register(print, "at its end")  # before anybody else: it is done last
import sys, threading
import typer
from autograder.commands import Commands

app = Commands()

class Last:
    def __del__(self):
        print("taken down")

last = Last()

@app.command()
def one(code: int = 0, thread: bool = False, message: bool = False):
    sys.stdout.write("said " * 20_000)
    if thread:
        timer = threading.Timer(0.2, print, ["the thread's last word"])
        timer.start()
    if message:
        sys.exit("why")
    raise typer.Exit(code)

app()
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=False
    )


def test_what_was_said_is_whole_and_the_code_is_the_commands() -> None:
    done = run("--code", "3")
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.count("said ") == 20_000
    assert done.stdout.endswith("at its end\n")  # and no object was taken down
    assert run().returncode == 0


def test_a_thread_is_waited_for() -> None:
    done = run("--thread")
    assert done.returncode == 0
    assert "the thread's last word" in done.stdout


def test_a_message_is_shown() -> None:
    done = run("--message")
    assert (done.returncode, done.stderr) == (1, "why\n")


def test_a_full_disk_is_no_success() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode != 0
    assert b"No space left" in done.stderr
