"""The registry of mutants that make no difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from autograder.audit.equivalents import EquivalentsError, entry, read_equivalents
from autograder.audit.mutants import Mutant

if TYPE_CHECKING:
    from pathlib import Path

MUTANT = Mutant("comparison", "return x > 0", "return x >= 0", 1, "")
SECOND = Mutant("comparison", "return x > 0", "return x >= 0", 2, "")
OTHER = Mutant("constant", "return x > 0", "return x > 1", 1, "")
QUOTED = Mutant("formula", "'a\\n\"b\"'", "'c'", 1, "")


def write(folder: Path, text: str) -> Path:
    (folder / "equivalent.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("mutant", [MUTANT, SECOND, QUOTED], ids=["first", "second", "quoted"])
def test_what_is_written_for_a_mutant_lists_that_mutant(tmp_path: Path, mutant: Mutant) -> None:
    listed = read_equivalents(write(tmp_path, entry("relu", mutant, "Both are right at 0.")))
    assert listed.reason("relu", mutant) == "Both are right at 0."
    assert listed.reason("relu", OTHER) == ""
    assert listed.reason("tanh", mutant) == ""


def test_of_equal_lines_only_the_one_that_is_meant_is_listed(tmp_path: Path) -> None:
    listed = read_equivalents(write(tmp_path, entry("relu", SECOND, "Why not.")))
    assert listed.reason("relu", MUTANT) == ""


@pytest.mark.parametrize(
    ("operator", "now", "both"),
    [("comparison", "*", False), ("*", "*", True), ("*", "return x >= 0", False)],
)
def test_one_entry_can_stand_for_many(tmp_path: Path, operator: str, now: str, both: bool) -> None:
    wide = Mutant(operator, "return x > 0", now, 1, "")
    listed = read_equivalents(write(tmp_path, entry("relu", wide, "Any will do.")))
    assert listed.reason("relu", MUTANT) == "Any will do."
    assert bool(listed.reason("relu", OTHER)) is both


def test_an_entry_that_lists_nothing_is_to_be_taken_out(tmp_path: Path) -> None:
    listed = read_equivalents(write(tmp_path, entry("relu", MUTANT, "Why not.")))
    assert listed.faults("relu", [MUTANT], [MUTANT, OTHER]) == []
    (dead,) = listed.faults("relu", [], [MUTANT, OTHER])
    assert "loses points" in dead
    (gone,) = listed.faults("relu", [OTHER], [OTHER])
    assert "is not made" in gone


def test_a_lesson_without_a_registry_lists_none(tmp_path: Path) -> None:
    assert read_equivalents(tmp_path).reasons == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[relu]]\nwas = 'a'", "has no now and no operator"),
        (entry("relu", MUTANT), "has no reason"),
        (entry("relu", MUTANT, "a") * 2, "twice in relu"),
        (entry("relu", MUTANT, "a") + "why = 'b'\n", "why = 'b' is not understood"),
        ("relu = 1", r"write \[\[relu\]\]"),
        ("relu", "equivalent.toml"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(EquivalentsError, match=said):
        read_equivalents(write(tmp_path, text))
