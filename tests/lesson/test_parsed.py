"""What a source was read as is kept, for this user alone; and nothing but the source decides what is graded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.lesson import node, parsed
from autograder.lesson.source import SourceError, read_lesson

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path for path in (ROOT / "solutions").glob("*/*.py") if path.stem == path.parent.name)
TEXT = '# %% [markdown]\n# # Halves\n\n# %% nbgrader={"grade_id": "half", "solution": true}\nhalf = 0.5\n'


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "autograder-lessons"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "halves.py"
    path.write_text(TEXT)
    return path


def said(path: Path) -> str:
    return node.writes(parsed.read_notebook(path))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_what_is_kept_is_what_was_read_to_the_byte(path: Path, cache: Path) -> None:
    read = node.writes(read_lesson(path).notebook)
    assert said(path) == read
    assert len(list(cache.iterdir())) == 1
    assert said(path) == read


def test_an_unchanged_source_is_not_read_again(source: Path) -> None:
    said(source)
    program = (
        "import sys\nfrom pathlib import Path\nfrom autograder.lesson.parsed import read_notebook\n"
        f"print(read_notebook(Path({str(source)!r})).cells[1].source, 'jupytext' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "half = 0.5 False\n"


def test_a_changed_source_is_read_and_never_an_older_one(source: Path, cache: Path) -> None:
    said(source)
    when = source.stat()
    source.write_text(TEXT.replace("0.5", "0.6"))
    os.utime(source, ns=(when.st_atime_ns, when.st_mtime_ns))  # as long, and as old
    assert "half = 0.6" in said(source)
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("harm", ["cut off", "changed", "empty", "another entry"])
def test_an_entry_that_is_not_whole_is_as_if_it_were_not_there(source: Path, cache: Path, harm: str) -> None:
    right = said(source)
    (entry,) = cache.iterdir()
    data = entry.read_bytes()
    if harm == "another entry":
        source.write_text(TEXT.replace("0.5", "0.7"))
        said(source)
        (other,) = (path for path in cache.iterdir() if path != entry)
        data = other.read_bytes()
        source.write_text(TEXT)
    entry.write_bytes(
        {"cut off": data[:-9], "changed": data.replace(b"0.5", b"0.9"), "empty": b""}.get(harm, data)
    )
    assert said(source) == right


@pytest.mark.parametrize("who", ["folder", "entry"])
def test_what_others_may_write_is_not_believed(source: Path, cache: Path, who: str) -> None:
    right = said(source)
    (entry,) = cache.iterdir()
    forged = node.writes(parsed.read_notebook(source)).replace("0.5", "0.9").encode()
    key = bytes.fromhex(entry.name)
    entry.write_bytes(parsed._seal(key, forged) + forged)
    assert said(source) != right  # whoever writes as this user writes the source, too
    (cache if who == "folder" else entry).chmod(0o777)
    assert said(source) == right


def test_nobody_else_may_look(source: Path, cache: Path) -> None:
    said(source)
    assert [path.stat().st_mode & 0o077 for path in (cache, *cache.iterdir())] == [0, 0]


def test_where_nothing_can_be_kept_it_is_read_each_time(source: Path, cache: Path) -> None:
    cache.parent.write_text("no folder")
    assert said(source) == node.writes(read_lesson(source).notebook)


def test_entries_do_not_pile_up(source: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed, "_MOST", 3)
    for number in range(6):
        source.write_text(TEXT.replace("0.5", str(number)))
        said(source)
    assert len(list(cache.iterdir())) == 3


def test_a_source_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        parsed.read_notebook(tmp_path / "none.py")
