"""Whatever bytes come in at a door, the door holds: the targets of `tools/fuzz.py`, with the same examples every time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from . import targets

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = {
    "frames": 150,
    "values": 300,
    "answers": 300,
    "shown": 150,
    "texts": 100,
    "lines": 60,
    "notebooks": 100,
}
MUTANTS = {"lines": 8, "texts": 20}


def bounded(number: int) -> settings:
    return settings(
        max_examples=number, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip


def mutants(seed: bytes, number: int) -> Iterator[bytes]:
    """Yield a seed with bytes changed, taken out, doubled and exchanged."""
    dice = random.Random(seed)  # noqa: S311 (examples, not secrets)
    for _ in range(number):
        data = bytearray(seed)
        for _ in range(dice.randint(1, 4)):
            at, to = sorted(dice.randrange(len(data) + 1) for _ in range(2))
            match dice.randrange(4):
                case 0 if at < len(data):
                    data[at] = dice.randrange(256)
                case 1:
                    del data[at : min(to, at + 8)]
                case 2:
                    data[at:at] = data[at:to][:64] * dice.randint(1, 4)
                case _:
                    data[at:at] = dice.choice(
                        (b"\xff", b"\x00", b"\xc1", b"\xdd\xff\xff\xff\xff", b"{" * 50, b"(" * 50, b"-1e999")
                    )
        yield bytes(data)


@pytest.mark.parametrize("name", targets.TARGETS)
def test_any_bytes(name: str) -> None:
    bounded(EXAMPLES[name])(given(st.binary(max_size=400))(targets.TARGETS[name]))()


@pytest.mark.parametrize("name", targets.TARGETS)
def test_bytes_near_what_is_expected(name: str) -> None:
    for seed in targets.SEEDS[name]:
        targets.TARGETS[name](seed)
        for data in mutants(seed, MUTANTS.get(name, 60)):
            targets.TARGETS[name](data)


atoms = (
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(-(2**63), 2**64 - 1)
    | st.sampled_from(["<f8", ">f8", "<U3", "M8[ns]", "m8", "O", "V8", "f8,f8", "(2,3)f8", "?", "g", "G", "S0", "float"])
)  # fmt: skip
tags = st.sampled_from([*"agltszdkwmybcnrifYoTDGR", "", "x"])
trees = st.recursive(
    atoms | st.sampled_from(targets.TREES),
    lambda inner: (
        st.builds(lambda tag, rest: [tag, *rest], tags, st.lists(inner, max_size=5))
        | st.builds(
            lambda kind, shape, start, size: ["a", kind, shape, True, start, size],
            atoms, st.lists(st.integers(-1, 2**31), max_size=4), st.integers(-9, 99), st.integers(-9, 99),
        )
        | st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)  # fmt: skip


@bounded(400)
@given(trees, st.binary(max_size=96))
def test_any_tree_is_a_value_or_is_refused(tree: object, payload: bytes) -> None:
    targets.unpack(tree, payload)


KINDS = """ValueError StopIteration SystemExit KeyboardInterrupt GeneratorExit UnicodeError UnicodeDecodeError
ExceptionGroup BaseException Warning print __import__"""
names = st.sampled_from([*KINDS.split(), ""])
errors = st.fixed_dictionaries({
    "type": names | atoms, "bases": st.lists(names | atoms, max_size=4) | atoms, "text": st.text(max_size=400) | atoms,
    "frames": st.lists(st.lists(atoms, max_size=3), max_size=3) | atoms,
})  # fmt: skip
records = st.dictionaries(
    st.sampled_from(["value", "error", "changed", "warnings", "printed", "timeout", "callback"]),
    errors | trees | st.dictionaries(st.sampled_from(["0", "1", "2", "3", "=k", "9"]), trees, max_size=3)
    | st.lists(st.lists(names | atoms, max_size=3), max_size=3),
    max_size=4,
)  # fmt: skip


@bounded(400)
@given(records)
def test_any_answer_is_an_exception_a_change_or_is_refused(record: dict[str, object]) -> None:
    targets.answer(record)


LANGUAGE = """x A z y i j + - * / ** @ ( ) [ ] , . .T < == > = 0 1 2 1e9 -1 0.5 exp log sin relu abs sum diff where max
delta onehot sigmoid softmax diag eye ones outer if else for lambda __import__ 'x' \\ $ { } None True 1e999 9**9"""
words = st.sampled_from([*LANGUAGE.split(), "\u202e", "\x00"])


@bounded(150)
@given(st.lists(words, max_size=25), st.sampled_from(["", " "]))
def test_any_words_of_the_language_get_a_verdict(parts: list[str], between: str) -> None:
    targets.lines(between.join(parts).encode("utf-8", "replace"))
