"""A template that is forked off an examiner's warm start is what one with a process of its own is, and knows no more."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from autograder.sandbox import wall, wire
from autograder.sandbox.environment import of_a_template
from autograder.sandbox.session import Template

from .conftest import ROOT, SMALL

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sandbox
SECRET = "the-course-is-in-here"  # noqa: S105 - a word to look for
LOOK = f"""\
import json, os, sys
import matplotlib
frames, frame = [], sys._getframe()
while frame is not None:
    frames.append(repr(frame.f_globals) + repr(frame.f_locals))
    frame = frame.f_back
print(json.dumps({{
    "modules": sorted(sys.modules), "environment": dict(os.environ), "path": sys.path,
    "backend": matplotlib.rcParams["backend"], "open": sorted(os.listdir("/proc/self/fd")),
    "mappings": len(open("/proc/self/maps").readlines()),
    "told": {SECRET[:6]!r} + {SECRET[6:]!r} in "".join(frames),
}}))
"""
#: Modules that the start of a process leaves behind, and nothing else: they are Python's own, or hold no answer.
BEGINS = {"autograder.sandbox.begin", "autograder.sandbox.environment", "autograder.sandbox.scratch"}


def looked(config: dict[str, Any], *, known: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """Begin as an examiner does; return what was said, and what a cell saw. `known` is imported before the fork."""
    link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    hello, their_hello = socket.socketpair()
    begin = f"import {known or 'sys'}, sys, runpy; runpy.run_module('autograder.sandbox.warm', run_name='__main__')"
    words = [sys.executable, "-P", "-c", begin, "tests.sandbox.becomes", str(theirs.fileno())]
    with subprocess.Popen(words, pass_fds=[theirs.fileno()], env=of_a_template(), cwd="/"):
        with theirs, their_hello:
            socket.send_fds(link, [b"?"], [their_hello.fileno()])
        wire.send(hello, {"config": config})
        environment = {
            **os.environb,
            b"COURSE": SECRET.encode(),
            b"PYTHONPATH": os.fsencode(ROOT),
            b"MPLBACKEND": b"svg",
        }
        about = {"config": config, "environment": [*environment.items()], "folder": os.fsencode(ROOT)}
        wire.send(hello, about, [LOOK.encode()])
        said, _ = wire.receive(hello, time.monotonic() + 60)
        link.close()
    return said, json.loads(said["printed"])


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return wall.configuration([ROOT], ["numpy", "matplotlib.pyplot", "matplotlib_inline.backend_inline"])


@pytest.fixture(scope="module")
def its_own(config: dict[str, Any]) -> dict[str, Any]:
    """Return what a cell sees in a fork of a template with a process of its own."""
    template = Template(config)
    with template.start(SMALL) as submission:
        run = submission.run_cell(LOOK)
    template.close()
    found: dict[str, Any] = json.loads("".join(output.text or "" for output in run.outputs))
    return found


def test_a_fork_of_the_warm_start_is_no_other_template(
    config: dict[str, Any], its_own: dict[str, Any]
) -> None:
    said, seen = looked(config)
    assert said["forked"]
    for what in ("environment", "path", "backend", "open"):
        assert (what, seen[what]) == (what, its_own[what])
    rooms = {name for name in seen["modules"] if name.startswith("autograder")}
    assert rooms - BEGINS == {name for name in its_own["modules"] if name.startswith("autograder")} - BEGINS
    assert not seen["told"]
    assert seen["mappings"] < its_own["mappings"] + 30  # it is as cheap to fork


def test_what_is_left_becomes_what_was_asked_for_where_it_was_asked(config: dict[str, Any]) -> None:
    said, _ = looked(config)
    assert (said["course"], said["folder"], said["backend"]) == (SECRET, str(ROOT), "svg")


def test_whoever_knows_an_answer_is_not_forked(config: dict[str, Any]) -> None:
    said, seen = looked(config, known="autograder.explore")
    assert not said["forked"]
    assert not {"autograder.explore._figures", "ipywidgets"} & set(seen["modules"])


def test_a_sitecustomize_of_the_graders_runs_also_where_the_system_has_one(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('ours')")
    code = f"""
import sys, types
from autograder.sandbox import warm
other = sys.modules["sitecustomize"] = types.ModuleType("sitecustomize")
other.__file__ = "/usr/lib/elsewhere/sitecustomize.py"
for _ in range(2):
    warm.settle([(b"PYTHONPATH", {str(tmp_path).encode()!r})], b"/")
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["ours"]
