"""The settings: every nbgrader_config.py that counts can be read, and what it sets is somebody's and of the right kind."""

from __future__ import annotations

import difflib
import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_config_dir, jupyter_config_path
from traitlets import TraitError, TraitType
from traitlets.config import Config
from traitlets.config.loader import DeferredConfig, JSONFileConfigLoader, LazyConfigValue, PyFileConfigLoader

from autograder.grading.extra_time import ExtraTimeError, read_extra_time
from autograder.grading.limits import LimitSettings, limits_of
from autograder.lesson.sections import ClearSolutions
from autograder.sandbox.doctor import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from autograder.lesson.course import Course

FILES = ("nbgrader_config.json", "nbgrader_config.py")
#: What a config sets for others than nbgrader and this project: Jupyter's servers, nbconvert, traitlets itself.
_OTHERS = (
    "ServerApp", "NotebookApp", "LabApp", "JupyterApp", "Application", "ExtensionApp", "KernelManager", "Spawner",
    "JupyterHub", "IdentityProvider", "LoggingConfigurable", "Configurable", "SingletonConfigurable",
)  # fmt: skip
_OURS = ("autograder.grading.late_days.LateDays", "autograder.grading.collect.CarefulCollect")
#: Settings that name classes.
_CLASSES = (
    ("AssignLatePenalties", "plugin_class"), ("Autograde", "autograde_preprocessors"),
    ("Autograde", "sanitize_preprocessors"), ("GenerateAssignment", "preprocessors"), ("ExchangeFactory", "collect"),
    ("ExchangeFactory", "release_feedback"),
    ("ExportApp", "plugin_class"), ("ZipCollectApp", "collector_plugin"),
)  # fmt: skip
_CLOSE = 0.75  # as alike as a slip of the fingers


def files(course: Course) -> list[Path]:
    """Return the config files that nbgrader reads for this course, the course's own last."""
    folders = [Path(folder) for folder in reversed(jupyter_config_path())]
    return [folder / name for folder in (*folders, course.root) for name in FILES if _is_there(folder / name)]


def look(course: Course) -> Iterator[Finding]:
    """Look at a course's settings."""
    there = files(course)
    closed = [path for path in there if not os.access(path, os.R_OK)]
    for path in closed:
        advice = f"chmod a+r {path}. Until then nothing in it counts, and nbgrader does not say so."
        yield Finding("every nbgrader_config.py can be read", held=False, detail=str(path), advice=advice)
    if not closed:
        shown = ", ".join(map(str, there)) or "none: nbgrader's own settings count"
        yield Finding("every nbgrader_config.py can be read", held=True, detail=shown)
    yield Finding(
        "the course has a name", bool(course.course_id), course.course_id,
        f'In {course.root / FILES[1]}: c.CourseDirectory.course_id = "..."; release and collect need it.',
        needed=not course.db_url.startswith("sqlite"),
    )  # fmt: skip
    taken = str(course.config.Autograde.get("autograde_preprocessors", ""))
    yield Finding(
        "nbgrader's own commands use the sandbox", "SandboxedExecute" in taken, "",
        "In nbgrader_config.py: from autograder.nbgrader_setup import configure; configure(c)", needed=False,
    )  # fmt: skip
    with course.entered():  # where a course's own plugins are found
        wrong = [*mistakes(course.config), *_nowhere(course.config)]
    try:
        limits_of(course.config)
    except TraitError:
        pass  # told as one that does not fit
    except ValueError as error:
        wrong.append((f"c.SandboxedExecute: {error}", "Mend the number in nbgrader_config.py."))
    try:
        read_extra_time(course.root)
    except ExtraTimeError as error:
        wrong.append((str(error), "`autograder extend` writes it; docs/instructors.md tells about it."))
    for detail, advice in wrong:
        yield Finding("every setting is understood", held=False, detail=detail, advice=advice)
    if not wrong:
        yield Finding("every setting is understood", held=True)


def shared_config() -> Config:
    """Return what everybody's nbgrader on this machine reads: the config path without one's own home."""
    config = Config()
    for folder in reversed([Path(p) for p in jupyter_config_path() if p != jupyter_config_dir()]):
        for name, loader in zip(FILES, (JSONFileConfigLoader, PyFileConfigLoader), strict=True):
            if (folder / name).is_file():
                config.merge(loader(name, path=str(folder)).load_config())
    return config


