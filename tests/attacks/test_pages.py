"""What whoever reads gets to see: feedback pages of the whole attacked class, and formgrader's view of its pages."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import nbgrader
import pytest
from nbconvert.exporters import HTMLExporter
from playwright.sync_api import sync_playwright
from traitlets.config import Config

from autograder.desk.feedback import write_feedback
from autograder.lesson.course import open_course

from .conftest import Class, wanted
from .pages import PAGES
from .shown import SHOWN

if TYPE_CHECKING:
    from playwright.sync_api import Dialog

    from .attack import Attack

pytestmark = pytest.mark.sandbox
RUN = {
    "script",
    "iframe",
    "frame",
    "object",
    "embed",
    "applet",
    "form",
    "base",
    "link",
    "portal",
    "animate",
    "set",
}
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "poster", "background", "srcset"}
LOOKED_AT = [
    a
    for a in wanted()
    if a in [*PAGES, *SHOWN] or a.name in {"hostile-html", "forged-pictures", "about-notebook"}
]


class Active(HTMLParser):
    """Collects what of a page could run or fetch something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in RUN or (tag == "meta" and dict(attrs).get("http-equiv", "") == "refresh"):
            self.found[tag] += 1
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            if name.startswith("on") or name == "srcdoc":
                self.found[name] += 1
            if name in ADDRESSES and address.startswith(("javascript:", "vbscript:", "data:text", "file:")):
                self.found[address[:20]] += 1
            if tag != "a" and name in ADDRESSES and address.startswith(("http", "//")):
                self.found[address[:40]] += 1
            if name == "style" and ("url(" in address or "expression(" in address or "position:" in address):
                self.found["style"] += 1


def active(page: str) -> Counter[str]:
    parser = Active()
    parser.feed(page)
    parser.close()
    return parser.found


@pytest.fixture(scope="session")
def feedback(graded: Class) -> dict[str, str]:
    """Return the feedback page of each student of the attacked class."""
    pages = write_feedback(open_course(graded.root))
    return {path.parts[-3]: path.read_text("utf-8") for path in pages}


@pytest.mark.parametrize("attack", wanted(), ids=lambda a: a.name)
def test_a_feedback_page_runs_and_fetches_nothing(feedback: dict[str, str], attack: Attack) -> None:
    assert active(feedback[attack.name]) == active(feedback["adam"])


@pytest.mark.parametrize("attack", wanted(), ids=lambda a: a.name)
def test_a_feedback_page_stays_small(feedback: dict[str, str], attack: Attack) -> None:
    assert len(feedback[attack.name]) < 32 << 20


@pytest.mark.parametrize("attack", wanted(), ids=lambda a: a.name)
def test_a_feedback_page_tells_no_secret(graded: Class, feedback: dict[str, str], attack: Attack) -> None:
    assert [word for word in graded.canaries.secret() if word in feedback[attack.name]] == []


def formgraders(graded: Class, student: str) -> str:
    """Draw formgrader's view of a submission as its server does: its settings, the course's on top."""
    stock = str(Path(nbgrader.__file__).parent / "server_extensions/formgrader/templates")
    config = Config({"HTMLExporter": {"template_name": "formgrade", "extra_template_basedirs": [stock]}})
    config.merge(open_course(graded.root).config)
    about = {
        "assignment_id": "ps1", "notebook_id": "ps1", "submission_id": "1", "index": 0, "total": 1, "base_url": "",
        "student": student, "last_name": "", "first_name": "", "notebook_path": "x",
    }  # fmt: skip
    notebook = nbformat.read(graded.root / "autograded" / student / "ps1" / "ps1.ipynb", as_version=4)
    exporter: Any = HTMLExporter
    page, _ = exporter(config=config).from_notebook_node(notebook, resources=about)
    return str(page)


@pytest.fixture(scope="session")
def views(graded: Class) -> dict[str, str]:
    students = ["adam", *(attack.name for attack in LOOKED_AT)]
    return {student: formgraders(graded, student) for student in students}


@pytest.mark.parametrize("attack", wanted(), ids=lambda a: a.name)
def test_what_was_handed_in_can_be_opened(graded: Class, attack: Attack) -> None:
    """A notebook that the format refuses could not be opened by formgrader, and nobody would see why."""
    for path in (graded.root / "autograded" / attack.name / "ps1").glob("*.ipynb"):
        nbformat.validate(nbformat.read(path, as_version=4))


@pytest.mark.parametrize("attack", LOOKED_AT, ids=lambda a: a.name)
def test_formgrader_runs_nothing_of_a_students(views: dict[str, str], attack: Attack) -> None:
    added = active(views[attack.name]) - active(views["adam"])
    assert not added, added


@pytest.mark.browser
def test_neither_page_runs_anything_in_a_real_browser(
    views: dict[str, str], feedback: dict[str, str], tmp_path: Path
) -> None:
    ran: list[str] = []

    def alarmed(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = chromium.new_page()
        page.route(lambda url: not url.startswith(("file:", "data:")), lambda route: route.abort())
        page.on("dialog", alarmed)
        for kind, pages in (
            ("formgrader", views),
            ("feedback", {a.name: feedback[a.name] for a in LOOKED_AT}),
        ):
            for name, html in pages.items():
                path = tmp_path / f"{kind}-{name}.html"
                path.write_text(html.replace("Content-Security-Policy", "x-policy"), encoding="utf-8")
                page.goto(path.as_uri(), wait_until="load")
                page.evaluate(
                    "document.querySelectorAll('main *, #notebook *').forEach(e => e.dispatchEvent(new Event('mouseover')))"
                )
                if page.evaluate("window.ran") is not None:
                    ran.append(path.name)
        chromium.close()
    assert ran == []
