"""Many calls in few messages come to what one call after the other comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from autograder.check import ProcessDied, TookTooLong
from autograder.sandbox.proxy import TestDesk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autograder.sandbox.session import Submission

pytestmark = pytest.mark.sandbox

COUNTING = "calls = 0\ndef count(x):\n    global calls\n    calls += 1\n    return calls, x\n"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many calls went into each message."""
    found: list[int] = []
    send = TestDesk.send_series

    def listen(desk: TestDesk, function: Any, calls: Any, **wishes: Any) -> Any:
        found.append(len(calls))
        return send(desk, function, calls, **wishes)

    monkeypatch.setattr(TestDesk, "send_series", listen)
    return found


def took(calls: Iterator[Any]) -> list[object]:
    found: list[object] = []
    for _, _, take in calls:
        try:
            found.append(take())
        except Exception as error:  # noqa: BLE001 - what it is, is looked at
            found.append(type(error))
    return found


def test_calls_are_made_in_order_and_in_one_process(desk: Callable[[str], TestDesk], sent: list[int]) -> None:
    count = desk(COUNTING).look_up(["count"])["count"]
    assert count(0) == (1, 0)
    assert took(count.series_of_calls((n, (n,)) for n in range(15))) == [(n + 2, n) for n in range(15)]
    assert sent == [10, 5]


def test_none_is_made_after_one_that_raises_unless_it_is_asked_for(desk: Callable[[str], TestDesk]) -> None:
    names = desk(f"{COUNTING}def root(x):\n    count(x)\n    return 1 / x").look_up(["root", "count"])
    names["root"](1.0)
    calls = names["root"].series_of_calls((n, (n,)) for n in (2.0, 0.0, 4.0))
    next(calls)[2]()
    with pytest.raises(ZeroDivisionError):
        next(calls)[2]()
    assert names["count"](0) == (4, 0)
    assert took(calls) == [0.25]


def test_changes_of_arguments_are_seen_and_end_a_careful_series(desk: Callable[[str], TestDesk]) -> None:
    names = desk(f"{COUNTING}def wipe(x):\n    count(0)\n    x[:] = 0\n    return x.sum()").look_up(
        ["wipe", "count"]
    )
    names["wipe"](np.ones(1))
    given = [(np.ones(n),) for n in (2, 3, 4)]
    calls = names["wipe"].series_of_calls(((n, args) for n, args in enumerate(given)), careful=True)
    assert next(calls)[2]() == 0
    assert given[0][0].tolist() == [0, 0]
    assert given[1][0].tolist() == [1, 1, 1]
    assert names["count"](0) == (3, 0)


def test_a_process_that_ends_costs_the_call_that_ended_it(desk: Callable[[str], TestDesk]) -> None:
    opened = desk("import os\ndef f(x):\n    if x == 3: os._exit(1)\n    return x")
    f = opened.look_up(["f"])["f"]
    f(0)
    assert took(f.series_of_calls((n, (n,)) for n in range(6))) == [0, 1, 2, ProcessDied, 4, 5]
    assert opened.trouble


def test_a_call_that_hangs_is_stopped_alone(submission: Submission) -> None:
    submission.run_cell("def f(x):\n    while x == 1: pass\n    return x")
    desk = TestDesk(submission)
    f = desk.look_up(["f"])["f"]
    f(0)
    assert took(f.series_of_calls((n, (n,)) for n in range(3))) == [0, TookTooLong, 2]
    desk.close()


def test_functions_among_arguments_and_seeds_go_alone(
    desk: Callable[[str], TestDesk], sent: list[int]
) -> None:
    apply = desk("def apply(f, x): return f(x)").look_up(["apply"])["apply"]
    apply(abs, 1)
    assert took(apply.series_of_calls((n, (lambda x: x + 1, n)) for n in range(3))) == [1, 2, 3]
    assert sent == []


def test_a_case_that_cannot_be_made_is_heard_of_in_its_turn(desk: Callable[[str], TestDesk]) -> None:
    def cases() -> Iterator[tuple[int, tuple[int]]]:
        yield 1, (1,)
        yield 2, (2,)
        raise LookupError("no third case")

    same = desk("def same(x): return x").look_up(["same"])["same"]
    same(0)
    calls = same.series_of_calls(cases())
    assert [next(calls)[2](), next(calls)[2]()] == [1, 2]
    with pytest.raises(LookupError):
        next(calls)
