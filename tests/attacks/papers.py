"""Attacks by what is handed in: metadata, file names, links, and bytes that are no notebook."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_code_cell

from .attack import Attack, Scene
from .course import HONEST, KERNEL
from .lies import LIAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

ANY = frozenset({"graded", "partial", "rejected"})
REFUSED = frozenset({"rejected"})
_SEARCH = """\
import os, re
print([w for f in os.listdir('.') for w in re.findall(b'CAN' + b'ARY-[a-z]+-[0-9a-f]{16}', open(f, 'rb').read())])"""


def _test_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id", "").startswith("test_")
    ]


def _each(change: Callable[[NotebookNode], Any]) -> Callable[[NotebookNode], None]:
    def edit(notebook: NotebookNode) -> None:
        for cell in _test_cells(notebook):
            change(cell)

    return edit


def _metadata(value: object) -> Callable[[NotebookNode], None]:
    return _each(lambda cell: cell["metadata"].__setitem__("nbgrader", value))


def _inside(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata["tags"] = ["in-sandbox"]


def _odd_tags(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata["tags"] = 7


def _endless_points(notebook: NotebookNode) -> None:
    for cell in _test_cells(notebook):
        cell.metadata["nbgrader"].update(points=10**400)
    notebook["worksheets"] = []  # a form of which the reader is in doubt


def _own_test(notebook: NotebookNode) -> None:
    known = _test_cells(notebook)[0].metadata["nbgrader"]
    for name, points in (("test_relu", 1000), ("test_new", 1000)):
        fake = new_code_cell(
            "1000",
            metadata={"nbgrader": {**known, "grade_id": name, "points": points}, "tags": ["in-sandbox"]},
        )
        notebook.cells.append(fake)


def _about(notebook: NotebookNode) -> None:
    notebook["metadata"] = {
        "kernelspec": {**KERNEL, "name": "../../evil", "argv": ["sh", "-c", "id"]},
        "language_info": {"name": "<script>alert(1)</script>", "pygments_lexer": "../../evil"},
        "title": "<script>alert(1)</script>",
        "widgets": {
            "application/vnd.jupyter.widget-state+json": {
                "state": {"x": "</script><script>alert(1)</script>"}
            }
        },
        "autograder": {"status": "graded", "earned": 9},
    }


def _link(name: str, target: Callable[[Scene], str]) -> Callable[[Scene], None]:
    def files(scene: Scene) -> None:
        path = scene.folder / name
        path.unlink(missing_ok=True)
        path.symlink_to(target(scene))

    return files


def _links(scene: Scene) -> None:
    targets: dict[str, Path | str] = {
        "book": scene.root / "gradebook.db", "bob.txt": scene.root / "submitted/bob/ps1/ps1.ipynb", "up": scene.root,
        "source": scene.root / "source", "hidden.txt": scene.root / "source/ps1/ps1.ipynb", "zero": "/dev/zero",
    }  # fmt: skip
    for name, target in targets.items():
        (scene.folder / name).symlink_to(target)
    os.mkfifo(scene.folder / "pipe")


def _names(scene: Scene) -> None:
    for name in (
        b"bad\xff\xfe.txt",
        b"new\nline.txt",
        b"-rf",
        b"<script>alert(1)</script>".replace(b"/", b"_"),
        b"a" * 255,
        b"[red].txt",
        b".hidden",
    ):
        Path(os.fsdecode(os.fsencode(scene.folder) + b"/" + name)).write_text("x")
    (scene.folder / "rejected.json").write_text('{"reason": "<script>alert(1)</script>"}')


def _names_that_grow(scene: Scene) -> None:
    """Name files so that their names are longer, or are one name, once they can be read."""
    folder = os.fsencode(scene.folder)
    for name in (b"\xff" * 200, b"\xff", b"\xfe", b"\xf0/inside", b"\xf1", b"d" * 200 + b"/" + b"\xff" * 90):
        path = Path(os.fsdecode(folder + b"/" + name))
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    inner = scene.folder
    while len(os.fsencode(inner)) < 3_800:
        inner /= "d" * 200
    inner.mkdir(parents=True)
    (inner / ("e" * (4_093 - len(os.fsencode(inner))))).write_text("x")


def _renamed(scene: Scene) -> None:
    name = os.fsdecode(b"<script>\xff.ipynb")
    (scene.folder / "ps1.ipynb").rename(scene.folder / name)
    (scene.folder / "second.ipynb").write_text("{}")


def _timestamp(text: str) -> Callable[[Scene], None]:
    def files(scene: Scene) -> None:
        (scene.folder / "timestamp.txt").write_text(text)

    return files


def _whole_folder(scene: Scene) -> None:
    scene.folder.rename(scene.root / "away")
    scene.folder.symlink_to(scene.root / "submitted/bob/ps1")


def _pipe(scene: Scene) -> None:
    os.mkfifo(scene.folder / "timestamp.txt")


def _notebook(*cells: object, **more: object) -> bytes:
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}
    ).encode()


def _cell(source: str) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


_ODD: dict[str, Any] = {
    "text": "x",
    "list": [1],
    "nothing": None,
    "number": 7,
    "nested": {"grade_id": {"a": 1}},
}
_ODD["ids"] = {
    "grade_id": ["test_relu"],
    "grade": "yes",
    "points": "1e9",
    "solution": [],
    "schema_version": "x",
}
_ODD["points"] = {
    "grade_id": "test_relu",
    "grade": True,
    "points": 1000,
    "locked": False,
    "solution": True,
    "schema_version": 3,
}
_ODD["infinite"] = {
    "grade_id": "test_relu",
    "grade": True,
    "points": float("inf"),
    "locked": False,
    "solution": False,
    "schema_version": 99,
}

PAPERS = [
    Attack(
        "tag-inside",
        "tag every cell to run inside, tests and all",
        edit=_inside,
        before=LIAR.format(bases=""),
        relu="""\
