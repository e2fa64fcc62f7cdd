"""Which pages are up to date: for each one a stamp of what it was made from.

The stamps of a course lie in one hidden file in its feedback folder. Whoever changes or removes a page, or the
file, gets the page written anew; a stamp can only spare work.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import autograder
from autograder.desk.files import put

NAME = ".autograder.json"
_ROOMS = ("desk", "check", "derive")
_LIBRARIES = ("ipython-pygments-lexers", "jinja2", "latex2mathml", "markupsafe", "mistune", "nh3", "pygments")


@dataclass
class Stamps:
    """The stamps of the pages below one folder; `write` keeps them for the next time."""

    folder: Path
    known: dict[str, list[object]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Stamps:
        """Read the stamps of a folder; a file that cannot be read holds none."""
        try:
            found = json.loads((folder / NAME).read_bytes())
        except (OSError, ValueError):
            found = {}
        return cls(folder, found if isinstance(found, dict) else {})

    def stamp(self, content: bytes, known: object) -> str:
        """Return the stamp of a page that is made from a file and from what the gradebook knows.

        Parameters
        ----------
        content
            Of the file.
        known
            Frozen data whose repr says all of it.
        """
        digest = blake2b(_maker(), digest_size=20)
        for part in (repr(known).encode(), content):
            digest.update(b"%d:" % len(part))
            digest.update(part)
        return digest.hexdigest()

    def holds(self, page: Path, stamp: str) -> bool:
        """Whether the page is there as it was written when it got this stamp."""
        return self.known.get(self._name(page)) == [stamp, *_state(page)]

    def keep(self, page: Path, stamp: str) -> None:
        """Remember the page as it is now."""
        self.known[self._name(page)] = [stamp, *_state(page)]

    def write(self) -> None:
        """Keep all stamps in the folder, in one step; those of pages that are gone are dropped."""
        if not self.folder.is_dir():
            return
        here = {name: stamp for name, stamp in self.known.items() if (self.folder / name).is_file()}
        put(self.folder / NAME, json.dumps(here, separators=(",", ":")))

    def _name(self, page: Path) -> str:
        return os.path.relpath(page, self.folder)


def _state(page: Path) -> list[int]:
    try:
        found = page.stat()
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns]


@lru_cache(maxsize=1)
def _maker() -> bytes:
    """Sum up what makes pages: the code and the templates of these rooms, and the libraries' versions."""
    digest = blake2b(digest_size=20)
    package = Path(autograder.__file__).parent
    for room in _ROOMS:
        for path in sorted((package / room).rglob("*")):
            if path.suffix in {".py", ".j2", ".css"}:
                digest.update(path.read_bytes())
    for name in _LIBRARIES:
        try:
            digest.update(f"{name} {version(name)}".encode())
        except PackageNotFoundError:
            continue
    return digest.digest()
