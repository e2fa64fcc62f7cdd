"""What a student does in JupyterLab on the hub: the assignment list, a notebook, Validate, the feedback page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Frame, Locator, Page

_IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
_CELL = "jupyterapp.shell.currentWidget.content.widgets.findIndex(w => w.model.getMetadata('nbgrader')?.grade_id === {0!r})"


@dataclass(frozen=True)
class Lab:
    """A student's own Lab, open in a browser."""

    page: Page

    def assignments(self) -> None:
        """Open the assignment list from the menu."""
        self.page.get_by_role("menuitem", name="Nbgrader").click()
        self.page.get_by_text("Assignment List", exact=True).click()

    def listed(self, kind: str) -> Locator:
        """Return a part of the list: "released", "fetched" (in the student's folder) or "submitted"."""
        return self.page.locator(f"#{kind}_assignments_list")

    def open_notebook(self, name: str) -> None:
        """Open a fetched notebook from the list and wait until its kernel is idle."""
        self.listed("fetched").get_by_role("button", name=re.compile(name)).click()
        self.listed("fetched").locator(".nested_list_item a", has_text=name).click()
        self.page.wait_for_function(_IDLE)

    def write(self, cell: str, source: str) -> None:
        """Write into a cell, by its grade id."""
        self.page.evaluate(
            f"source => jupyterapp.shell.currentWidget.content.widgets[{_CELL.format(cell)}]"
            ".model.sharedModel.setSource(source)",
            source,
        )

    def run(self, *cells: str) -> None:
        """Run cells, by their grade ids, one after the other."""
        for cell in cells:
            self.page.evaluate(
                f"""() => {{
                    jupyterapp.shell.currentWidget.content.activeCellIndex = {_CELL.format(cell)};
                    return jupyterapp.commands.execute("notebook:run-cell");
                }}"""
            )

    def output(self, cell: str) -> str:
        """Return the text that stands below a cell."""
        return str(
            self.page.evaluate(
                f"jupyterapp.shell.currentWidget.content.widgets[{_CELL.format(cell)}].outputArea.node.innerText"
            )
        )

    def validate(self, picture: Path | None = None) -> str:
        """Press Validate and return what its box says; close the box."""
        self.page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate").click()
        box = self.page.locator(".jp-Dialog", has_text="Validation Results")
        box.wait_for(timeout=120_000)
        said = box.inner_text()
        if picture:
            box.get_by_text("not written yet").first.scroll_into_view_if_needed()
            self.page.screenshot(path=picture)
        box.get_by_role("button", name="Ok").click()
        expect(self.page.locator(".jp-Dialog")).to_have_count(0)
        return said

    def save(self) -> None:
        """Save the notebook, as Ctrl+S does."""
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")

    def back_to_the_list(self) -> None:
        """Go back to the tab of assignments."""
        self.page.get_by_role("tab", name="Assignments").click()

    def submit(self, times: int) -> None:
        """Press Submit; then this many hand-ins are listed."""
        self.listed("fetched").get_by_role("button", name="Submit").click()
        expect(self.listed("submitted").locator(".nested_list_item")).to_have_count(times)

    def feedback(self, name: str) -> Frame:
        """Fetch the feedback, open its page in Lab and return the frame that shows it."""
        self.listed("submitted").get_by_role("button", name="Fetch Feedback").click()
        self.listed("submitted").get_by_text("view feedback").click()
        self.page.locator(".jp-DirListing-item", has_text=name[:8]).filter(has_text="html").or_(
            self.page.locator(f".jp-DirListing-item[title*='{name}.html']")
        ).first.dblclick()
        shown = (
            self.page.locator("iframe.jp-zoom-target, .jp-HTMLViewer iframe")
            .first.element_handle()
            .content_frame()
        )
        assert shown
        shown.wait_for_selector("h1")
        return shown
