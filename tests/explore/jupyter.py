"""A real Jupyter server for the tests: JupyterLab and Notebook 7, kernels, and a list of whom anything called.

One server answers both `/lab` and `/notebooks`: Notebook 7 is an extension of the same server.
"""

import contextlib
import ipaddress
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page
from servers import end

_QUIET = (
    Path(__file__).resolve().parents[1] / "house" / "quiet"
)  # Pythons that start there note whom they call
_IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"


@dataclass(frozen=True)
class Server:
    """A running server: its address, its course folder, and the log of the addresses its Pythons asked for."""

    address: str
    course: Path
    talk: Path

    def open(self, page: Page, place: str, name: str) -> None:
        """Open a notebook of the course in a place, "lab" or "notebook", and wait until its kernel is idle."""
        path = {"lab": "lab/tree", "notebook": "notebooks"}[place]
        page.goto(f"{self.address}/{path}/{name}?token=lesson")
        page.wait_for_function(_IDLE)

    def called_elsewhere(self) -> list[str]:
        """List what the server or a kernel tried to reach outside this machine."""
        lines = self.talk.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if not local(line.split(" ", 1)[1].strip("b'\""))]


def local(address: str) -> bool:
    """Tell whether an address is this machine's own."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(address).is_loopback or ipaddress.ip_address(address).is_unspecified
    return address in {"", "None", "localhost"}  # no address: this machine, in a look-up for listening


def elsewhere(asked: list[str]) -> list[str]:
    """List the addresses that are not on this machine."""
    parts = [(url, urlsplit(url)) for url in asked]
    return [
        url for url, part in parts if part.scheme not in {"data", "blob"} and not local(part.hostname or "")
    ]


def notebook(cells: list[str]) -> str:
    """Return a notebook's text with these code cells, nothing run."""
    made: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"cell{i}",
            "metadata": {},
            "source": source.strip(),
            "outputs": [],
            "execution_count": None,
        }
        for i, source in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def set_source(page: Page, cell: int, source: str) -> None:
    """Write a cell anew."""
    page.evaluate(
        """([cell, source]) =>
            jupyterapp.shell.currentWidget.content.widgets[cell].model.sharedModel.setSource(source)""",
        [cell, source],
    )


def run(page: Page, cell: int) -> None:
    """Run one cell by Jupyter's own command."""
    page.evaluate(
        """(cell) => {
            jupyterapp.shell.currentWidget.content.activeCellIndex = cell;
            return jupyterapp.commands.execute("notebook:run-cell");
        }""",
        cell,
    )


def active(page: Page) -> int:
    """Return the number of the active cell."""
    return int(page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex"))


@contextlib.contextmanager
def serving(home: Path) -> Iterator[Server]:
    """Start a server on a folder of its own, with settings of its own."""
    course = home / "course"
    course.mkdir()
    talk = home / "talk.log"
    talk.touch()
    folders = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
    folders += ["JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"]
    quiet = home / "JUPYTER_CONFIG_DIR" / "labconfig"
    quiet.mkdir(parents=True)
    off = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (quiet / "page_config.json").write_text(json.dumps(off), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=lesson"]
    command += [
        "--JupyterNotebookApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        f"--ServerApp.root_dir={course}",
    ]
    environment = os.environ | {name: str(home / name) for name in folders}
    environment |= {"HOME": str(home), "PYTHONPATH": str(_QUIET), "TALK_LOG": str(talk)}
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert server.stderr
    said = []
    for line in server.stderr:  # until it says that it listens, or ends
        said.append(line)
        if f"127.0.0.1:{port}/lab" in line:
            break
    else:
        raise RuntimeError("".join(said))
    threading.Thread(target=server.stderr.read, daemon=True).start()  # a full pipe would stop the server
    try:
        yield Server(f"http://127.0.0.1:{port}", course, talk)
    finally:
        end(server)
