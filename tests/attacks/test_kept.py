"""The suite can only grow: every attack that was ever in a table is still there, by its name.

`kept.txt` has the names, table by table. A new row is added to it by ``cd tests && python -m attacks.test_kept``, which
takes none away.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from .answers import ANSWERS
from .at_home import AT_HOME
from .cheap import CHEAP
from .cheap_backprop import BACKPROP
from .exhaust import EXHAUST
from .follow import FOLLOW
from .forge import FORGED
from .in_a_row import IN_A_ROW
from .lies import LIES
from .pages import PAGES
from .papers import PAPERS
from .search import SEARCH
from .shown import SHOWN
from .targets import TARGETS
from .test_gradebook import IDS, REFUSED

KEPT = Path(__file__).with_name("kept.txt")


def tables() -> dict[str, list[str]]:
    """Return the names of every table's rows."""
    from derive import table_hostile  # noqa: PLC0415 - beside this package

    rows: dict[str, list[Any]] = {
        "lies": LIES, "search": SEARCH, "forge": FORGED, "exhaust": EXHAUST, "papers": PAPERS, "shown": SHOWN,
        "pages": PAGES, "follow": FOLLOW, "answers": ANSWERS,
        "in a row": IN_A_ROW, "at home": AT_HOME, "cheap": CHEAP, "cheap backprop": BACKPROP,
    }  # fmt: skip
    found = {table: [row.name for row in attacks] for table, attacks in rows.items()}
    found["gradebook"] = [*IDS, *REFUSED]
    found["doors"] = list(TARGETS)
    found["derivations"] = [
        f"{section.title}: {row.why}: {row.shown or row.chain[1][:40]!a}"
        for section in table_hostile.SECTIONS
        for row in section.rows
    ]
    return found


def kept() -> dict[str, list[str]]:
    """Return the names that are kept."""
    found: dict[str, list[str]] = {}
    for line in KEPT.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            names = found.setdefault(line.removeprefix("# "), [])
        elif line:
            names.append(line)
    return found


@pytest.mark.parametrize("table", kept())
def test_no_attack_was_taken_out(table: str) -> None:
    missing = [name for name in kept()[table] if name not in tables()[table]]
    assert missing == [], "an attack may be made stronger under its name, and is never taken out"


@pytest.mark.parametrize("table", tables())
def test_every_attack_is_kept_from_now_on(table: str) -> None:
    new = [name for name in tables()[table] if name not in kept().get(table, [])]
    assert new == [], "keep them: cd tests && python -m attacks.test_kept"


@pytest.mark.parametrize("table", tables())
def test_names_are_names_of_one(table: str) -> None:
    names = tables()[table]
    assert len(names) == len(set(names))


def main() -> None:
    """Add new names to what is kept."""
    known = kept() if KEPT.exists() else {}
    text = ""
    for table, names in tables().items():
        merged = dict.fromkeys([*known.get(table, []), *names])
        text += "\n".join([f"# {table}", *merged, "", ""])
    KEPT.write_text(text.rstrip() + "\n", encoding="utf-8")
    sys.stdout.write(f"{sum(map(len, kept().values()))} names are kept\n")


if __name__ == "__main__":
    main()
