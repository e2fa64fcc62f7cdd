"""What every student hands in again was looked at before the first of them."""

from __future__ import annotations

from autograder.grading.exercises import bound, outline, said, squeezed
from autograder.grading.mend import mend
from autograder.grading.rehearsal import as_given, rehearse

from .conftest import lesson


def test_a_lesson_as_it_was_given_out_holds_nothing_new_after_a_rehearsal() -> None:
    source = lesson()
    known = outline(source)
    given = as_given(source, known)
    for remembered in (squeezed, said, bound):
        remembered.cache_clear()
    rehearse(source, known, lambda notebook: mend(notebook, known))
    looked_at = [remembered.cache_info().misses for remembered in (squeezed, said, bound)]
    assert mend(given, known) == []
    assert [remembered.cache_info().misses for remembered in (squeezed, said, bound)] == looked_at
    assert sum(looked_at) > 0


def test_what_is_given_out_has_stubs_and_no_hidden_tests() -> None:
    source = lesson()
    text = "\n".join(cell.source for cell in as_given(source, outline(source)).cells)
    assert "raise NotImplementedError()" in text
    assert "HIDDEN" not in text
    assert "SOLUTION" not in text
    assert "HIDDEN" in "\n".join(cell.source for cell in source.cells)
