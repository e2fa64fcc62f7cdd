"""The same page through nbgrader's own doors: `nbgrader generate_feedback` and formgrader.

Named by `configure_feedback` as dotted strings; nothing here is called by our own code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from nbconvert.exporters import Exporter

from autograder.desk import outputs, prose
from autograder.desk.gradebook import open_gradebook
from autograder.desk.notebook import from_node
from autograder.desk.page import MAX_DRAWN, render_page

if TYPE_CHECKING:
    from jinja2.runtime import Context


class FeedbackExporter(Exporter):
    """An nbconvert exporter that writes our feedback page for the notebook that `resources` names."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(  # type: ignore[override]  # as HTMLExporter does, it returns text
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[str, Any]:
        """Return the page and the resources, as nbconvert's writer wants them."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        ids = resources["nbgrader"]
        with open_gradebook(ids["db_url"]) as gradebook:
            known = gradebook.marks(ids["assignment"], ids["student"])
        marks = known.get((ids["student"], ids["notebook"]))
        page = render_page(
            from_node(nb),
            assignment=ids["assignment"],
            notebook=ids["notebook"],
            student=ids["student"],
            marks=marks,
        )
        return page, resources


@pass_context
def formgrader_markdown(context: Context, source: str) -> str:
    """Formgrader's `markdown2html`: sanitised, with MathML for formulas."""
    cell = context.get("cell") or {}
    about = context.get("resources")
    if isinstance(about, dict):  # one for the page
        about["drawn"] = about.get("drawn", 0) + len(source)
        if about["drawn"] > MAX_DRAWN:
            return str(prose.preformatted(source))
    return str(prose.markdown(source, dict(cell.get("attachments") or {})))


@pass_context
def formgrader_clean(context: Context, html: str | bytes) -> str:
    """Formgrader's `clean_html`: our sanitiser, and a test cell's card drawn anew from its data."""
    output, cell = context.get("output"), context.get("cell")
    if output is not None and cell is not None:
        own = cell.get("metadata", {}).get("nbgrader", {})
        report = outputs.report_of(output) if own.get("grade") and not own.get("solution") else None
        if report is not None:
            return str(outputs.card(report))
    text = html.decode(errors="replace") if isinstance(html, bytes) else html
    return str(prose.clean(text))
