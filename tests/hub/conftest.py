"""One hub for all tests here: a machine of its own, the page's files and commands, people with awkward names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from . import hub as hubs
from . import machine as machines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from .hub import Hub
    from .machine import Machine

expect.set_options(timeout=120_000)  # a busy machine is no failure
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
#: A quote, an at sign and a dot; letters beyond ASCII; digits alone.
ONEILL, ZOE, NUMBER = "o'neill@uni.example", "zoë_y-z.9", "40011234"
STUDENTS = (ONEILL, ZOE, NUMBER)


@pytest.fixture(scope="package")
def machine() -> Iterator[Machine]:
    if reason := machines.why_not():
        pytest.skip(reason)
    with machines.running() as machine:
        for name in ("prof", "ta", *STUDENTS):
            machine.add_person(name, hubs.PASSWORD)
        hubs.install(machine)
        yield machine


@pytest.fixture(scope="package")
def hub(machine: Machine) -> Iterator[Hub]:
    with hubs.serving(machine) as hub:
        yield hub


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: install chromium, or set CHROMIUM to where it is")
    flags = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()
