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
            _ENVIRONMENT.sub(_environment, tex), display="block" if display else "inline"
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


def _write(element: Element) -> str:
    # latex2mathml keeps symbols as character references ("&#x02202;") and a backslash before an ampersand.
    text = escape(unescape((element.text or "").replace(r"\&", "&amp;")), quote=False)
    inside = text + "".join(_write(child) for child in element)
    if element.tag not in _TAGS:
        return inside
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _VALUE.fullmatch(value)
    )
    # Browsers leave alignment inside MathML tables to CSS.
    align = element.get("columnalign", "") if element.tag == "mtd" else ""
    style = f' style="text-align:{align}"' if align in {"left", "right"} else ""
    return f"<{element.tag}{attributes}{style}>{inside}</{element.tag}>"
