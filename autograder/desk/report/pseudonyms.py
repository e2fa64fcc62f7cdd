"""Names that stand for students: the same in every report of a course, and nobody's without the course's folder.

A pseudonym is made from the student's id and a key of 256 random bits (HMAC, RFC 2104), which lies in the course
folder and is made there when it is first needed. Whoever has the key and a list of ids can find out who is who;
whoever has the report alone cannot, not even by trying ids.
"""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAME = ".autograder-pseudonyms"
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is taken for another
_LENGTH = 8
_KEY = 32


class PseudonymError(Exception):
    """The key cannot be read or made; the message says where."""


def key_of(root: Path) -> bytes:
    """Return a course's key; it is made, for its owner alone, where there is none.

    Raises
    ------
    PseudonymError
        If the file cannot be made, or holds no key.
    """
    path = root / NAME
    try:
        with suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(_KEY) + "\n")
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise PseudonymError(
            f"{path} holds no key for pseudonyms: {error}. Remove it to have a new one."
        ) from error
    if len(key) < _KEY:
        raise PseudonymError(f"{path} holds no key for pseudonyms. Remove it to have a new one.")
    return key


def pseudonym(key: bytes, student: str) -> str:
    """Return the name that stands for a student, such as "K7QF-2MXR"."""
    number = int.from_bytes(hmac.digest(key, student.encode(), "sha256"))
    letters = ""
    for _ in range(_LENGTH):
        number, at = divmod(number, len(_LETTERS))
        letters += _LETTERS[at]
    return f"{letters[: _LENGTH // 2]}-{letters[_LENGTH // 2 :]}"
