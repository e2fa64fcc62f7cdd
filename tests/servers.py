"""Jupyter servers that tests have started come to their end here, whatever they still wait for."""

from __future__ import annotations

import subprocess

_PATIENCE = 60  # seconds: a kernel that does not answer is given five


def end(server: subprocess.Popen[str]) -> None:
    """End a server, which ends its kernels first.

    Jupyter can wait for ever for a kernel that was just being started, or whose page has just gone. Such a server is
    killed; its kernels see that, and end.
    """
    server.terminate()
    try:
        server.wait(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
