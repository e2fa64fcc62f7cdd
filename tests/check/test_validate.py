"""Validate shows what a cell writes to stderr: under it, and only under it, a card that is not full goes there too."""

import pytest

from autograder import check


def card(value: int) -> float:
    marks = check.marks("value", values=1)
    with marks.values:
        check.equal(value, 2, because="one and one")
    return marks.total()


@pytest.mark.parametrize(
    ("value", "step", "told"), [(3, "validate", True), (2, "validate", False), (3, "", False)]
)
def test_a_card_that_is_not_full_is_told_to_validate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: int, step: str, told: bool
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", step)
    assert card(value) == (1.0 if value == 2 else 0.0)
    said = capsys.readouterr()
    assert "value" in said.out
    assert said.err == (said.out if told else "")
