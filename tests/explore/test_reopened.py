"""What JupyterLab shows of an explorable when a saved notebook is opened again, and whether a student was told."""

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from .jupyter import notebook, run, serving

pytestmark = pytest.mark.browser

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SHOW = 'from autograder import explore\nexplore.activations("sigmoid", x=0.5)'


def prose(lesson: str) -> str:
    """Return what a student reads in a lesson's markdown cells, in one line."""
    cells = nbformat.read(NOTEBOOKS / lesson / f"{lesson}.ipynb", as_version=4).cells
    return re.sub(r"\s+", " ", " ".join(cell.source for cell in cells if cell.cell_type == "markdown"))


def test_lab_has_no_picture_after_a_new_start_and_the_lessons_say_what_to_do(
    chromium: Browser, tmp_path: Path
) -> None:
    with serving(tmp_path) as server:
        (server.course / "lesson.ipynb").write_text(notebook([SHOW]), encoding="utf-8")
        page = chromium.new_page()
        page.set_default_timeout(120_000)
        server.open(page, "lab", "lesson.ipynb")
        run(page, 0)
        page.wait_for_selector(".ag-explore")
        page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        page.close()

        page = chromium.new_page()
        page.set_default_timeout(120_000)
        server.open(page, "lab", "lesson.ipynb")
        said = page.get_by_text("Error displaying widget")
        expect(said).to_be_visible()
        text = said.inner_text()
        run(page, 0)
        page.wait_for_selector(".ag-explore")
        expect(said).to_have_count(0)
        page.close()

    assert text in prose("00_start_here")
    in_short = text.rsplit(": ", 1)[1]
    lessons = sorted(path.name for path in NOTEBOOKS.iterdir() if path.is_dir())
    assert [name for name in lessons if in_short not in prose(name)] == []
