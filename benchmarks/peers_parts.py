"""The same class with another gradebook (PostgreSQL beside SQLite) and another engine (dask beside local)."""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from classes import PLAIN, copy_of, lesson_class, plain_class
from grading.postgres import NoPostgresError, server
from measure import CommandFailedError, cost
from plain_part import BIN, OURS, ours
from results import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from measure import Cost

HERE = Path(__file__).resolve().parent
_DATABASE = 'c.CourseDirectory.course_id = "bench"\nc.CourseDirectory.db_url = "{url}"\n'


def postgres(size: int, jobs: int, folder: Path) -> list[Row]:
    """Grade a class with each gradebook, and again with nothing changed."""
    if find_spec("psycopg") is None:
        return [_not("postgres", "the driver is missing: pip install 'psycopg[binary]'")]
    rows: list[Row] = []
    lite = _graded(size, jobs, folder / "sqlite", OURS)
    try:
        with server(fsync=True) as database:
            post = _graded(size, jobs, folder / "postgres", OURS + _DATABASE.format(url=database.url()))
    except (NoPostgresError, CommandFailedError) as error:
        return [_not("postgres", str(error)[-300:])]
    for name, (first, again) in (("SQLite", lite), ("PostgreSQL", post)):
        ratio = first.cpu / lite[0].cpu if name != "SQLite" else None
        rows += [
            Row("postgres", PLAIN, f"autograder grade, {name}", size, first, ratio=ratio),
            Row("postgres", PLAIN, f"again, nothing changed, {name}", size, again),
        ]
    return rows


def _graded(size: int, jobs: int, place: Path, config: str) -> tuple[Cost, Cost]:
    course = _course(size, place, config)
    ours(course, PLAIN, jobs, "--student", "student0000")  # the tables are made once in a course's life
    return ours(course, PLAIN, jobs), ours(course, PLAIN, jobs)


def _course(size: int, place: Path, config: str) -> Path:
    course = copy_of(plain_class(size), place).course
    (course / "nbgrader_config.py").write_text(config)
    return course


def dask(names: Sequence[str], size: int, jobs: int, folder: Path) -> list[Row]:
    """Grade classes on one machine by each engine; see `_both_ways`."""
    if find_spec("distributed") is None:
        return [_not("dask", "distributed is missing: pip install distributed")]
    return [row for name in names for row in _both_ways(name, size, jobs, folder / name)]


def _both_ways(name: str, size: int, jobs: int, folder: Path) -> list[Row]:
    """Grade a class on one machine by each engine: here, and on a scheduler and a worker over loopback.

    A cluster starts once, however many it grades. So each engine grades a fifth of the class as well, and what one
    submission more costs is what is compared.
    """
    rows: list[Row] = []
    more, said = {}, {}
    for engine in ("local", "dask"):
        spent = []
        for count in (size // 5, size):
            place = folder / f"{engine}-{count}"
            plain = name == PLAIN
            course = (
                _course(count, place, OURS) if plain else copy_of(lesson_class([name], count), place).course
            )
            marks = folder / f"{engine}-{count}.json"
            words: list[str | Path] = [BIN / "autograder", "grade", name, "--course", course, "--json", marks]
            words += ["--jobs", str(jobs)]
            if engine == "dask":
                words = [sys.executable, HERE / "cluster.py", str(jobs), *words]
            try:
                spent.append(cost(words, course))
            except CommandFailedError as error:
                return [*rows, _not("dask", " ".join(str(error).split())[-300:])]
            rows.append(Row("dask", name, f"autograder grade, {engine}", count, spent[-1]))
            said[engine] = marks.read_bytes()
        more[engine] = (spent[1].cpu - spent[0].cpu) / (size - size // 5)
    note = "the same JSON" if said["local"] == said["dask"] else "OTHER JSON"
    note += ", one more submission: " + ", ".join(
        f"{engine} {1000 * each:.1f} CPU ms" for engine, each in more.items()
    )
    rows.append(Row("dask", name, "one submission more", 0, None, ratio=more["dask"] / more["local"], goal="<= 1.10",
                    note=note))  # fmt: skip
    return rows


def _not(part: str, why: str) -> Row:
    return Row(part, PLAIN, "", 0, None, note=f"not measured: {why}")
