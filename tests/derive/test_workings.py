"""What the judge remembers is taken out again: no submission's chains are felt by the next one's."""

from __future__ import annotations

import pickle
import random
from typing import TYPE_CHECKING, Any

import pytest

from autograder.derive import Derivation, Verdict, _prepared, go_back, judge, settle
from autograder.derive._operations import OPERATIONS

from .table import sections

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTIONS = sections()[:6] + sections()[-6:]
OPEN = Derivation(given="x (n); y (m)", entry="i")
"""How far i runs, the first line tells."""
BUSY = Derivation(given="x (n)", start="sum(i, x[i])", end="sum(j, x[j])")


@pytest.fixture(autouse=True)
def settled() -> Iterator[None]:
    """Begin with nothing remembered, and leave nothing."""
    _prepared.remembered.clear()
    for section in SECTIONS:
        judge(section.rows[0].chain, section.statement)
    judge([], OPEN)
    judge([BUSY.start], BUSY)
    settle()
    yield
    _prepared.remembered.clear()
    settle()


def state() -> bytes:
    """Return all that is remembered, byte for byte."""
    return pickle.dumps(_prepared.remembered)


def work() -> list[tuple[tuple[str, ...], Derivation]]:
    """Return chains with their statements: every second row of some chapters of the table."""
    return [(row.chain, section.statement) for section in SECTIONS for row in section.rows[::2]]


def test_all_that_was_worked_out_is_taken_out() -> None:
    before = state()
    for chain, statement in work():
        judge(chain, statement)
    assert state() != before
    assert go_back()
    assert state() == before


def test_a_statement_that_was_not_there_is_forgotten() -> None:
    before = state()
    judge(["2 * x", "x + x"], Derivation(given="x real", start="x + x"))
    assert state() != before
    assert go_back()
    assert state() == before


def test_in_any_order_the_verdicts_are_the_same_to_the_byte() -> None:
    def verdicts(order: list[int]) -> dict[int, bytes]:
        found = {}
        for number in order:
            found[number] = pickle.dumps(judge(*chains[number]))
            assert go_back()
        return found

    chains = work()
    order = list(range(len(chains)))
    first = verdicts(order)
    random.Random(3).shuffle(order)  # noqa: S311 - no secret
    assert verdicts(order) == first


def test_how_far_an_index_runs_is_not_learned_from_another_s_chain() -> None:
    def second() -> Verdict:
        judge(["x[i]"], OPEN)
        return judge(["y[i]"], OPEN)

    alone = judge(["y[i]"], OPEN)
    assert go_back()
    assert second() != alone  # with nothing taken out between the two
    assert go_back()
    judge(["x[i]"], OPEN)
    assert go_back()
    assert judge(["y[i]"], OPEN) == alone


def test_however_much_a_chain_fills_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    before, made = state(), _prepared.remembered[BUSY]
    monkeypatch.setattr(_prepared, "KEPT_NODES", 60)
    for number in range(4):
        judge([f"sum(j, {' + '.join(f'x[j] * {20 * number + k}' for k in range(20))})"], BUSY)
    assert _prepared.remembered[BUSY] is not made  # it was made ready anew on the way
    assert go_back()
    assert _prepared.remembered[BUSY] is made
    assert state() == before


def test_a_working_that_was_changed_would_be_seen_here() -> None:
    before = state()
    memo = _prepared.remembered[BUSY].comparer.heres[0].at.memo
    key, value = next(iter(memo.items()))
    memo[key] = value + 1
    assert go_back()
    assert state() != before


def test_a_working_that_was_taken_out_is_told() -> None:
    judge([BUSY.start], BUSY)
    _prepared.remembered[BUSY].comparer.heres[0].at.memo.popitem()
    assert not go_back()


@pytest.mark.parametrize("after", [1, 7, 60, 400])
def test_a_judge_who_was_stopped_in_the_middle_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    before, done, mul = state(), 0, OPERATIONS["mul"]

    def stopping(*words: Any) -> Any:
        nonlocal done
        done += 1
        if done > after:
            raise TimeoutError
        return mul(*words)

    monkeypatch.setitem(OPERATIONS, "mul", stopping)
    with pytest.raises(TimeoutError):
        _ = [judge(chain, statement) for chain, statement in work()]
    assert go_back()
    assert state() == before
