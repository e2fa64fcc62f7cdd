"""Make the one file that students without a server get: `make release` writes dist/NAME-VERSION.zip.

In it: the released notebooks, the data, the rooms of the package that a notebook imports, and a requirements.txt of their
own. It is pure Python: `pip install -r requirements.txt` and `jupyter lab` are all it takes, on Windows and macOS too.
Only what git knows goes in, so that nothing lying about does. The same tree gives the same bytes.
"""
# ruff: noqa: INP001 (a script, not a package)

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from autograder.lesson.leaks import find_leaks

ROOT = Path(__file__).resolve().parent.parent
NAME = "backprop-from-scratch"
ROOMS = ("check", "derive", "explore")  # what a notebook imports; tests/house holds them apart from the rest
# Left at home: files for static pages, settings of `make lab`, pictures of the README.
NOT_ASSETS = ("assets/vendor/", "assets/lab/", "assets/pictures/", "assets/release/")
DIRECT = ("numpy", "matplotlib", "pillow", "ipywidgets", "anywidget", "jupyterlab", "ipykernel", "ipython")
_DAY = (2026, 1, 1, 0, 0, 0)  # a zip wants a date; one and the same, so that the bytes are the same


class ReleaseError(RuntimeError):
    """The file cannot be made; the message says what to mend."""


def tracked(*folders: str) -> list[str]:
    """Return the files below some folders that git knows, sorted."""
    command = ["git", "ls-files", "-z", "--", *folders]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    if listed.returncode:
        raise ReleaseError(f"git cannot list the files of {ROOT}: {listed.stderr.strip()}")
    return sorted(filter(None, listed.stdout.split("\0")))


def pins() -> str:
    """Return the students' requirements.txt: the versions that the course was tested with, and this folder."""
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    lines = []
    for name in DIRECT:
        found = re.findall(rf"(?m)^{name}==[^#\n\\]+", locked)
        if not found:
            raise ReleaseError(f"requirements.txt pins no {name}. Run: make lock")
        lines += [pin.strip() for pin in found]
    return "\n".join(
        ["# What the lessons need, in the versions they were tested with.", *lines, "# The checks and figures.", "."]
    ) + "\n"  # fmt: skip


def project(version: str) -> str:
    """Return a pyproject.toml for the rooms that students get."""
    return f"""[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "autograder"
version = "{version}"
description = "The checks and figures of the lessons; the grader is elsewhere"
requires-python = ">=3.11"
license = "MIT"
license-files = ["LICENSE"]

[tool.setuptools.packages.find]
include = ["autograder*"]

[tool.setuptools.package-data]
autograder = ["**/*.js", "**/*.css", "py.typed"]
"""


def contents() -> dict[str, bytes]:
    """Return every file of the release by its path inside it.

    Raises
    ------
    ReleaseError
        If something in it may be seen by instructors only.
    """
    for lesson in sorted(path for path in (ROOT / "notebooks").iterdir() if path.is_dir()):
        leaks = find_leaks(lesson)
        if leaks:
            raise ReleaseError("\n".join(leaks))
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    kept = tracked("notebooks", "autograder/__init__.py", *(f"autograder/{room}" for room in ROOMS))
    kept += [path for path in tracked("assets") if not path.startswith(NOT_ASSETS)]
    kept += [path for path in ("autograder/py.typed",) if (ROOT / path).exists() and path not in kept]
    files = {path: (ROOT / path).read_bytes() for path in [*kept, "LICENSE", "LICENSE-lessons"]}
    files["README.md"] = (ROOT / "assets/release/README.md").read_bytes()
    files["requirements.txt"] = pins().encode()
    files["pyproject.toml"] = project(version).encode()
    return files


def write(target: Path) -> None:
    """Write the zip, whole or not at all."""
    files = contents()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".part")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{NAME}/{path}", _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    fresh.replace(target)


def main() -> int:
    """Write the file and say where it is."""
    parser = argparse.ArgumentParser(description="One zip for students: lessons, data, checks. No solutions.")
    parser.add_argument("--to", type=Path, help="another path than dist/NAME-VERSION.zip")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    target = parser.parse_args().to or ROOT / "dist" / f"{NAME}-{version}.zip"
    try:
        write(target)
    except (ReleaseError, OSError, subprocess.CalledProcessError) as error:
        print(f"make release: {error}", file=sys.stderr)  # noqa: T201
        return 1
    size = target.stat().st_size / 1e6
    print(f"{target} ({size:.1f} MB): give it to students. Its README.md says how to start.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
