"""The examiner's process: a lesson run once, a warm template beside it, a fork of itself for each submission.

Runs as ``python -m autograder.grading.examiner FD``. It is trusted, and it runs no student code; it does handle
values that came from student code, so each submission is examined in a fork, and a fork that is lost costs that
submission alone.
"""

from __future__ import annotations

import ast
import gc
import os
import resource
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import nbformat

from autograder.grading.exam import Exam
from autograder.grading.lesson import INSIDE_TAG, Lesson
from autograder.grading.outcome import ExamRequest, ExamResult
from autograder.lesson import notebook as cells
from autograder.sandbox import lockdown, wall, wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Template
from autograder.sandbox.surroundings import count_seedings

if TYPE_CHECKING:
    from nbformat import NotebookNode

MEMORY = 4 << 30  # of the trusted fork, in bytes: plain values only, but a student chose how many
SLACK = 60.0  # seconds between a submission's own limit and the end of patience with its fork
_request = msgspec.json.Decoder(ExamRequest)
_encode = msgspec.json.Encoder().encode


def imports(source: NotebookNode) -> list[str]:
    """Return the modules that a notebook's code cells import and that are installed."""
    found: dict[str, None] = {}
    for cell in source.cells:
        if cell.cell_type != "code":
            continue
        text = "\n".join(line for line in cell.source.split("\n") if not line.lstrip().startswith(("%", "!")))
        with suppress(SyntaxError):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Import):
                    found |= dict.fromkeys(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found[node.module] = None
    return [name for name in found if _installed(name.split(".")[0])]


def _installed(name: str) -> bool:
    """Whether a top-level module is the interpreter's or a package's: not a file of the course."""
    if name in sys.stdlib_module_names or name == "autograder":
        return True
    with suppress(ImportError, ValueError):
        spec = find_spec(name)
        return spec is not None and "site-packages" in str(spec.origin or spec.submodule_search_locations)
    return False


class Examiner:
    """Serves examinations over one socket."""

    def __init__(self, link: socket.socket, config: dict[str, Any], source: NotebookNode) -> None:
        self._link = link
        self._limits = Limits(**config["limits"])
        assets = Path(config["assets"]) if config["assets"] else None
        modules = ["numpy", "autograder.check", *imports(source)]
        if any("matplotlib" in name for name in modules):
            modules.append("matplotlib_inline.backend_inline")
        self._wall = wall.configuration(
            map(Path, config["hidden"]), modules, assets=assets, unsafe=config["unsafe"],
            checks=any(INSIDE_TAG in cells.tags(cell) for cell in source.cells),
        )  # fmt: skip
        self._template = Template(self._wall)
        self._template.start(self._limits).close()  # no wall, no grading: said now, not for each submission
        folder = Path(config["folder"])
        if folder.is_dir():
            os.chdir(folder)
        sys.path.insert(0, "")
        self._lesson = Lesson(source)
        gc.collect()
        gc.freeze()

    def serve(self) -> None:
        """Answer until the grader goes."""
        wire.send(self._link, {"ready": True, "problems": self._lesson.problems})
        while True:
            try:
                _, payload = wire.receive(self._link)
            except wire.Closed:
                return
            wire.send(self._link, {}, [self._in_fork(_request.decode(payload))])

    def close(self) -> None:
        """End the template."""
        self._template.close()

    def _in_fork(self, request: ExamRequest) -> bytes:
        """Examine in a fork; whatever becomes of it, there is a result."""
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            self._child(request, write)
        os.close(write)
        deadline = time.monotonic() + self._limits.submission_seconds + SLACK
        chunks = []
        poller = select.poll()
        poller.register(read, select.POLLIN | select.POLLHUP)
        while (left := deadline - time.monotonic()) > 0:
            if poller.poll(left * 1000):
                chunk = os.read(read, 1 << 20)
                if not chunk:
                    break
                chunks.append(chunk)
        os.close(read)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        data = b"".join(chunks)
        if os.waitstatus_to_exitcode(status) == 0 and data:
            return data
        self._template.close()  # the fork may have left it in mid-sentence
        self._template = Template(self._wall)
        reason = data.decode("utf-8", "replace")[:2000] if data else "it was stopped"
        return _encode(ExamResult(error=f"the examination did not come to its end: {reason}"))

    def _child(self, request: ExamRequest, write: int) -> None:
        code = 1
        try:
            lockdown.die_with_parent()
            self._link.close()
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            data = _encode(Exam(self._lesson, self._template, self._limits, request).run())
            code = 0
        except BaseException as error:  # noqa: BLE001 - said to the parent, which goes on
            data = f"{type(error).__name__}: {error}".encode()
        with suppress(OSError):
            view = memoryview(data)
            while view:
                view = view[os.write(write, view) :]
        os._exit(code)


def main() -> None:
    """Serve on the descriptor named on the command line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lockdown.die_with_parent()
    count_seedings()
    link = socket.socket(fileno=int(sys.argv[1]))
    link.set_inheritable(False)
    try:
        config, payload = wire.receive(link)
        examiner = Examiner(link, config, nbformat.reads(bytes(payload).decode(), as_version=4))
    except Exception as error:  # noqa: BLE001 - whatever it was, the grader must hear it
        with suppress(wire.WireError):
            wire.send(link, {"ready": False, "kind": type(error).__name__, "error": str(error)})
        return
    try:
        examiner.serve()
    finally:
        examiner.close()


if __name__ == "__main__":
    main()
