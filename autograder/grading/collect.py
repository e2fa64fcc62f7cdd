"""nbgrader's collect, that follows no link.

Students write into the exchange themselves. A link there to the gradebook or to somebody else's work would be
followed by `nbgrader collect`, with the instructor's rights, and what it leads to would lie in the student's own
submission. Here links and special files are left behind.
"""

from __future__ import annotations

import glob
import os
import stat
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import temp_attrs


class CarefulCollect(ExchangeCollect):  # type: ignore[misc]
    """Set by `autograder.nbgrader_setup.configure` as ``c.ExchangeFactory.collect``."""

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


def _is_plain(path: Path) -> bool:
    mode = path.lstat().st_mode
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)
