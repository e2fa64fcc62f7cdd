"""Run a released lesson for the handout, and keep what a page can show.

Nothing in a release is solved, so what needs the student's functions cannot run. Such a cell says which function it
waits for, or nothing. Checks are folded away, without an outcome. Explorables keep their state, from which the page
brings them to life, and a still picture for where no JavaScript runs.
"""
# ruff: noqa: INP001, T201, ASYNC240 (beside a script, not a package; it says what it does; small files on a local disk)

from __future__ import annotations

import asyncio
import hashlib
import html
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 300  # one cell, at most; a busy machine is no failure
_VIEW = "application/vnd.jupyter.widget-view+json"
_WAITS = re.compile(r"(?:Write|Run the cell of) (\w+) first")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_FRAME = re.compile(r"(?:, in |^File .* in )(\w+)\(", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """One page that is made by running cells: its place in the site, its notebook, and the files beside it."""

    page: str
    notebook: str
    folder: Path | None


def gallery(manual: str) -> str:
    """Return the manual of the explorables as a notebook: the first Python block of each section is a cell to run."""
    cells = []
    for section in re.split(r"(?m)^(?=## )", manual):
        before, found, after = _split(section)
        cells.append(nbformat.v4.new_markdown_cell(before))
        if found:
            cells.append(nbformat.v4.new_code_cell(found))
        if after.strip():
            cells.append(nbformat.v4.new_markdown_cell(after))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))


def _split(section: str) -> tuple[str, str, str]:
    """Return what stands before the first Python block of a section, the block itself, and what stands after."""
    found = re.search(r"(?ms)^```python\n(.*?)^```\n", section)
    return (
        (section[: found.start()], found[1].strip(), section[found.end() :]) if found else (section, "", "")
    )


async def run_all(lessons: Sequence[Lesson], kept: Path) -> list[tuple[Lesson, str]]:
    """Run lessons, as many at a time as there are processors; what was run before comes from `kept`."""
    room = asyncio.Semaphore(os.cpu_count() or 1)
    kept.mkdir(parents=True, exist_ok=True)

    async def one(lesson: Lesson) -> tuple[Lesson, str]:
        name = lesson.page.replace("/", "-")
        file = kept / f"{name}-{_key(lesson)}.ipynb"
        if not file.exists():
            async with room:
                print(f"Running {lesson.page}.", flush=True)
                text = await _run(lesson)
            for old in kept.glob(f"{name}-*.ipynb"):
                old.unlink()
            file.write_text(text, encoding="utf-8")
        return lesson, file.read_text(encoding="utf-8")

    return list(await asyncio.gather(*(one(lesson) for lesson in lessons)))


def _key(lesson: Lesson) -> str:
    """Return a name for all that the outcome of a run depends on."""
    digest = hashlib.sha256(lesson.notebook.encode())
    beside = sorted(lesson.folder.iterdir()) if lesson.folder else []
    rooms = [ROOT / "autograder" / room for room in ("check", "derive", "explore")]
    code = sorted(file for room in rooms for file in room.rglob("*") if file.suffix in {".py", ".js", ".css"})
    for file in [*beside, *code, Path(__file__)]:
        if file.is_file():
            digest.update(file.read_bytes())
    for package in ("anywidget", "ipywidgets", "matplotlib", "numpy"):
        digest.update(version(package).encode())
    return digest.hexdigest()[:16]


async def _run(lesson: Lesson) -> str:
    """Run all cells in a fresh kernel, in a copy of the lesson's folder."""
    notebook = nbformat.reads(lesson.notebook, as_version=4)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "lesson")
        if lesson.folder:
            shutil.copytree(lesson.folder, folder)
        else:
            folder.mkdir()
        # Sockets that are files in a folder of our own, not ports of the machine.
        kernel = AsyncKernelManager(
            kernel_name="python3", transport="ipc", connection_file=str(Path(scratch, "kernel.json"))
        )
        client = NotebookClient(
            notebook,
            timeout=SECONDS,
            km=kernel,
            allow_errors=True,
            store_widget_state=True,
            resources={"metadata": {"path": str(folder)}},
        )
        # Questions drawn from an id show what a sheet looks like, and nobody's own.
        environment = {
            **os.environ,
            "AUTOGRADER_STUDENT": "your-id",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        }
        try:
            await client.async_execute(env=environment)
        finally:  # nbclient leaves a kernel that it was given alone
            await kernel.shutdown_kernel(now=True)
    return str(nbformat.writes(clean(notebook)))


def clean(notebook: Any) -> Any:
    """Keep of a notebook that was run what the handout shows."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            cell.metadata = {}
            continue
        about = cell.metadata.get("nbgrader", {})
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        graded = about.get("grade", False) and not about.get("solution", False)
        setup = about.get("grade_id") == "setup"
        cell.metadata = {}
        if hidden or graded:
            what = "check" if graded else "setup" if setup else "code"
            prompts = {"code_prompt_show": f"Show the {what}", "code_prompt_hide": f"Hide the {what}"}
            cell.metadata = {"tags": ["hide-input"], "mystnb": prompts}
        cell.execution_count = None
        outputs = [] if graded or setup else cell.outputs
        cell.outputs = [kept for output in outputs for kept in _show(output)]
        if "marks.total()" in cell.source:  # the card stays; the number under it is for the grader
            cell.outputs = [output for output in cell.outputs if output.output_type != "execute_result"]
    notebook.metadata = {
        key: value
        for key, value in notebook.metadata.items()
        if key in {"kernelspec", "language_info", "widgets"}
    }
    return notebook


def _show(output: Any) -> list[Any]:
    """Return what a page shows of one output."""
    if output.output_type == "error":
        plain = _COLOURS.sub("", "\n".join(output.traceback))
        frames = _FRAME.findall(plain)
        return [_waits(frames[-1])] if output.ename == "NotImplementedError" and frames else []
    if output.output_type == "stream":
        return [output] if output.name == "stdout" else []
    if "execution_count" in output:
        output.execution_count = None
    data = output.data
    if _VIEW in data:
        still = data.pop("image/svg+xml", "")
        output.data = {_VIEW: data[_VIEW]}
        return [_html(f"<noscript>{still}</noscript>"), output] if still else [output]
    if set(data) == {"text/plain"}:
        waits = _WAITS.match(data["text/plain"])
        if waits:
            return [_waits(waits[1])]
        if data["text/plain"].startswith("No figure yet."):
            return []
    return [output]


def _waits(function: str) -> Any:
    name = f"<code>{html.escape(function)}</code>"
    return _html(f'<p class="ag-waits">Write {name} first: then the notebook shows something here.</p>')


def _html(text: str) -> Any:
    return nbformat.v4.new_output("display_data", data={"text/html": text})
