"""The same class with another gradebook (PostgreSQL beside SQLite) and another engine (dask beside local).

These runs are short, and CPU time differs from run to run. So they are run in turn, and the median counts.
"""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import replace
from importlib.util import find_spec
from itertools import product
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
ROUNDS = 3
_DATABASE = 'c.CourseDirectory.course_id = "bench"\nc.CourseDirectory.db_url = "{url}"\n'


def postgres(size: int, jobs: int, folder: Path) -> list[Row]:
    """Grade a class with each gradebook, and again with nothing changed."""
    if find_spec("psycopg") is None:
        return [_not("postgres", "the driver is missing: pip install 'psycopg[binary]'")]
    spent: dict[str, list[Cost]] = defaultdict(list)
    try:
        for turn in range(ROUNDS):
            _graded(size, jobs, folder / f"sqlite-{turn}", OURS, spent, "SQLite")
            with server(fsync=True) as database:
                config = OURS + _DATABASE.format(url=database.url())
                _graded(size, jobs, folder / f"postgres-{turn}", config, spent, "PostgreSQL")
    except (NoPostgresError, CommandFailedError) as error:
        return [_not("postgres", str(error)[-300:])]
    rows = {
        command: Row("postgres", PLAIN, command, size, _median(costs)) for command, costs in spent.items()
    }
    first, other = (_median(spent[f"autograder grade, {name}"]).cpu for name in ("SQLite", "PostgreSQL"))
    rows["autograder grade, PostgreSQL"] = replace(rows["autograder grade, PostgreSQL"], ratio=other / first)
    return list(rows.values())


def _graded(size: int, jobs: int, place: Path, config: str, spent: dict[str, list[Cost]], name: str) -> None:
    course = _course(size, place, config)
    ours(course, PLAIN, jobs, "--student", "student0000")  # the tables are made once in a course's life
    for command in ("autograder grade", "again, nothing changed"):
        spent[f"{command}, {name}"].append(ours(course, PLAIN, jobs))


def _median(costs: Sequence[Cost]) -> Cost:
    """Return the run in the middle, by CPU time."""
    return sorted(costs, key=lambda one: one.cpu)[len(costs) // 2]


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
    submission more costs is what is compared, by the medians.
    """
    spent: dict[tuple[str, int], list[Cost]] = defaultdict(list)
    said = set()
    for turn, count, engine in product(range(ROUNDS), (size // 5, size), ("local", "dask")):
        place = folder / f"{engine}-{count}-{turn}"
        plain = name == PLAIN
        course = _course(count, place, OURS) if plain else copy_of(lesson_class([name], count), place).course
        marks = folder / f"{engine}-{count}-{turn}.json"
        words: list[str | Path] = [BIN / "autograder", "grade", name, "--course", course, "--json", marks]
        words += ["--jobs", str(jobs)]
        if engine == "dask":
            words = [sys.executable, HERE / "cluster.py", str(jobs), *words]
        try:
            spent[engine, count].append(cost(words, course))
        except CommandFailedError as error:
            return [_not("dask", " ".join(str(error).split())[-300:])]
        if count == size:
            said.add(marks.read_bytes())
    middle = {key: _median(costs) for key, costs in spent.items()}
    rows = [
        Row("dask", name, f"autograder grade, {engine}", count, middle[engine, count])
        for engine in ("local", "dask")
        for count in (size // 5, size)
    ]
    more = {
        engine: (middle[engine, size].cpu - middle[engine, size // 5].cpu) / (size - size // 5)
        for engine in ("local", "dask")
    }
    note = "the same JSON" if len(said) == 1 else "OTHER JSON"
    note += ", one more submission: " + ", ".join(
        f"{engine} {1000 * each:.1f} CPU ms" for engine, each in more.items()
    )
    rows.append(Row("dask", name, "one submission more", 0, None, ratio=more["dask"] / more["local"], goal="<= 1.10",
                    note=note))  # fmt: skip
    return rows


def _not(part: str, why: str) -> Row:
    return Row(part, PLAIN, "", 0, None, note=f"not measured: {why}")
