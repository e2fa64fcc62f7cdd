"""The browser's half: its own unit tests, and its numbers and words against Python's."""

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from autograder import explore
from autograder.explore import _activations

HERE = Path(__file__).parent
STATIC = Path(_activations.__file__).parent / "static"


def node(*arguments: str, stdin: str = "") -> str:
    """Run node, or skip where there is none."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("no node on PATH: the JavaScript's own tests need it")
    done = subprocess.run([found, *arguments], input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("tests", sorted(HERE.glob("*.test.mjs")), ids=lambda path: path.name)
def test_the_modules_own_tests(tests: Path) -> None:
    assert "# fail 0" in node("--test", "--test-reporter=tap", str(tests))


def test_browser_and_python_show_the_same() -> None:
    scenes = [
        {
            "function": f,
            "x": x,
            "corner": corner,
            "corner_slope": slope,
            "sharpness": sharpness,
            "h": h,
            "revealed": revealed,
        }
        for f in _activations.FUNCTIONS
        for x, (corner, slope, sharpness), h, revealed in itertools.product(
            (-6.0, -1.3, 0.0, 0.7, 6.0),
            (("fan", 0.0, 1.0), ("fan", 0.45, 6.5), ("hidden", 0.45, 6.5)),
            (0.0, 0.9),
            (True, False),
        )
    ]
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ numbers, sentences }} from {json.dumps((STATIC / "activations.js").as_uri())};
        const scenes = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify(scenes.map((s) => [numbers(s), sentences(s).join("\\n")])));
    """
    for scene, (got, words) in zip(
        scenes, json.loads(node("--input-type=module", "-e", script, stdin=json.dumps(scenes))), strict=True
    ):
        shown = explore.activations(**scene)  # type: ignore[arg-type]
        assert words == shown.describe()
        slope, secant = (np.nan if got[name] is None else got[name] for name in ("slope", "secant"))  # no NaN
        np.testing.assert_allclose(
            [got["y"], slope, secant], [shown.y, shown.slope, shown.central_difference], rtol=1e-9
        )


def test_browser_and_python_hold_the_same_limits() -> None:
    script = f"""
        import {{ LIMITS }} from {json.dumps((STATIC / "activations.js").as_uri())};
        console.log(JSON.stringify(LIMITS));
    """
    limits = json.loads(node("--input-type=module", "-e", script))
    assert {name: (limit["min"], limit["max"]) for name, limit in limits.items()} == _activations.LIMITS
