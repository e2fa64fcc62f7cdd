"""Every Python that starts with this folder on PYTHONPATH writes down whom it tries to reach.

A look at the open sockets sees one moment; this sees every attempt of the server and its kernels.
One line per attempt goes to the file named by TALK_LOG.
"""

from __future__ import annotations

import os
import sys

LOG = os.environ["TALK_LOG"]


def note(event: str, arguments: tuple[object, ...]) -> None:
    """Write down a name look-up or a connection, with its address."""
    if event == "socket.getaddrinfo":
        address = arguments[0]
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        place = arguments[1]
        if not isinstance(place, tuple):
            return  # a Unix socket, or a socket that was connected before
        address = place[0]
    elif event == "socket.gethostbyname":
        address = arguments[0]
    else:
        return
    with open(LOG, "a", encoding="utf-8") as log:  # noqa: PTH123 (pathlib is not imported this early)
        log.write(f"{event} {address!r}\n")


sys.addaudithook(note)
