"""Makes the digits that lesson 03 trains on, from scikit-learn's copy of the UCI data set.

    python tools/digits.py digits.csv.gz

`digits.csv.gz` is a file of scikit-learn's wheel: ``pip download --no-deps scikit-learn``, unzip the wheel, and take
``sklearn/datasets/data/digits.csv.gz``. scikit-learn itself is not needed. Three files are written, the same bytes each
time:

- ``assets/digits.npz``: all 1,797 images;
- ``solutions/03_mlp_backprop/digits.npz``: 1,297 of them, released beside the notebook;
- ``solutions/03_mlp_backprop/kept.npz``: the other 500, kept for grading and never released.

Each holds ``images``, uint8 of shape (N, 8, 8) with values from 0 to 16, and ``labels``, uint8 of shape (N,). Where the
data come from and their licence: ``assets/digits-LICENSE.md``.
"""
# ruff: noqa: INP001, T201 (a script, not a package; it says what it wrote)

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parent.parent
LESSON = "solutions/03_mlp_backprop"
KEPT = 50  # of each digit
SEED = 1998  # the year of the data; which images are kept must not change once work was graded

Bytes = npt.NDArray[np.uint8]


def read(path: Path) -> tuple[Bytes, Bytes]:
    """Read images and labels from a gzipped table of 64 pixels and a label a line."""
    with gzip.open(path, "rt", encoding="ascii") as file:
        table = np.loadtxt(file, delimiter=",")
    if table.shape != (1797, 65) or table.min() < 0 or table.max() > 16:  # noqa: PLR2004 - the data set's own numbers
        raise SystemExit(f"{path} is not the digits table: expected 1797 lines of 64 pixels and a label")
    return table[:, :64].reshape(-1, 8, 8).astype(np.uint8), table[:, 64].astype(np.uint8)


def split(labels: Bytes) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Choose the kept images at random, as many of each digit; return the places of the others, and theirs.

    Both in random order: the table has the images writer by writer, so its last part is harder than its first.
    """
    rng = np.random.default_rng(SEED)
    kept = np.zeros(len(labels), dtype=bool)
    for digit in range(10):
        kept[rng.permutation(np.flatnonzero(labels == digit))[:KEPT]] = True
    return rng.permutation(np.flatnonzero(~kept)), rng.permutation(np.flatnonzero(kept))


def write(path: Path, images: Bytes, labels: Bytes) -> None:
    """Write an npz file that is the same to the byte each time: `np.savez` would put the hour into it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in (("images", images), ("labels", labels)):
            file = io.BytesIO()
            np.lib.format.write_array(file, np.ascontiguousarray(array))
            entry = zipfile.ZipInfo(f"{name}.npy", (1998, 7, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.getvalue(), compresslevel=9)
    print(f"{path.relative_to(ROOT)}: {len(labels)} images, {path.stat().st_size} bytes")


def main() -> None:
    """Make the three files from the table named on the command line."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the command and its one argument
        raise SystemExit(__doc__)
    images, labels = read(Path(sys.argv[1]))
    released, kept = split(labels)
    (ROOT / LESSON).mkdir(parents=True, exist_ok=True)
    write(ROOT / "assets/digits.npz", images, labels)
    write(ROOT / LESSON / "digits.npz", images[released], labels[released])
    write(ROOT / LESSON / "kept.npz", images[kept], labels[kept])


if __name__ == "__main__":
    main()
