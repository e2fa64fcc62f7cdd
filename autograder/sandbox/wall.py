"""What the sandbox shows of this machine, and as whom it runs: worked out once, on the trusted side."""

from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.sandbox.holder import SYSTEM, NoSandboxError
from autograder.sandbox.inside import CHECKED

if TYPE_CHECKING:
    from collections.abc import Iterable

PACKAGE = Path(__file__).resolve().parent.parent


def ordinary_user() -> tuple[int, int] | None:
    """Return the (uid, gid) that root becomes before it makes a sandbox; None where we are not root.

    As real root bubblewrap is no wall: the kernel's own files stay writable and some limits do not count.
    """
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _reachable(path: Path) -> bool:
    """Whether any user may read this folder."""
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents)) and bool(
        path.stat().st_mode & 0o004
    )


def _inside(path: Path, folders: Iterable[Path | str]) -> bool:
    return any(path == Path(f) or Path(f) in path.parents for f in folders)


def shown_folders(assets: Path | None = None) -> list[Path]:
    """Return the folders that Python, its packages and a notebook's imports need, outside the system's own."""
    wanted = {Path(sys.base_prefix), Path(sys.prefix), Path(sys.executable).resolve().parent.parent}
    wanted |= {Path(p) for p in sys.path if p and Path(p).is_dir() and "-packages" in Path(p).name}
    if assets is not None and assets.is_dir():
        wanted.add(assets)
    home = Path.home()
    for path in wanted:
        if home.is_relative_to(path.resolve()) and not _inside(path.resolve(), SYSTEM):
            raise NoSandboxError(
                f"Python or a package is installed in {path}, which holds your home folder: student code would see "
                "all of it. Use a virtual environment in a folder of its own."
            )
    kept: list[Path] = []
    for path in sorted({*wanted, *(p.resolve() for p in wanted)}):
        if path != Path("/") and not _inside(path, [*kept, *SYSTEM]):
            kept.append(path)
    return kept


def _own_package(shown: list[Path], rooms: tuple[str, ...]) -> tuple[list[Path], list[Path]]:
    """Return where this package has to be hidden, since a shown folder holds it, and what of it is shown.

    Its other rooms compute what lessons ask for.
    """
    around = [*shown, *map(Path, SYSTEM)]
    holders = [folder for folder in around if PACKAGE.is_relative_to(folder.resolve())]
    masked = sorted({folder / PACKAGE.relative_to(folder.resolve()) for folder in holders})
    return masked, [place / room for place in masked or [PACKAGE] for room in rooms]


def configuration(
    hidden: Iterable[Path],
    preload: Iterable[str],
    *,
    assets: Path | None = None,
    seed: int = 0,
    unsafe: bool = False,
    checks: bool = False,
    given: Iterable[str] = (),
) -> dict[str, Any]:
    """Return what a template is told at its start.

    Parameters
    ----------
    hidden
        Folders with secrets (the course's); shown ones inside them stay visible, nothing else of them does.
    preload
        Modules that the lesson imports.
    assets
        The course's public data, shown read-only.
    unsafe
        Do without a sandbox: student code runs as the user who grades and reads what that user can.
    seed
        For NumPy's and Python's global random state: the same in every submission, so that marks repeat.
    checks
        Show the real checks too: the lesson has tests that run inside.
    given
        Cells that each student is given, and that no student changes: they are read once for all.
    """
    user = None if unsafe else ordinary_user()
    shown = shown_folders(assets)
    masked, own = _own_package(shown, ("sandbox", *(CHECKED if checks else ())))
    shown += own
    staged = [str(p) for p in shown if user is not None and not _reachable(p)]
    return {
        "uid": user[0] if user else None,
        "gid": user[1] if user else None,
        "shown": [str(p) for p in shown],
        "hidden": sorted({*(str(Path(h).resolve()) for h in hidden), *map(str, masked)}),
        "staged": staged,
        "preload": list(preload),
        "unsafe": unsafe,
        "checks": checks,
        "seed": seed,
        "given": list(given),
    }
