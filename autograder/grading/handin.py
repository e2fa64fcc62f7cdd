"""Which of the files that a student handed in are the notebooks of an assignment.

Students hand in copies, downloads, exports and unpacked folders. What can only be meant one way is taken;
anything else is refused in words that say which file, and what to do.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.reading import UnreadableError
from autograder.grading.sources import readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_NOTEBOOK = 200 << 20  # bytes; a notebook with a film in it is still a notebook
MAX_NOTEBOOKS = 50  # in one submission's folder; more are not looked at
MAX_ENTRIES = 5_000  # files and folders that are looked at
_DEPTH = 3  # folders that an unpacked archive may have put around the notebook
_NAMED = 4  # files that a message names
_COPY = re.compile(r"(?:[\s_-]*\(\d+\)|[\s_-]+(?:copy|kopie|copie|copia)[\s_-]*\d*)+$")
_COPY_OF = re.compile(r"^(?:copy of|kopie von|copie de|copia de)\s+")
_BROWSERS = (".txt", ".json", ".download")  # what a browser appends when it saves a notebook
_INSTEAD = {
    "is an archive. Unpack it and hand in the notebook that is in it": (
        ".zip .tar .gz .tgz .bz2 .xz .7z .rar"
    ),
    "is a script. Hand in the notebook itself, not an export of it": ".py .r .jl .m .ipy",
    "is a print of a notebook. Hand in the notebook itself, not an export of it": (
        ".html .htm .pdf .md .rst .tex .docx .doc .odt .slides .webpdf"
    ),
    "is a picture. Hand in the notebook itself": ".png .jpg .jpeg .gif .heic .svg",
    "only points to a document on the web. Download the notebook and hand that in": (
        ".gdoc .gddoc .url .webloc .lnk .colab"
    ),
}  # fmt: skip


def find_notebooks(folder: Path, wanted: Sequence[str]) -> tuple[dict[str, Path], list[str]]:
    """Find the notebooks of a submission.

    Returns
    -------
    dict of str to Path, list of str
        Notebook names to files, and what a student should know about the choice.

    Raises
    ------
    UnreadableError
        If none is there, or it cannot be told which one is meant.
    """
    files = _entries(folder)
    handed_in = [path for path in files if _stem(path.name) is not None][:MAX_NOTEBOOKS]
    notes: list[str] = []
    if not handed_in:
        handed_in = list(_nested(folder))[:MAX_NOTEBOOKS]
        notes += [
            f"{readable(path.name)} was found in the folder {readable(path.parent.name)}"
            for path in handed_in[:1]
        ]
    found = _matched(handed_in, wanted)
    if not found and len(handed_in) == 1 and len(wanted) == 1:
        found = {wanted[0]: handed_in[0]}
    if not found:
        raise UnreadableError(_nothing(files, handed_in, wanted))
    for name, path in found.items():
        if path.name != f"{name}.ipynb":
            notes.append(f"{readable(path.name)} was taken for {name}.ipynb")
    rest = [path for path in handed_in if path not in found.values()]
    if rest:
        counted = " and ".join(readable(path.name) for path in found.values())
        notes.append(f"{_names(rest)} {'was' if len(rest) == 1 else 'were'} not looked at: {counted} counts")
    return found, notes


def read_bytes(path: Path) -> bytes:
    """Read a handed-in file; never through a link, which could lead to somebody else's work."""
    name = readable(path.name)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:
        raise UnreadableError(
            f"{name} cannot be opened: its permissions keep the grader out. Allow others to read it "
            "(chmod a+r), and hand it in again."
        ) from None
    except OSError as error:
        what = "is a link to another file" if path.is_symlink() else f"cannot be read ({error.strerror})"
        raise UnreadableError(f"{name} {what}. Hand in the notebook itself.") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UnreadableError(f"{name} is not a file. Hand in the notebook itself.")
    with os.fdopen(handle, "rb") as file:
        data = file.read(MAX_NOTEBOOK + 1)
    if len(data) > MAX_NOTEBOOK:
        raise UnreadableError(
            f"{name} is larger than {MAX_NOTEBOOK >> 20} MiB. In JupyterLab choose Edit, Clear "
            "Outputs of All Cells, save, and hand it in again."
        )
    return data


def _entries(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for _, entry in zip(range(MAX_ENTRIES), entries, strict=False)]
    except PermissionError:
        raise UnreadableError(
            "the folder that was handed in cannot be opened: its permissions keep the grader out. Allow others "
            "to read it (chmod a+rx), and hand it in again."
        ) from None
    return [folder / name for name in sorted(names) if not name.startswith(".")]


def _nested(folder: Path) -> Iterator[Path]:
    """Yield the notebooks in folders below, such as an unpacked archive leaves; never through a link."""
    seen = 0
    for base, folders, names in os.walk(folder, followlinks=False):
        deep = len(Path(base).relative_to(folder).parts)
        folders[:] = sorted(f for f in folders if deep < _DEPTH and not f.startswith((".", "__")))
        seen += len(folders) + len(names)
        if seen > MAX_ENTRIES:
            return
        if deep:
            yield from (
                Path(base, name)
                for name in sorted(names)
                if _stem(name) is not None and not name.startswith(".")
            )


def _stem(name: str) -> str | None:
    """Return a notebook's name without its ending, or None for another file."""
    lower = name.lower()
    ending = next((e for e in _BROWSERS if lower.endswith(".ipynb" + e)), "")
    return name[: -len(".ipynb" + ending)] if lower.endswith(".ipynb" + ending) else None


def _matched(handed_in: Sequence[Path], wanted: Sequence[str]) -> dict[str, Path]:
    """Match files to names: as they are, then in any case, then as the copies that programs make."""
    found: dict[str, Path] = {}
    for name in wanted:
        for same in (str, _plain, _without_copy):
            meant = [path for path in handed_in if same(_stem(path.name) or "") == same(name)]
            exact = [path for path in meant if path.name == f"{name}.ipynb"]
            if len(exact or meant) == 1:
                found[name] = (exact or meant)[0]
            if meant:
                break
    return found


def _plain(stem: str) -> str:
    return re.sub(r"[\s_-]+", "_", unicodedata.normalize("NFKC", stem).casefold().strip())


def _without_copy(stem: str) -> str:
    lower = unicodedata.normalize("NFKC", stem).casefold().strip()
    return _plain(_COPY.sub("", _COPY_OF.sub("", lower)))


def _nothing(files: Sequence[Path], handed_in: Sequence[Path], wanted: Sequence[str]) -> str:
    """Say why nothing could be taken, and what to do."""
    names = " and ".join(f"{name}.ipynb" for name in wanted)
    if handed_in:
        return (
            f"{names} was expected, and {_names(handed_in)} were handed in: it cannot be told which one counts. "
            f"Hand in one notebook, named {names}."
        )
    for path in files:
        suffix = path.suffix.lower()
        what = next((w for w, endings in _INSTEAD.items() if suffix and suffix in endings.split()), None)
        if what is not None:
            return (
                f"{names} was expected, and {readable(path.name)} was handed in, which {what}, named {names}."
            )
    there = f"{_names(files)} was handed in" if files else "the folder that was handed in is empty"
    return f"{names} was expected, and {there}. Hand in the notebook under that name."


def _names(paths: Sequence[Path]) -> str:
    named = [readable(path.name)[:80] for path in paths[:_NAMED]]
    if len(paths) > _NAMED:
        named.append(f"{len(paths) - _NAMED} more")
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
