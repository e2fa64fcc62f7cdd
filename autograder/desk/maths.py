r"""LaTeX to MathML: formulas that every browser draws without a script and without the network.

The input is whatever a student wrote. latex2mathml builds the tree; its own serialiser unescapes text (so
``\text{<script>}`` would become markup), and ``\href`` and ``\style`` put attributes of the writer's choice
into it. So the tree is written out here, and only known tags and attributes of MathML get through.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING

from latex2mathml.converter import convert_to_element

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: Longer formulas, and those that define macros (which can grow without bound), are shown as written.
MAX_LENGTH = 4000
MAX_DEPTH = 60
_DEFINES = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|[egx]?def|let|DeclareMathOperator|newenvironment)\b"
)

#: Environments that the converter does not know, and what shows the same; "" leaves the body alone. Equation
#: numbers would count within one cell only, so the numbered forms lose them.
_ENVIRONMENTS = {
    "align": "align*",
    "aligned": "align*",
    "alignedat": "align*",
    "eqnarray": "align*",
    "eqnarray*": "align*",
    "gather": "matrix",
    "gather*": "matrix",
    "gathered": "matrix",
    "multline": "matrix",
    "multline*": "matrix",
    "equation": "",
    "equation*": "",
    "displaymath": "",
    "math": "",
}
_ENVIRONMENT = re.compile(r"\\(begin|end)\{(\w+\*?)\}")

#: Extra space after a line, as in ``\\\\[4pt]``, which the converter would print.
_ROW_SPACE = re.compile(r"\\\\\s*\[-?[\d.]+\s*(?:pt|em|ex|mm|cm|in|pc)\]")

_TAGS = frozenset(
    """
    math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle mpadded mphantom menclose mfenced msub
    msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd mlabeledtr merror
    """.split()  # noqa: SIM905  a list of words reads better
)
_ATTRIBUTES = frozenset(
    """
    accent accentunder columnalign columnlines columnspacing rowlines rowspacing rowalign columnspan
    rowspan depth height width lspace rspace voffset display displaystyle scriptlevel fence form
    separator stretchy symmetric largeop movablelimits maxsize minsize linethickness mathvariant
    notation
    """.split()  # noqa: SIM905  a list of words reads better
)
_VALUE = re.compile(r"[\w.%+\- ]{0,60}")


@lru_cache(maxsize=4096)
def to_mathml(tex: str, *, display: bool = False) -> str:
    """Return `tex` as a `<math>` element that carries its TeX, or as `<code>` where it cannot be converted.

    Parameters
    ----------
    tex : str
        A formula without its dollar signs. Nothing in it is trusted.
    display : bool
        Whether it stands on a line of its own.
    """
    tex = tex.strip()
    tree = _tree(tex, display=display)
    if tree is None:
        return f'<code class="tex">{escape(tex)}</code>'
    body = "".join(_write(child) for child in tree)
    mode = "block" if display else "inline"
    return (
        f'<math display="{mode}" alttext="{escape(tex)}"><semantics><mrow>{body}</mrow>'
        f'<annotation encoding="application/x-tex">{escape(tex)}</annotation></semantics></math>'
    )


def _tree(tex: str, *, display: bool) -> Element | None:
    if not tex or len(tex) > MAX_LENGTH or _DEFINES.search(tex) or _depth(tex) > MAX_DEPTH:
        return None
    try:
        tree = convert_to_element(
            _ENVIRONMENT.sub(_environment, _ROW_SPACE.sub(r"\\\\", tex)),
            display="block" if display else "inline",
        )
    except Exception:  # noqa: BLE001  a formula that the converter cannot read is shown as written
        return None
    return tree


def _environment(match: re.Match[str]) -> str:
    name = _ENVIRONMENTS.get(match[2], match[2])
    return rf"\{match[1]}{{{name}}}" if name else ""


def _depth(tex: str) -> int:
    deepest = depth = 0
    for character in tex:
        depth += {"{": 1, "}": -1}.get(character, 0)
        deepest = max(deepest, depth)
    return max(deepest, tex.count(r"\begin"), tex.count(r"\left"))


def _write(element: Element, before: Element | None = None) -> str:
    # latex2mathml keeps symbols as character references ("&#x02202;") and a backslash before an ampersand.
    text = unescape((element.text or "").replace(r"\&", "&amp;"))
    inside = escape(text, quote=False)
    inside += "".join(
        _write(child, previous) for previous, child in zip([None, *element], element, strict=False)
    )
    tag = element.tag
    if tag not in _TAGS:
        return inside
    attributes = {
        name: value
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _VALUE.fullmatch(value)
    }
    if tag == "mo" and not attributes and len(text) > 1 and text.isalpha():
        tag = "mi"  # \operatorname: as an operator it would stand off from its bracket
    if tag == "mo" and text in {"-", "\N{MINUS SIGN}"} and before is not None and before.tag == "mo":
        attributes["form"] = "prefix"  # the sign of a number, not a subtraction
    if tag == "mtd" and attributes.get("columnalign") in {"left", "right"}:
        attributes["style"] = f"text-align:{attributes['columnalign']}"  # browsers leave this to CSS
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{written}>{inside}</{tag}>"
