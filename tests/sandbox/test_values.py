"""Values cross the wall as plain copies; what is not plain arrives as a name, what is malformed not at all."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from typing import Any, NamedTuple

import hypothesis.strategies as st
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from autograder.check import Opaque
from autograder.sandbox.values import MAX_DEPTH, Packer, Unpacker, same_bytes
from autograder.sandbox.wire import WireError


def cross(value: Any) -> Any:
    packer = Packer()
    tree = packer.pack(value)
    header = msgspec.msgpack.decode(msgspec.msgpack.encode(tree))
    return Unpacker(memoryview(b"".join(bytes(b) for b in packer.buffers))).unpack(header)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
)
hashable = st.integers() | st.text() | st.booleans()
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(hashable, inner, max_size=4) | st.tuples(inner, inner)
    ),
    max_leaves=20,
)
arrays = hnp.arrays(
    dtype=hnp.floating_dtypes(sizes=(32, 64))
    | hnp.integer_dtypes()
    | hnp.boolean_dtypes()
    | hnp.complex_number_dtypes(),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)


@given(trees)
@settings(deadline=None)
def test_plain_values_come_out_as_they_went_in(value: Any) -> None:
    got = cross(value)
    assert got == value
    assert type(got) is type(value)


@given(arrays)
@settings(deadline=None)
def test_arrays_keep_values_shape_dtype_and_whether_they_may_be_written(array: np.ndarray[Any, Any]) -> None:
    array.flags.writeable = bool(array.size % 2)
    got = cross(array)
    np.testing.assert_array_equal(got, array)
    assert (got.dtype, got.shape) == (array.dtype, array.shape)
    assert got.flags.writeable == array.flags.writeable


def test_an_array_of_another_layout_arrives_with_the_same_values() -> None:
    array = np.arange(24.0).reshape(2, 3, 4).T[::2]
    np.testing.assert_array_equal(cross(array), array)


def test_numpy_scalars_stay_numpy_scalars() -> None:
    got = cross(np.float32(1.5))
    assert type(got) is np.float32
    assert got == 1.5


class Pair(NamedTuple):
    a: int
    b: int


class Liar(np.ndarray):  # noqa: PLW1641 - as careless as a student's would be
    def __eq__(self, other: object) -> Any:
        return True


class Deceiver:
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __float__(self) -> float:
        return 1.0


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.zeros(3).view(Liar), np.ndarray),
        (OrderedDict(a=1), dict),
        (Pair(1, 2), tuple),
        (type("Long", (int,), {})(7), int),
        (type("Word", (str,), {})("w"), str),
    ],
)
def test_subclasses_arrive_as_plain_values(value: Any, plain: type) -> None:
    assert type(cross(value)) is plain


@pytest.mark.parametrize(
    "value",
    [
        Deceiver(),
        object(),
        Deceiver,
        np.array([Deceiver()], dtype=object),
        np.zeros(2, dtype=[("a", "f8")]),
        np,
        lambda x: x,
        open,
    ],
    ids=lambda v: type(v).__name__,
)
def test_anything_else_arrives_as_the_bare_name_of_its_type(value: Any) -> None:
    got = cross(value)
    assert type(got) is Opaque
    number: object = 1.0
    assert got != number


def test_iterators_arrive_drawn_out() -> None:
    assert list(cross(x * x for x in range(4))) == [0, 1, 4, 9]
    assert list(cross({"a": 1}.keys())) == ["a"]
    assert type(cross(iter(int, 1))) is Opaque  # one without an end


def test_a_cycle_is_refused_as_too_deep() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    with pytest.raises(WireError, match="too deep"):
        Packer().pack(cycle)


any_header = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats()
    | st.sampled_from([*"ltszydagfnbcori", "", "<f8", "|O", "object", "f8,f8", "<M8[D]"]),
    lambda inner: st.lists(inner, max_size=6),
    max_leaves=30,
)


@given(any_header, st.binary(max_size=64))
@settings(deadline=None, max_examples=500)
def test_no_tree_however_malformed_does_more_than_be_refused(tree: Any, payload: bytes) -> None:
    with contextlib.suppress(WireError):
        Unpacker(memoryview(payload), lambda number, name: (number, name)).unpack(tree)


@pytest.mark.parametrize(
    "tree",
    [
        ["a", "<f8", [2], True, 0, 8],  # a size that is not the shape's
        ["a", "<f8", [1], True, 1, 8],  # a buffer outside the payload
        ["a", "<f8", [-1], True, 0, 8],
        ["a", "|O", [1], True, 0, 8],  # pointers
        ["a", "<f8", [2**40], True, 0, 8],
        ["a", "V8", [1], True, 0, 8],
        ["d", 1],
        ["d", ["l"], 1],  # a list as a key
        ["s", ["l"]],
        ["n", "f" * 100_000],
        ["z" * 5],
        {"a": 1},
        ["f", "0", 1],
    ],
)
def test_malformed_values_are_refused(tree: Any) -> None:
    with pytest.raises(WireError):
        Unpacker(memoryview(bytes(8)), lambda number, name: (number, name)).unpack(tree)


def test_one_buffer_named_many_times_does_not_grow_without_end() -> None:
    size = 8 << 20
    tree = ["l", *(["a", "|u1", [size], True, 0, size] for _ in range(100))]
    with pytest.raises(WireError, match="more bytes than were sent"):
        Unpacker(memoryview(bytes(size))).unpack(tree)


def test_depth_is_limited_on_the_way_in_too() -> None:
    tree: list[Any] = ["l"]
    for _ in range(MAX_DEPTH + 1):
        tree = ["l", tree]
    with pytest.raises(WireError):
        Unpacker(memoryview(b"")).unpack(tree)


@pytest.mark.parametrize("place", [-1, 625, 1 << 40])
def test_a_random_state_that_points_outside_itself_is_refused(place: int) -> None:
    packer = Packer()
    tree = packer.pack(np.random.RandomState(1))
    state = tree[1]
    words = state[state.index("state") + 1]
    words[words.index("pos") + 1] = place
    with pytest.raises(WireError):
        Unpacker(memoryview(b"".join(bytes(b) for b in packer.buffers))).unpack(tree)


@pytest.mark.parametrize(
    "size", [0, 1, 3, 8_191, 8_192, 100_000]
)  # numbers of eight bytes: below, at and above a limit
def test_what_came_back_as_it_was_sent_is_told_bit_by_bit(size: int) -> None:
    sent = np.linspace(-1.0, 1.0, size), "text", np.arange(3)
    packer = Packer()
    for value in sent:
        packer.pack(value)
    payload = bytearray(b"".join(bytes(buffer) for buffer in packer.buffers))
    assert same_bytes(packer.buffers, memoryview(b"head" + payload)[4:])
    assert same_bytes(packer.buffers, memoryview(payload + b"more"))
    assert not same_bytes(packer.buffers, memoryview(payload)[:-1])
    for at in {0, len(payload) // 2, len(payload) - 1}:
        other = bytearray(payload)
        other[at] ^= 1
        assert not same_bytes(packer.buffers, memoryview(other))


@pytest.mark.parametrize("tag", ["s", "z", "d"])
def test_keys_of_one_hash_are_refused_among_others_too(tag: str) -> None:
    """Thirty thousand of them take a dict five seconds, in which nothing can interrupt it."""
    alike = [["n", f"{number * (2**61 - 1):x}"] for number in range(2, 1_200)]
    keys = [*alike, *range(2_000)]
    tree = [tag, *keys] if tag != "d" else [tag, *(part for key in keys for part in (key, 0))]
    with pytest.raises(WireError, match="one hash"):
        Unpacker(memoryview(b"")).unpack(tree)
    few = [tag, *range(2_000)] if tag != "d" else [tag, *range(4_000)]
    assert len(Unpacker(memoryview(b"")).unpack(few)) == 2_000
