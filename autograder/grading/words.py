"""Which names a student's cell may come to use, and which it may bind or change: told by its words, without a parser.

A parser can be made to fall over. A word too many costs time alone, a word too few costs marks: so what is left out is
certain. In a function that stands at the beginning of a line those words are left out that are its own there, its
parameters and what it assigns; and everywhere what stands in comments and texts, and behind a dot. A cell in which a
text could become code, or whose texts cannot be told apart by their quotes alone, is taken word by word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CELLS = 256  # whose words are kept
_WORD = re.compile(r"[^\W\d]\w*")
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")  # and not behind a dot
_END_OF_HEAD = re.compile(r"[=(:#]")
_BIND_NOTHING = frozenset({
    "return", "raise", "assert", "import", "from", "if", "elif", "else", "while", "try", "except", "del", "pass",
    "yield", "print",
})  # fmt: skip
_REACHING = frozenset({
    "__builtins__", "__dict__", "__getattribute__", "__globals__", "__import__", "__main__", "attrgetter", "builtins",
    "compile", "ctypes", "doctest", "eval", "exec", "f_globals", "gc", "get_ipython", "getattr", "globals",
    "importlib", "inspect", "locals", "methodcaller", "query", "runpy", "setattr", "sys", "timeit", "vars",
})  # fmt: skip
# What ends nowhere ends with the cell, which is no Python then: nothing is read twice.
_TEXT = re.compile(
    r"""\#[^\n]*
    | (?:(?<!\w)(?P<prefix>[A-Za-z]{1,2}))?
      (?: \"{3} (?:[^\\]|\\.)*? (?:\"{3}|\\?\Z) | '{3} (?:[^\\]|\\.)*? (?:'{3}|\\?\Z)
        | \" (?:[^"\\\n]|\\.)* (?:"|(?=\n)|\\?\Z) | ' (?:[^'\\\n]|\\.)* (?:'|(?=\n)|\\?\Z) )""",
    re.DOTALL | re.VERBOSE,
)
_WITH_CODE = frozenset("fFtT")  # texts that hold code
_QUOTES = re.compile(r"['\"]")
_OTHER_LINES = frozenset("\r\f")  # begin lines for Python
_MAGIC = re.compile(r"^[ \t]*[%!?]|=[ \t]*[%!]|\?[ \t]*$", re.MULTILINE)
_FUNCTION = re.compile(r"def[ \t]+([^\W\d]\w*)[ \t]*\(")
_NESTED = re.compile(r"\b(?:def|class)\b")
_NAMES = r"\*?[^\W\d]\w*(?:\s*,\s*\*?[^\W\d]\w*)*"
_ASSIGNED = re.compile(
    rf"\s*(\(\s*{_NAMES}(?:\s*,)?\s*\)|{_NAMES}(?:\s*,)?)\s*(?://|\*\*|<<|>>|[-+*/%@&|^])?=(?!=)"
)
_LOOP = re.compile(rf"\s*for\s+(\(\s*{_NAMES}(?:\s*,)?\s*\)|{_NAMES}(?:\s*,)?)\s+in\b")

_IMPORTS = ("import ", "from ")
# What a line binds further on: ``with ... as y:``, ``(y := ...)``, ``if ...: y = ...``, ``x = y = ...``
_LATER = re.compile(
    rf"\bas\s+([^:=#]+)|\b([^\W\d]\w*)\s*:=|[:;=]\s*({_NAMES})(?:\s*,)?\s*(?://|\*\*|<<|>>|[-+*/%@&|^])?(?==(?!=))"
)


class Words(NamedTuple):
    """What a cell speaks of beyond itself, and what it may bind or change in place; and some words more."""

    read: frozenset[str]
    bound: frozenset[str]


