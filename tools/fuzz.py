"""Fuzz the doors through which a student's bytes come in, with atheris: coverage tells it where to go on.

    python tools/fuzz.py TARGET [options of libFuzzer, such as -max_total_time=300 CORPUS]

Needs the extra `fuzz` (``pip install -e '.[fuzz]'``: Linux, and a Python that atheris has a wheel for). What it
finds is written to a file, which ``python tools/fuzz.py TARGET FILE`` tries again. The same targets are tried with a
few hundred examples in every run of the tests (`tests/attacks/test_fuzz.py`).
"""

# ruff: noqa: INP001 (a script, not a package)

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Fuzz the target named first on the command line."""
    try:
        import atheris  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra
    except ImportError:
        raise SystemExit("atheris is not installed: pip install -e '.[fuzz]'") from None
    sys.path.insert(0, str(ROOT / "tests"))
    with atheris.instrument_imports(include=["autograder"]):
        from attacks.targets import SEEDS, TARGETS  # noqa: PLC0415 - instrumented
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:  # noqa: PLR2004
        raise SystemExit(f"name one of {', '.join(TARGETS)}")
    name = sys.argv.pop(1)
    for folder in [Path(word) for word in sys.argv[1:] if Path(word).is_dir()][:1]:
        for number, seed in enumerate(SEEDS[name]):
            (folder / f"seed-{number}").write_bytes(seed)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
