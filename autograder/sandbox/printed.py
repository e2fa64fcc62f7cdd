"""What stands for sys.stdout and sys.stderr while a test calls the submission's functions."""

from __future__ import annotations

from typing import Any

MAX_PRINTED = 64 << 10  # characters of one call


class Printed:
    """Where prints go while a test calls: to the test, with the answer, and nowhere else."""

    encoding = "utf-8"
    closed = False

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._left = MAX_PRINTED

    def write(self, text: str) -> int:
        """Keep text, up to a cap."""
        if self._left > 0 and type(text) is str:
            self._parts.append(text[: self._left])
            self._left -= len(text)
        return len(text)

    def take(self) -> str:
        """Return what was written, and begin anew."""
        if not self._parts:
            return ""
        text = "".join(self._parts).encode("utf-8", "replace").decode()
        self._parts.clear()
        self._left = MAX_PRINTED
        return text

    def writelines(self, lines: Any) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        """Nobody sits there."""
        return False

    def fileno(self) -> int:
        """Where programs write."""
        return 1


class Sink(Printed):
    """Where what is written to stderr goes: nowhere."""

    def write(self, text: str) -> int:
        """Keep nothing."""
        return len(text)
