"""nbgrader's release_feedback, that is not stopped by work which did not come through the exchange.

A student fetches feedback by a secret that was collected with the submission. Where somebody's work was put into
`submitted/` by hand there is none, and stock nbgrader ends with an error there: whoever comes after gets no page either.
"""

from __future__ import annotations

from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import temp_attrs

_BESIDE = ("timestamp.txt", "submission_secret.txt")


class GiveBack(ExchangeReleaseFeedback):  # type: ignore[misc]
    """Set by `autograder.desk.configure_feedback` as ``c.ExchangeFactory.release_feedback``."""

    def copy_files(self) -> None:
        """Put the pages of all whom the exchange knows into it, and name the others."""
        given = self.coursedir.student_id_exclude
        excluded = set(given.split(",")) if given else set()
        strangers = self._strangers() - excluded
        with temp_attrs(self.coursedir, student_id_exclude=",".join(sorted(excluded | strangers))):
            super().copy_files()
        for student in sorted(strangers):
            where = self.coursedir.format_path(
                self.coursedir.feedback_directory, student, self.coursedir.assignment_id
            )
            self.log.warning(
                "%s did not hand in through the exchange and cannot fetch the page from it. Send it: %s",
                student, where,
            )  # fmt: skip

    def _strangers(self) -> set[str]:
        """Return the students with a page whose work was not collected."""
        pattern = self.coursedir.format_path(
            self.coursedir.feedback_directory, self.coursedir.student_id or "*", self.coursedir.assignment_id
        )
        any_student = self.coursedir.format_path(
            self.coursedir.feedback_directory, "*", self.coursedir.assignment_id
        )
        place = Path(any_student).parts.index("*")
        top = Path(pattern)
        folders = Path(top.anchor).glob(str(top.relative_to(top.anchor)))
        return {
            folder.parts[place]
            for folder in folders
            if not all((folder / name).is_file() for name in _BESIDE)
        }
