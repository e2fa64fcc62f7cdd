"""What the sandbox says of a cell that it ran: its outputs, and what the next test is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

Fate = Literal["ok", "error", "timeout", "died", "memory", "garbled"]


class Output(msgspec.Struct, forbid_unknown_fields=True):
    """One output as the sandbox may send it; anything else is refused."""

    output_type: Literal["stream", "display_data", "execute_result", "error"]
    name: str | None = None
    text: str | None = None
    data: dict[str, str] | None = None
    metadata: dict[str, dict[str, str]] | None = None
    execution_count: int | None = None
    ename: str | None = None
    evalue: str | None = None
    traceback: list[str] | None = None


outputs_of = msgspec.json.Decoder(list[Output]).decode


@dataclass(frozen=True, slots=True)
class CellRun:
    """What became of one cell in the sandbox."""

    fate: Fate
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True)
class Foretold:
    """What was said with a cell's outputs about the names that the next test is to be told."""

    number: int  # of the test
    names: tuple[str, ...]
    answer: dict[str, Any]
    payload: memoryview
