"""Settings that make nbgrader's own feedback button and formgrader use this room.

Only strings, lists and dicts are set: formgrader shows its configuration as JSON.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config

_OVERRIDES = Path(__file__).parent / "templates" / "formgrader"


def configure_feedback(c: Config) -> None:
    """Make `nbgrader generate_feedback` write our pages, `release_feedback` go on, and formgrader's view safe and offline.

    Parameters
    ----------
    c : Config
        What ``get_config()`` returned in nbgrader_config.py. Settings made after the call win.

    Notes
    -----
    Formgrader's view stays nbgrader's template. What changes in it: student Markdown and HTML outputs are
    sanitised, JavaScript and widget outputs are left out, formulas are MathML and MathJax is not fetched.
    """
    c.GenerateFeedback.exporter_class = "autograder.desk.exporter.FeedbackExporter"
    # The exporter reads the gradebook itself, once; nbgrader's two steps would read it again, cell by cell.
    c.GenerateFeedback.preprocessors = []
    c.ExchangeFactory.release_feedback = "autograder.desk.give_back.GiveBack"
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.filters = {
        "markdown2html": "autograder.desk.exporter.formgrader_markdown",
        "clean_html": "autograder.desk.exporter.formgrader_clean",
    }
    # The address of MathJax is written into a template, so a template of the same name goes in front of it.
    nbgrader = find_spec("nbgrader")
    if nbgrader is not None and nbgrader.origin is not None:
        stock = Path(nbgrader.origin).parent / "server_extensions" / "formgrader" / "templates"
        c.HTMLExporter.extra_template_basedirs = [str(_OVERRIDES), str(stock)]
