"""Frames: what is sent comes through; what is not a frame ends the conversation, and nothing else."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox import wire

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    left, right = socket.socketpair()
    with left, right:
        yield left, right


def soon() -> float:
    return time.monotonic() + 10


def test_a_frame_comes_through_whole(pair: tuple[socket.socket, socket.socket]) -> None:
    left, right = pair
    big = bytes(range(256)) * 4096
    sender = threading.Thread(target=wire.send, args=(left, {"op": "x", "n": [1, None]}, [b"ab", big]))
    sender.start()
    message, payload = wire.receive(right, soon())
    sender.join()
    assert message == {"op": "x", "n": [1, None]}
    assert bytes(payload) == b"ab" + big


def test_the_end_of_the_other_side_is_told_apart_from_garbage(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    left, right = pair
    left.close()
    with pytest.raises(wire.Closed):
        wire.receive(right, soon())


def test_a_deadline_ends_the_waiting_and_idle_is_called_meanwhile(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    calls: list[int] = []
    with pytest.raises(wire.Deadline):
        wire.receive(pair[1], time.monotonic() + 0.2, lambda: calls.append(1))
    assert calls


def test_half_a_frame_is_waited_for_only_until_the_deadline(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    pair[0].sendall(b"AGW1\x00")
    with pytest.raises(wire.Deadline):
        wire.receive(pair[1], time.monotonic() + 0.1)


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        wire._PREFIX.pack(b"AGW1", wire.MAX_HEADER + 1, 0),
        wire._PREFIX.pack(b"AGW1", 1, wire.MAX_PAYLOAD + 1) + b"\x80",
        wire._PREFIX.pack(b"AGW1", 1, 0) + b"\x01",  # a header that is an int
        wire._PREFIX.pack(b"AGW1", 2, 0) + b"\xc1\xc1",  # a byte msgpack never uses
        wire._PREFIX.pack(b"AGW1", 100_000, 0) + b"\x91" * 100_000,  # nested a hundred thousand deep
        wire._PREFIX.pack(b"AGW1", 5, 0) + b"\xdd\xff\xff\xff\xff",  # a list of four billion, by its own word
        wire._PREFIX.pack(b"AGW1", 3, 0) + b"\x81\x01\x01",  # a key that is no text
    ],
    ids=["http", "long header", "long payload", "int", "garbage", "deep", "huge list", "odd key"],
)
def test_what_is_not_a_frame_is_a_wire_error(pair: tuple[socket.socket, socket.socket], raw: bytes) -> None:
    left, right = pair
    sender = threading.Thread(target=left.sendall, args=(raw,))
    sender.start()
    with pytest.raises(wire.WireError):
        wire.receive(right, soon())
    sender.join()


def _read_to_the_end(sock: socket.socket) -> None:
    while True:
        wire.receive(sock, soon())


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_a_frame_or_refused(raw: bytes) -> None:
    left, right = socket.socketpair()
    with left, right:
        left.sendall(raw)
        left.shutdown(socket.SHUT_WR)
        with pytest.raises(wire.WireError):
            _read_to_the_end(right)


def test_too_large_a_frame_is_not_even_sent(pair: tuple[socket.socket, socket.socket]) -> None:
    with pytest.raises(wire.WireError, match="larger than the wire takes"):
        wire.send(pair[0], {"text": "x" * (wire.MAX_HEADER + 1)})
