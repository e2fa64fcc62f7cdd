"""The hub of docs/jupyterhub.md on a machine of its own, installed by the page's own commands, and its people.

Ports are the only setting that the tests change; the hub notes its process, and Lab shows its application object so
that a test can wait for a kernel. What the page tells an operator to copy is copied, what it tells to run is run.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import socket
import subprocess
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .machine import ROOT, Machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

COURSE = "backprop101"
GRADER = f"grader-{COURSE}"
HOME = f"/home/{GRADER}/{COURSE}"
EXCHANGE = f"/srv/nbgrader/exchange/{COURSE}"
PASSWORD = "correct horse"  # noqa: S105 - of accounts that end with the test
PAGE = (ROOT / "docs" / "jupyterhub.md").read_text(encoding="utf-8")
UNIT = (ROOT / "docs" / "deploy" / "jupyterhub.service").read_text(encoding="utf-8")
TESTED = """
load_subconfig("/etc/jupyterhub/jupyterhub_config.py")
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{0}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{1}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{2}"
c.JupyterHub.services[0]["url"] = "http://127.0.0.1:{3}"
c.JupyterHub.pid_file = "/var/lib/jupyterhub/hub.pid"
c.Spawner.args = ["--LabApp.expose_app_in_browser=True"]
"""


def told(heading: str) -> str:
    """Return the commands that the page gives below a heading."""
    section = re.search(rf"(?ms)^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", PAGE)
    assert section, f"docs/jupyterhub.md has no heading {heading!r}"
    return "".join(line[4:] + "\n" for line in section[1].splitlines() if line.startswith("    "))


def install(machine: Machine) -> None:
    """Do what the page tells an operator to do, from the files on."""
    for heading in ("2. The files", "3. The course"):
        done = machine.run("root", "sh", "-e", "-c", told(heading), at="/opt/clone/autograder")
        assert done.returncode == 0, done.stderr


def free_ports(count: int) -> list[int]:
    """Find ports that nobody listens on."""
    with contextlib.ExitStack() as open_ones:
        probes = [open_ones.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@dataclass
class Hub:
    """A running hub."""

    machine: Machine
    address: str
    said: list[str] = field(default_factory=list)

    def log_in(self, browser: Browser, name: str, next_page: str = "/hub/home") -> Page:
        """Open a browser of one's own and log in by the form."""
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{self.address}/hub/login?next={next_page}")
        page.locator("#username_input").fill(name)
        page.locator("#password_input").fill(PASSWORD)
        page.locator("#login_submit").click()
        return page

    def course(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as the course's account, in the course's folder."""
        return self.machine.run(GRADER, *command, at=HOME)


@contextlib.contextmanager
def serving(machine: Machine) -> Iterator[Hub]:
    """Start the hub as its systemd unit does, and wait until it says that it runs."""
    ports = free_ports(4)
    settings = machine.base / "etc" / "jupyterhub" / "tested.py"
    settings.write_text(TESTED.format(*ports), encoding="utf-8")
    start = re.findall(r"(?m)^(?:ExecStart|WorkingDirectory)=(.*)$", UNIT)
    path = re.findall(r"(?m)^Environment=(.*)$", UNIT)
    words = shlex.split(start[1].replace("jupyterhub_config.py", "tested.py"))
    command = machine.words("root", "env", "-i", f"--chdir={start[0]}", *path, *words)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    hub = Hub(machine, f"http://127.0.0.1:{ports[0]}")
    for line in process.stderr:
        hub.said.append(line)
        if "JupyterHub is now running" in line:
            break
    else:
        raise RuntimeError("".join(hub.said))
    drain = threading.Thread(target=lambda: hub.said.extend(process.stderr or []), daemon=True)
    drain.start()  # a full pipe would stop the hub
    try:
        yield hub
    finally:
        # The process that we hold is the door to the machine; the hub itself is ended inside.
        machine.run("root", "sh", "-c", "kill $(cat /var/lib/jupyterhub/hub.pid)")
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:  # the hub has not ended
            process.kill()  # and the machine ends what is inside with it
            process.wait()
