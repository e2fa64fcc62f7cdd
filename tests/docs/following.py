"""A manual followed to the letter: its commands run in a folder of their own, and what they say is what it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

#: Where the manual's reader sits; here it is a temporary folder.
HOME = "/home/you"
_SECONDS = re.compile(r"\(\d+ s\)")
_PROGRESS = re.compile(r"Graded \d+ of \d+, ")


@dataclass(frozen=True)
class Step:
    """A block of the manual: commands with what they say, or a text to put somewhere."""

    kind: str
    text: str

    def commands(self) -> list[tuple[str, str]]:
        """Return each command, and what the manual shows of what it says."""
        parts = re.split(r"(?m)^\$ (.*)$", self.text)[1:]
        return [(parts[at], parts[at + 1].strip("\n")) for at in range(0, len(parts), 2)]


def steps(manual: str, heading: str) -> list[Step]:
    """Return the blocks of one section of a manual, in order."""
    section = manual.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [Step(kind, text) for kind, text in re.findall(r"(?ms)^```(console|python)\n(.*?)^```$", section)]


@dataclass
class Reader:
    """Somebody at a terminal, in a folder."""

    folder: Path
    said: dict[str, str] = field(default_factory=dict)

    def types(self, command: str) -> str:
        """Run a command as the manual has it; return what it said, without how long it took."""
        bin_ = Path(sys.executable).parent
        done = subprocess.run(
            shlex.split(command), cwd=self.folder, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": os.pathsep.join([str(bin_), os.environ["PATH"]]), "COLUMNS": "100"},
        )  # fmt: skip
        lines = done.stdout.replace(str(self.folder.parent), HOME).split("\n")
        shown = "\n".join(line.rstrip() for line in lines if not _PROGRESS.match(line))
        return _SECONDS.sub("(3 s)", shown).strip("\n")

    def puts(self, text: str, file: str, begin: str, end: str) -> None:
        """Put a text in the place of the lines from one that begins with `begin` to the next that begins with `end`."""
        path = self.folder / file
        lines = path.read_text(encoding="utf-8").split("\n")
        first = next(at for at, line in enumerate(lines) if line.startswith(begin))
        last = next(at for at, line in enumerate(lines) if at >= first and line.startswith(end))
        path.write_text(
            "\n".join([*lines[:first], *text.rstrip("\n").split("\n"), *lines[last + 1 :]]), encoding="utf-8"
        )
