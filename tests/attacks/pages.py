"""Attacks on whoever reads: script in the instructor's browser, by the cells of a notebook and what is in them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from .attack import Attack
from .course import HONEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

CALLS = "window.ran=1"
SCRIPT = f"<script>{CALLS}</script>"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{CALLS}">{SCRIPT}</svg>'
SVG64 = base64.b64encode(SVG.encode()).decode()


def _cells(*cells: NotebookNode) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.cells.extend(cells)


def _markdown(name: str, tries: str, *texts: str, **more: Any) -> Attack:
    cells = [new_markdown_cell(text, **more) for text in texts]
    return Attack(name, tries, relu=HONEST["relu"], earns=2.0, edit=_cells(*cells))


def _tagged(notebook: NotebookNode) -> None:
    evil = f'"><img src=x onerror="{CALLS}">'
    for cell in notebook.cells:
        cell.metadata["tags"] = [evil, f"x onmouseover={CALLS}"]
        cell.metadata["name"] = cell.metadata["id"] = evil
        cell.metadata["jupyter"] = {"source_hidden": evil, "outputs_hidden": evil}
        cell.metadata["collapsed"] = cell.metadata["scrolled"] = evil
        cell["id"] = evil


def _answer(notebook: NotebookNode) -> None:
    """Write into an exercise's cell what its highlighting and its folding would have to carry."""
    cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "relu")
    cell.source += f'\n# </pre></div>{SCRIPT}\n"""{SCRIPT}"""\n%%html\n{SCRIPT}\n?<img onerror={CALLS}>'


