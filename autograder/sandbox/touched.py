"""What calls have changed in place, and whether any of it is still there.

A test often hands a function an array that it made for this one call. What becomes of that array is nobody's matter
once the test is over; what becomes of one that others use is.
"""

from __future__ import annotations

import weakref

import numpy as np


class Touched:
    """The test's own values that calls have changed."""

    def __init__(self) -> None:
        self._arrays: list[weakref.ref[np.ndarray]] = []
        self._is_left = False  # whether something was changed that cannot be followed

    def add(self, value: object) -> None:
        """Note that a value was changed."""
        while isinstance(value, np.ndarray) and isinstance(value.base, np.ndarray):
            value = value.base
        if type(value) is np.ndarray and value.base is None and not value.dtype.hasobject:
            self._arrays.append(weakref.ref(value))
        else:
            self._is_left = True

    @property
    def is_left(self) -> bool:
        """Whether any of it may still be there."""
        return self._is_left or any(array() is not None for array in self._arrays)
