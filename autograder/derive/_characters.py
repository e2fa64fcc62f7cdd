"""Characters that a line cannot hold, and what to write instead: most come from paper, or with a paste."""

from __future__ import annotations

import re
import unicodedata

LETTERS = re.compile(r"[A-Za-z0-9_+\-*/@.,()\[\]:<>= ]|!(?==)")

_MINUS = "write `-` for minus"
_PRODUCT = "write `*` for a product"
_ENTRIES = "write `*` for the product entry by entry"
_POWER = "a power is written `**`, as in `x**2`"
_TRANSPOSE = "a transpose is written `.T`, as in `s.T`"
_SUM = "write `sum(j, ...)`"
_QUOTES = "a line is one string: no quotes inside it"
_SLOPE = "a derivative is written `diff(f, x)`, a transpose `.T`, and a line holds no quotes"
_DIFF = "write `diff(f, x)`"
_ROUND = "use round brackets ( )"
_DOT = "an inner product is written `dot(a, b)`"
_INDICATOR = "an indicator is a comparison, as in `(x > 0)`"
_PLAIN = "use plain letters without accents, as on an English keyboard"
_ARROW = "one expression a line: the next form gets a line of its own"

INSTEAD = {
    "^": _POWER,
    "−": _MINUS,  # noqa: RUF001 (the look-alike itself, here and below)
    "–": _MINUS,  # noqa: RUF001
    "—": _MINUS,
    "·": _PRODUCT,
    "×": _PRODUCT,  # noqa: RUF001
    "⋅": _PRODUCT,
    "•": _PRODUCT,
    "⊙": _ENTRIES,
    "∘": _ENTRIES,
    "◦": _ENTRIES,
    "∗": _ENTRIES,  # noqa: RUF001
    "⊗": "write `outer(a, b)`, or `a @ b.T`",
    "÷": "write `/` for a fraction",
    "⁄": "write `/` for a fraction",  # noqa: RUF001
    "∕": "write `/` for a fraction",  # noqa: RUF001
    "√": "write `sqrt(x)`",
    "Σ": _SUM,
    "∑": _SUM,
    "∂": _DIFF,
    "∇": _DIFF,
    "σ": "write `sigmoid(x)`",  # noqa: RUF001
    "δ": "write `delta(i, j)`",
    "π": "write `pi`",
    "ᵀ": _TRANSPOSE,
    "⊤": _TRANSPOSE,  # noqa: RUF001
    "≥": "write `>=`",
    "≤": "write `<=`",
    "≠": "write `!=`",
    "≈": "a line equals the one above it, to the last digit",
    "→": _ARROW,
    "⇒": _ARROW,
    "…": "write out what the dots stand for: `sum(j, ...)` for a long sum",
    "∞": "infinity is no number to compute with",
    "𝟙": _INDICATOR,  # noqa: RUF001
    "𝟏": _INDICATOR,  # noqa: RUF001
    "‖": "write a norm out, as in `sqrt(sum(i, x[i]**2))`",
    "⟨": _DOT,
    "⟩": _DOT,
    "'": _SLOPE,
    "′": _SLOPE,  # noqa: RUF001
    '"': _QUOTES,
    "“": _QUOTES,
    "”": _QUOTES,
    "‘": _QUOTES,  # noqa: RUF001
    "’": _QUOTES,  # noqa: RUF001
    "|": "write `abs(x)` for |x|",
    "{": _ROUND,
    "}": _ROUND,
    "\\": "a line is Python syntax, not LaTeX: write `exp(x)`, `a / b`, `sum(j, ...)`",
    "$": "a line is Python syntax, not LaTeX: leave the dollars out",
    "%": "there is no `%` here",
    "&": "write one comparison, or multiply two: `(a > 0) * (b > 0)`",
    "~": "write `1 - c` for the opposite of a condition",
    "#": "no comments inside a line: put them after the string",
    ";": "one expression a line",
    "!": "there is no factorial here; different from is `!=`",
}


def refused(body: str) -> tuple[str, int] | None:
    """Return what is said of the first character that a line cannot hold, and where it stands; None if all can."""
    for place, character in enumerate(body):
        if LETTERS.match(body, place) is None:
            return _says(character, body, place), place
    return None


def _says(character: str, body: str, place: int) -> str:
    kind = unicodedata.category(character)
    if kind == "Zs":
        return "a space of another kind stands here, perhaps pasted: delete it, and type a plain one"
    if kind == "Cf":
        return "a character that nobody sees stands here, perhaps pasted: delete it"
    return f"`{character}` cannot stand here: {_instead(character, body, place)}"


def _instead(character: str, body: str, place: int) -> str:  # noqa: PLR0911 (a table)
    if character in "'\"" and re.search(r"\beinsum\s*\($", body[:place]):
        return "there is no `einsum` in a line: write the sum with its index, `sum(j, ...)`"
    if character == "^" and re.match(r"\^\s*[({]?\s*(?:T\b|\\?top\b|[⊤ᵀ])", body[place:]):  # noqa: RUF001
        return _TRANSPOSE
    if character in INSTEAD:
        return INSTEAD[character]
    kind, *_ = unicodedata.decomposition(character).split() or [""]
    plain = unicodedata.normalize("NFKC", character)
    if kind == "<super>":
        return f"a power is written `**`, as in `x**{plain if plain.isalnum() else 2}`"
    if kind == "<sub>":
        return f"an index is written in square brackets, as in `x[{plain}]`"
    if kind == "<fraction>":
        return f"write `{plain.replace('⁄', '/')}`"  # noqa: RUF001
    return "it has no meaning here" if character.isascii() else _PLAIN
