"""nbgrader's zip_collect for what Canvas and Moodle give out: a file goes to the student whose it clearly is.

nbgrader's own collector takes the student's id out of the file's name. Canvas and Moodle write names and numbers of their
own there, so this one asks the gradebook. What goes to nobody is listed with the reason.
"""

from __future__ import annotations

from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin
from nbgrader.utils import find_all_notebooks

from autograder.desk.downloads import Download, Worksheet, names_missing, read_worksheet, sort_out
from autograder.desk.gradebook import open_gradebook
from autograder.desk.grades import Student
from autograder.desk.roster import Roster
from autograder.lesson.whereabouts import counted

_NOT_WORK = {"__MACOSX", ".ipynb_checkpoints"}


class Downloads(FileNameCollectorPlugin):  # type: ignore[misc]
    """Set by `autograder.nbgrader_setup.configure` as ``c.ZipCollectApp.collector_plugin``.

    A course that sets ``c.FileNameCollectorPlugin.named_regexp`` has nbgrader's own way.
    """

    _sorted: dict[Path, Download] | None = None

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return whose a file is and what it is called; None where it goes to nobody."""
        if self.named_regexp:
            by_name: dict[str, str] | None = super().collect(submitted_file)
            return by_name
        if self._sorted is None:
            self._sorted = self._sort_out()
        found = self._sorted.get(Path(submitted_file))
        if found is None or not found.student:
            return None
        return {"student_id": found.student, "file_id": found.file}

    def _sort_out(self) -> dict[Path, Download]:
        """Look at all files at once, since two may clash, and tell what goes to nobody."""
        app = self.parent
        extracted = Path(app._format_collect_path(app.extracted_directory))  # noqa: SLF001 - it has no other name
        paths = [
            path.relative_to(extracted)
            for path in sorted(extracted.rglob("*"))
            if path.is_file() and path.suffix in self.valid_ext and not _NOT_WORK & {*path.parts}
        ]
        with open_gradebook(app.coursedir.db_url) as gradebook:
            people = Roster({key: Student(key, *rest) for key, *rest in gradebook.roster()})
        released = app.coursedir.format_path(
            app.coursedir.release_directory, ".", app.coursedir.assignment_id
        )
        found = sort_out(
            paths, people, worksheet=self._worksheet(extracted.parent), expected=find_all_notebooks(released)
        )
        self._tell(found, people)
        return {extracted / one.path: one for one in found}

    def _worksheet(self, folder: Path) -> Worksheet | None:
        """Return Moodle's grading worksheet that lies in the assignment's folder of downloads."""
        read = {path.name: read_worksheet(path) for path in sorted(folder.glob("*.csv"))}
        for name in [name for name, sheet in read.items() if sheet is None]:
            self.log.warning(
                "%s is no grading worksheet: it has no column Identifier. It was left out.", name
            )
        sheets = [sheet for sheet in read.values() if sheet is not None]
        if len(sheets) > 1:
            self.log.warning("More than one worksheet lies in %s. None was used: leave one there.", folder)
            return None
        return sheets[0] if sheets else None

    def _tell(self, found: list[Download], people: Roster) -> None:
        if names_missing(people):
            self.log.warning(
                "The gradebook knows nobody by name or number. Tell it who is in the class first: "
                "nbgrader db student import students.csv"
            )
        left = [one for one in found if not one.student]
        if left:
            goes = "goes" if len(left) == 1 else "go"
            self.log.warning(
                "%d of %s to nobody, because nothing says clearly whose %s:\n%s\n"
                "Mend the cause and run this again with --force, or put each into submitted/STUDENT/%s by hand.",
                len(left), counted(len(found), f"notebook {goes}", f"notebooks {goes}"),
                "it is" if len(left) == 1 else "they are", "\n".join(f"  {one.path}: {one.why}" for one in left),
                self.parent.coursedir.assignment_id,
            )  # fmt: skip
        late = sorted({one.student for one in found if one.late and one.student})
        if late:
            self.log.warning(
                "Canvas calls late: %s. Its files do not say when they came; for a late policy of this course write "
                "a timestamp.txt beside each.",
                ", ".join(late),
            )
