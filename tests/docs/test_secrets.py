"""No solution, hidden test, known mistake or answer of a lesson stands in the handout, however it is laid out.

The manuals for those who teach may name nbgrader's markers, and the derivations manual has a table of chains,
answers to homework among them; that is why the students' site has no manuals.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import nbformat
import pytest

from autograder.lesson import notebook as cells
from autograder.lesson.fitting import read_answers
from autograder.lesson.source import read_lesson

from .site import LESSONS, ROOT, SITES, read_page, squeezed

if TYPE_CHECKING:
    from pathlib import Path

_SHORT = 16  # without its spaces; `returnx` is no secret
_MARKERS = ["BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN", "END HIDDEN", "@mistake(", "reference."]


@cache
def released() -> str:
    """Return all that students get, spaces apart."""
    files = [nbformat.read(path, 4) for path in sorted((ROOT / "notebooks").glob("*/*.ipynb"))]
    return squeezed("\n".join(cell.source for file in files for cell in file.cells))


@cache
def secrets(name: str) -> tuple[str, ...]:
    """Return the lines of a lesson that students do not get: from its secret regions and from its answers."""
    lesson = read_lesson(ROOT / "solutions" / name / f"{name}.py")
    texts = [text for cell in lesson.notebook.cells for _, text in cells.secret_blocks(cell.source)]
    if lesson.path.with_name("answers.py").exists():
        texts += [str(answer.source) for answer in read_answers(lesson)]
    written = [line for text in texts for line in text.splitlines()]
    # What is imported from where is no secret; the author's manual says it too.
    lines = {squeezed(line) for line in written if not line.startswith("from autograder.")}
    return tuple(sorted(line for line in lines if is_secret(line)))


def is_secret(line: str) -> bool:
    """Whether a line tells something: it is of some length, and more than what students have or a list of their names."""
    bare = re.fullmatch(r"[A-Za-z_]\w*(,[A-Za-z_]\w*)*,?", line)
    known = bare and all(re.search(rf"\b{name}\b", released()) for name in line.rstrip(",").split(","))
    return len(line) >= _SHORT and line not in released() and not known


@cache
def shown(site: str, manuals: bool) -> dict[str, str]:
    """Return the text of every file of a site that says something, by its path: tags and spaces apart."""
    root = SITES[site]
    texts = {}
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root)
        if not file.is_file() or "_static" in path.parts or (not manuals and "manual" in path.parts):
            continue
        text = read_page(file).text if file.suffix == ".html" else file.read_bytes().decode(errors="replace")
        texts[str(path)] = squeezed(text)
    return texts


def chain_lines(name: str) -> set[str]:
    """Return the lines of a lesson's derivations: in quotes, in a solution of the lesson or an answer to it."""
    found = set()
    for line in secrets(name):
        bare = line.rstrip(",")
        if re.fullmatch(r"""(["'])[^"']*\1""", bare):
            found.add(bare[1:-1])
    return found


@pytest.mark.parametrize("name", LESSONS)
def test_nothing_secret_stands_in_the_students_site(build_log: str, name: str) -> None:
    assert build_log
    for path, text in shown("students", manuals=False).items():
        assert [line for line in secrets(name) if line in text] == [], path


@pytest.mark.parametrize("name", LESSONS)
def test_no_line_of_a_derivation_stands_in_the_students_site_in_any_quotes(build_log: str, name: str) -> None:
    assert build_log
    lines = {line for line in chain_lines(name) if len(line) >= _SHORT and line not in released()}
    for path, text in shown("students", manuals=False).items():
        assert sorted(line for line in lines if line in text) == [], path


@pytest.mark.parametrize("name", LESSONS)
def test_no_code_that_is_secret_stands_in_the_manuals(build_log: str, name: str) -> None:
    assert build_log
    quoted = chain_lines(name)
    lines = [line for line in secrets(name) if line.rstrip(",").strip("\"'") not in quoted]
    for path, text in shown("html", manuals=True).items():
        if path not in {"manual/derivations.html", "searchindex.js"}:
            assert [line for line in lines if line in text] == [], path


def test_no_marker_of_a_secret_stands_outside_the_manuals(build_log: str) -> None:
    assert build_log
    for site in SITES:
        for path, text in shown(site, manuals=False).items():
            assert [marker for marker in _MARKERS if squeezed(marker) in text] == [], f"{site}/{path}"


def test_no_file_of_a_lessons_source_is_in_a_site(site: Path) -> None:
    names = {"answers.py", "samples.py", "kept.npz", *(f"{name}.py" for name in LESSONS)}
    assert [file for file in site.rglob("*") if file.name in names or file.suffix in {".npz", ".ipynb"}] == []


def test_the_search_finds_what_is_there(build_log: str) -> None:
    assert build_log
    text = shown("students", manuals=False)["lessons/01_activations.html"]
    assert squeezed("Rectified linear unit, elementwise.") in text
    assert all(len(secrets(name)) > 100 for name in LESSONS if name != "00_start_here")
    assert squeezed("return np.maximum(x, 0.0)") in secrets("01_activations")
    assert not is_secret("receptive_field,")
    assert is_secret("receptive_field+1,")
    assert is_secret("a_name_of_the_solution,")
    assert squeezed("exp(-x) / (1 + exp(-x))**2") in chain_lines("01_activations")
