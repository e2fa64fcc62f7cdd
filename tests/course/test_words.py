"""The words that link exercises, held against Python's own table of names: for all that a lesson or an answer says.

A word too few costs a student marks that the reference would have saved.
"""

from __future__ import annotations

import symtable
from typing import TYPE_CHECKING

import pytest
from our_lessons import all_lessons

from autograder.grading.words import words_of
from autograder.lesson.fitting import read_answers

if TYPE_CHECKING:
    from collections.abc import Iterator


def within(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for inner in table.get_children():
        yield from within(inner)


def truth(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell uses from outside of its functions, and those that it binds there, imports aside."""
    top = symtable.symtable(source, "cell", "exec")
    read, bound = set(), set()
    for table in within(top):
        for symbol in table.get_symbols():
            if table is top or symbol.is_global():
                read |= {symbol.get_name()} if symbol.is_referenced() else set()
                bound |= {symbol.get_name()} if symbol.is_assigned() and not symbol.is_imported() else set()
    return read, bound


LESSONS = all_lessons()


@pytest.mark.parametrize("name", LESSONS)
def test_no_name_is_missed_in_what_lessons_and_answers_say(name: str) -> None:
    lesson = LESSONS[name]
    sources = {cell.source for cell in lesson.notebook.cells if cell.cell_type == "code"}
    if lesson.path.with_name("answers.py").is_file():
        sources |= {answer.source for answer in read_answers(lesson) if isinstance(answer.source, str)}
    missed = {}
    for source in sorted(sources):
        try:
            read, bound = truth(source)
        except SyntaxError:
            continue
        words = words_of(source)
        if not (read <= words.read and bound <= words.bound):
            missed[source] = read - words.read, bound - words.bound
    assert missed == {}
