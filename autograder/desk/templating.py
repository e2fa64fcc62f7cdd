"""The templates of this room, filled in by jinja2: everything is escaped that is not `Markup` already."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from jinja2 import Template


def render(name: str, **values: object) -> str:
    """Fill in a template of `templates/`."""
    return _template(name).render(values)


@lru_cache(maxsize=16)
def _template(name: str) -> Template:
    return _environment().get_template(name)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("autograder.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = points
    environment.filters["lateness"] = lateness
    return environment


def points(value: float) -> str:
    """Return points without a needless fraction: 3, 0.5, 1.33."""
    return f"{round(value, 2):g}"


def lateness(seconds: float) -> str:
    """Return a span of time in its two largest units: "1 day 2 hours"."""
    minutes = max(1, round(seconds / 60))
    units = (("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60))
    parts = [f"{count} {name}{'' if count == 1 else 's'}" for name, count in units if count]
    return " ".join(parts[:2])
