"""What `autograder.sandbox.warm` becomes in `test_warm.py`: it runs a cell in its template, and says what came of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from autograder.sandbox import wire
from autograder.sandbox.begin import Fork
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Template

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from autograder.sandbox.begin import Begun


def main(
    link: socket.socket, hello: socket.socket, begun: Begun, header: Mapping[str, Any], payload: memoryview
) -> None:
    """Run the cell that was sent, in a fork of the template."""
    with link:
        template = Template(header["config"], begun)
        with template.start(Limits()) as submission:
            printed = "".join(
                output.text or "" for output in submission.run_cell(str(payload, "utf-8")).outputs
            )
        template.close()
    wire.send(
        hello,
        {
            "forked": isinstance(begun.process, Fork), "printed": printed, "course": os.environ.get("COURSE"),
            "folder": str(Path.cwd()), "backend": mpl.get_backend(),
        },
    )  # fmt: skip
