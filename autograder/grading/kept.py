"""What is kept of a graded submission beside its notebooks, and how a later run tells that nothing has changed.

``.autograder.json`` lies in the ``autograded`` folder and comes and goes with it. It holds the outcome, what the
gradebook was told, and a fingerprint of all that the marks were made of.
"""

from __future__ import annotations

import os
import platform
import stat
from functools import lru_cache
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from autograder.grading import causes
from autograder.grading.folder import former_place, restore, write_folder
from autograder.grading.outcome import Graded  # noqa: TC001 - a field of what is decoded
from autograder.grading.refusal import NOT_YOURS
from autograder.lesson import node

if TYPE_CHECKING:
    from autograder.grading.outcome import Work
    from autograder.grading.setting import Setting

KEPT = ".autograder.json"
PACKAGE = Path(__file__).resolve().parents[1]
_FORM = 1  # of the file; another form is not read
_ROOM = 512 << 20  # bytes of a submission that are read for its fingerprint; of more, sizes and times count
_MOST = 5_000  # files and folders of a submission
_CHUNK = 1 << 20


class _Kept(msgspec.Struct, frozen=True):
    form: int
    fingerprint: str
    files: list[str]
    graded: Graded


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Kept).decode


def write_work(work: Work, target: Path, fingerprint: str) -> None:
    """Write a submission's ``autograded`` folder whole, and in it what is kept.

    Where grading itself failed, or without a fingerprint, the submission is graded again by the next run.
    """
    lasting = "" if NOT_YOURS in work.graded.outcome.reason else fingerprint
    notebooks = [name for name, _ in work.files if name.endswith(".ipynb")]
    kept = _encode(_Kept(_FORM, lasting, notebooks, work.graded)) + b"\n"
    write_folder(target, [*(file for file in work.files if file[0] != KEPT), (KEPT, kept)])


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...


class Former(msgspec.Struct, frozen=True):
    """What is known of a submission from when it was last graded.

    Attributes
    ----------
    fingerprint
        Of what it was graded with; empty where grading itself failed.
    whole
        Whether its files are still there.
    """

    fingerprint: str
    graded: Graded
    whole: bool

    def stands(self, fingerprint: str) -> bool:
        """Whether grading with this fingerprint would give the same."""
        return self.whole and bool(fingerprint) and self.fingerprint == fingerprint


def former(target: Path, *, mend: bool = True) -> Former | None:
    """Return what is known of the submission whose ``autograded`` folder this is.

    Parameters
    ----------
    mend
        Set right first what a killed run left there. Otherwise nothing is written.
    """
    if mend:
        restore(target)
    else:
        target = former_place(target)
    try:
        kept = _decode((target / KEPT).read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    if kept.form != _FORM:
        return None
    whole = all(os.path.isfile(os.path.join(target, name)) for name in kept.files)  # noqa: PTH113, PTH118 - a class
    return Former(kept.fingerprint, kept.graded, whole)


def fingerprint(setting: str, student: str, folder: Path) -> str:
    """Return a fingerprint of a student's submission, as it is graded in this setting."""
    digest = _digest(student)
    _add_folder(digest, folder)
    return f"submission:{digest.hexdigest()} {setting}"


def fingerprint_of(setting: Setting) -> str:
    """Return a fingerprint of what does not hang on the submission: lesson and data, limits, grader, Python.

    Where the course lies does not matter; it may be moved.
    """
    from importlib.metadata import version  # noqa: PLC0415 - brings a reader of mail, which no examiner needs

    lesson = _digest(setting.assignment)
    files: dict[str, str] = {}
    notebooks = dict(sorted(setting.notebooks.items()))
    lesson.update(_encode(notebooks))
    for folder in filter(None, (setting.folder, setting.assets)):
        _add_folder(lesson, Path(folder), files)
    limits = [setting.limits, setting.unsafe, setting.ignore, setting.stubs]
    user = str(os.geteuid() == 0)
    # What is not named here is in `released`: a new field of the setting is part of the fingerprint before anybody
    # thinks of it.
    left = msgspec.structs.replace(
        setting, assignment="", notebooks={}, limits={}, unsafe=False, ignore=[], stubs=None, folder="", hidden=[],
        assets="", root="", others=None,
    )  # fmt: skip
    parts = {
        "lesson": lesson.hexdigest(),
        "limits": _digest(limits).hexdigest(),
        "released": _digest(left).hexdigest(),
        "grader": grader_version(),
        "python": _digest(platform.python_version(), version("numpy"), user).hexdigest(),
    }
    return causes.line(parts, [node.reads(text) for text in notebooks.values()], files)


def _digest(*parts: object) -> blake2b:
    return blake2b(msgspec.json.encode(parts, order="deterministic"), digest_size=20)


@lru_cache(maxsize=1)
def grader_version() -> str:
    """Return a fingerprint of this package's own code."""
    digest = blake2b(digest_size=20)
    for path in sorted(PACKAGE.rglob("*.py")):
        if "desk" not in path.relative_to(PACKAGE).parts[:1]:
            digest.update(f"{path.relative_to(PACKAGE)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _add_folder(digest: blake2b, folder: Path, files: dict[str, str] | None = None) -> None:
    """Add all that lies in a folder: names, kinds and content; links by where they lead, never followed.

    `files` is given a digest of each file, too.
    """
    seen, room = 0, _ROOM
    above = len(os.path.join(folder, ""))  # noqa: PTH118
    for base, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted([*folders, *names]):
            seen += 1
            if seen > _MOST:
                return
            path = os.path.join(base, name)  # noqa: PTH118 - thousands of these, and any bytes in the names
            inside = path[above:]
            digest.update(os.fsencode(inside) + b"\0")
            if name in names or os.path.islink(path):  # noqa: PTH114
                alone = (
                    sha256()
                )  # where the processor has it, in half the time: this is all that was handed in
                room -= _add_file(alone, path, room)
                digest.update(alone.digest())
                if files is not None:
                    files[os.fsencode(inside).decode("utf-8", "replace")] = alone.hexdigest()[:8]


def _add_file(digest: _Digest, path: str, room: int) -> int:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        leads = os.readlink(path) if os.path.islink(path) else ""  # noqa: PTH114, PTH115
        digest.update(f"{error.errno}\0".encode() + os.fsencode(leads) + b"\0")
        return 0
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        digest.update(f"{stat.S_IFMT(about.st_mode)}\0{about.st_size}\0".encode())
        if not stat.S_ISREG(about.st_mode):
            return 0
        if about.st_size > room:
            digest.update(str(about.st_mtime_ns).encode())
            return 0
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
        return about.st_size
