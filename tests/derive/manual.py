"""Writes the table into `docs/derivations.md`: ``cd tests && python -m derive.manual``.

The words before the first mark and after the second are written by hand.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from .table import sections

if TYPE_CHECKING:
    from autograder.check import Derivation

    from .table import Row, Section

MANUAL = Path(__file__).parents[2] / "docs" / "derivations.md"
BEGIN = "<!-- The table begins; it is written by tests/derive/manual.py. -->"
END = "<!-- The table ends. -->"

_WORDS = {
    "right": "right",
    "wrong": "line {} is **wrong**",
    "far": "line {} is right, but **too far**",
    "unread": "line {} **cannot be read**",
    "end": "right, but **does not end as asked**",
    "unjudged": "line {} **cannot be computed**",
    "unwritten": "**not written yet**",
    "missing": "right, but a **waypoint is missing**",
}


def table(chapters: list[Section]) -> str:
    """Return the table as Markdown."""
    return "\n".join(_section(section) for section in chapters)


def written() -> str:
    """Return the table as the manual has it now."""
    return MANUAL.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip("\n")


def _section(section: Section) -> str:
    rows = "\n".join(_row(row) for row in section.rows)
    text = f"{section.text}\n\n" if section.text else ""
    return (
        f"### {section.title}\n\n{text}```python\n{_statement(section.statement)}\n```\n\n"
        f"| chain | verdict | reason |\n| --- | --- | --- |\n{rows}\n"
    )


def _statement(statement: Derivation) -> str:
    """Return a statement as an author writes it, what is left out left out."""
    said = []
    for field in dataclasses.fields(statement):
        value = getattr(statement, field.name)
        if value != field.default:
            shown = value[0] if field.name in {"let", "waypoints"} and len(value) == 1 else value
            said.append(f"{field.name}={_value(shown)}")
    one = f"Derivation({', '.join(said)})"
    return one if len(one) <= 100 else "Derivation(\n    " + ",\n    ".join(said) + ",\n)"


def _value(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"({', '.join(map(_value, value))})"
    functions = getattr(value, "functions", None)
    return repr(value) if functions is None else f"Only({', '.join(map(_value, functions))})"


def _row(row: Row) -> str:
    kind, _, line = row.verdict.partition(" ")
    verdict = _WORDS[kind].format(line)
    if row.known:
        verdict += f" (judged otherwise today: {row.known})"
    lines = [_code(text) for text in row.chain]
    if row.shown:
        lines[int(line) - 1] = row.shown
    return f"| {'<br>'.join(lines)} | {verdict} | {row.why} |"


def _code(text: str) -> str:
    """Return one line as Markdown shows it inside a table; what cannot be seen is spelt out."""
    if not text.strip():
        return f"({len(text)} spaces)" if text else "(nothing)"
    seen = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return f"`{seen.replace('|', chr(92) + '|')}`"


def write() -> None:
    """Put the table into the manual."""
    before, _, rest = MANUAL.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    MANUAL.write_text(f"{before}{BEGIN}\n\n{table(sections())}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    write()
