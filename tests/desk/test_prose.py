"""Untrusted Markdown, HTML and LaTeX: what is kept, and that nothing that acts gets through."""

from __future__ import annotations

import re

import pytest
from defusedxml import ElementTree  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from autograder.desk.maths import to_mathml
from autograder.desk.prose import clean, markdown, python

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img alt='$\\text{\" onerror=alert(1) x=\"}$' src=x>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<a href='jav&#x09;ascript:alert(1)'>a</a>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1) 'x')",
    "![a](javascript:alert(1))",
    "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=https://evil.example><button>Log in</button></form>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<style>body{display:none}</style>",
    "<div style='position:fixed;background:url(https://evil.example)'>x</div>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example'>",
    "<h1 id=exercises class=total>100 of 100</h1>",
    "$\\text{<script>alert(1)</script>}$",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\style{position:fixed}{x}$",
    "$\\class{total}{x}$",
    "$\\unknown{<img src=x onerror=alert(1)>$",
    "```python\n</pre><script>alert(1)</script>\n```",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    "![x](https://evil.example/pixel.png)",
    '<x-hold data-n="7"></x-hold><x-hold data-n="0" onclick="alert(1)">y</x-hold>',
]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_that_acts_is_left(source: str) -> None:
    html = str(markdown(source)) + str(clean(source))
    acts = {"script", "iframe", "form", "button", "style", "meta", "base", "svg", "h1", "object", "link"}
    for element in ElementTree.fromstring(f"<x>{_as_xml(html)}</x>").iter():
        assert element.tag not in acts
        assert not {"id", "action", "srcdoc"} & set(element.attrib)
        assert element.get("class") not in {"total", "cell", "check"}
        assert not any(name.startswith("on") for name in element.attrib)
        for url in (element.get("href", ""), element.get("src", "")):
            assert url.split(":")[0].lower() in {"", "https", "http", "mailto"}
            assert element.tag != "img" or not url
        assert "url(" not in element.get("style", "")
        assert "position" not in element.get("style", "")


def _as_xml(html: str) -> str:
    return re.sub(r"<(img|br|hr|col)((?:\s[^<>]*)?)(?<!/)>", r"<\1\2/>", html).replace("&nbsp;", " ")


def test_markdown_keeps_what_a_lesson_needs() -> None:
    html = markdown(
        "# Title\n\n**bold** `code` [link](https://numpy.org)\n\n| a | b |\n|---|---|\n| $x$ | 2 |\n"
    )
    assert "<h3>Title</h3>" in html
    assert '<a href="https://numpy.org" rel="noopener noreferrer">' in html
    assert '<td><math display="inline" alttext="x">' in html


def test_a_picture_comes_from_the_notebook_itself_or_not_at_all() -> None:
    inside = markdown("![a cat](attachment:cat.png)", {"cat.png": {"image/png": "aGk="}})
    assert '<img src="data:image/png;base64,aGk=" alt="a cat">' in inside
    assert markdown("![a cat](https://cats.example/cat.png)") == "<p><em>[picture: a cat]</em></p>\n"


def test_nothing_in_a_text_repeats_what_stands_in_it_once() -> None:
    formula, picture = f"${'+' * 3900}$", {"a": {"image/png": "A" * 400_000}}
    alone = markdown(formula)
    assert len(markdown(formula + '\n\n<x-hold data-n="0"></x-hold>' * 500)) < 2 * len(alone)
    assert markdown("![](attachment:a) " * 3, picture).count("<img") == 3
    shown = markdown("![](attachment:a) " * 900, picture)
    assert len(shown) < 2_000_000
    assert shown.count("[picture: without a description]") == 900 - shown.count("<img")


def test_a_picture_is_described_in_the_words_that_were_written() -> None:
    html = markdown("![the *slope* of $f(x)$ < 1](attachment:a)", {"a": {"image/png": "aGk="}})
    assert 'alt="the slope of $f(x)$ &lt; 1"' in html
    assert html == markdown("![the *slope* of $f(x)$ < 1](attachment:a)", {"a": {"image/png": "aGk="}})


def test_a_formula_is_mathml_that_carries_its_tex() -> None:
    html = to_mathml(r"\frac{\partial L}{\partial W} < 1", display=True)
    tree = ElementTree.fromstring(html)
    assert tree.get("display") == "block"
    assert tree.get("alttext") == r"\frac{\partial L}{\partial W} < 1"
    assert tree.find(".//mfrac") is not None
    annotation = tree.find(".//annotation")
    assert annotation is not None
    assert annotation.text == tree.get("alttext")


@pytest.mark.parametrize("name", ["align", "aligned", "eqnarray*", "gather", "split"])
def test_several_lines_become_a_table(name: str) -> None:
    lines = to_mathml(rf"\begin{{{name}}} a &= b \\ c &= d \end{{{name}}}", display=True)
    assert lines.count("<mtr>") == 2


def test_details_that_the_converter_gets_wrong() -> None:
    rows = to_mathml(r"\begin{cases} 0 & x < 0 \\[4pt] x & x \ge 0 \end{cases}").split("<annotation")[0]
    assert rows.count("<mtr>") == 2
    assert "<mn>4</mn>" not in rows
    assert "<mi>relu</mi>" in to_mathml(r"\operatorname{relu}(x)")
    assert '<mo form="prefix">' in to_mathml("[1, -2]")
    assert "prefix" not in to_mathml("1 - 2")


def test_macros_that_could_grow_without_bound_are_shown_as_written() -> None:
    bomb = r"\newcommand{\a}{xx}" + "".join(
        rf"\newcommand{{\{b}}}{{\{a}\{a}}}" for a, b in zip("abcd", "bcde", strict=True)
    )
    assert to_mathml(bomb).startswith('<code class="tex">')
    assert to_mathml("{" * 500 + "x" + "}" * 500).startswith('<code class="tex">')


@given(st.text(alphabet="\\{}_^&$<>\"'ab1 frctexdnsqhlg", max_size=60))
def test_any_text_in_dollars_gives_well_formed_markup(tex: str) -> None:
    ElementTree.fromstring(to_mathml(tex))


def test_code_is_coloured_and_escaped() -> None:
    assert '<span class="k">def</span>' in python("def f(): pass")
    assert "<b>" not in python("x = '<b>'")
