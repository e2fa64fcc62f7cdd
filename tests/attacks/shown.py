"""Attacks by what a notebook shows: on the instructor's pages, on the terminal, and on those who print it all."""

from __future__ import annotations

from .attack import Attack
from .course import HONEST
from .forge import RUNNER

# What is sent in the place of a cell's outputs, past the recorder.
SENT = (
    RUNNER
    + """
import msgspec
real = msgspec.json.encode
def send(outputs):
    msgspec.json.encode = lambda o: real(outputs) if isinstance(o, list) else real(o)
"""
)
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TERMINAL = "\\x1b[2J\\x1b]0;planted\\x07\\x1b]8;;http://evil.example\\x1b\\\\\\x9b31m\\u202e"

SHOWN = [
    Attack(
        "picture-width",
        "a picture whose width is a handler of events: it stands in formgrader's page without quotes",
        before=SENT
        + f"""
data = {{'image/png': '{PNG}', 'text/plain': 'x'}}
send([{{'output_type': 'display_data', 'data': data, 'metadata': {{'image/png':
      {{'width': '1 onload=window.ran=1', 'height': '1 onerror=alert(2)', 'alt': '" onload=alert(3) x="'}}}}}}])""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "picture-metadata",
        "a grade in the metadata of a display",
        before=SENT
        + """
about = {'autograder': {'earned': '9', 'points': '9'}, 'text/plain': {'autograder': '9'}}
send([{'output_type': 'display_data', 'data': {'text/plain': '9'}, 'metadata': about}])""",
    ),
    Attack(
        "slow-paths",
        "a quarter of a million slashes, at which a search for paths takes an hour",
        before="print('/a' * 120_000)\nprint('/a' * 60_000 + '/ipykernel_1')",
        relu=HONEST["relu"],
        mean="def mean(v): raise ValueError('/a' * 100_000)",
        earns=2.0,
    ),
    Attack(
        "slow-escapes",
        "an escape sequence without an end",
        before="print('\\x1b[' + '0;' * 120_000)\nprint('\\x1b]' * 60_000)",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "slow-markdown",
        "Markdown and formulas that take long to read",
        before="""\
from IPython.display import display, Markdown, Latex
for evil in ('[' * 60_000, '*a' * 30_000, '>' * 60_000, '`' * 30_001 + 'x', '$' * 60_001):
    display(Markdown(evil), Latex('$' + '{' * 30_000 + evil[:20_000] + '$'))""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "flood-of-cells",
        "past the recorder, eight megabytes from each of thirty cells",
        before=SENT + "send([{'output_type': 'stream', 'name': 'stdout', 'text': 'y' * (8 << 20)}])",
        edit=lambda nb: nb.cells.extend(dict(nb.cells[2], source="1", id=f"more{n}") for n in range(30)),
    ),
    Attack(
        "terminal",
        "escape sequences and turned writing wherever a text is told on a terminal",
        before=f"print('{TERMINAL}')",
        relu=f"def relu(x): raise ValueError('{TERMINAL}')",
        slope=f"E = type('{TERMINAL}', (Exception,), {{}})\ndef slope(f, x): raise E('{TERMINAL}')",
        mean=f"def mean(v): return type('{TERMINAL}', (), {{}})()",
        shapes=f"raise ValueError('{TERMINAL}')",
    ),
]
