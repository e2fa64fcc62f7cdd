"""What makes feedback cheap, by what it does and not by a clock: what is loaded, what is read, what is written."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.api import Gradebook

from autograder.desk.feedback import update_feedback
from autograder.desk.gradebook import open_gradebook
from autograder.desk.markdown import Renderer, parser

from .graded_course import ASSIGNMENT, lesson, solution

if TYPE_CHECKING:
    from mistune import Markdown

    from .graded_course import Desk

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("nbgrader", "nbconvert", "nbformat", "IPython", "jsonschema", "numpy", "sqlalchemy")


def test_feedback_loads_nothing_of_nbgrader_and_nothing_that_computes(desk: Desk) -> None:
    desk.hand_in("ada")
    script = (
        "import sys; from autograder.cli import app\n"
        f"try: app(['feedback', '--course', {str(desk.course.root)!r}], standalone_mode=False)\n"
        f"finally: print('loaded:', [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "1 page in" in done.stdout
    assert "loaded: []" in done.stdout


def test_a_page_is_written_again_only_if_what_it_is_made_from_changed(desk: Desk) -> None:
    for student in ("ada", "bo"):
        desk.hand_in(student)
    ada, bo = desk.page("ada"), desk.page("bo")
    assert update_feedback(desk.course).written == (ada, bo)
    again = update_feedback(desk.course)
    assert again.written == ()
    assert again.paths == (ada, bo)

    def regrade(book: Gradebook) -> None:
        book.find_grade("test_sign", ASSIGNMENT, ASSIGNMENT, "ada").manual_score = 2.0

    desk.change(regrade)
    assert update_feedback(desk.course).written == (ada,)
    path = desk.course.autograded(ASSIGNMENT, "bo") / f"{ASSIGNMENT}.ipynb"
    path.write_text(nbformat.writes(lesson(relu="def relu(x):\n    return x")))
    assert update_feedback(desk.course).written == (bo,)


def test_a_page_that_somebody_changed_or_removed_is_written_again(desk: Desk) -> None:
    for student in ("ada", "bo", "cy"):
        desk.hand_in(student)
    first = update_feedback(desk.course).written
    desk.page("ada").unlink()
    desk.page("bo").write_text("praise")
    (desk.course.feedback(ASSIGNMENT, "cy") / "timestamp.txt").unlink()
    assert update_feedback(desk.course).written == first[:2]
    assert "praise" not in desk.page("bo").read_text()
    assert (desk.course.feedback(ASSIGNMENT, "cy") / "timestamp.txt").is_file()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"ada": 1}'])
def test_stamps_that_cannot_be_read_cost_work_and_nothing_else(desk: Desk, content: str) -> None:
    desk.hand_in("ada")
    update_feedback(desk.course)
    (desk.course.root / desk.course.feedback_directory / ".autograder.json").write_text(content)
    assert update_feedback(desk.course).written == (desk.page("ada"),)


def test_alike_cells_are_drawn_in_the_place_where_they_stand(desk: Desk) -> None:
    extra = solution("tanh", "tanh = np.tanh")
    desk.hand_in("ada")
    desk.hand_in("bo", lesson(extra))
    moved = lesson()
    moved.cells.insert(0, extra)
    desk.hand_in("cy", moved)
    update_feedback(desk.course)
    pages = {student: desk.page(student).read_text() for student in ("ada", "bo", "cy")}
    assert '<section class="cell answer" id="cell-3">' in pages["ada"]
    assert '<section class="cell answer" id="cell-7">\n<h3>Your answer: tanh' in pages["bo"]
    assert '<section class="cell answer" id="cell-1">\n<h3>Your answer: tanh' in pages["cy"]
    assert '<a href="#cell-4">relu</a>' in pages["cy"]


@pytest.mark.parametrize("kind", ["sqlite", "sqlite+pysqlite"], ids=["a file", "by SQLAlchemy"])
def test_the_gradebook_says_what_nbgraders_own_classes_say(desk: Desk, kind: str) -> None:
    desk.hand_in("ada", late=dt.timedelta(hours=3), penalty=0.25, first_name="Ada")
    desk.hand_in("bo", late=dt.timedelta(hours=26))

    def edit(book: Gradebook) -> None:
        book.add_task_cell("essay", ASSIGNMENT, ASSIGNMENT, max_score=4, cell_type="markdown")
        grade = book.find_grade("test_sign", ASSIGNMENT, ASSIGNMENT, "ada")
        grade.manual_score, grade.extra_credit = 1.5, 0.5
        book.find_grade("test_relu", ASSIGNMENT, ASSIGNMENT, "bo").auto_score = None
        comment = book.find_comment("sign", ASSIGNMENT, ASSIGNMENT, "ada")
        comment.auto_comment, comment.manual_comment = "No response.", "Better."
        book.find_submission(ASSIGNMENT, "bo").extension = dt.timedelta(days=1)

    desk.change(edit)
    desk.hand_in("cy")
    url = desk.course.db_url.replace("sqlite", kind, 1)
    with open_gradebook(url) as ours, Gradebook(desk.course.db_url) as book:
        for student in ("ada", "bo", "cy"):
            (marks,) = ours.marks(ASSIGNMENT, student).values()
            assert ours.marks(ASSIGNMENT)[student, ASSIGNMENT] == marks
            theirs = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, student)
            assert marks.max_score == theirs.max_score == 9
            assert marks.penalty == (theirs.late_submission_penalty or 0)
            assert marks.seconds_late == theirs.assignment.total_seconds_late
            assert sum(cell.score for cell in marks.cells.values()) == theirs.score
            assert {grade.name for grade in theirs.grades} == set(marks.cells)
            for grade in theirs.grades:
                cell = marks.cells[grade.name]
                assert (cell.score, cell.max_score) == (grade.score, grade.max_score)
                assert cell.pending == grade.needs_manual_grade
            assert marks.comments == {c.name: c.comment for c in theirs.comments if c.comment}


@pytest.mark.parametrize("kind", ["sqlite", "sqlite+pysqlite"])
def test_reading_makes_no_gradebook(tmp_path: Path, kind: str) -> None:
    with open_gradebook(f"{kind}:///{tmp_path / 'none.db'}") as book:
        assert book.marks("ps1") == {}
        assert book.assignments() == []
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    with open_gradebook(f"{kind}:///{tmp_path / 'empty.db'}") as book:
        assert book.students() == {}


class Tex(Renderer):
    """Writes formulas as nbconvert's renderer does."""

    inline_math = IPythonRenderer.inline_math
    block_math = IPythonRenderer.block_math
    latex_environment = IPythonRenderer.latex_environment
    escape_html = IPythonRenderer.escape_html


class Theirs(IPythonRenderer):
    """nbconvert's, without what `prose` draws by itself."""

    heading = Renderer.heading
    block_code = Renderer.block_code
    image = Renderer.image


OURS: Markdown = parser(Tex())


def read(source: str) -> str:
    return MarkdownWithMath(renderer=Theirs(escape=False)).render(source)


@pytest.mark.parametrize("path", sorted((ROOT / "solutions").glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_lessons_are_read_as_nbconvert_reads_them(path: Path) -> None:
    notebook: Any = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert OURS(cell.source) == read(cell.source)


PIECES = st.sampled_from(
    [
        "$", "$$", "\\", r"\\[", r"\\]", r"\\(", r"\\)", r"\begin{align}", r"\end{align}", "\n", "\n\n", "- ",
        "* ", "# ", "#", "x", "_", "**", "`", "```python\n", "> ", "|", "1. ", "    ", "[a](b)", "<b>", "&",
        "~~", "http://a.example", "- [ ] ", ": def", "a | b\n--|--\n1 | 2\n",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_text_is_read_as_nbconvert_reads_it(source: str) -> None:
    assert OURS(source) == read(source)
