"""axe-core on every explorable: nothing serious in any scene, light or dark, asked or revealed."""

from typing import Literal

import pytest
from playwright.sync_api import Browser

from autograder import explore

from .axe import serious
from .page import page_of
from .scenes import SCENES, all_scenes, made

pytestmark = pytest.mark.browser


def test_every_explorable_has_scenes_to_look_at() -> None:
    assert set(explore.__all__) - {"Picture"} == set(SCENES), "tests/explore/scenes.py names each explorable"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scene", all_scenes())
def test_axe_finds_nothing_serious(chromium: Browser, scene: str, theme: Literal["light", "dark"]) -> None:
    page = chromium.new_page(color_scheme=theme, viewport={"width": 900, "height": 900})
    page.set_content(page_of(made(scene)))
    page.wait_for_selector("body[data-ready]")
    assert serious(page) == []
    if made(scene).ask and not made(scene).revealed:
        page.get_by_label("Your prediction").fill("a guess")
        page.keyboard.press("Enter")
        page.get_by_text("You predicted: a guess").wait_for()
        assert serious(page) == []
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
