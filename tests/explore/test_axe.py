"""axe-core on every explorable: nothing serious in any scene, light or dark, asked or revealed."""

import pytest
from playwright.sync_api import Browser, Page

from autograder import explore

from .axe import serious
from .page import page_of
from .scenes import SCENES, all_scenes, made

pytestmark = pytest.mark.browser


def test_every_explorable_has_scenes_to_look_at() -> None:
    assert set(explore.__all__) - {"Picture"} == set(SCENES), "tests/explore/scenes.py names each explorable"


def look(page: Page) -> list[str]:
    """Look by all rules in light, then by the one that a theme can break in dark."""
    page.emulate_media(color_scheme="light")
    found = serious(page)
    page.emulate_media(color_scheme="dark")
    return found + [f"dark: {one}" for one in serious(page, rules=("color-contrast",))]


@pytest.mark.parametrize("scene", all_scenes())
def test_axe_finds_nothing_serious_before_and_after_the_reveal(chromium: Browser, scene: str) -> None:
    page = chromium.new_page(viewport={"width": 900, "height": 900}, reduced_motion="reduce")
    shown = made(scene)
    page.set_content(page_of(shown))
    page.wait_for_selector("body[data-ready]")
    assert look(page) == []
    if not shown.revealed:
        page.get_by_label("Your prediction").fill("a guess")
        page.keyboard.press("Enter")
        page.get_by_text("You predicted: a guess").wait_for()
        assert look(page) == []
    page.close()


def test_a_dark_page_is_dark_when_axe_looks(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content(page_of(explore.activations("sigmoid")))
    page.add_style_tag(content="@media (prefers-color-scheme: dark) { .ag-words { color: #333 !important } }")
    page.wait_for_selector("body[data-ready]")
    assert [found.split(" (")[0] for found in look(page)] == ["dark: color-contrast"]
    page.close()


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ("document.querySelector('input[type=range]').labels[0].remove()", "label"),
        ("document.querySelector('.ag-words').style.color = '#ccc'", "color-contrast"),
    ],
)
def test_axe_sees_a_label_that_is_gone_and_words_too_pale(chromium: Browser, spoil: str, rule: str) -> None:
    page = chromium.new_page()
    page.set_content(page_of(explore.activations("sigmoid")))
    page.wait_for_selector("body[data-ready]")
    page.evaluate(f"{{ {spoil} }}")
    assert [found.split()[0] for found in serious(page)] == [rule]
    page.close()
