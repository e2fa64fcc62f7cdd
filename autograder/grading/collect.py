"""nbgrader's collect, that follows no link and takes nothing in another's name.

Students write into the exchange themselves. A link there to the gradebook or to somebody else's work would be
followed by `nbgrader collect`, with the instructor's rights, and what it leads to would lie in the student's own
submission. Here links and special files are left behind. And a folder that bears a student's name is collected only if
it is that student's: nbgrader warns and collects it all the same, in the place of what the student handed in.
"""

from __future__ import annotations

import glob
import os
import stat
from pathlib import Path
from pwd import getpwuid
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import temp_attrs


class CarefulCollect(ExchangeCollect):  # type: ignore[misc]
    """Set by `autograder.nbgrader_setup.configure` as ``c.ExchangeFactory.collect``."""

    src_records: list[dict[str, Any]]

    def init_src(self) -> None:
        """Choose what to collect: of each student the newest, or the newest in time, that is the student's own."""
        super().init_src()
        records: list[dict[str, Any]] = self.src_records
        self.src_records = [record for record in records if isinstance(record["username"], str)]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Read a folder's name; what somebody else owns does not compete with what the student handed in."""
        record: dict[str, Any] = super()._path_to_record(path)
        student = record["username"]
        if self.check_owner and (owner := _owner(path)) != student:
            self.log.error(
                "%s bears the name of %s and belongs to %s. It was not collected. If accounts here are not the "
                "system's, set c.ExchangeCollect.check_owner = False.", path, student, owner,
            )  # fmt: skip
            record["username"] = (student, owner)
        return record

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy one submission's folders and plain files."""
        if Path(src).is_symlink():
            self.log.error("%s is a link and was not collected: students hand in folders.", src)
            return
        odd = sorted(
            Path(folder, name)
            for folder, folders, files in os.walk(src)
            for name in (*folders, *files)
            if not _is_plain(Path(folder, name))
        )
        for path in odd:
            self.log.warning("%s is a link or a special file and was not collected.", path)
        names = [*self.coursedir.ignore, *(glob.escape(path.name) for path in odd)]
        with temp_attrs(self.coursedir, ignore=names):
            super().do_copy(src, dest, log=log)


def _owner(path: str) -> str:
    number = Path(path).lstat().st_uid
    try:
        return getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _is_plain(path: Path) -> bool:
    mode = path.lstat().st_mode
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)
