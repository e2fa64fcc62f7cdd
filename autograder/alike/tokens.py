"""A cell's text as tokens: of code what Pygments reads, without layout and comments; of everything else its words.

Student text is lexed and never parsed: a parser can be made to fall over. What a student named is told from what they
use, so that a renamed copy is still the same; strings are read word by word, since derivations stand in them. What
looks the same is the same: invisible signs, accents and letters of another alphabet make no other word.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_TEXT = 40_000  # characters of a cell that are read: of lines of code, and of lines of comments

_LEXER = PythonLexer()  # IPython's own takes time that grows as the square of a run of signs
_UNSEEN = "\u0300-\u036f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_UNSEEN}])*")
#: Letters that look like Latin ones: Cyrillic, small and capital, then Greek.
_LATIN = str.maketrans(
    "аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅԚԜοανρυικτΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijshdqwABEKMHOPCTYXIJSQWoavpuiktABEZHIKMNOPTYX",
)
_PIECE = re.compile(r"\w+|[^\w\s]")
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_WORDS = frozenset({"def", "class", "lambda", "for", "as"})
_IMPORTS = frozenset({"import", "from"})
_BEFORE_A_PARAMETER = frozenset({"(", ",", "*", "**", "lambda"})
_NOT_BOUND = frozenset({".", "[", "("})


class Token(NamedTuple):
    """A word, name, number or sign, and where it stands in its cell; `is_name` of what its writer may have named."""

    start: int
    end: int
    text: str
    is_name: bool = False


class Lexed(NamedTuple):
    """A cell's code and its words, comments and docstrings among them; `bound` are the names that it binds."""

    code: tuple[Token, ...]
    words: tuple[Token, ...]
    bound: frozenset[str]


@lru_cache(maxsize=8192)  # most cells of a class are the same
def lexed(source: str, *, is_code: bool) -> Lexed:  # noqa: C901 - one branch a kind of token
    """Read a cell, as far as `MAX_TEXT`; any text at all can be read as code."""
    if not is_code:
        return Lexed((), tuple(_words(source[: _end_of(source)], 0)), frozenset())
    code: list[Token] = []
    words: list[Token] = []
    lines: list[int] = []  # where in `code` a line begins
    for start, kind, value in _read(source):
        if kind in Comment or kind in String.Doc:
            words += _words(value, start)
        elif kind in Text or value.isspace():
            if "\n" in value:
                lines.append(len(code))
        elif kind in String:
            if value.strip("'\"") and kind not in String.Affix:
                code += _pieces(value, start)
        elif kind in Number:
            code.append(Token(start, start + len(value), _number(value)))
        elif kind in Name:
            code.append(Token(start, start + len(value), _name(value), is_name=True))
        elif kind in Keyword or kind in Operator:
            code.append(Token(start, start + len(value), value))
        else:
            code += _pieces(value, start)
    bound, fixed = _names(code, frozenset(lines))
    plain = (one._replace(is_name=one.is_name and at not in fixed) for at, one in enumerate(code))
    return Lexed(tuple(plain), tuple(words), bound)


def is_read_in_part(source: str, *, is_code: bool) -> bool:
    """Whether a cell is longer than what is read of it."""
    if not is_code:
        return _end_of(source) < len(source)
    return any(len(kept) < len(line.rstrip()) for _, line, kept in _lines(source))


def _end_of(source: str) -> int:
    """Return where the part of a text ends that is read; of spaces in a row one counts."""
    if len(source) <= MAX_TEXT:
        return len(source)
    counted = 0
    for found in re.finditer(r"\S+", source):
        if counted + len(found[0]) > MAX_TEXT:
            return found.start() + MAX_TEXT - counted
        counted += len(found[0]) + 1
    return len(source)


