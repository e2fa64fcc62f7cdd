"""What is downloaded is taken apart: whatever one student handed in, the others' work is there afterwards."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from nbgrader.apps import ZipCollectApp

from autograder.desk import extractor
from autograder.desk.extractor import Archives

BOOK = b"{}"
OTHER = "submissions/pascalblaise_5_92_ps.ipynb"


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(*members: tuple[str, bytes, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, kind, data in members:
            about = tarfile.TarInfo(name)
            about.type, about.mode = kind, 0
            about.linkname = data.decode() if kind == tarfile.SYMTYPE else ""
            about.size = len(data) if kind == tarfile.REGTYPE else 0
            archive.addfile(about, io.BytesIO(data))
    return packed.getvalue()


def changed(data: bytes, *places: int) -> bytes:
    """Return bytes with one bit turned at each of some places."""
    made = bytearray(data)
    for place in places:
        made[place] ^= 1
    return bytes(made)


PLAIN = zipped({"ps.ipynb": BOOK})
ENCRYPTED = changed(PLAIN, 6, PLAIN.index(b"PK\x01\x02") + 8)
NESTED = zipped({"ps.ipynb": BOOK})
for _ in range(6):
    NESTED = zipped({"again.zip": NESTED})
REFUSED = {
    "no archive": ("work.zip", b"text", "it is no archive"),
    "compressed, and no archive": ("work.gz", b"\x1f\x8b\x08\x00", "ended before"),
    "cut off": ("work.zip", PLAIN[:-20], "it is no archive"),
    "encrypted": ("work.zip", ENCRYPTED, "encrypted"),
    "damaged": ("work.zip", changed(PLAIN, PLAIN.index(b"PK\x01\x02") + 16), "ps.ipynb: "),
    "a file where a folder is": ("work.zip", zipped({"a": b"", "a/ps.ipynb": BOOK}), "a/ps.ipynb: "),
    "archives within archives": ("work.zip", NESTED, "archives within archives"),
    "a bomb": ("work.zip", zipped({"zeros": bytes(3 << 20)}), "more than"),
    "very many files": ("work.zip", zipped({str(n): b"" for n in range(60)}), "more than"),
    "very many folders": (
        "work.tar.gz",
        tarred(*((str(n), tarfile.DIRTYPE, b"") for n in range(60))),
        "more than",
    ),
}  # fmt: skip


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setattr(extractor, "_MOST_BYTES", 2 << 20)
    monkeypatch.setattr(extractor, "_MOST_FILES", 50)
    for name in ("archive", "extracted"):
        (tmp_path / name).mkdir()
    return tmp_path / "archive", tmp_path / "extracted"


def taken_apart(places: tuple[Path, Path], name: str, data: bytes) -> list[str]:
    """Take a download apart in which one student has this, and another a notebook; return what files there are."""
    archive, extracted = places
    files = {f"lovelaceada_4711_90_{name}": data, Path(OTHER).name: BOOK}
    (archive / "submissions.zip").write_bytes(zipped(files))
    Archives(parent=ZipCollectApp()).extract(str(archive), str(extracted))
    return sorted(str(path.relative_to(extracted)) for path in extracted.rglob("*") if path.is_file())


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_unpacked_costs_nobody_else(
    places: tuple[Path, Path], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name, data, why = REFUSED[what]
    found = taken_apart(places, name, data)
    said = capsys.readouterr().err
    assert OTHER in found
    assert why in said
    assert f"lovelaceada_4711_90_{name}" in said
    assert not any("again/again/again/again/again" in path for path in found)
    assert sum(path.stat().st_size for path in places[1].rglob("*") if path.is_file()) < 1 << 20


def test_what_can_be_unpacked_is_there(places: tuple[Path, Path]) -> None:
    found = taken_apart(places, "work.zip", zipped({"more/b.zip": PLAIN, "ps.ipynb": BOOK}))
    assert [path.removeprefix("submissions/lovelaceada_4711_90_") for path in found if path != OTHER] == [
        "work.zip", "work/more/b.zip", "work/more/b/ps.ipynb", "work/ps.ipynb",
    ]  # fmt: skip


def test_nothing_leaves_its_folder_and_no_link_is_made(places: tuple[Path, Path], tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a solution")
    data = tarred(
        ("../../../out.ipynb", tarfile.REGTYPE, BOOK),
        (str(tmp_path / "out.ipynb"), tarfile.REGTYPE, BOOK),
        (".\x00./.\x01./out.ipynb", tarfile.REGTYPE, BOOK),
        ("link.ipynb", tarfile.SYMTYPE, str(secret).encode()),
        ("pipe.ipynb", tarfile.FIFOTYPE, b""),
        ("mine.ipynb", tarfile.REGTYPE, BOOK),
    )
    found = taken_apart(places, "work.tar.gz", data)
    assert found == [f"submissions/lovelaceada_4711_90_work{end}" for end in (".tar.gz", "/mine.ipynb")] + [
        OTHER
    ]
    assert not list(tmp_path.rglob("out.ipynb"))
    assert (places[1] / found[1]).read_bytes() == BOOK  # also where it is said that nobody may read it


def test_no_terminal_obeys_a_files_name(places: tuple[Path, Path]) -> None:
    name = "a\x1b]0;title\x07b\nc\u202e" + "d" * 300 + ".ipynb"
    found = taken_apart(places, "work.zip", zipped({name: BOOK}))
    assert [path for path in found if path.endswith("d.ipynb")] == [
        f"submissions/lovelaceada_4711_90_work/ab c{'d' * 190}.ipynb"
    ]


def test_a_folder_of_downloads_is_taken_as_it_is(places: tuple[Path, Path]) -> None:
    folder = places[0] / "Ada Lovelace_31_assignsubmission_file"
    folder.mkdir()
    (folder / "ps.ipynb").write_bytes(BOOK)
    (folder / "bomb.zip").write_bytes(zipped({"zeros": bytes(3 << 20)}))
    Archives(parent=ZipCollectApp()).extract(*map(str, places))
    assert [path.name for path in places[1].rglob("*") if path.is_file()] == ["ps.ipynb"]


def test_a_download_that_is_broken_ends_the_command(places: tuple[Path, Path]) -> None:
    (places[0] / "submissions.zip").write_bytes(b"text")
    with pytest.raises(SystemExit):
        Archives(parent=ZipCollectApp()).extract(*map(str, places))


def test_a_whole_download_that_is_called_like_one_persons_is_said_to_be_so(
    places: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    download = zipped({f"lovelaceada_4711_{number}_ps.ipynb": BOOK for number in range(60)})
    (places[0] / "stats_101_2026_submissions.zip").write_bytes(download)
    Archives(parent=ZipCollectApp()).extract(*map(str, places))
    said = " ".join(capsys.readouterr().err.split())
    assert "the most for one person's, as its name says it is" in said
    assert "If it is the download of the whole class, call it submissions.zip" in said
    (places[0] / "stats_101_2026_submissions.zip").rename(places[0] / "submissions.zip")
    Archives(parent=ZipCollectApp()).extract(*map(str, places))
    assert len(list(places[1].glob("submissions/*.ipynb"))) == 60