@lru_cache(maxsize=_CELLS)  # asked for each test that lost marks
def words_of(source: str) -> Words:
    """Return what a cell's words may mean to other cells."""
    code = _without_texts(source)
    if code is None:
        return Words(frozenset(_WORD.findall(source)), _binds(source.split("\n"), _WORD))
    read: set[str] = set()
    bound: set[str] = set()
    for part in _parts(code.split("\n")):
        found = _of_function("\n".join(part)) or Words(
            frozenset(_NAME.findall("\n".join(part))), _binds(part, _NAME)
        )
        read |= found.read
        bound |= found.bound
    return Words(frozenset(read), frozenset(bound))


def _without_texts(source: str) -> str | None:
    """Return a cell without comments and texts; None where these may be code, or be read wrongly."""
    if not _REACHING.isdisjoint(_WORD.findall(source)) or not _OTHER_LINES.isdisjoint(source):
        return None
    certain = True

    def left(found: re.Match[str]) -> str:
        nonlocal certain
        if _WITH_CODE.isdisjoint(found["prefix"] or ""):
            return " "
        quoted = found[0][len(found["prefix"]) :]
        inside = quoted.strip(quoted[0])
        certain = certain and not _QUOTES.search(inside) and inside.count("{") == inside.count("}")
        return f" {' '.join(_WORD.findall(inside))} "

    code = _TEXT.sub(left, source)
    return code if certain and not _MAGIC.search(code) else None


def _parts(lines: Iterable[str]) -> Iterator[list[str]]:
    """Yield each function that begins at the beginning of a line, with its body, and what stands between."""
    part: list[str] = []
    inside = False
    for line in lines:
        begins = line.startswith("def ")
        if begins or (inside and line[:1] not in {"", " ", "\t", ")", "]", "}"}):
            yield part
            part, inside = [], begins
        part.append(line)
    yield part


def _of_function(text: str) -> Words | None:
    """Return what a function means to others; None for what is none."""
    head = _FUNCTION.match(text)
    end = None if head is None else _closing(text, head.end())
    if head is None or end is None or "lambda" in text[:end]:
        return None
    body = text[end + 1 :]
    names = frozenset(_NAME.findall(body))
    outside = {head[1]}
    own = set()
    for parameter in _split(text[head.end() : end]):
        name = _WORD.search(parameter)
        if name is not None:
            own.add(name[0])
            outside.update(_NAME.findall(parameter[name.end() :]))
    if "global" in names:
        own.clear()
    else:
        own.update(_assigned(body))
    return Words(names - own | outside, _binds(body.split("\n"), _NAME) - own | {head[1]})


def _closing(text: str, start: int) -> int | None:
    """Return where the bracket is closed that was opened before `start`."""
    depth = 1
    for at in range(start, len(text)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if not depth:
            return at
    return None


def _split(text: str) -> Iterator[str]:
    """Yield what stands between the commas that are in no bracket."""
    depth = start = 0
    for at, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and not depth:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _assigned(body: str) -> Iterator[str]:
    """Yield names that a function's own statements assign: they are its own from its first line to its last."""
    nested = _NESTED.search(body)
    depth, goes_on = 0, False
    for line in (body if nested is None else body[: nested.start()]).split("\n"):
        found = None if depth or goes_on else _ASSIGNED.match(line) or _LOOP.match(line)
        if found is not None:
            yield from _WORD.findall(found[1])
        depth += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
        goes_on = line.endswith("\\")


def _binds(lines: Iterable[str], word: re.Pattern[str]) -> frozenset[str]:
    """Return the words that lines may bind or change in place, and some more."""
    found: set[str] = set()
    for line in lines:
        bare = line.strip()
        words = word.findall(_END_OF_HEAD.split(bare.lstrip("([*"), maxsplit=1)[0])
        if bare[:1] not in tuple("@#%!\"'") and words and words[0] not in _BIND_NOTHING:
            found.update(words)
        if not bare.startswith(_IMPORTS):
            for later in _LATER.findall(bare):
                found.update(word.findall(" ".join(later)))
    return frozenset(found)