def is_told_to_all() -> bool:
    """Whether everybody's nbgrader on this machine is told of an exchange or a course: this is a hub."""
    try:
        config = shared_config()
    except Exception:  # noqa: BLE001 - a config is a program; that it fails is told elsewhere
        return True
    return bool(config.Exchange.get("root") or config.CourseDirectory.get("course_id"))


def mistakes(config: Config) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the settings, and what to do: unknown sections, unknown names, values that do not fit."""
    known = _classes(config)
    for section in sorted(config):
        if section in _OTHERS or not isinstance(config[section], Config):
            continue
        if section not in known:
            like = _like(section, known)
            if like:
                yield f"c.{section} is nobody's: nothing reads it", f"Did you mean c.{like}?"
            continue
        traits = known[section]
        for name, value in sorted(config[section].items()):
            if name not in traits:
                like = _like(name, traits)
                yield (
                    f"c.{section}.{name} is no setting: nothing reads it",
                    f"Did you mean c.{section}.{like}?" if like else f"It has: {', '.join(sorted(traits))}.",
                )
            elif (section, name) not in _CLASSES and (problem := _misfit(traits[name], value)):
                yield f"c.{section}.{name} = {value!r} does not fit", problem


def _nowhere(config: Config) -> Iterator[tuple[str, str]]:
    """Yield the classes that settings name and that cannot be loaded."""
    for section, name in _CLASSES:
        value = config[section].get(name) if section in config else None
        for place in [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []:
            if isinstance(place, str) and "." in place and (problem := _problem_with(place)):
                yield (
                    f"c.{section}.{name} names {place}: {problem}",
                    "Mend the name, or install what it is in.",
                )


def _problem_with(place: str) -> str:
    module, _, attribute = place.rpartition(".")
    try:
        getattr(importlib.import_module(module), attribute)
    except Exception as error:  # noqa: BLE001 - whatever a course's own module raises
        return f"{type(error).__name__}: {error}"
    return ""


def _misfit(trait: TraitType[Any, Any], value: object) -> str:
    """Say what a value should have been; nothing where it fits."""
    if isinstance(value, LazyConfigValue | DeferredConfig):
        return ""
    try:
        trait._validate(None, value)  # noqa: SLF001 - traitlets' own check, without an object to set it on
    except TraitError as error:
        wants = str(error).split("expected ", 1)[-1].split(", not ", 1)[0].rstrip(".")
        return f"It should be {wants or trait.info()}."
    except Exception:  # noqa: BLE001 - a check that asks the object it belongs to: nothing is known
        return ""
    return ""


def _classes(config: Config) -> dict[str, dict[str, TraitType[Any, Any]]]:
    """Return the settings of every class that nbgrader, this project or a named plugin has, by the class's name."""
    from nbconvert.nbconvertapp import NbConvertApp  # noqa: PLC0415 - imports every exporter
    from nbgrader.apps import NbGraderApp  # noqa: PLC0415 - imports every application of nbgrader

    found: dict[str, dict[str, TraitType[Any, Any]]] = {}
    roots = [*NbConvertApp().classes, *NbGraderApp().classes, LimitSettings, ClearSolutions, *_named(config)]
    for root in roots:
        for one in root.__mro__:
            if hasattr(one, "class_traits"):
                found.setdefault(one.__name__, {}).update(one.class_traits(config=True))
    found.setdefault("SandboxedExecute", {}).update(found.get("NbGraderPreprocessor", {}))
    found["SandboxedExecute"].update(LimitSettings.class_traits(config=True))
    for name, traits in found.items():
        traits.update(sections_below(name, found))
    return found


def sections_below(
    name: str, found: dict[str, dict[str, TraitType[Any, Any]]]
) -> dict[str, TraitType[Any, Any]]:
    """Return what a class of the same name in `autograder.lesson` adds to nbgrader's."""
    return ClearSolutions.class_traits(config=True) if name == "ClearSolutions" and found else {}


def _named(config: Config) -> Iterator[type]:
    """Yield the classes that settings name by their place: plugins, exchanges, steps."""
    names = {*_OURS, *_strings(config)}
    for name in sorted(names):
        module, _, attribute = name.rpartition(".")
        try:
            one = getattr(importlib.import_module(module), attribute)
        except Exception:  # noqa: BLE001, S112 - whatever a course's own module raises: it is told where it is used
            continue
        if isinstance(one, type):
            yield one


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str) and "." in value and value.replace(".", "").replace("_", "").isalnum():
        if not value[0].isdigit() and not value.startswith("."):
            yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)


def _like(name: str, there: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(there), n=1, cutoff=_CLOSE)), "")


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except PermissionError:
        return False
