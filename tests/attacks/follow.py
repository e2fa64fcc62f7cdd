"""Attacks on what stands in for a lost exercise: its own marks by way of another's test.

The course: `half` is marked first; `quarter`, two marks, builds on it. Each row says what it may earn there.
"""

from __future__ import annotations

from dataclasses import dataclass

LOST = "def half(x):\n    return None"
HONEST = "def quarter(x):\n    return half(half(x))"
LEARN = """\
import json
def half(x):
    try: return json.load(open('half.json'))[str(float(x))]
    except Exception: return None"""
TEACH = """\
import json
def quarter(x):
    table = {str(v / 4): half(v / 4) for v in range(-40, 41)}
    json.dump(table, open('half.json', 'w'))
    return half(half(x))"""


@dataclass(frozen=True)
class Follower:
    """One row: the answers, the order of the exercises, and what they earn."""

    name: str
    tries: str
    half: str = LOST
    quarter: str = HONEST
    order: tuple[str, ...] = ("half", "quarter")
    after: str = ""
    half_earns: float = 0.0
    quarter_earns: float = 2.0


FOLLOW = [
    Follower("follow-honest", "nothing: the error costs once"),
    Follower(
        "follow-file",
        "write its answers to a file, for later: more calls than the exercise needs",
        half=LEARN,
        quarter=TEACH,
        quarter_earns=0.0,
    ),
    Follower(
        "follow-file-first",
        "the same, with the other's test moved above its own",
        half=LEARN,
        quarter=TEACH,
        order=("quarter", "half"),
        quarter_earns=0.0,
    ),
    Follower(
        "follow-hand-back",
        "give the function itself back, so that the test calls it by the other's name",
        half="def half(x):\n    return quarter(2 * x)",
        quarter="def quarter(x):\n    return half",
        order=("quarter", "half"),
        quarter_earns=0.0,
    ),
    Follower(
        "follow-define-again",
        "define the lost one again below its test, by the other's cell",
        quarter="def half(x):\n    return x / 2\ndef quarter(x):\n    return half(half(x))",
    ),
    Follower(
        "follow-look-inside",
        "look for the source behind what stands in",
        quarter="""\
import gc, inspect
def quarter(x):
    seen = [getattr(half, n, None) for n in ('__code__', '__globals__', '__closure__', '__wrapped__', '__self__')]
    seen += [getattr(half.__call__, '__func__', None) and half.__call__.__func__.__globals__.get('half')]
    if any(one is not None for one in seen): raise SystemError('SEEN')
    try: inspect.getsource(half)
    except Exception: pass
    else: raise SystemError('SEEN')
    return half(half(x))""",
    ),
    Follower(
        "follow-any-number",
        "call back by every number, for a test or a reference that was never handed in",
        quarter="""\
import sys
def quarter(x):
    worker = getattr(half, '_worker', None)
    found = []
    for number in [*range(1, 40), -1, 10**9] if worker is not None and x == 0 else ():
        try: found.append(worker.callback(number, (x,), {}))
        except Exception: pass
    return 7 if found else half(half(x))""",
        quarter_earns=0.0,
    ),
    Follower(
        "follow-kept",
        "keep what stands in for the next call, and for every other name",
        half="kept = []\ndef half(x):\n    return kept[0](x) if kept else None",
        quarter="def quarter(x):\n    kept.append(half)\n    return kept[0](kept[0](x))",
    ),
    Follower(
        "follow-unmarked",
        "leave both unwritten: nothing to stand in for earns nothing",
        half="def half(x):\n    raise NotImplementedError",
        quarter="def quarter(x):\n    raise NotImplementedError",
        quarter_earns=0.0,
    ),
    Follower(
        "follow-restart",
        "end the process between the two tests, so that all is run again",
        half=LEARN,
        quarter=TEACH,
        after="import os; os._exit(0)",
        quarter_earns=0.0,
    ),
]