PAGES = [
    _markdown("page-script", "a script in a cell of text", SCRIPT, f"<SCRIPT SRC=//e.example>{CALLS}</SCRIPT>", "<script"),
    _markdown(
        "page-handlers", "handlers of events on elements that may stand in a text",
        *(f"<{tag} {event}={CALLS} autofocus tabindex=1>x</{tag}>" for tag, event in (
            ("img src=x", "onerror"), ("b", "onmouseover"), ("details open", "ontoggle"), ("video src=x", "onerror"),
            ("input", "onfocus"), ("svg", "onload"), ("body", "onload"), ("marquee", "onstart"), ("style", "onload"),
        )),
    ),
    _markdown(
        "page-links", "links that run something, in every spelling",
        f"[a](javascript:{CALLS}) [b](JaVaScRiPt:{CALLS}) [c](java\tscript:{CALLS}) [d](data:text/html,{SCRIPT})",
        f"[a](&#106;avascript:{CALLS}) [b](\x01javascript:{CALLS}) ![c](javascript:{CALLS}) <javascript:{CALLS}>",
        f'<a href="vbscript:{CALLS}">x</a><a xlink:href="javascript:{CALLS}">y</a><a href="//evil.example">z</a>',
        f"[r]: javascript:{CALLS}\n[link][r] and [^1]\n\n[^1]: {SCRIPT}",
    ),
    _markdown(
        "page-frames", "frames, objects and forms",
        f'<iframe srcdoc="{SCRIPT}"></iframe><object data="data:text/html,{SCRIPT}"></object>',
        '<embed src="data:text/html,x">',
        f'<form action="javascript:{CALLS}"><button formaction="javascript:{CALLS}">Save marks</button></form>',
        '<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/">'
        '<link rel=stylesheet href="https://evil.example/s.css">',
    ),
    _markdown(
        "page-style", "a style that covers the page with marks of its own",
        "<style>*{background:url(https://evil.example/s)} .score{visibility:hidden}</style>",
        '<div style="position:fixed;inset:0;z-index:9999;background:white" id="test_relu" class="score">9 of 9</div>',
        f'<p style="background:url(javascript:{CALLS});width:expression({CALLS})">x</p>',
    ),
    _markdown(
        "page-svg", "pictures that are documents", SVG, f"![x](data:image/svg+xml;base64,{SVG64})",
        f'<img src="data:image/svg+xml;base64,{SVG64}"><svg><use href="data:image/svg+xml;base64,{SVG64}#x"/></svg>',
        f"<math><mtext><table><mglyph><style><img src=x onerror={CALLS}></style></mglyph></table></mtext></math>",
        f"<noscript><p title='</noscript><img src=x onerror={CALLS}>'>",
    ),
    _markdown(
        "page-maths", "formulas that make attributes or markup",
        rf"$\href{{javascript:{CALLS}}}{{x}}$ $\text{{{SCRIPT}}}$ $\style{{position:fixed}}{{x}}$",
        rf"$\unicode{{<img src=x onerror={CALLS}>}}$ $\class{{score}}{{9}}$ $\cssId{{test_relu}}{{9}}$",
        rf"$$\begin{{{SCRIPT}}} x \end{{{SCRIPT}}}$$ $\require{{html}}$ $\def\x{{\x\x}}\x$",
    ),
    _markdown(
        "page-code", "code that claims a language",
        f'```{SCRIPT}" onload={CALLS}\nx\n```', f"```html\n{SCRIPT}\n```", f"`{SCRIPT}`",
    ),
    _markdown(
        "page-attachment", "an attachment that is a page",
        "![a](attachment:a) ![b](attachment:b) ![c](attachment:c)",
        attachments={
            "a": {"text/html": SCRIPT}, "b": {"image/svg+xml": SVG64}, "c": {"image/png": f'x" onerror="{CALLS}'},
        },
    ),
    _markdown(
        "page-hold", "markup that poses as what the page puts in later",
        *(f'<x-hold data-n="{n}"></x-hold>' for n in range(9)),
    ),
    _markdown(
        "page-hold-again", "the same, so as to have one large formula put in hundreds of times",
        f"${'+' * 3900}$\n\n" + '<x-hold data-n="0"></x-hold>' * 500,
    ),
    _markdown(
        "page-attachment-again", "one attached picture, shown nine hundred times", "![](attachment:a)" * 900,
        attachments={"a": {"image/png": "A" * 400_000}},
    ),
    _markdown(
        "page-formulas", "formulas that take thirty times their room, in cell after cell",
        *("$x$ " * 4900 + str(n) for n in range(60)),
    ),
    Attack(
        "page-raw", "a raw cell that says it is HTML",
        relu=HONEST["relu"], earns=2.0,
        edit=_cells(
            new_raw_cell(SCRIPT, metadata={"format": "text/html", "raw_mimetype": "text/html"}),
            new_raw_cell(SVG, metadata={"format": "image/svg+xml", "raw_mimetype": "text/html"}),
        ),
    ),
    Attack(
        "page-tags", "tags, names and ids of cells that end their attribute",
        relu=HONEST["relu"], earns=2.0, edit=_tagged,
    ),
    Attack("page-answer", "markup in the text of an answer", relu=HONEST["relu"], edit=_answer),
    Attack(
        "page-comment", "an answer that would end the comment or the script it is written into",
        relu=HONEST["relu"] + f"\n# --></script>{SCRIPT}<!--", earns=2.0,
        edit=_cells(new_code_cell(f"# ]]></script>{SCRIPT}")),
    ),
    Attack(
        "page-results", "results that are pages, by every way of showing",
        before=f"""\
from IPython.display import HTML, Javascript, IFrame, SVG, display
class Page:
    def _repr_html_(self): return {SCRIPT!r}
    def _repr_javascript_(self): return {CALLS!r}
    def _repr_svg_(self): return {SVG!r}
    def _repr_markdown_(self): return {SCRIPT!r}
    def _repr_latex_(self): return '$' + {SCRIPT!r} + '$'
    def _repr_mimebundle_(self, **k): return {{'text/html': {SCRIPT!r}, 'text/vnd.mermaid': {SCRIPT!r}}}
    def _ipython_display_(self): display(HTML({SCRIPT!r}), Javascript({CALLS!r}), IFrame('javascript:{CALLS}', 9, 9))
class Quiet(Page): _ipython_display_ = None
display(Page(), Quiet(), SVG({SVG!r}))
Quiet()""",
        relu=HONEST["relu"], earns=2.0,
    ),
]  # fmt: skip
