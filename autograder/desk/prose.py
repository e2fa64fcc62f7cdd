"""Markdown, HTML and code that nobody vouches for, made safe to put into a page.

Everything here returns `Markup`: HTML that runs nothing, fetches nothing, and cannot reach out of its place
(no id, class, form, frame or positioning). Reading notebooks is in `page`, hiding text in `redact`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from secrets import token_hex
from typing import Any

import nh3
from ipython_pygments_lexers import IPython3Lexer  # type: ignore[import-untyped]
from markupsafe import Markup
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]

from autograder.desk.markdown import Renderer, parser
from autograder.desk.maths import to_mathml

#: Longer code and Markdown are shown as plain text (parsing hostile Markdown takes time that grows as its
#: square); longer text is cut.
MAX_HIGHLIGHT = 20_000
MAX_MARKDOWN = 20_000
MAX_TEXT = 100_000
#: Characters of attached pictures that a cell may show again: each stands in the page as often as it is shown.
MAX_AGAIN = 1 << 20

_TAGS = set(
    """
    a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h3 h4
    h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td
    tfoot th thead tr tt u ul var x-hold
    """.split()  # noqa: SIM905  a list of words reads better
)
_ATTRIBUTES = {
    "*": {"title", "lang", "style"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "x-hold": {"data-n"},
}
_STYLES = {"font-weight", "font-style", "text-align", "text-decoration", "vertical-align"}
_LINK = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml)[;,]", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")

_FORMATTER = HtmlFormatter(nowrap=True)
_LEXER = IPython3Lexer(stripnl=False)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "a" and name == "href" and not _LINK.match(value):
        return None
    if tag == "img" and name == "src" and not _PICTURE.match(value):
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style", "template"},
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto", "data"},
    filter_style_properties=_STYLES,
)


def clean(html: str) -> Markup:
    """Return a piece of HTML with everything taken out that could run, fetch or pose as the page."""
    if len(html) > MAX_TEXT * 4:
        return Markup("<p>This output is too long to show here.</p>")
    return Markup(_CLEANER.clean(html))  # noqa: S704  the sanitiser's own result


class _Renderer(Renderer):
    """Jupyter's Markdown with formulas as MathML, code in our colours and headings below the page's own.

    What is drawn here goes past the sanitiser: its place is held by an element that a student's text cannot imitate,
    and so cannot repeat. It carries a word drawn for this one text, in quotes, which are escaped inside an attribute.
    """

    def __init__(self) -> None:
        super().__init__()
        self.begin({})

    def begin(self, attachments: dict[str, Any]) -> None:
        """Forget the last text; the pictures of the next one are given."""
        self._held: list[tuple[str, str]] = []
        self._word = token_hex(8)
        self._attachments, self._shown, self._again = attachments, set[str](), MAX_AGAIN

    def put_in(self, safe: str) -> str:
        """Return sanitised HTML with what was held in its places."""
        return self._place().sub(lambda match: self._held[int(match[1])][0], safe).replace(self._word, "")

    def _place(self) -> re.Pattern[str]:
        return re.compile(rf'<x-hold data-n="{self._word}-(\d+)"></x-hold>')

    def _in_words(self, html: str) -> str:
        """Return the text of a line that was drawn, its formulas as they were written."""
        said = self._place().sub(lambda match: escape(self._held[int(match[1])][1]), html)
        return unescape(re.sub(r"<[^>]*>", "", said))

    def _hold(self, html: str, written: str = "") -> str:
        self._held.append((html, written))
        return f'<x-hold data-n="{self._word}-{len(self._held) - 1}"></x-hold>'

    def inline_math(self, body: str) -> str:
        return self._hold(to_mathml(body), f"${body}$")

    def block_math(self, body: str) -> str:
        return self._hold(to_mathml(body, display=True), f"$${body}$$")

    def latex_environment(self, name: str, body: str) -> str:
        return self._hold(to_mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", display=True))

    def heading(self, text: str, level: int, **_attrs: Any) -> str:
        level = min(level + 2, 6)
        return f"<h{level}>{text}</h{level}>\n"

    def block_code(self, code: str, info: str | None = None) -> str:
        if (info or "").split(maxsplit=1)[:1] in (["python"], ["py"], ["ipython"], ["python3"]):
            return self._hold(f'<pre class="code">{python(code)}</pre>')
        return f"<pre><code>{escape(code)}</code></pre>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        source = self._attached(url) if url.startswith("attachment:") else url
        if source is None or not _PICTURE.match(source):
            return f"<em>[picture: {text or 'without a description'}]</em>"
        caption = f' title="{escape(title)}"' if title else ""
        return f'<img src="{escape(source)}" alt="{escape(self._in_words(text))}"{caption}>'

    def _attached(self, url: str) -> str | None:
        name = url.removeprefix("attachment:")
        bundle = self._attachments.get(name)
        for kind in ("image/png", "image/jpeg", "image/gif"):
            if isinstance(bundle, dict) and isinstance(bundle.get(kind), str):
                if name in self._shown:
                    self._again -= len(bundle[kind])
                self._shown.add(name)
                return None if self._again < 0 else f"data:{kind};base64,{bundle[kind]}"
        return None


_RENDERER = _Renderer()
_PARSER = parser(_RENDERER)


def markdown(source: str, attachments: dict[str, Any] | None = None) -> Markup:
    """Return Markdown as safe HTML, with formulas as MathML."""
    return _markdown(source, attachments) if attachments else _markdown_alone(source)


@lru_cache(maxsize=1024)
def _markdown_alone(source: str) -> Markup:
    # A lesson's prose is the same on every student's page.
    return _markdown(source, {})


def _markdown(source: str, attachments: dict[str, Any]) -> Markup:
    if len(source) > MAX_MARKDOWN:
        return preformatted(source)
    renderer = _RENDERER
    renderer.begin(attachments)
    try:
        html = str(_PARSER(source))
        safe = _CLEANER.clean(html)
    except (RecursionError, ValueError):
        return preformatted(source)
    return Markup(renderer.put_in(safe))  # noqa: S704  sanitised above; what was held is ours


@lru_cache(maxsize=1024)
def python(source: str) -> Markup:
    """Return Python code as highlighted HTML, for a `<pre class="code">`."""
    if len(source) > MAX_HIGHLIGHT:
        return Markup(escape(cut(source)))  # noqa: S704  escaped
    return Markup(highlight(source, _LEXER, _FORMATTER))  # noqa: S704  pygments escapes


def preformatted(text: str) -> Markup:
    """Return plain text as a `<pre>`."""
    return Markup("<pre>{}</pre>").format(cut(text))


def inline(text: str) -> Markup:
    """Return one sentence, its `backticked` parts set as code."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escape(text)))  # noqa: S704  escaped


def picture(kind: str, data: str, alt: str) -> Markup | None:
    """Return an image that stands inside the page, or None when its data is not base64."""
    if not _BASE64.fullmatch(data):
        return None
    return Markup('<img src="data:{};base64,{}" alt="{}">').format(kind, "".join(data.split()), alt)


def cut(text: str, limit: int = MAX_TEXT) -> str:
    """Return text no longer than `limit`, saying so where it was cut."""
    return text if len(text) <= limit else f"{text[:limit]}\n[cut here: {len(text) - limit} more characters]"
