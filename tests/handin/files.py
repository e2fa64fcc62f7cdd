"""What students hand in instead of the notebook, or beside it: other files, other names, damaged ones."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import TYPE_CHECKING

import nbformat

from .course import NAME, HandIn, other, raw, released, work

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nbformat import NotebookNode

SOUND = raw(work())


def _files(**contents: bytes) -> Callable[[Path], None]:
    return _named({name.replace("_", "."): data for name, data in contents.items()})


def _named(contents: dict[str, bytes]) -> Callable[[Path], None]:
    def fill(folder: Path) -> None:
        for name, data in contents.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)

    return fill


def _with_cells(cells: list[NotebookNode]) -> NotebookNode:
    notebook = work()
    notebook.cells = cells
    return notebook


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{NAME}.ipynb", SOUND)
    return file.getvalue()


def _link(folder: Path) -> None:
    (folder / f"{NAME}.ipynb").symlink_to(folder.parents[1] / "sound" / NAME / f"{NAME}.ipynb")


def _huge(folder: Path) -> None:
    (folder / f"{NAME}.ipynb").write_bytes(SOUND)
    with (folder / "data.npz").open("wb") as file:
        file.truncate(3 << 30)  # sparse: three gigabytes that take no room
    (folder / "own.csv").write_text("1,2\n")


def _closed(folder: Path) -> None:
    (folder / f"{NAME}.ipynb").write_bytes(SOUND)
    (folder / f"{NAME}.ipynb").chmod(0o444)
    (folder / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC")
    (folder / "timestamp.txt").chmod(0o444)


def _folder(folder: Path) -> None:
    (folder / f"{NAME}.ipynb").mkdir()


def _old_format() -> bytes:
    return str(nbformat.writes(nbformat.convert(work(), 3), version=3)).encode()


_CONFLICT = SOUND.replace(b'\n "cells"', b'\n<<<<<<< HEAD\n "cells"', 1).replace(
    b'"source": "answer = 42"', b'"source": "answer = 42"\n=======\n"source": "answer = 41"\n>>>>>>> fix'
)
_NO_NOTEBOOK = "the file is not a readable notebook"

FILES = [
    HandIn("format-3", _old_format()),
    HandIn("byte-order-mark", b"\xef\xbb\xbf" + SOUND),
    HandIn(
        "utf-16", SOUND.decode().encode("utf-16"), says=("saved as UTF-16 instead of UTF-8",), stock="refused"
    ),
    HandIn(
        "windows-1252",
        raw(work(answer="answer = 42  # Größe")).decode().encode("cp1252"),
        says=("saved as WINDOWS-1252",),
    ),
    HandIn("gzip", gzip.compress(SOUND), says=("the file was compressed and was unpacked",)),
    HandIn("no-version", json.dumps({"cells": json.loads(SOUND)["cells"]}).encode()),
    HandIn("empty", b"", rejected=("the file is empty. Save the notebook",)),
    HandIn("zeros", b"\0" * 4096, rejected=("the file is empty",)),
    HandIn(
        "cut-off", SOUND[: len(SOUND) // 2], rejected=(_NO_NOTEBOOK, "it breaks off in line"), stock="refused"
    ),
    HandIn(
        "damaged",
        SOUND.replace(b'"cells": [', b'"cells" [', 1),
        rejected=(_NO_NOTEBOOK, "line 11 is damaged"),
    ),
    HandIn(
        "not-json",
        b"def relu(x):\n    return x\n",
        rejected=(_NO_NOTEBOOK, "it is not the text of a notebook"),
    ),
    HandIn(
        "other-json", b'{"name": "package", "version": "1.0"}', rejected=(_NO_NOTEBOOK, "it has no cells")
    ),
    HandIn("json-list", b"[1, 2]", rejected=(_NO_NOTEBOOK, "it is JSON, but no notebook")),
    HandIn(
        "conflict",
        _CONFLICT,
        rejected=("line 11 holds the marks of an unfinished merge", "Finish the merge first"),
    ),
    HandIn("no-cells", raw(_with_cells([])), rejected=("the notebook has no cells",), stock="refused"),
    HandIn("binary", bytes(range(256)) * 20, rejected=(_NO_NOTEBOOK, "it is not text")),
    HandIn("zip-inside", _zip(), rejected=("it is a zip archive under a notebook's name", "Unpack it")),
    HandIn(
        "web-page", b"<!DOCTYPE html><html></html>", rejected=("it is a web page under a notebook's name",)
    ),
    HandIn("pdf-inside", b"%PDF-1.7 ...", rejected=("it is a PDF under a notebook's name",)),
    HandIn(
        "other-lesson",
        raw(released(other())),
        rejected=("this is the notebook of ps2, and not that of ps1",),
        stock="refused",
    ),
    HandIn(
        "foreign",
        raw(_with_cells([c for c in work().cells if c.cell_type == "markdown" and not c.metadata])),
        rejected=("holds none of the exercises of ps1",),
    ),
    HandIn(
        "copy-beside",
        _named({f"{NAME}.ipynb": SOUND, f"{NAME}-Copy1.ipynb": b"", "scratch.ipynb": b"{}"}),
        says=("ps1-Copy1.ipynb and scratch.ipynb were not looked at: ps1.ipynb counts",),
    ),
    HandIn(
        "copy-alone",
        _named({f"{NAME} (1).ipynb": SOUND}),
        says=("ps1 (1).ipynb was taken for ps1.ipynb",),
        stock="refused",
    ),
    HandIn(
        "copy-and-scratch",
        _named({f"{NAME}-Copy1.ipynb": SOUND, "scratch.ipynb": b"{}"}),
        says=(
            "ps1-Copy1.ipynb was taken for ps1.ipynb",
            "scratch.ipynb was not looked at: ps1-Copy1.ipynb counts",
        ),
    ),
    HandIn(
        "copy-of",
        _named({f"Copy of {NAME}.ipynb": SOUND, "notes.ipynb": b"{}"}),
        says=("Copy of ps1.ipynb was taken for ps1.ipynb", "notes.ipynb was not looked at"),
    ),
    HandIn(
        "two-copies",
        _named({f"{NAME} (1).ipynb": SOUND, f"{NAME} (2).ipynb": SOUND}),
        rejected=(
            "ps1 (1).ipynb and ps1 (2).ipynb were handed in: it cannot be told which one counts",
            "Hand in one notebook",
        ),
    ),
    HandIn("upper-case", _named({"PS1.IPYNB": SOUND}), says=("PS1.IPYNB was taken for ps1.ipynb",)),
    HandIn(
        "accents",
        _named({"Übung 1, Müller.ipynb": SOUND}),
        says=("Übung 1, Müller.ipynb was taken for ps1.ipynb",),
    ),
    HandIn(
        "saved-by-browser",
        _named({f"{NAME}.ipynb.txt": SOUND}),
        says=("ps1.ipynb.txt was taken for ps1.ipynb",),
    ),
    HandIn(
        "unpacked",
        _named({f"hand in/{NAME}.ipynb": SOUND, "__MACOSX/ps1.ipynb": b"\0\1"}),
        says=("ps1.ipynb was found in the folder hand in",),
    ),
    HandIn(
        "checkpoints", _named({f"{NAME}.ipynb": SOUND, f".ipynb_checkpoints/{NAME}-checkpoint.ipynb": b"{"})
    ),
    HandIn(
        "zip",
        _named({f"{NAME}.zip": _zip()}),
        rejected=("ps1.zip was handed in, which is an archive. Unpack it",),
        stock="refused",
    ),
    HandIn("script", _files(ps1_py=b"answer = 42"), rejected=("ps1.py was handed in, which is a script",)),
    HandIn(
        "page",
        _files(ps1_html=b"<html>"),
        rejected=("ps1.html was handed in, which is a print of a notebook",),
    ),
    HandIn(
        "print", _files(ps1_pdf=b"%PDF"), rejected=("ps1.pdf was handed in, which is a print of a notebook",)
    ),
    HandIn(
        "nothing",
        lambda _: None,
        rejected=("ps1.ipynb was expected, and the folder that was handed in is empty",),
    ),
    HandIn("link", _link, rejected=("ps1.ipynb is a link to another file. Hand in the notebook itself",)),
    HandIn("a-folder", _folder, rejected=("ps1.ipynb is not a file",)),
    HandIn("huge-data", _huge, says=("data.npz was left out: there is no room for its 3072.0 MiB",)),
    HandIn("read-only", _closed),
    *(
        HandIn(student, SOUND)
        for student in (
            'o\'neil, "kit"',
            "zoë müller",
            "名前",
            "a+b",
            "x.y@uni.edu",
            "-rf",
            "<b>bold",
            "[red]",
            "{id}",
            "%s",
            "100% sure;",
        )
    ),
]
