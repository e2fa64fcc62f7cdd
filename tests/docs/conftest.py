"""The handout, built once as `make docs` builds it, and a real Chromium to look at it."""

import functools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from .site import ROOT, SITES

_CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="session")
def build_log() -> str:
    """Build both sites, and return all that was said meanwhile."""
    pytest.importorskip("myst_nb", reason="`make docs` installs what builds the handout")
    ran = subprocess.run(
        [sys.executable, "tools/handout.py"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.fixture(params=sorted(SITES))
def site(request: pytest.FixtureRequest, build_log: str) -> Path:
    """Return the folder of each site in turn."""
    assert build_log
    return SITES[request.param]


@pytest.fixture(scope="package")  # Playwright runs once at a time: the next folder starts its own
def chromium() -> Iterator[Browser]:
    if not _CHROMIUM.exists():
        pytest.skip(f"no browser at {_CHROMIUM}: install chromium, or set CHROMIUM to where it is")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's own sandbox refuses to start as root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=root)
        yield browser
        browser.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="package")
def address(build_log: str) -> Iterator[str]:
    """Serve the whole site as any web server would, and return its address."""
    assert build_log
    handler = functools.partial(_Quiet, directory=str(SITES["html"]))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
