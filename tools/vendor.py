"""Fetch the front-end files that the handout serves itself, so that no page asks another host for them, and axe.

`.venv/bin/python tools/vendor.py` needs npm. It packs each package of the table below at its version, refuses one
whose content is not the one named here, and writes the files to `assets/vendor` together with their licences; what
only tests use goes to `tests/explore/vendor`, which no page is made from. The result is committed: building the
handout needs neither npm nor the network. To renew a file, change its version and take the new digest from
`npm view PACKAGE@VERSION dist.integrity`.
"""
# ruff: noqa: INP001 (a script, not a package)

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "assets" / "vendor"
TESTS = ROOT / "tests" / "explore" / "vendor"


@dataclass(frozen=True)
class Package:
    """One npm package: its name and version, the digest that npm states, the files we serve, and its licence."""

    name: str
    version: str
    integrity: str
    files: tuple[str, ...]
    licence: str
    purpose: str
    home: Path = VENDOR


PACKAGES = (
    Package(
        "mathjax",
        "3.2.2",
        "sha512-Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw==",
        ("es5/tex-svg-full.js", "LICENSE"),
        "Apache-2.0",
        "Formulas. The variant that draws them as SVG needs no font file; the full one loads nothing later.",
    ),
    Package(
        "requirejs",
        "2.3.8",
        "sha512-7/cTSLOdYkNBNJcDMWf+luFvMriVm7eYxp4BcFCsAX0wF421Vyce5SXP17c+Jd5otXKGNehIonFlyQXSowL6Mw==",
        ("require.js",),
        "MIT",
        "Loads the two below.",
    ),
    Package(
        "@jupyter-widgets/html-manager",
        "1.0.15",
        "sha512-5thBIV6ymNgmPVOHvzx+gGy8ZSKmSazhtGw4/c4xJDVzRhG9PTeQsRjF3FUTopvFi//SABeNz1yp47bCrJ3CQA==",
        ("dist/embed-amd.js", "dist/embed.js.LICENSE.txt"),
        "BSD-3-Clause",
        "Brings widgets to life from the state that stands in a page, without a kernel.",
    ),
    Package(
        "axe-core",
        "4.14.1",
        "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        ("axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt"),
        "MPL-2.0",
        "Looks for what keeps people with disabilities out of a page. Tests run it; no page that we serve has it.",
        home=TESTS,
    ),
)


def fetch(package: Package, scratch: Path) -> Path:
    """Pack one package with npm, check its content, unpack it and return its folder."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("tools/vendor.py needs npm (Debian: apt-get install npm).")
    wanted = f"{package.name}@{package.version}"
    packed = subprocess.run(
        [npm, "pack", "--silent", wanted], cwd=scratch, check=True, capture_output=True, text=True
    )
    archive = scratch / packed.stdout.split()[-1]
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != package.integrity:
        sys.exit(f"{wanted} has the digest {digest}, not the one in tools/vendor.py. Nothing was written.")
    folder = scratch / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package"


def main() -> None:
    """Write `assets/vendor` anew."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = [(package, fetch(package, Path(scratch))) for package in PACKAGES]
        for home in (VENDOR, TESTS):
            shutil.rmtree(home, ignore_errors=True)
        for package, folder in folders:
            home = package.home / package.name.rpartition("/")[2]
            home.mkdir(parents=True)
            for file in package.files:
                shutil.copyfile(folder / file, home / Path(file).name)
    for home in (VENDOR, TESTS):
        rows = [
            f"| `{p.name}` | {p.version} | {p.licence} | {p.purpose} |" for p in PACKAGES if p.home == home
        ]
        table = "\n".join(
            ["| package | version | licence | what it is for |", "| --- | --- | --- | --- |", *rows]
        )
        (home / "README.md").write_text(
            f"# Front-end files of others\n\nWritten by `tools/vendor.py`; not edited by hand.\n\n{table}\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
