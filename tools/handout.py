"""Build the handout, `make docs`: the lessons as students get them, with live explorables, and the manuals.

Two sites are made from one set of pages, laid out in `docs/_build/source`: `docs/_build/html` has everything,
`docs/_build/students` has the lessons and the explorables alone. Lessons come from `notebooks/`, the release, and
never from `solutions/`. How a lesson is run and what is kept of it is in `handout_lessons.py`, the look in
`docs/conf.py`. A second run does again only what changed.
"""
# ruff: noqa: INP001, T201 (a script, not a package; it says what it does)

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import handout_lessons
import lab
from jupyter_core.paths import jupyter_path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
BUILD = DOCS / "_build"
SITES = {"students": BUILD / "students", "html": BUILD / "html"}

#: A manual that speaks of another one by its path, outside code.
_MANUAL = re.compile(r"(?<![`\w/\[(])docs/(\w+)\.md(?![`\w\]])")


def put(text: str, target: Path) -> None:
    """Write a page if it changed: Sphinx builds what is newer than its last run."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")


def lay_out_manuals(source: Path) -> set[Path]:
    """Put the pages of `docs/` in place; the front page at the top, the manuals in a folder of their own."""
    pages = set()
    for file in sorted(DOCS.glob("*.md")):
        if file.stem == "explorables":  # with the explorables themselves: handout_lessons.gallery
            continue
        text = file.read_text(encoding="utf-8")
        target = source / ("index.md" if file.stem == "index" else f"manual/{file.name}")
        put(_MANUAL.sub(_link, text), target)
        pages.add(target)
    return pages


def _link(found: re.Match[str]) -> str:
    name = found[1]
    return f"[{found[0]}]({name}.md)" if (DOCS / f"{name}.md").exists() else found[0]


def lay_out_lessons(source: Path) -> set[Path]:
    """Run the released lessons and the page of all explorables, and put what came out in place."""
    released = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
    manual = (DOCS / "explorables.md").read_text(encoding="utf-8")
    work = [
        *(
            handout_lessons.Lesson(f"lessons/{file.stem}", file.read_text("utf-8"), file.parent)
            for file in released
        ),
        handout_lessons.Lesson("explorables", handout_lessons.gallery(manual), None),
    ]
    pages = set()
    for lesson, text in asyncio.run(handout_lessons.run_all(work, BUILD / "ran")):
        target = source / f"{lesson.page}.ipynb"
        put(text, target)
        pages.add(target)
    return pages


def lay_out_front_end(folder: Path) -> None:
    """Put the scripts that pages load into one folder: the vendored ones, and anywidget's from its own package."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted((ROOT / "assets" / "vendor").glob("*/*")):
        name = file.name if file.suffix == ".js" else f"{file.parent.name}-{file.name}"
        shutil.copyfile(file, folder / name)
    places = [Path(place, "anywidget", "index.js") for place in jupyter_path("nbextensions")]
    shutil.copyfile(next(place for place in places if place.exists()), folder / "anywidget.js")


def build(site: str, source: Path, target: Path) -> None:
    """Let Sphinx make one site."""
    options = ["-t", "students"] if site == "students" else []
    words = [
        "-b",
        "html",
        "-q",
        "-j",
        "auto",
        "-c",
        str(DOCS),
        "-d",
        str(BUILD / "doctrees" / site),
        *options,
    ]
    subprocess.run([sys.executable, "-m", "sphinx", *words, str(source), str(target)], check=True)
    # A page that left the source is to leave the site.
    for page in target.rglob("*.html"):
        name = page.relative_to(target).with_suffix("")
        known = any((source / name).with_suffix(end).exists() for end in (".md", ".ipynb"))
        if not known and str(name) not in {"genindex", "search"}:
            page.unlink()


def main() -> None:
    """Lay the pages out, build both sites, say where they are."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    os.environ.update(lab.environment(os.environ))  # the user's own Jupyter settings are not read
    source = BUILD / "source"
    pages = lay_out_manuals(source) | lay_out_lessons(source)
    for old in source.rglob("*"):
        if old.is_file() and old not in pages:
            old.unlink()
    lay_out_front_end(BUILD / "vendor")
    for site, target in SITES.items():
        print(f"Building {target.relative_to(ROOT)}.", flush=True)
        build(site, source, target)
    print(
        "\nOpen one of these in a browser; they need no server and no network:\n"
        f"    {SITES['students'] / 'index.html'}    lessons and explorables, to give to a class\n"
        f"    {SITES['html'] / 'index.html'}        the same, with the manuals for those who teach"
    )


if __name__ == "__main__":
    main()
