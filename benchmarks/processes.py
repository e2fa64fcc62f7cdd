"""CPU time by process, from the kernel's own record of every process that ends (taskstats over netlink; needs root).

The kernel writes the record as a process ends, before it takes its memory down. What that costs is the difference
between the sum of all records and the CPU time of the whole tree, which `measure` counts.
"""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import os
import socket
import struct
import threading
from dataclasses import dataclass
from typing import Self

_GENERIC, _CONTROLLER, _GET_FAMILY = 16, 16, 3
_FAMILY_NAME, _FAMILY_ID, _REGISTER, _STATS = 2, 1, 3, 3
_ONE_TASK, _ERROR = 4, 2
_RECEIVE_BUFFER, _ROOM = 33, 32 << 20
_CONNECTOR = 11
_HEADER = 16 + 4  # netlink's and generic netlink's


@dataclass(frozen=True)
class Ended:
    """One thread that ended: its process's name, ids, and seconds of CPU."""

    name: str
    pid: int
    parent: int
    cpu: float


class Record:
    """Everything below this process that ends between `with` and its end."""

    def __init__(self) -> None:
        self.ended: list[Ended] = []
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _GENERIC)
        self._socket.setsockopt(socket.SOL_SOCKET, _RECEIVE_BUFFER, _ROOM)
        self._socket.bind((0, 0))
        found = self._ask(_CONTROLLER, _GET_FAMILY, _FAMILY_NAME, b"TASKSTATS\0")
        family = struct.unpack("H", found[_FAMILY_ID])[0]
        self._ask(family, 1, _REGISTER, f"0-{(os.cpu_count() or 1) - 1}".encode() + b"\0")
        self._socket.settimeout(0.5)
        self._done = False
        self._thread = threading.Thread(target=self._listen, daemon=True)

        self._family = _Family()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done = True
        self._thread.join()
        self._socket.close()
        ours = self._family.close()
        self.ended = [one for one in self.ended if one.pid in ours]

    def _ask(self, kind: int, command: int, name: int, value: bytes) -> dict[int, bytes]:
        body = struct.pack("BBHHH", command, 1, 0, 4 + len(value), name) + value + b"\0" * (-len(value) % 4)
        self._socket.send(struct.pack("IHHII", 16 + len(body), kind, 5, 1, os.getpid()) + body)
        found: dict[int, bytes] = {}
        while True:
            data = self._socket.recv(1 << 16)
            length, answer = struct.unpack_from("IH", data)
            if answer == _ERROR:
                number = struct.unpack_from("i", data, 16)[0]
                if number:
                    raise OSError(-number, os.strerror(-number))
                return found
            found |= _attributes(data[_HEADER:length])

    def _listen(self) -> None:
        while True:
            try:
                data = self._socket.recv(1 << 16)
            except TimeoutError:
                if self._done:
                    return
                continue
            task = _attributes(data[_HEADER:]).get(_ONE_TASK)
            stats = _attributes(task).get(_STATS) if task else None
            if stats:
                (nanoseconds,) = struct.unpack_from("Q", stats, 72)
                pid, parent = struct.unpack_from("II", stats, 128)
                name = stats[80:112].split(b"\0")[0].decode(errors="replace")
                self.ended.append(Ended(name, pid, parent, nanoseconds / 1e9))


class _Family:
    """Who is below this process, from the kernel's word on every fork (the process connector)."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _CONNECTOR)
        self._socket.setsockopt(socket.SOL_SOCKET, _RECEIVE_BUFFER, _ROOM)
        self._socket.bind((0, 1))
        body = struct.pack("IIIIHHI", 1, 1, 0, 0, 4, 0, 1)
        self._socket.send(struct.pack("IHHII", 16 + len(body), 3, 0, 0, os.getpid()) + body)
        self._socket.settimeout(0.5)
        self._done = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                data = self._socket.recv(1 << 16)
            except TimeoutError:
                if self._done:
                    return
                continue
            what, _, _, _, parent, child, _ = struct.unpack_from("IIQIIII", data, 36)
            if what == 1:
                self._parents[child] = parent

    def close(self) -> set[int]:
        """Return the ids of all that are below this process."""
        self._done = True
        self._thread.join()
        self._socket.close()
        ours = {os.getpid()}
        for child, parent in self._parents.items():  # in the order in which they were made
            if parent in ours:
                ours.add(child)
        return ours - {os.getpid()}


def _attributes(data: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at + 4 <= len(data):
        length, name = struct.unpack_from("HH", data, at)
        if length < 4:  # noqa: PLR2004 - its own header
            break
        found[name] = data[at + 4 : at + length]
        at += (length + 3) & ~3
    return found