def _lines(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield where each line begins, the line, and what is read of it: nothing that hides behind blanks or comments."""
    place, left = 0, {True: MAX_TEXT, False: MAX_TEXT}
    for line in source.splitlines(keepends=True):
        is_comment = line.lstrip()[:1] == "#"
        kept = line.rstrip()[: left[is_comment]]
        left[is_comment] -= len(kept) + 1 if kept else 0
        yield place, line, kept
        place += len(line)


def _read(source: str) -> Iterator[tuple[int, Any, str]]:
    """Yield what Pygments finds; without blank lines, over many of which its expressions take very long."""
    kept, starts, places = [], [], []
    length = 0
    for place, line, read in _lines(source):
        if read:
            kept.append(read + (line[-1] if line[-1].isspace() else ""))
            starts.append(length)
            places.append(place)
            length += len(kept[-1])
    for start, kind, value in _LEXER.get_tokens_unprocessed("".join(kept)):
        at = bisect_right(starts, start) - 1
        shift = places[at] - starts[at]
        if "\n" not in value[:-1]:
            yield start + shift, kind, value
            continue
        begin = start
        for part in value.splitlines(keepends=True):  # its lines may have been further apart
            at = bisect_right(starts, begin) - 1
            yield begin + places[at] - starts[at], kind, part
            begin += len(part)


def _words(text: str, start: int) -> Iterator[Token]:
    for found in _WORD.finditer(text):
        yield Token(start + found.start(), start + found.end(), _word(found[0]))


def _pieces(text: str, start: int) -> Iterator[Token]:
    for found in _PIECE.finditer(text):
        yield Token(start + found.start(), start + found.end(), found[0])


def _word(text: str) -> str:
    """Return a word as all write it that look the same."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text)
    seen = "".join(sign for sign in plain if unicodedata.category(sign) not in {"Mn", "Cf"})
    return seen.translate(_LATIN).casefold() or text


def _name(text: str) -> str:
    """Return a name as Python reads it."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _number(value: str) -> str:
    try:
        return f"{float(value.replace('_', '')):.12g}"
    except ValueError:
        return value


def _names(  # noqa: C901, PLR0912 - one branch a word that binds
    code: Sequence[Token], lines: frozenset[int]
) -> tuple[frozenset[str], frozenset[int]]:
    """Find the names that code binds, by the tokens around them, and where a name is an attribute's or a keyword's."""
    found: set[str] = set()
    fixed: set[int] = set()
    depth, first = 0, 0  # `first` begins the statement, or its next target
    awaited = ""  # the word whose names are read: def, class, lambda, for, as
    for at, token in enumerate(code):
        text = token.text
        if depth == 0 and (at in lines or text == ";"):
            first, awaited = at, ""
        if text in _OPEN:
            depth += 1
        elif text in _CLOSE:
            depth = max(0, depth - 1)
            awaited = "" if depth == 0 and awaited == "params" else awaited
        elif text in _WORDS and not token.is_name:
            awaited = "" if text == "as" and code[first].text in _IMPORTS else text
        elif text == "in" or (text == ":" and awaited == "lambda"):
            awaited = ""
        elif text == ":" and depth == 0 and not code[first].is_name:
            first = at + 1
        elif token.is_name:
            before = code[at - 1].text if at else ""
            after = code[at + 1].text if at + 1 < len(code) else ""
            if before == "." or (after == "=" and depth and awaited not in {"params", "lambda"}):
                fixed.add(at)
            elif awaited in {"def", "class", "as"}:
                found.add(text)
                awaited = "params" if awaited == "def" else ""
            elif awaited == "for" or (awaited in {"params", "lambda"} and before in _BEFORE_A_PARAMETER):
                found.add(text)
        elif text == ":=" and at:
            found.add(code[at - 1].text)
        elif text == "=" and depth == 0:
            found.update(_targets(code, first, at))
            first = at + 1
    return frozenset(found), frozenset(fixed)


def _targets(code: Sequence[Token], first: int, end: int) -> Iterator[str]:
    """Yield the names in ``a, (b, c) =`` and ``a +=``; of ``x: int =`` the first, of ``x[0] =`` and ``x.y =`` none."""
    inside = 0  # of square brackets
    for at in range(first, end):
        text = code[at].text
        if text == ":" and not inside:
            return
        inside += (text == "[") - (text == "]")
        free = code[at].is_name and not inside and code[at + 1].text not in _NOT_BOUND
        if free and (at == first or code[at - 1].text != "."):
            yield text
