"""A lesson's way through a real hub, as docs/jupyterhub.md tells it: from release to the feedback page in Lab.

The tests are the steps of one story and stand in its order.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .conftest import NUMBER, ONEILL, STUDENTS, ZOE
from .hub import COURSE, EXCHANGE, HOME
from .lab import Lab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from .hub import Hub
    from .machine import Machine

pytestmark = [pytest.mark.sandbox, pytest.mark.browser]
LESSON = "01_activations"
PICTURES = os.environ.get("HUB_PICTURES", "")
RELU = "def relu(x):\n    return np.maximum(x, 0.0)"
COMMENT = "Good: you say what is *exactly* zero."


@pytest.fixture(scope="module")
def desk(hub: Hub, browser: Browser) -> Page:
    """Formgrader, as the instructor comes to it: by the hub's list of services."""
    page = hub.log_in(browser, "prof")
    page.get_by_role("button", name="Services").click()
    page.get_by_role("link", name=COURSE).click()
    page.wait_for_url(f"**/services/{COURSE}/formgrader/**")
    return page


@pytest.fixture(scope="module")
def oneill(hub: Hub, browser: Browser) -> Lab:
    """Lab, as a student comes to it: by logging in."""
    page = hub.log_in(browser, ONEILL, "/hub/spawn")
    page.wait_for_url("**/user/**/lab**")
    return Lab(page)


def show(page: Page, name: str) -> None:
    """Take a picture, where somebody wants to look: HUB_PICTURES names a folder."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def row(page: Page, words: str) -> list[str]:
    """Return the cells of the one table row that holds these words."""
    found = page.locator("tbody tr", has=page.get_by_text(words, exact=True))
    found.wait_for()
    return [cell.strip() for cell in found.locator("td").all_inner_texts()]


def press(page: Page, words: str, button: str, answer: str) -> None:
    """Press a row's button in formgrader, wait for what its box says, and put the box away.

    The box slides into its place, where a click may miss its button: it is waited for, and the key asked.
    """
    page.evaluate("$(document).one('shown.bs.modal', event => { event.target.dataset.rests = '' })")
    page.locator("tbody tr", has=page.get_by_text(words, exact=True)).locator(f".{button} a").click()
    box = page.locator(".modal[data-rests]")
    expect(box.locator(".modal-body")).to_contain_text(answer, timeout=120_000)
    box.locator(".modal-footer button").press("Enter")
    expect(box).to_be_hidden()
    expect(page.locator(".modal-backdrop")).to_have_count(0)


def fill(page: Page, field: str, text: str, saved: str) -> None:
    """Fill a field of a submission's page, leave it, and wait until it is saved."""
    page.locator(field).fill(text)
    with page.expect_response(
        lambda answer: saved in answer.url and answer.request.method == "PUT"
    ) as answer:
        page.locator(field).press("Tab")
    assert answer.value.ok


def place(hub: Hub, page: Page, where: str) -> None:
    """Go to a page of formgrader."""
    page.goto(f"{hub.address}/services/{COURSE}/formgrader/{where}")


def handed_in(machine: Machine) -> list[str]:
    """Return the names of what lies in the exchange, oldest first."""
    inbound = machine.root / EXCHANGE.lstrip("/") / "inbound"
    return sorted((path.name for path in inbound.iterdir()), key=lambda name: name.split("+")[2])


def test_the_instructor_releases_the_lesson_in_formgrader(desk: Page) -> None:
    assert row(desk, LESSON)[2] == "draft"
    press(desk, LESSON, "release", "Successfully released")
    assert row(desk, LESSON)[2] == "released"


def test_a_student_fetches_it_and_works_on_it_in_lab(oneill: Lab) -> None:
    oneill.assignments()
    show(oneill.page, "assignments")
    oneill.listed("released").get_by_role("button", name="Fetch").click()
    oneill.open_notebook(LESSON)
    oneill.write("relu", RELU.replace("maximum", "minimum"))
    oneill.write("explain_dead", "A dead unit has a slope of exactly zero. Copper kettle.")
    oneill.run("setup", "relu", "test_relu")
    oneill.page.wait_for_function("document.body.innerText.includes('expected')")
    assert "0 of 2" in oneill.output("test_relu") or "values" in oneill.output("test_relu")
    show(oneill.page, "lesson")


def test_validate_says_what_is_wrong_not_only_where(oneill: Lab) -> None:
    said = oneill.validate(Path(PICTURES) / "validate.png" if PICTURES else None)
    assert "relu(x)" in said
    assert "not written yet" in said
    assert "Partial credit" not in said
    oneill.write("relu", RELU)
    assert 'check.marks("relu",' not in oneill.validate()


