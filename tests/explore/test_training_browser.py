"""training in a real Chromium: on a page without a kernel, which trains its own net, and in JupyterLab, by Python."""

import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from autograder import explore

from .jupyter import Server, active, notebook, run, serving
from .page import page_of
from .reference import backward, forward, sgd_step
from .test_training import digits, unwritten

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def show(chromium: Browser) -> Iterator[Open]:
    """Open the explorable on a page; any error or request of the page fails the test."""
    pages: list[Page] = []
    trouble: list[str] = []

    def show(
        *functions: Any,
        width: int = 900,
        theme: Literal["light", "dark"] = "light",
        still: bool = False,
        steps: int = 0,
        **state: Any,
    ) -> Page:
        page = chromium.new_page(
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            reduced_motion="reduce" if still else "no-preference",
        )
        pages.append(page)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(("blob:", "data:")) else trouble.append(request.url)
            ),
        )
        shown = explore.training(*functions, **state)
        shown.advance(steps)
        page.set_content(page_of(shown))
        page.wait_for_selector("body[data-ready]")
        return page

    yield show
    for page in pages:
        page.close()
    assert trouble == []


def words(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def told(steps: int = 0, **state: Any) -> str:
    """Say what Python says of a net after so many steps."""
    shown = explore.training(**state)
    shown.advance(steps)
    return shown.describe()


def steps_of(page: Page) -> int:
    found = re.search(r"After (\d+) step", words(page))
    return int(found[1]) if found else 0


def wait_for_step(page: Page, step: int) -> None:
    page.wait_for_function(
        "n => Number(/After (\\d+) step/.exec(document.querySelector('.ag-words').innerText)?.[1] ?? 0) >= n",
        arg=step,
    )


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def test_run_and_stop_by_mouse(show: Open) -> None:
    page = show(hidden=5)
    assert words(page) == told(hidden=5)
    button(page, "Run").click()
    expect(page.get_by_role("status")).to_have_attribute("aria-live", "off")  # not a sentence for every frame
    wait_for_step(page, 30)
    button(page, "Stop").click()
    expect(page.get_by_role("status")).to_have_attribute("aria-live", "polite")
    step = steps_of(page)
    assert step >= 30
    assert words(page) == told(step, hidden=5)
    button(page, "Go on").click()
    wait_for_step(page, step + 10)
    button(page, "Start over").click()
    assert words(page) == told(hidden=5)
    expect(button(page, "Run")).to_be_visible()
    button(page, "One step").click()
    assert words(page) == told(1, hidden=5)


def test_all_of_it_by_keyboard_alone(show: Open) -> None:
    page = show(hidden=2, ask="How few units <b>separate</b> them?", still=True)
    expect(page.get_by_text("<b>separate</b>")).to_be_visible()
    expect(button(page, "Run")).to_be_disabled()
    page.keyboard.press("Tab")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    assert page.evaluate("[model.get('prediction'), model.get('revealed')]") == ["two", True]
    expect(page.get_by_role("status")).to_be_focused()
    page.get_by_label("Hidden units").press("ArrowRight")
    page.get_by_label("Learning rate").press("ArrowRight")
    page.get_by_label("First weights").press("ArrowRight")
    state: dict[str, Any] = {"hidden": 3, "rate": 1.0, "seed": 1}
    assert words(page) == told(**state)
    button(page, "One step").press("Enter")
    button(page, "One step").press("Space")
    assert words(page) == told(2, **state)
    page.get_by_label("Show where each unit bends").press("Space")
    expect(page.locator(".ag-crease:visible")).to_have_count(3)
    page.get_by_role("radio", name="moons").press("ArrowRight")
    expect(page.get_by_role("radio", name="rings")).to_be_checked()
    assert words(page) == told(data="rings", **state)
    assert page.evaluate("bubbled").count("ArrowRight") == 0
    button(page, "Reset").press("Enter")
    names = ["data", "rate", "hidden", "seed", "creases", "prediction", "revealed"]
    assert page.evaluate(f"{names}.map(model.get)") == ["moons", 0.5, 2, 0, False, "", False]


def test_the_answer_is_hidden_until_it_is_revealed(show: Open) -> None:
    page = show(ask="What happens at rate 10?", creases=True, still=True)
    assert not page.locator(".ag-answer:visible").count()
    assert page.locator(".ag-wrong").count() == 0
    assert "loss" not in words(page)
    labels = " ".join(label.get_attribute("aria-label") or "" for label in page.locator("[aria-label]").all())
    assert "right" not in labels
    page.get_by_label("Your prediction").fill("nothing good")
    page.keyboard.press("Enter")
    assert words(page) == told()
    expect(page.get_by_text("Predict, then reveal")).to_be_hidden()
    expect(page.locator(".ag-boundary")).to_be_visible()


def test_points_on_the_wrong_side_are_marked_and_the_boundary_is_theirs(show: Open) -> None:
    page = show(hidden=3, steps=20, rate=0.2)
    shown = explore.training(hidden=3, rate=0.2)
    shown.advance(20)
    wrong = round((1 - shown.accuracy) * 200)
    assert wrong > 10
    expect(page.locator(".ag-wrong")).to_have_count(wrong)
    expect(page.get_by_text(f"{200 - wrong} of 200 points are right", exact=True)).to_be_visible()
    drawn = page.locator(".ag-boundary").get_attribute("d") or ""
    places = np.array([[float(n) for n in pair.split()] for pair in re.split("[ML]", drawn)[1:]])
    x = (places[:, 0] - 34) / 350 * 4.8 - 2.4
    y = 2.1 - (places[:, 1] - 30) / 306 * 4.2
    scores, _ = forward(np.column_stack([x, y]), shown.params)
    assert np.abs(scores[:, 1] - scores[:, 0]).max() < 0.05


def test_the_loss_is_drawn_where_it_is(show: Open) -> None:
    page = show(hidden=4, steps=40)
    losses = np.array(page.evaluate("model.get('_run').losses"))
    drawn = page.locator(".ag-curve.ag-blue").get_attribute("d") or ""
    heights = [float(pair.split()[1]) for pair in re.split("[ML]", drawn)[1:]]
    top = max(1.2 * np.log(2), min(1.1 * losses.max(), 3 * np.log(2)))
    np.testing.assert_allclose(heights, 30 + 306 * (1 - losses / top), atol=0.06)


def test_the_run_before_stays_dotted(show: Open) -> None:
    page = show(hidden=4)
    button(page, "One step").click()
    button(page, "One step").click()
    button(page, "Start over").click()
    page.get_by_label("Learning rate").press("ArrowLeft")
    button(page, "One step").click()
    expect(page.get_by_text("before, at rate 0.5")).to_be_visible()
    assert (page.locator(".ag-before").get_attribute("d") or "").count("L") == 2
    button(page, "Reset").click()
    expect(page.locator(".ag-before-text")).to_be_hidden()


def test_images_that_are_misread_have_a_frame(show: Open) -> None:
    data = digits(300)
    page = show(data=data, hidden=3, steps=15)
    shown = explore.training(data=data, hidden=3)
    shown.advance(15)
    true = data[1][240:290]
    said = shown.predictions[:50]
    assert 0 < (said != true).sum() < 50
    expect(page.locator(".ag-misread:visible")).to_have_count(int((said != true).sum()))
    texts = page.locator(".ag-said").all_text_contents()[:50]
    assert texts == [str(s) if s == t else f"{s} \u2260 {t}" for s, t in zip(said, true, strict=True)]
    expect(page.get_by_role("radio")).to_have_count(0)
    button(page, "One step").click()  # the page's own net, from its first weights
    assert words(page).startswith("Images of 4 classes, 3 hidden units, learning rate 0.5.\nAfter 1 step")


def test_the_page_says_whose_net_it_trains(show: Open) -> None:
    page = show(forward, backward, sgd_step, steps=12, hidden=3)
    expect(page.get_by_text("not your functions")).to_be_visible()
    assert words(page) == told(12, hidden=3)  # what the student's functions had come to
    button(page, "One step").click()
    assert words(page) == told(1, hidden=3)
    expect(show().get_by_text("the page trains this net by itself")).to_be_visible()


def test_where_nothing_is_written_yet_the_pages_net_stands_in(show: Open) -> None:
    page = show(forward, unwritten, sgd_step, hidden=3)
    expect(page.get_by_text("not your functions")).to_be_visible()
    assert words(page) == told(hidden=3)
    button(page, "One step").click()
    assert words(page) == told(1, hidden=3)


def test_a_rate_that_is_too_large_is_told(show: Open) -> None:
    page = show(rate=100.0)
    button(page, "One step").click()
    assert words(page).endswith(
        "The loss is above where it started: the steps are too large. Try a smaller rate."
    )
    assert words(page) == told(1, rate=100.0)


def test_changing_the_net_stops_it_and_changing_the_rate_does_not(show: Open) -> None:
    page = show(hidden=3)
    button(page, "Run").click()
    wait_for_step(page, 5)
    page.get_by_label("Learning rate").press("ArrowLeft")
    expect(button(page, "Stop")).to_be_visible()
    page.get_by_label("Hidden units").press("ArrowRight")
    expect(button(page, "Run")).to_be_visible()
    assert words(page) == told(hidden=4, rate=0.2)


@pytest.mark.parametrize("still", [False, True])
def test_who_wants_no_motion_sees_a_picture_now_and_then(show: Open, still: bool) -> None:
    page = show(still=still)
    page.evaluate(
        """() => {
            const wait = window.setTimeout;
            window.waits = [];
            window.setTimeout = (f, ms) => (waits.push(ms), wait(f, ms));
        }"""
    )
    button(page, "Run").click()
    wait_for_step(page, 2)
    button(page, "Stop").click()
    assert words(page) == told(steps_of(page))
    longest = page.evaluate("Math.max(...waits)")
    assert longest > 500 if still else longest <= 33
    assert page.locator(".ag-answer").first.evaluate(
        "(node) => getComputedStyle(node).transitionDuration"
    ) == ("0s" if still else "0.25s")


def test_what_is_locked_cannot_be_moved(show: Open) -> None:
    page = show(lock=["data", "rate", "hidden", "seed", "creases"])
    expect(page.locator("input:enabled:not(.ag-guess)")).to_have_count(0)
    button(page, "One step").click()
    assert words(page) == told(1)


def test_it_follows_what_code_sets_and_lets_go_when_closed(show: Open) -> None:
    page = show()
    page.evaluate("model.set('rate', 2)")
    assert words(page) == told(rate=2.0)
    page.evaluate("model.set('data', 'spirals')")
    assert words(page) == told(rate=2.0, data="spirals")
    button(page, "Run").click()
    page.evaluate("close_view()")
    assert page.evaluate("model.listeners()") == 0


@pytest.mark.parametrize("width", [320, 500, 900])
def test_it_fits_a_narrow_screen(show: Open, width: int) -> None:
    page = show(width=width, ask="How few hidden units still separate the moons?", revealed=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for plot in page.locator("svg").all():
        box = plot.bounding_box()
        assert box
        assert box["width"] >= min(width, 360) - 60


def test_the_ground_takes_the_colours_of_the_theme(show: Open) -> None:
    def colour(page: Page) -> list[int]:
        return list(
            page.locator(".ag-train image").evaluate(
                """async (node) => {
                    const picture = new Image();
                    picture.src = node.getAttribute("href");
                    await picture.decode();
                    const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
                    canvas.drawImage(picture, 0, 0);
                    return [...canvas.getImageData(0, 0, 1, 1).data];
                }"""
            )
        )

    page = show(hidden=5, steps=200)
    assert np.abs(np.array(colour(page)[:3]) - [0x00, 0x67, 0xA5]).max() < 8  # class 0, top left
    before = page.locator(".ag-train image").get_attribute("href")
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".ag-train image")).not_to_have_attribute("href", before or "")
    assert np.abs(np.array(colour(page)[:3]) - [0x56, 0xB4, 0xE9]).max() < 8
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    expect(page.locator(".ag-train image")).to_have_attribute("href", before or "")


