"""Ids for the gradebook's rows: 32 hexadecimal digits like nbgrader's, in the order in which they are made.

nbgrader draws them at random. Then each new row lands on another page of every index, and recording a submission
costs the more the larger the class is: at 3,000, three times what the first cost. These are UUIDs of version 7, which
begin with the time, so that new rows lie beside each other.
"""

from __future__ import annotations

import os
import random
import time

_VERSION, _VARIANT = 7, 0b10
_random = random.Random(os.urandom(16))  # noqa: S311 - ids are no secrets; nobody else's seed, though
_last = 0


def new_id() -> str:
    """Return an id that sorts after every one that this process made before."""
    global _last  # noqa: PLW0603 - the clock may stand still for many rows, and must not go back
    _last = max(_last + 1, time.time_ns() // 1_000_000 << 12)
    moment, count = _last >> 12, _last & 0xFFF
    head = moment << 16 | _VERSION << 12 | count
    return f"{head:016x}{_VARIANT << 62 | _random.getrandbits(62):016x}"
