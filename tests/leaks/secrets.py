"""What must not be shown, learned from a lesson's source, and where in a text it is found."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
TELLING = 12  # a shorter line says nothing
_LITERAL = re.compile(r"\[[-\d.,\se\[\]]*\d[-\d.,\se\[\]]*\]")


@dataclass(frozen=True)
class Secrets:
    """The secrets of one lesson.

    Attributes
    ----------
    hidden, solutions
        Lines of hidden tests (known mistakes among them) and of solutions that stand nowhere in the release.
    inputs
        For each test cell, the arrays that each statement of its hidden tests writes out.
    """

    hidden: frozenset[str]
    solutions: frozenset[str]
    inputs: dict[str, tuple[frozenset[str], ...]]


def secrets_of(source: NotebookNode, release: NotebookNode) -> Secrets:
    """Collect the secrets of a lesson."""
    public = "\n".join(cell.source for cell in release.cells)
    regions: dict[cells.Secret, set[str]] = {kind: set() for kind in cells.Secret}
    inputs = {}
    for cell in source.cells:
        statements: list[frozenset[str]] = []
        for kind, block in cells.secret_blocks(cell.source):
            regions[kind] |= {line.strip() for line in block.split("\n")}
            if kind is cells.Secret.HIDDEN_TESTS:
                statements += [
                    frozenset(found)
                    for statement in re.split(r"\n(?=\S)|\n    (?=check\.)", block)
                    if (
                        found := {
                            _squeeze(text) for text in _LITERAL.findall(statement) if len(text) > TELLING
                        }
                    )
                ]
        if statements:
            inputs[str(cells.grade_id(cell))] = tuple(statements)

    def telling(kind: cells.Secret) -> frozenset[str]:
        return frozenset(one for one in regions[kind] if len(one) >= TELLING and one not in public)

    return Secrets(telling(cells.Secret.HIDDEN_TESTS), telling(cells.Secret.SOLUTION), inputs)


def shown_lines(text: str, lines: frozenset[str], own: str) -> list[str]:
    """Return which of the lines a text quotes, but for those that the student wrote too."""
    return sorted(line for line in lines if line in text and line not in own)


def places(root: Path) -> list[str]:
    """Return the machine's folders that nothing may name; a Python of the system's own is in none of these."""
    found = {root, ROOT, Path(sys.prefix), Path(sys.base_prefix), Path.home(), *root.parents[:2]}
    shared = {"/", "/tmp", "/home", "/usr"}  # noqa: S108 - named, not used
    return sorted({str(path) for one in found for path in (one, one.resolve())} - shared)


def shown_places(text: str, named: list[str]) -> list[str]:
    """Return where a text names a folder of the machine, with what stands around it."""
    pattern = re.compile(f"(?<![\\w.-])(?:{'|'.join(map(re.escape, named))})(?![\\w-])")
    return [text[max(0, found.start() - 40) : found.end() + 40] for found in pattern.finditer(text)]


def inputs_in(finding: dict[str, Any], statements: tuple[frozenset[str], ...]) -> int:
    """Return of how many hidden statements a finding shows an array."""
    said = _squeeze(json.dumps(finding, ensure_ascii=False))
    return sum(any(text in said for text in statement) for statement in statements)


def texts_of(path: Path) -> str:
    """Return all that a file says, as a reader or a program sees it."""
    data = path.read_text("utf-8", "replace")
    if path.suffix in {".ipynb", ".json"}:
        return "\n".join(_strings(json.loads(data)))
    if path.suffix == ".html":
        return data + "\n" + unescape(re.sub(r"<[^>]*>", "", data))
    return data


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        for item in value:
            yield from _strings(item)


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"(\d)\.0*(?=[,\]])|(\d)\.(?=\D)", r"\1\2", text))
