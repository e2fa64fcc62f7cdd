"""Jupyter servers that tests have started come to their end here, whatever they still wait for."""

from __future__ import annotations

import contextlib
import subprocess

_PATIENCE = 30  # seconds: a kernel that does not answer is given five
_TRIES = 3


def end(server: subprocess.Popen[str]) -> None:
    """End a server, which ends its kernels first.

    A Jupyter server was seen to serve on after a first SIGTERM, and to end on a second. So it is asked again; one that
    ends by none of them is killed, and its kernels see that.
    """
    for _ in range(_TRIES):
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=_PATIENCE)
            return
    server.kill()
    server.wait()
