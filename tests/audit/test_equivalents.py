"""The registry of mutants that make no difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from autograder.audit.equivalents import EquivalentsError, entry, read_equivalents
from autograder.audit.mutants import Mutant

if TYPE_CHECKING:
    from pathlib import Path

MUTANT = Mutant("comparison", "if n > best:", "if n >= best:", 1, "")
SECOND = Mutant("comparison", "if n > best:", "if n >= best:", 2, "")
OTHER = Mutant("constant", "if n > best:", "if n > 1:", 1, "")
QUOTED = Mutant("formula", "'a\\n\"b\"'", "'c'", 1, "")


def write(folder: Path, text: str) -> Path:
    (folder / "equivalent.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("mutant", [MUTANT, SECOND, QUOTED], ids=["first", "second", "quoted"])
def test_what_is_written_for_a_mutant_lists_that_mutant(tmp_path: Path, mutant: Mutant) -> None:
    listed = read_equivalents(write(tmp_path, entry("longest", mutant, "Either will do.")))
    assert listed.reason("longest", mutant) == "Either will do."
    assert listed.reason("longest", OTHER) == ""
    assert listed.reason("other", mutant) == ""


def test_of_equal_lines_only_the_one_that_is_meant_is_listed(tmp_path: Path) -> None:
    listed = read_equivalents(write(tmp_path, entry("longest", SECOND, "Why not.")))
    assert listed.reason("longest", MUTANT) == ""


@pytest.mark.parametrize(
    ("operator", "now", "both"),
    [("comparison", "*", False), ("*", "*", True), ("*", "if n >= best:", False)],
)
def test_one_entry_can_stand_for_many(tmp_path: Path, operator: str, now: str, both: bool) -> None:
    wide = Mutant(operator, "if n > best:", now, 1, "")
    listed = read_equivalents(write(tmp_path, entry("longest", wide, "Any will do.")))
    assert listed.reason("longest", MUTANT) == "Any will do."
    assert bool(listed.reason("longest", OTHER)) is both


def test_an_entry_that_lists_nothing_is_to_be_taken_out(tmp_path: Path) -> None:
    listed = read_equivalents(write(tmp_path, entry("longest", MUTANT, "Why not.")))
    assert listed.faults("longest", [MUTANT], [MUTANT, OTHER]) == []
    (dead,) = listed.faults("longest", [], [MUTANT, OTHER])
    assert "loses points" in dead
    (gone,) = listed.faults("longest", [OTHER], [OTHER])
    assert "is not made" in gone


def test_an_entry_may_have_its_mutants_not_tried(tmp_path: Path) -> None:
    wide = Mutant("*", "if n > best:", "*", 1, "")
    listed = read_equivalents(write(tmp_path, entry("longest", wide, "A setting.") + "tried = false\n"))
    assert not listed.is_tried("longest", MUTANT)
    assert listed.is_tried("other", MUTANT)
    assert listed.reason("longest", MUTANT) == "A setting."


def test_a_lesson_without_a_registry_lists_none(tmp_path: Path) -> None:
    assert read_equivalents(tmp_path).reasons == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[longest]]\nwas = 'a'", "has no now and no operator"),
        (entry("longest", MUTANT), "has no reason"),
        (entry("longest", MUTANT, "a") * 2, "twice in longest"),
        (entry("longest", MUTANT, "a") + "why = 'b'\n", "why = 'b' is not understood"),
        ("longest = 1", r"write \[\[longest\]\]"),
        ("longest", "equivalent.toml"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(EquivalentsError, match=said):
        read_equivalents(write(tmp_path, text))
