"""A real Chromium for the tests that look."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

expect.set_options(timeout=120_000)  # a busy machine is no failure

_CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="package")  # Playwright runs once at a time: the next folder starts its own
def chromium() -> Iterator[Browser]:
    if not _CHROMIUM.exists():
        pytest.skip(f"no browser at {_CHROMIUM}: install chromium, or set CHROMIUM to where it is")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's own sandbox refuses to start as root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=root)
        yield browser
        browser.close()
