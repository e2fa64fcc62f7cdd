"""The page of all explorables: each has its section, which says what runs, and is moved there by keyboard and mouse."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
import pytest
from explore.scenes import SCENES, drag, made, moved
from playwright.sync_api import Browser, Locator, Page, expect

from autograder import explore

from .site import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

expect.set_options(timeout=120_000)  # a busy machine is no failure
MANUAL = (ROOT / "docs" / "explorables.md").read_text(encoding="utf-8")
SECTIONS = MANUAL.split("\n## ")[1:]


def blocks(section: str) -> list[str]:
    return re.findall(r"(?ms)^```python\n(.*?)^```$", section)


#: Explorables in the order of the page.
NAMES = [found[1] for found in (re.search(r"explore\.(\w+)\(", blocks(one)[0]) for one in SECTIONS) if found]


def test_every_explorable_has_a_section() -> None:
    assert sorted(NAMES) == sorted(set(explore.__all__) - {"Picture"}), (
        "docs/explorables.md names each explorable"
    )
    assert len(NAMES) == len(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS, ids=NAMES)
def test_a_section_shows_the_scene_that_is_tested_and_reads_what_is_found(section: str) -> None:
    live, read = blocks(section)
    name = re.findall(r"explore\.(\w+)\(", live)[0]
    assert ast.dump(ast.parse(live.strip())) == ast.dump(ast.parse(f"explore.{SCENES[name].scene}"))
    names: dict[str, object] = {"explore": explore, "np": np}
    exec(read, names)  # noqa: S102 (our own text)
    shown = names["shown"]
    assert type(shown).__name__ == type(made(SCENES[name].scene)).__name__
    assert "ask=" in read
    assert len(re.findall(r"shown\.\w+", read)) > 1


@pytest.fixture(scope="module")
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """Open the page once, and hold all that it asked for and all errors that it met against what is allowed."""
    page = chromium.new_page(viewport={"width": 1100, "height": 900})
    page.set_default_timeout(120_000)
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/explorables.html")
    expect(page.locator(".ag-explore")).to_have_count(len(NAMES), timeout=120_000)
    yield page
    page.close()
    assert errors == []
    hosts = {urlsplit(url).netloc for url in asked if urlsplit(url).scheme not in {"data", "blob"}}
    assert hosts == {urlsplit(address).netloc}


def words(box: Locator) -> str:
    return " ".join(box.locator(".ag-words").inner_text().split())


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_it_is_moved_without_a_kernel_and_says_what_numpy_computes(page: Page, name: str) -> None:
    shown, box = SCENES[name], page.locator(".ag-explore").nth(NAMES.index(name))
    start = " ".join(made(shown.scene).describe().split())
    assert words(box) == start
    box.get_by_role(shown.move.role, name=shown.move.name, exact=True).press(shown.move.key)
    assert words(box) == " ".join(moved(shown.scene, shown.move).split())
    box.get_by_role("button", name="Reset", exact=True).click()
    assert words(box) == start
    drag(page, box, shown.drag)
    assert words(box) == " ".join(moved(shown.scene, shown.drag).split())
    box.get_by_role("button", name="Reset", exact=True).click()
    assert words(box) == start
