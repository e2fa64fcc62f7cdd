"""Work done in forks of the tests' process, which must come to its end."""

from __future__ import annotations

import functools
import os
import pickle
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def in_fork(work: Callable[[], object]) -> None:
    """Do something in a fork; what it fails with is printed."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - there is nobody else to catch it
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def of_fork(work: Callable[[], Any]) -> Any:
    """Do something in a fork, and return what it returns there."""
    here, there = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            with os.fdopen(there, "wb") as pipe:
                pipe.write(pickle.dumps(work()))
        except BaseException:  # noqa: BLE001 - there is nobody else to catch it
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(there)
    with os.fdopen(here, "rb") as pipe:
        came = pipe.read()
    os.waitpid(pid, 0)
    assert came, "the fork came to no end"
    return pickle.loads(came)  # noqa: S301 - our own


def alone(test: Callable[..., None]) -> Callable[..., None]:
    """Have a test run in a fork of its own: a process like the examiner's, without the threads that others left behind.

    A lesson remembers how many threads there were, and a fork of its process has but one.
    """

    @functools.wraps(test)
    def forked(*args: Any, **kwargs: Any) -> None:
        in_fork(lambda: test(*args, **kwargs))

    return forked
