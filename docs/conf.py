"""Sphinx settings of the handout. Its pages are laid out in docs/_build/source by tools/handout.py (`make docs`).

The tag `students` builds the site that can be given to a class: lessons and explorables, no manuals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.tags import Tags

tags: Tags  # given by Sphinx

project = "Backprop from scratch"
author = "the autograder authors"
copyright = "the autograder authors. Lessons: CC BY 4.0, code: MIT"  # noqa: A001 (Sphinx's name for it)
language = "en"

extensions = ["myst_nb"]
exclude_patterns: list[str] = []
if tags.has("students"):
    exclude_patterns.append("manual/**")

# Lessons come executed, with what a page cannot use taken out: nothing runs here.
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_mime_priority_overrides = [
    ("html", "application/vnd.jupyter.widget-view+json", 0),
    ("html", "text/html", 1),
]
# Sphinx finds the way to _static from every page; assets.js tells require.js the same way. The address after
# `cdn` is where html-manager would look for a widget that is not there: not on another host.
nb_ipywidgets_js = {
    "require.js": {},
    "assets.js": {},
    "embed-amd.js": {"data-jupyter-widgets-cdn": "_static/"},
}

myst_enable_extensions = ["amsmath", "dollarmath", "attrs_inline"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type"]

mathjax_path = "tex-svg-full.js"
mathjax_options = {"defer": "defer"}
mathjax3_config = {
    # No menu: it would load parts that are not here. Assistive MathML is what a screen reader gets.
    "options": {"enableMenu": False, "enableAssistiveMml": True},
    "svg": {"fontCache": "global"},
}

html_theme = "sphinx_book_theme"
html_title = "Backprop from scratch"
html_context = {"default_mode": "auto"}  # the reader's own setting, until they choose
html_static_path = ["_static", "_build/vendor"]
html_css_files = ["handout.css"]
html_favicon = "_static/favicon.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options = {
    "navbar_start": [],
    "navbar_center": [],
    "navbar_end": [],
    "navbar_persistent": [],  # the search field stands in the sidebar
    "use_download_button": False,
    "use_fullscreen_button": False,
    "use_issues_button": False,
    "use_repository_button": False,
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def setup(app: Sphinx) -> None:
    """Leave the manuals' part of the front page out of the students' site."""
    if tags.has("students"):
        app.connect("source-read", _leave_out_the_manuals)


def _leave_out_the_manuals(_app: Sphinx, docname: str, source: list[str]) -> None:
    if docname == "index":
        source[0] = source[0].partition("<!-- Below: not in the students' site. -->")[0]
