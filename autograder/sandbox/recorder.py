"""What a cell shows, kept instead of shown: text, displays, results and errors, up to a cap.

The recorder, and the streams that stand for stdout and stderr while a cell runs. Inside the sandbox it keeps a
student's output; on the trusted side, a lesson's.
"""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from typing import Any

Output = dict[str, Any]
DEFAULT_CAP = 256 << 10
PICTURES = ("image/png", "image/jpeg", "image/svg+xml", "application/pdf")


class Recorder:
    """The outputs of one cell, in order, up to a cap in bytes."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.left = DEFAULT_CAP
        self.dropped = 0
        self._pictures = True

    def start(self, cap: int, *, pictures: bool = True) -> None:
        """Forget what was recorded and begin anew with `cap` bytes."""
        self._pictures = pictures
        self.outputs = []
        self.left = cap
        self.dropped = 0

    def stream(self, name: str, text: str) -> None:
        """Record text written to stdout or stderr."""
        if not text:
            return
        keep = text[: max(self.left, 0)]
        self.left -= len(keep)
        self.dropped += len(text) - len(keep)
        if not keep:
            return
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last["output_type"] == "stream" and last["name"] == name:
            last["parts"].append(keep)
        else:
            self.outputs.append({"output_type": "stream", "name": name, "parts": [keep]})

    def rich(self, kind: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Record a display or a result; what does not fit is dropped and counted."""
        clean = {
            mime: _jsonable(value) for mime, value in data.items() if self._pictures or mime not in PICTURES
        }
        clean.setdefault("text/plain", "<picture>" if len(clean) < len(data) else "")
        size = sum(len(v) if isinstance(v, str) else 100 for v in clean.values())
        if size > max(self.left, 4 << 20 if "image/png" in clean else 0):
            self.dropped += size
            return
        self.left -= 0 if "image/png" in clean else size
        record: Output = {
            "output_type": kind,
            "data": clean,
            "metadata": _alternatives(metadata, clean),
        }
        if kind == "execute_result":
            record["execution_count"] = None
        self.outputs.append(record)

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """Record the exception that ended the cell."""
        cut = [line[:20_000] for line in traceback[:200]]
        self.outputs.append(
            {"output_type": "error", "ename": name[:200], "evalue": value[:20_000], "traceback": cut}
        )

    def finish(self) -> list[Output]:
        """Return the outputs as nbformat data."""
        if self.dropped:
            self.left = 200
            note = f"\n[{self.dropped:,} more characters of output were dropped]\n"
            self.dropped = 0
            self.stream("stdout", note)
        for output in self.outputs:
            if "parts" in output:
                output["text"] = "".join(output.pop("parts"))
        return self.outputs


def _alternatives(metadata: dict[str, Any], data: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Keep of a display's metadata what a screen reader needs: the text that stands for a picture."""
    return {
        mime: {"alt": str(about["alt"])[:2000]}
        for mime, about in metadata.items()
        if mime in data and isinstance(about, dict) and "alt" in about
    }


def _jsonable(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value if isinstance(value, str) else str(value)


class _Stream:
    """Stands for sys.stdout or sys.stderr; also offers the descriptor below, for children."""

    encoding = "utf-8"
    errors = "replace"
    closed = False
    mode = "w"

    def __init__(self, recorder: Recorder, name: str, fd: int) -> None:
        self._recorder = recorder
        self.name = f"<{name}>"
        self._kind = name
        self._fd = fd
        self.buffer = _Bytes(self)

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.stream(self._kind, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def fileno(self) -> int:
        return self._fd

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def isatty(self) -> bool:
        return False

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


class _Bytes:
    """The `buffer` of a stream, for code that writes bytes."""

    def __init__(self, text: _Stream) -> None:
        self._text = text

    def write(self, data: bytes) -> int:
        self._text.write(bytes(data).decode("utf-8", "replace"))
        return len(data)

    def flush(self) -> None: ...


class _Below:
    """Descriptors 1 and 2 of this process while cells run: each a file that is kept for as long as it stays empty."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._saved = [os.dup(1), os.dup(2)]
        self._files = [-1, -1]

    def turn_away(self) -> None:
        """Have what is written there go to the files."""
        for fd in (1, 2):
            if self._files[fd - 1] < 0:
                with tempfile.TemporaryFile() as file:
                    self._files[fd - 1] = os.dup(file.fileno())
            os.dup2(self._files[fd - 1], fd)

    def turn_back(self) -> list[tuple[str, str, int]]:
        """Have it go where it went before; return what came: stream, text, and how much more there was."""
        found = []
        for fd, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(self._saved[fd - 1], fd)
            file = self._files[fd - 1]
            if size := os.fstat(file).st_size:
                text = os.pread(file, DEFAULT_CAP, 0).decode("utf-8", "replace")
                found.append((name, text, max(size - DEFAULT_CAP, 0)))
                os.close(file)  # what a program writes there later goes to no other cell
                self._files[fd - 1] = -1
        return found


_below: list[_Below] = []


class captured:  # noqa: N801 - reads as a statement
    """sys.stdout and descriptors 1 and 2 point at the recorder while a cell runs."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def __enter__(self) -> None:
        self._saved = sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__
        if not _below or _below[0].process != os.getpid():
            _below[:] = [_Below()]  # a fork has its own
        _below[0].turn_away()
        sys.stdout = _Stream(self._recorder, "stdout", 1)
        sys.stderr = _Stream(self._recorder, "stderr", 2)

    def __exit__(self, *_: object) -> None:
        sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__ = self._saved  # type: ignore[misc]
        for name, text, more in _below[0].turn_back():
            self._recorder.stream(name, text)
            self._recorder.dropped += more
