"""Inside the sandbox: exceptions made into what crosses, and what came of the test's own made into exceptions again."""

from __future__ import annotations

import builtins
from contextlib import suppress
from typing import Any

_MAX_TEXT = 2_000
_MAX_FRAMES = 8


def told(error: BaseException) -> dict[str, Any]:
    """Return what is to be said of an exception."""
    try:
        text = str(error)[:_MAX_TEXT]
    except BaseException:  # noqa: BLE001 - a student's __str__ may do anything
        text = ""
    frames = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if "autograder" not in code.co_filename:
            frames.append([code.co_name[:100], traceback.tb_lineno])
        traceback = traceback.tb_next
    bases = [kind.__name__[:100] for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    return {"type": type(error).__name__[:100], "bases": bases, "text": text, "frames": frames[-_MAX_FRAMES:]}


def raised(answer: dict[str, Any]) -> Exception:
    """Return what the test's function raised, where it was something built in."""
    kind = getattr(builtins, answer["error"], None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        with suppress(TypeError):
            return kind(answer["text"])
    return RuntimeError(f"{answer['error']}: {answer['text']}")