import sys
def relu(x):
    frame = sys._getframe(1)
    while frame: print(frame.f_code.co_consts, frame.f_globals.get('In')); frame = frame.f_back
    return Liar()""",
    ),
    Attack("own-tests", "test cells of its own, worth a thousand points", edit=_own_test),
    Attack(
        "unlocked-tests",
        "tests rewritten, unlocked and made solutions",
        edit=_each(
            lambda cell: (
                cell.metadata["nbgrader"].update(locked=False, solution=True, grade=True, points=1000),
                cell.__setitem__("source", "9"),
            )
        ),
    ),
    Attack(
        "raw-tests",
        "tests turned into text",
        edit=_each(
            lambda cell: (
                cell.__setitem__("cell_type", "markdown"),
                cell.pop("outputs"),
                cell.pop("execution_count"),
            )
        ),
    ),
    Attack(
        "no-tests",
        "tests deleted",
        edit=lambda nb: nb.__setitem__("cells", [c for c in nb.cells if c not in _test_cells(nb)]),
    ),
    Attack(
        "saved-outputs",
        "outputs saved in the notebook that look like a grade",
        edit=_each(
            lambda cell: cell.__setitem__(
                "outputs",
                [
                    {
                        "output_type": "execute_result",
                        "execution_count": 1,
                        "metadata": {"autograder": {"earned": 9}},
                        "data": {"text/plain": "9"},
                    }
                ],
            )
        ),
    ),
    *(
        Attack(f"metadata-{name}", f"grading metadata that is {name}", edit=_metadata(value), statuses=ANY)
        for name, value in _ODD.items()
    ),
    Attack(
        "points-without-end",
        "points of four hundred digits, which no number of the machine holds",
        edit=_endless_points,
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack("tags-odd", "tags that are no list", edit=_odd_tags, statuses=ANY),
    Attack("about-notebook", "hostile metadata of the notebook", edit=_about, relu=HONEST["relu"], earns=2.0),
    Attack(
        "surrogates",
        "text that is not Unicode in a cell",
        relu="x = '\ud800'",
        raw=None,
        statuses=ANY,
        edit=lambda nb: nb.cells.append(new_code_cell("# \ud800")),
    ),
    Attack(
        "version-odd",
        "a notebook of an odd version",
        edit=lambda nb: nb.update(nbformat_minor=10**30),
        statuses=ANY,
    ),
    Attack(
        "links",
        "links to the gradebook, the source and another student beside the notebook",
        files=_links,
        before=_SEARCH,
        statuses=ANY,
    ),
    Attack(
        "link-notebook",
        "another student's notebook, by a link",
        files=_link("ps1.ipynb", lambda s: str(s.root / "submitted/bob/ps1/ps1.ipynb")),
        statuses=REFUSED,
    ),
    Attack(
        "link-source",
        "the instructor's notebook, by a link",
        files=_link("ps1.ipynb", lambda s: str(s.root / "source/ps1/ps1.ipynb")),
        statuses=REFUSED,
    ),
    Attack("link-folder", "another student's whole folder, by a link", files=_whole_folder, statuses=REFUSED),
    Attack(
        "link-endless",
        "a device without an end, by a link",
        files=_link("ps1.ipynb", lambda _: "/dev/zero"),
        statuses=REFUSED,
    ),
    Attack("names", "files with hostile names", files=_names, relu=HONEST["relu"], earns=2.0),
    Attack(
        "names-that-grow",
        "files whose names are too long, or the same, once they are written down",
        files=_names_that_grow,
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack("name-notebook", "a notebook with a hostile name", files=_renamed, statuses=REFUSED),
    Attack(
        "time-huge",
        "a timestamp beyond all clocks",
        files=_timestamp("9" * 400),
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "time-odd",
        "a timestamp that is no time",
        files=_timestamp("\x00<script>"),
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "time-early",
        "a timestamp before the year 1",
        files=_timestamp("0001-01-01 00:00:00 +14:00"),
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "time-link",
        "a timestamp without an end, by a link",
        files=_link("timestamp.txt", lambda _: "/dev/zero"),
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack("time-pipe", "a timestamp that blocks its reader", files=_pipe, relu=HONEST["relu"], earns=2.0),
    Attack("empty-file", "an empty file", raw=b"", statuses=REFUSED),
    Attack("not-json", "bytes", raw=os.urandom(1000), statuses=REFUSED),
    Attack("deep-json", "JSON nested a million deep", raw=b"[" * 10**6, statuses=REFUSED),
    Attack(
        "many-cells",
        "ten million cells",
        raw=b'{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[' + b"{}," * 10**7 + b"{}]}",
        statuses=REFUSED,
    ),
    Attack(
        "hundred-thousand-cells",
        "a hundred thousand cells, each to be held against every exercise",
        raw=_notebook(*([_cell("relu = 1")] * 100_000)),
        statuses=REFUSED,
    ),
    Attack(
        "text-without-end",
        "fifteen megabytes of short lines, each to be compared with the lesson's",
        raw=_notebook(*([_cell("\n".join(map(str, range(25_000))))] * 100)),
        statuses=REFUSED,
    ),
    Attack(
        "values-without-end",
        "a cell of six million empty lines: three bytes each, and much more once they are read",
        raw=b'{"nbformat":4,"metadata":{},"cells":[{"cell_type":"code","metadata":{},"source":['
        + b'"",' * 6_000_000
        + b'""]}]}',
        statuses=REFUSED,
    ),
    Attack(
        "packed-bomb",
        "a compressed file that unpacks to twenty million records",
        raw=gzip.compress(b'{"nbformat":4,"metadata":{},"cells":[' + b"{}," * 20_000_000 + b"{}]}", 1),
        statuses=REFUSED,
    ),
    Attack("odd-cells", "cells that are no cells", raw=_notebook(1, None, "x", [], {}), statuses=REFUSED),
    Attack("odd-top", "a notebook that is a list", raw=b"[]", statuses=REFUSED),
    Attack("odd-metadata", "a notebook whose metadata is a list", raw=_notebook(metadata=[1]), statuses=ANY),
    Attack(
        "odd-source",
        "a cell whose source is a number",
        raw=_notebook(
            {"cell_type": "code", "source": 7, "metadata": {}, "outputs": [], "execution_count": None}
        ),
        statuses=REFUSED,
    ),
    Attack("no-cells", "a notebook without cells", raw=_notebook(), statuses=ANY),
    Attack(
        "null-cells",
        "a notebook whose cells are nothing",
        raw=b'{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":null}',
        statuses=REFUSED,
    ),
    Attack(
        "old-format",
        "a notebook of another age",
        raw=b'{"nbformat":2,"metadata":{},"worksheets":[{"cells":[{}]}]}',
        statuses=ANY,
    ),
]