LESSON = [
    """
    import pathlib, sys, time
    import numpy as np
    from autograder import explore
    sys.path.insert(0, TESTS)
    from explore import reference
    def two_layer_forward(X, params):
        return reference.forward(X, params)
    def two_layer_backward(X, y, params):
        return reference.backward(X, y, params)
    def sgd_step(params, grads, lr):
        if lr == 100:
            raise ValueError("a hundred is too much for me")
        while lr == 50 and not pathlib.Path("go").exists():
            time.sleep(0.01)
        return reference.sgd_step(params, grads, lr)
    shown = explore.training(two_layer_forward, two_layer_backward, sgd_step, hidden=4)
    shown
    """,
    """
    import ipywidgets
    read = ipywidgets.Label()
    def tell(change):
        read.value = f"read {shown.step} {shown.loss:.6f} {shown.accuracy} {shown.hidden}"
    shown.observe(tell)
    read
    """,
    "shown.restart()\nshown.advance(300)",
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as server:
        cells = [textwrap.dedent(cell).replace("TESTS", repr(str(TESTS))) for cell in LESSON]
        (server.course / "train.ipynb").write_text(notebook(cells), encoding="utf-8")
        yield server


def read(page: Page, steps: int, **state: Any) -> None:
    """Wait until Python reads what a net of the house comes to after so many steps."""
    shown = explore.training(**state)
    shown.advance(steps)
    numbers = f"read {steps} {shown.loss:.6f} {shown.accuracy} {shown.hidden}"
    expect(page.get_by_text(numbers, exact=True)).to_be_visible()


def test_in_a_notebook_the_students_functions_are_trained(chromium: Browser, server: Server) -> None:
    page = chromium.new_page(viewport={"width": 1200, "height": 1000})
    page.set_default_timeout(120_000)
    server.open(page, "lab", "train.ipynb")
    run(page, 0)
    said = page.locator(".ag-words")
    expect(said).to_have_text(told(hidden=4))
    run(page, 1)

    button(page, "One step").click()
    expect(said).to_have_text(told(1, hidden=4))
    read(page, 1, hidden=4)
    expect(page.locator(".ag-kernel")).to_be_hidden()  # Python has answered: no net of the page's own
    button(page, "Run").or_(button(page, "Go on")).press("Enter")
    wait_for_step(page, 40)
    button(page, "Stop").press("Enter")
    expect(button(page, "Go on")).to_be_focused()
    expect(page.get_by_role("status").and_(said)).to_have_attribute("aria-live", "polite")
    page.get_by_label("Hidden units").press("ArrowRight")  # the kernel is free: it answers at once
    expect(said).to_have_text(told(hidden=5))
    assert active(page) == 0

    run(page, 2)  # code trains, the page follows
    expect(said).to_have_text(told(300, hidden=5))
    read(page, 300, hidden=5)
    button(page, "Start over").click()
    expect(said).to_have_text(told(hidden=5))

    page.get_by_label("Learning rate").press("End")
    button(page, "Run").click()
    expect(said).to_contain_text("sgd_step stopped. ValueError: a hundred is too much for me")
    expect(button(page, "Run")).to_be_visible()  # training has stopped, the net is kept
    page.get_by_label("Learning rate").press("ArrowLeft")
    button(page, "Run").click()  # this step waits for a file
    expect(page.get_by_text("Python is at work on a step.")).to_be_visible()
    button(page, "Stop").click()
    expect(button(page, "Run")).to_be_visible()
    (server.course / "go").touch()
    expect(said).to_contain_text("After 1 step the loss")
    expect(said).to_contain_text(re.compile(r"One step takes \d"))
    expect(page.get_by_text("Python is at work")).to_be_hidden()
    page.close()
