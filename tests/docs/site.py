"""What the tests read of a built site: its pages, their links and pictures, and the text that stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "docs" / "_build"
SITES = {"html": BUILD / "html", "students": BUILD / "students"}
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*/*.ipynb"))
#: Attributes by which a page has its browser fetch something, without anybody's click.
_FETCHED = {
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("video", "src"),
    ("object", "data"),
}


@dataclass
class Page:
    """One page as its HTML says it: what it names, where it leads, what it fetches, what it shows."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    no_alt: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    text: str = ""
    language: str | None = None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.page.ids.add(given["id"])
        if tag == "a" and "href" in given:
            self.page.links.append(given["href"])
        for name, value in given.items():
            # `search` and the like are named, not fetched.
            if (tag, name) in _FETCHED and given.get("rel") not in {"index", "search", "next", "prev"}:
                self.page.fetched.append(value)
        if tag == "img" and not given.get("alt", "").strip():
            self.page.no_alt.append(given.get("src", "")[:80])
        if re.fullmatch("h[1-6]", tag):
            self.page.headings.append(int(tag[1]))
        if tag == "html":
            self.page.language = given.get("lang")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def read_page(file: Path) -> Page:
    """Read one page; its text is that between the tags, scripts and all."""
    reader = _Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    reader.page.text = "".join(reader.parts)
    return reader.page


def read_pages(site: Path) -> dict[Path, Page]:
    """Read every page of a site."""
    return {file: read_page(file) for file in sorted(site.rglob("*.html")) if "_static" not in file.parts}


def squeezed(text: str) -> str:
    """Return a text without its spaces and line ends, to find it however it is laid out."""
    return re.sub(r"\s+", "", text)