def test_she_hands_in_twice(oneill: Lab, machine: Machine) -> None:
    oneill.save()
    oneill.back_to_the_list()
    oneill.submit(times=1)
    oneill.submit(times=2)
    show(oneill.page, "handed-in")
    assert [name.split("+")[0] for name in handed_in(machine)] == [ONEILL, ONEILL]


def test_two_more_hand_in_by_command_after_the_due_date(hub: Hub, machine: Machine) -> None:
    due = handed_in(machine)[-1].split("+")[2]
    done = hub.course("nbgrader", "db", "assignment", "add", LESSON, f"--duedate={due}")
    assert done.returncode == 0, done.stderr
    for student in (ZOE, NUMBER):
        home = machine.home(student)
        released = f"{EXCHANGE}/outbound/{LESSON}"
        fetch = ("nbgrader", "fetch_assignment", LESSON) if student == ZOE else ("cp", "-r", released, home)
        for step in (fetch, ("nbgrader", "submit", LESSON)):
            done = machine.run(student, *step, at=home)
            assert done.returncode == 0, done.stderr
    assert len(handed_in(machine)) == 4


def test_what_is_handed_in_in_another_ones_name_is_not_collected(
    hub: Hub, machine: Machine, desk: Page
) -> None:
    hers = handed_in(machine)[-1]
    assert hers.startswith(NUMBER)
    false = f"{ONEILL}+{LESSON}+2030-01-01 00:00:00.000000 UTC+x"
    copied = machine.run(NUMBER, "cp", "-r", f"{EXCHANGE}/inbound/{hers}", f"{EXCHANGE}/inbound/{false}")
    assert copied.returncode == 0, copied.stderr
    place(hub, desk, "manage_assignments")
    press(desk, LESSON, "collect", f"belongs to {NUMBER}")
    submitted = machine.root / HOME.lstrip("/") / "submitted"
    assert {path.name for path in submitted.iterdir()} == set(STUDENTS)
    kept = (submitted / ONEILL / LESSON / "timestamp.txt").read_text(encoding="utf-8")
    assert kept == handed_in(machine)[1].split("+")[2]


def test_grading_by_command_and_by_formgraders_button_agree(hub: Hub, desk: Page) -> None:
    done = hub.course("autograder", "grade", LESSON, "--student", ONEILL, "--student", NUMBER)
    assert done.returncode == 0, done.stderr
    place(hub, desk, f"manage_submissions/{LESSON}")
    assert row(desk, ONEILL)[3:5] == ["needs manual grading", "2 / 56"]
    press(desk, ZOE, "autograde", "Successfully autograded")
    assert row(desk, ZOE)[3:5] == row(desk, NUMBER)[3:5] == ["graded", "0 / 56"]  # nothing to read
    show(desk, "formgrader")


def test_a_person_gives_points_and_a_comment_for_the_answer_in_words(hub: Hub, desk: Page) -> None:
    place(hub, desk, f"gradebook/{LESSON}/{LESSON}")
    desk.get_by_role("link", name=re.compile("Submission")).first.wait_for()
    desk.locator("tbody tr", has_text="2 / 56").locator("a.name-hidden").click()
    # Both are in place when what the gradebook holds stands in them.
    expect(desk.locator("input.score[id=test_relu]")).to_have_attribute("placeholder", "2")
    expect(desk.locator("textarea[id=explain_dead-comment]")).to_have_attribute(
        "placeholder", re.compile(".")
    )
    fill(desk, "input.score[id=explain_dead]", "1.5", "/formgrader/api/grade/")
    fill(desk, "textarea[id=explain_dead-comment]", COMMENT, "/formgrader/api/comment/")
    show(desk, "by-hand")
    place(hub, desk, f"manage_submissions/{LESSON}")
    assert row(desk, ONEILL)[3:5] == ["graded", "3.5 / 56"]


def test_the_student_reads_points_reasons_and_comment_in_lab(
    hub: Hub, machine: Machine, desk: Page, oneill: Lab
) -> None:
    done = hub.course("autograder", "feedback", LESSON)
    assert done.returncode == 0, done.stderr
    pages = machine.root / HOME.lstrip("/") / "feedback"
    late = {
        name for name in STUDENTS if "Late." in (pages / name / LESSON / f"{LESSON}.html").read_text("utf-8")
    }
    assert late == {ZOE, NUMBER}
    place(hub, desk, "manage_assignments")
    press(desk, LESSON, "release-feedback", "Successfully released feedback")
    page = oneill.feedback(LESSON)
    show(oneill.page, "feedback")
    said = page.locator("body").inner_text()
    assert "3.5 of 56 points" in re.sub(r"\s+", " ", said)
    assert "Good: you say what is exactly zero." in said
    assert "not written yet" in said
