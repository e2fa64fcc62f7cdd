"""Frames on a socket: a small msgpack header, then raw bytes; both capped, neither trusted.

A frame is ``magic, header length, payload length`` (network order), the header, the payload. The header is
plain data (msgspec's msgpack: no objects, no code); arrays and long outputs lie in the payload. Whatever does
not fit the caps ends the conversation (`WireError`): a reader never resynchronises with a sender it doubts.
"""

from __future__ import annotations

import array
import contextlib
import select
import socket
import struct
import time
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PREFIX = struct.Struct("!4sIQ")
_MAGIC = b"AGW1"
_FD = struct.Struct("@i")
MAX_HEADER = 4 << 20
MAX_PAYLOAD = 256 << 20
PERIOD = 0.05  # seconds between two looks at the sender's memory
SEND_SECONDS = 20.0  # without a byte taken, after which a receiver counts as gone

_encode = encoded = msgspec.msgpack.Encoder().encode
_decode = decoded = msgspec.msgpack.Decoder().decode


class WireError(Exception):
    """The other side sent something that is not a frame, or more than the caps allow."""


class Closed(WireError):  # noqa: N818 - an end, not an error of its own
    """The other side is gone."""


class Deadline(Exception):  # noqa: N818 - the deadline passed
    """No frame came before the deadline."""


def send(
    sock: socket.socket, message: dict[str, Any], buffers: Sequence[Any] = (), fds: Sequence[int] = ()
) -> None:
    """Send one frame; `buffers` are laid end to end as its payload, `fds` travel along (SCM_RIGHTS)."""
    header = _encode(message)
    views = [memoryview(b).cast("B") if memoryview(b).nbytes else memoryview(b"") for b in buffers]
    size = sum(v.nbytes for v in views)
    if len(header) > MAX_HEADER or size > MAX_PAYLOAD:
        raise WireError(f"a frame of {len(header)} + {size} bytes is larger than the wire takes")
    head = _PREFIX.pack(_MAGIC, len(header), size) + header
    try:
        if fds:
            sent = sock.sendmsg([head], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
            head = head[sent:]
        if size < 1 << 16:  # one system call for the common, small frame
            sock.sendall(b"".join([head, *views]))
        else:
            sock.sendall(head)
            for view in views:
                sock.sendall(view)
    except (BrokenPipeError, ConnectionResetError, BlockingIOError) as error:
        raise Closed("the other side is gone") from error


class Impatient(socket.socket):
    """A socket on which neither sending nor receiving blocks for ever: see `impatient`."""


def impatient(sock: socket.socket) -> Impatient:
    """Have sending end with `Closed` where the other side reads nothing for `SEND_SECONDS`.

    A receiver with a deadline then looks up every `PERIOD` by the kernel's own clock, without asking before each read
    whether something is there. The socket that was given is used up.
    """
    kind = Impatient(fileno=sock.detach())
    kind.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", int(SEND_SECONDS), 0))
    kind.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", 0, int(PERIOD * 1e6)))
    return kind


def _read(
    sock: socket.socket, view: memoryview, deadline: float | None, idle: Callable[[], None] | None
) -> None:
    """Fill `view`, calling `idle` every 50 ms, also while the bytes come in one by one."""
    looked = 0.0 if deadline is None else time.monotonic()
    while view:
        if deadline is not None and type(sock) is not Impatient:
            _wait(sock, deadline, idle)
        try:
            n = sock.recv_into(view)
        except BlockingIOError:  # an impatient one that waited
            n = -1
        except InterruptedError:
            continue
        except (ConnectionResetError, BrokenPipeError) as error:
            raise Closed("the other side is gone") from error
        if n == 0:
            raise Closed("the other side is gone")
        view = view[max(n, 0) :]
        if view and deadline is not None:
            now = time.monotonic()
            if now >= deadline:
                raise Deadline
            if idle is not None and now - looked > PERIOD * 0.9:
                idle()
                looked = now


def _wait(sock: socket.socket, deadline: float, idle: Callable[[], None] | None) -> None:
    poller = select.poll()
    poller.register(sock, select.POLLIN)
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise Deadline
        if poller.poll(min(left, PERIOD) * 1000 + 1):
            return
        if idle is not None:
            idle()


def receive(
    sock: socket.socket, deadline: float | None = None, idle: Callable[[], None] | None = None
) -> tuple[dict[str, Any], memoryview]:
    """Receive one frame.

    Parameters
    ----------
    sock
        A stream socket.
    deadline
        On the clock of `time.monotonic`; None waits for ever (only inside the sandbox).
    idle
        Called about every 50 ms while nothing comes; the trusted side watches memory there.

    Raises
    ------
    Deadline, Closed, WireError
        No frame in time; the other side went away; what came is no frame.
    """
    prefix = bytearray(_PREFIX.size)
    _read(sock, memoryview(prefix), deadline, idle)
    magic, header_size, size = _PREFIX.unpack(prefix)
    if magic != _MAGIC or header_size > MAX_HEADER or size > MAX_PAYLOAD:
        raise WireError("not a frame")
    body = memoryview(bytearray(header_size + size))
    _read(sock, body, deadline, idle)
    try:
        message = _decode(body[:header_size])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, MemoryError) as error:
        raise WireError(f"an unreadable header: {type(error).__name__}") from None
    if type(message) is not dict or not all(type(k) is str for k in message):
        raise WireError("a header that is no record")
    return message, body[header_size:]


def receive_with_fds(sock: socket.socket, count: int) -> tuple[dict[str, Any], memoryview, list[int]]:
    """Receive one frame with up to `count` file descriptors. Used inside only."""
    data, told, _, _ = sock.recvmsg(_PREFIX.size, socket.CMSG_LEN(count * _FD.size))
    fds = [
        number
        for level, kind, raw in told
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
        for (number,) in _FD.iter_unpack(raw[: len(raw) // _FD.size * _FD.size])
    ]
    while data and len(data) < _PREFIX.size:
        data += sock.recv(_PREFIX.size - len(data))
    if not data:
        raise Closed("the other side is gone")
    magic, header_size, size = _PREFIX.unpack(data)
    if magic != _MAGIC or header_size > MAX_HEADER or size > MAX_PAYLOAD:
        with contextlib.suppress(OSError):
            sock.close()
        raise WireError("not a frame")
    body = memoryview(bytearray(header_size + size))
    _read(sock, body, None, None)
    message = _decode(body[:header_size])
    if type(message) is not dict:
        raise WireError("a header that is no record")
    return message, body[header_size:], fds
