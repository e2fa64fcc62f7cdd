"""What forks of one process tell each other: a file in memory, to whose end each of them writes, and which each reads on.

A record is whole or it is nothing: it has its length and its checksum before it. Where one is torn, whose writer was
killed in the middle of it, nothing is read or written from there on, and each fork keeps what it has learned to itself.
"""

from __future__ import annotations

import fcntl
import os
import struct
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = struct.Struct("!4sII")
_MAGIC = b"AGH1"
_PART = 1 << 20  # bytes that are read at a time
_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder().decode


class Shared:
    """A place for records that forks of this process have in common. A record is plain values.

    Parameters
    ----------
    most
        Bytes: a longer record is not taken, and where there are as many, nothing more is written.
    """

    def __init__(self, most: int) -> None:
        self._file = os.memfd_create("ag-shared")  # closed where another program is executed
        fcntl.fcntl(self._file, fcntl.F_SETFL, os.O_APPEND)
        self._most = most
        self._waiting: list[bytes] = []
        self._at = 0  # up to where this process has read
        self._rest = b""  # of a record that was being written
        self._is_torn = False

    def __del__(self) -> None:
        with suppress(OSError):
            os.close(self._file)

    def add(self, record: object) -> None:
        """Have a record go to the others, once it is published."""
        written = _encode([os.getpid(), record])
        if len(written) <= self._most:
            self._waiting.append(written)

    def forget(self) -> None:
        """Have what was added since go to nobody."""
        self._waiting.clear()

    def publish(self) -> None:
        """Write what was added since."""
        if self._waiting and not self._is_torn and self._at < self._most:
            frames = [_HEAD.pack(_MAGIC, len(one), zlib.crc32(one)) + one for one in self._waiting]
            with suppress(OSError):  # no memory: the others learn it themselves
                os.write(self._file, b"".join(frames))
        self._waiting.clear()

    def news(self) -> Iterator[Any]:
        """Yield what others have written since this was asked last."""
        while not self._is_torn and (part := os.pread(self._file, _PART, self._at)):
            self._at += len(part)
            yield from self._records(self._rest + part)

    def _records(self, data: bytes) -> Iterator[Any]:
        """Yield the records of others that are whole, and keep what is left."""
        at = 0
        while len(data) - at >= _HEAD.size:
            magic, length, checksum = _HEAD.unpack_from(data, at)
            end = at + _HEAD.size + length
            is_head = magic == _MAGIC and length <= self._most
            if is_head and end > len(data):
                break
            body = data[at + _HEAD.size : end]
            if not is_head or zlib.crc32(body) != checksum:
                self._is_torn = True
                break
            at = end
            writer, record = _decode(body)
            if writer != os.getpid():
                yield record
        self._rest = data[at:]
