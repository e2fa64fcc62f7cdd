"""Which files are the project's: git says so, also in a copy without its history, or that belongs to somebody else."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def listed_by_git(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let git answer here: it refuses the folders of other accounts, and an unpacked archive has no history."""
    setting = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in setting.items():
            patch.setenv(name, value)
        if not (ROOT / ".git").exists():
            patch.setenv("GIT_DIR", str(tmp_path_factory.mktemp("git")))
            patch.setenv("GIT_WORK_TREE", str(ROOT))
            for words in (("init", "-q"), ("add", "--all")):
                subprocess.run(["git", *words], cwd=ROOT, check=True)  # noqa: S607
        yield
