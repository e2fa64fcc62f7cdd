"""Talks of tests with submissions, kept as trees: from each node the same is asked, and each answer leads to another node.

A talk goes into its test's tree step by step. What it adds there can be written down for another process, which then
has the same tree; of what is there already, only the way is written. Steps that are the same are kept once, however
many nodes have them: some hand over megabytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from autograder.sandbox.tape import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    Part = list[Step]  # what comes before an answer

_OF_A_NODE = 1_000  # bytes
_LARGE = 1 << 10  # bytes that a step hands over, from which it is kept once
_encode = msgspec.msgpack.Encoder().encode


class ContradictionError(Exception):
    """A test asked or said something else after the very same answers."""


@dataclass(slots=True)
class Node:
    """What is asked after the answers that lead here, and what the test said where nothing more was asked.

    Attributes
    ----------
    steps
        The last of them asks, but at a talk's end.
    answers
        Where each of them leads, by what tells it from others.
    said, confirmed
        What the test said, if this is a talk's end, and whether it said so twice.
    """

    steps: list[Step] = field(default_factory=list)
    answers: dict[bytes, Node] = field(default_factory=dict)
    said: bytes | None = None
    confirmed: bool = False

    @property
    def is_new(self) -> bool:
        """Whether nothing is known yet of what follows."""
        return not self.steps and self.said is None


class Talks:
    """The talks of a lesson's tests.

    Parameters
    ----------
    most
        Bytes, above which no other talk is kept.
    """

    def __init__(self, most: int) -> None:
        self._trees: dict[tuple[str, tuple[str, ...]], Node] = {}
        self._steps: dict[bytes, Step] = {}
        self._room = most

    def of(self, grade_id: str, told: Sequence[str]) -> Node:
        """Return the root of a test's tree; that depends on the names that the test is told."""
        return self._trees.setdefault((grade_id, tuple(told)), Node())

    def keep(self, node: Node, steps: Sequence[Step], keys: Sequence[bytes], said: bytes) -> object | None:
        """Add a whole talk, or confirm it; return what `read` takes, or None where there is no room.

        Parameters
        ----------
        node
            The root of its tree.
        steps, keys
            What was done, and what tells each of the answers from others.
        said
            By the test in the end.

        Raises
        ------
        ContradictionError
            If something else was kept of the same answers.
        """
        parts: list[Part] = [[]]
        for step in steps:
            parts[-1].append(step)
            if step.asks:
                parts.append([])
        new = self._add(node, parts, keys, said)
        return None if new is None else (new, keys, said)

    def read(self, node: Node, written: Any) -> None:
        """Add a talk that another process has kept, as far as what it builds on is here, too.

        Raises
        ------
        ContradictionError
            If something else was kept of the same answers.
        """
        parts, keys, said = written
        talk: list[Part | None] = []
        for part in parts:
            steps = [
                self._steps.get(one) if type(one) is bytes else self._once(Step.read(one))[0]
                for one in part or ()
            ]
            whole = [step for step in steps if step is not None]
            if len(whole) < len(steps):
                return
            talk.append(None if part is None else whole)
        self._add(node, talk, keys, said)

    def _add(
        self, node: Node, parts: Sequence[Part | None], keys: Sequence[bytes], said: bytes
    ) -> list[list[object] | None] | None:
        """Add a talk, of which parts may be left out that are here; return it with only these parts that were not."""
        *asking, rest = parts
        new: list[list[object] | None] = []
        for part, key in zip(asking, keys, strict=True):
            if node.said is not None or not (part is None or node.is_new or _same(node.steps, part)):
                raise ContradictionError
            if node.is_new:
                if part is None:
                    return None
                new.append(self._ask(node, part))
            else:
                new.append(None)
            if key not in node.answers:
                if self._room <= 0:
                    return None
                self._room -= len(key) + _OF_A_NODE
                node.answers[key] = Node()
            node = node.answers[key]
        if node.is_new and rest is not None:
            self._room -= len(said)
            node.said = said
            return [*new, self._ask(node, rest)]
        if node.is_new:
            return None
        if node.said != said or not (rest is None or _same(node.steps, rest)):
            raise ContradictionError
        node.confirmed = True
        return [*new, None]

    def _ask(self, node: Node, part: Part) -> list[object]:
        """Have these be a node's steps; return them, large ones that are here already by their digests."""
        written: list[object] = []
        for step in part:
            kept, key = self._once(step)
            written.append(key or step.written())
            node.steps.append(kept)
        return written

    def _once(self, step: Step) -> tuple[Step, bytes]:
        """Return the step that is kept for one, and its digest if it is large and was kept before."""
        if len(step.buffers) <= _LARGE:
            return step, b""
        key = hashlib.blake2b(_encode((step.what, step.seconds)), digest_size=32).digest()
        if key in self._steps:
            return self._steps[key], key
        self._steps[key] = step
        self._room -= len(step.buffers)
        return step, b""


def _same(some: Sequence[Step], others: Sequence[Step]) -> bool:
    return [step.what for step in some] == [step.what for step in others]
