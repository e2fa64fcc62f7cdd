"""What one fork writes, the others read: whole records, each once, and never its own."""

from __future__ import annotations

import os
from typing import Any

from autograder.grading.shared import Shared

from .forked import in_fork

MOST = 1 << 20


def write(shared: Shared, *records: Any) -> None:
    for record in records:
        shared.add(record)
    shared.publish()


def raw(shared: Shared, data: bytes) -> None:
    os.write(shared._file, data)


def read_by_fork(shared: Shared) -> list[Any]:
    """Return what a new fork reads."""
    end, theirs = os.pipe()

    def tell() -> None:
        os.write(theirs, repr(list(shared.news())).encode())

    in_fork(tell)
    os.close(theirs)
    with os.fdopen(end, "rb") as pipe:
        found: list[Any] = eval(pipe.read())  # noqa: S307 - our own words
        return found


def test_what_forks_write_is_read_once_in_its_order() -> None:
    shared = Shared(MOST)
    in_fork(lambda: write(shared, ["one", b"\0", 1.5], "two"))
    assert list(shared.news()) == [["one", b"\0", 1.5], "two"]
    in_fork(lambda: write(shared, "three"))
    assert list(shared.news()) == ["three"]
    assert list(shared.news()) == []
    assert read_by_fork(shared) == []  # it is where its parent was


def test_nobody_reads_what_it_wrote_itself() -> None:
    shared = Shared(MOST)
    write(shared, "mine")
    in_fork(lambda: write(shared, "theirs"))
    assert list(shared.news()) == ["theirs"]


def test_what_is_not_published_goes_to_nobody() -> None:
    shared = Shared(MOST)

    def work() -> None:
        shared.add("not this")
        shared.forget()
        shared.add("this")
        shared.publish()
        shared.add("nor this")

    in_fork(work)
    assert list(shared.news()) == ["this"]


def test_a_record_larger_than_what_is_read_at_a_time_is_whole() -> None:
    shared = Shared(8 * MOST)
    long = b"x" * (3 * MOST)
    in_fork(lambda: write(shared, "before", long, "after"))
    assert list(shared.news()) == ["before", long, "after"]


def test_a_record_that_is_still_being_written_is_waited_for() -> None:
    other, shared = Shared(MOST), Shared(MOST)
    in_fork(lambda: write(other, "a record", "another"))
    frames = os.pread(other._file, MOST, 0)
    for at in range(len(frames)):  # one byte more each time
        raw(shared, frames[at : at + 1])
        found = list(shared.news())
        assert found == [] or at in {len(frames) - 1, frames.index(b"AGH1", 1) - 1}, at
    in_fork(lambda: write(shared, "a third"))
    assert list(shared.news()) == ["a third"]


def test_after_a_torn_record_nothing_is_read_or_written_any_more() -> None:
    other = Shared(MOST)
    in_fork(lambda: write(other, "a record that is cut"))
    frame = os.pread(other._file, MOST, 0)
    for torn in (frame[:-3], frame[:7], frame[:-1] + b"?", b"nothing at all", b"AGH1\xff" + frame[5:]):
        shared = Shared(MOST)
        in_fork(lambda: write(shared, "before"))  # noqa: B023 - done at once
        raw(shared, torn)
        in_fork(lambda: write(shared, "x" * 100, "y" * 100))  # noqa: B023
        assert list(shared.news()) == ["before"]
        size = os.fstat(shared._file).st_size
        write(shared, "mine")
        assert os.fstat(shared._file).st_size == size
        assert list(shared.news()) == []


def test_no_more_is_written_than_it_may_hold() -> None:
    shared = Shared(100)
    in_fork(lambda: write(shared, "x" * 200, "y" * 60, "z" * 60))
    assert list(shared.news()) == ["y" * 60, "z" * 60]
    size = os.fstat(shared._file).st_size
    write(shared, "more")
    assert os.fstat(shared._file).st_size == size


def test_another_program_does_not_get_it() -> None:
    shared = Shared(MOST)
    assert not os.get_inheritable(shared._file)
