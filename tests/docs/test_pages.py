"""The built sites as files: everything is there, nothing leads nowhere, nothing is fetched from elsewhere."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .site import BUILD, LESSONS, ROOT, SITES, read_page, read_pages


def test_the_build_says_where_to_open_it_and_warns_of_nothing(build_log: str) -> None:
    assert "docs/_build/students/index.html" in build_log
    assert "docs/_build/html/index.html" in build_log
    assert "WARNING" not in build_log


def test_every_lesson_has_its_page(site: Path) -> None:
    assert sorted(page.stem for page in (site / "lessons").glob("*.html")) == LESSONS


def test_every_manual_has_its_page_for_those_who_teach(build_log: str) -> None:
    assert build_log
    manuals = {file.stem for file in (ROOT / "docs").glob("*.md")} - {"index", "explorables"}
    assert {page.stem for page in (SITES["html"] / "manual").glob("*.html")} == manuals
    front = set(read_page(SITES["html"] / "index.html").links)
    assert {f"manual/{name}.html" for name in manuals} <= front


def test_the_students_site_has_no_manual(build_log: str) -> None:
    assert build_log
    site = SITES["students"]
    assert not list(site.glob("manual/*"))
    for file, page in read_pages(site).items():
        assert not [link for link in page.links if "manual" in link], file
    assert "manual/" not in (site / "searchindex.js").read_text(encoding="utf-8")


def test_no_link_leads_nowhere(site: Path) -> None:
    pages = read_pages(site)
    dead = []
    for file, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not target.exists():
                dead.append(f"{file.name}: {link}")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
                dead.append(f"{file.name}: {link}: no such place")
    assert dead == []


def test_pages_fetch_from_their_own_site_alone(site: Path) -> None:
    for file, page in read_pages(site).items():
        for address in page.fetched:
            parts = urlsplit(address)
            assert parts.scheme in {"", "data"}, f"{file.name} fetches {address}"
            assert not parts.netloc, f"{file.name} fetches {address}"
            if not parts.scheme:
                assert (file.parent / unquote(parts.path)).exists(), f"{file.name} fetches {address}"


def test_style_sheets_fetch_nothing_from_elsewhere(site: Path) -> None:
    for sheet in site.rglob("*.css"):
        named = re.findall(
            r"url\(\s*['\"]?(\w+:)?//|@import\s+['\"]https?:", sheet.read_text(encoding="utf-8")
        )
        assert named == [], sheet


def test_pictures_have_words_and_pages_a_language(site: Path) -> None:
    for file, page in read_pages(site).items():
        assert page.language == "en", file
        assert page.no_alt == [], file


def test_headings_go_down_one_step_at_a_time(site: Path) -> None:
    for file, page in read_pages(site).items():
        if file.stem in {"genindex", "search"}:
            continue
        own = page.headings[page.headings.index(1) :]
        skipped = [(above, below) for above, below in itertools.pairwise(own) if below > above + 1]
        assert skipped == [], file


def test_no_folder_of_this_machine_stands_in_a_page(site: Path) -> None:
    for file in site.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert str(ROOT) not in text, file
        assert str(Path.home() / "") + "/" not in text, file


def test_what_cannot_run_says_what_it_waits_for(site: Path) -> None:
    text = read_page(site / "lessons" / "01_activations.html").text
    assert "Write relu first" in text
    for lesson in LESSONS:
        page = read_page(site / "lessons" / f"{lesson}.html").text
        assert "Traceback (most recent call last)" not in page, lesson


def test_a_second_build_runs_no_lesson_again(build_log: str) -> None:
    assert build_log
    kept = sorted(file.name for file in (BUILD / "ran").iterdir())
    assert [name.rsplit("-", 1)[0] for name in kept] == [
        "explorables",
        *(f"lessons-{name}" for name in LESSONS),
    ]
