"""Talks that were kept are found again, here and in another process; what contradicts them is said to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.talks import ContradictionError, Node, Talks
from autograder.sandbox import wire
from autograder.sandbox.tape import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 1 << 20


def send(number: int, buffers: bytes = b"") -> Step:
    message = {"op": "call", "id": number}
    return Step(("send", wire.encoded(message), buffers, ("seconds",)), message, buffers, 5.0)


RECEIVE = Step(("receive",), seconds=4.5)
DESCRIBE = Step(("describe", ("f", "g"), False, ()), seconds=30.0)
END = Step(("end",))


def calls(*numbers: int, large: bytes = b"") -> list[Step]:
    """Return the steps of a talk: what the names are, a call for each number, and the end."""
    return [DESCRIBE, *(step for number in numbers for step in (send(number, large), RECEIVE)), END]


def keys(*answers: str) -> list[bytes]:
    return [answer.encode() for answer in answers]


def over_the_wire(talk: object) -> Any:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(talk))


def follow(node: Node, answers: Sequence[bytes]) -> Node | None:
    here: Node | None = node
    for answer in answers:
        if here is None:
            return None
        here = here.answers.get(answer)
    return here


def shape(node: Node) -> object:
    """Return all that is known below a node."""
    steps = [(step.what, step.message, step.seconds) for step in node.steps]
    return steps, node.said, node.confirmed, {key: shape(below) for key, below in node.answers.items()}


def test_a_talk_is_confirmed_by_the_second_that_is_the_same() -> None:
    talks = Talks(MOST)
    root = talks.of("test", ["f"])
    for is_twice in (False, True, True):
        assert talks.keep(root, calls(1, 2), keys("names", "a", "b"), b"said") is not None
        end = follow(root, keys("names", "a", "b"))
        assert end is not None
        assert (end.said, end.confirmed) == (b"said", is_twice)
    assert talks.of("test", ("f",)) is root
    assert talks.of("test", ("f", "g")) is not root


CONTRADICTIONS = {
    "says something else": (calls(1, 2), keys("names", "a", "b"), b"else"),
    "asks something else": (calls(1, 3), keys("names", "a", "b"), b"said"),
    "asks more": (calls(1, 2, 3), keys("names", "a", "b", "c"), b"said"),
    "asks less": (calls(1), keys("names", "a"), b"said"),
    "ends otherwise": (calls(1, 2)[:-1], keys("names", "a", "b"), b"said"),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_something_else_after_the_same_answers_is_a_contradiction(name: str) -> None:
    other = CONTRADICTIONS[name]
    here, there = Talks(MOST), Talks(MOST)
    written = here.keep(here.of("test", ()), calls(1, 2), keys("names", "a", "b"), b"said")
    with pytest.raises(ContradictionError):
        here.keep(here.of("test", ()), *other)
    there.keep(there.of("test", ()), *other)
    with pytest.raises(ContradictionError):
        there.read(there.of("test", ()), over_the_wire(written))


def test_large_steps_are_written_once_and_take_room_once() -> None:
    large = bytes(200_000)
    talks, reader = Talks(3 * len(large)), Talks(3 * len(large))
    root, other = talks.of("test", ()), reader.of("test", ())
    sizes = []
    for number in range(20):
        written = talks.keep(root, calls(1, 1, large=large), keys("names", "a", f"b{number}"), b"said")
        sizes.append(len(msgspec.msgpack.encode(written)))
        reader.read(other, over_the_wire(written))
    more = talks.keep(root, calls(1, 1, large=large), keys("names", "another", "b"), b"said")
    assert sizes[0] > len(large)
    assert len(msgspec.msgpack.encode(more)) < max(sizes[1:]) + 200 < len(large)
    reader.read(other, over_the_wire(more))
    assert shape(root) == shape(other)


def test_where_there_is_no_room_nothing_more_is_kept() -> None:
    talks = Talks(10_000)
    root = talks.of("test", ())
    kept = [talks.keep(root, calls(1), keys("names", f"{n}"), b"said") for n in range(100)]
    assert 1 < sum(one is not None for one in kept) < 20
    assert kept[-1] is None
    assert talks.keep(root, calls(1), keys("names", "0"), b"said") is not None  # which is there
    assert len(follow(root, keys("names")).answers) < 20  # type: ignore[union-attr]


def test_a_talk_that_builds_on_what_is_not_here_is_left_out() -> None:
    talks, reader = Talks(MOST), Talks(MOST)
    root, large = talks.of("test", ()), bytes(2_000)
    talks.keep(root, calls(1, 2), keys("names", "a", "b"), b"said")
    written = talks.keep(root, calls(1, 2), keys("names", "a", "c"), b"said")
    reader.read(reader.of("test", ()), over_the_wire(written))
    assert shape(reader.of("test", ())) == shape(Node())
    talks.keep(talks.of("other", ()), calls(7, large=large), keys("names", "a"), b"said")
    by_digest = talks.keep(talks.of("third", ()), calls(7, large=large), keys("names", "a"), b"said")
    reader.read(reader.of("third", ()), over_the_wire(by_digest))
    assert shape(reader.of("third", ())) == shape(Node())


@given(st.lists(st.tuples(st.lists(st.sampled_from("abc"), max_size=4), st.booleans()), max_size=30))
def test_processes_that_read_each_other_know_the_same(talks: list[tuple[list[str], bool]]) -> None:
    """Each test asks by what it heard; whoever keeps a talk, all have it."""
    mine, theirs = Talks(MOST), Talks(MOST)
    roots = [mine.of("test", ()), theirs.of("test", ())]
    for answers, is_mine in talks:
        heard = ["names"]
        numbers = []
        for answer in answers:
            numbers.append(len(heard))
            heard.append(answer)
            if answer == "c":
                break
        else:
            while len(heard) < 6:  # goes on until it hears c, or has asked five times
                numbers.append(len(heard))
                heard.append("a")
        said = "".join(heard).encode()
        steps = calls(*numbers, large=bytes(1_500))
        writer, reader = (mine, theirs) if is_mine else (theirs, mine)
        written = writer.keep(roots[not is_mine], steps, keys(*heard), said)
        reader.read(roots[is_mine], over_the_wire(written))
    assert shape(roots[0]) == shape(roots[1])
