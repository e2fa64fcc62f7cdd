"""What an evaluator asks of its numbers, and the point at which it stands."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

V = TypeVar("V")
Entry = tuple[int, ...]
Env = dict[str, int]


@dataclass
class Point:
    """One choice of sizes and values. `simple` says that a person could compute with it."""

    sizes: dict[str, int]
    values: dict[str, dict[Entry, Decimal]]
    labels: dict[str, dict[Entry, int]]
    simple: bool = False


class Algebra(ABC, Generic[V]):
    """What numbers are and what is done with them."""

    rules: frozenset[str] | None = None

    @abstractmethod
    def number(self, value: Fraction) -> V: ...
    @abstractmethod
    def size(self, name: str, value: int) -> V: ...
    @abstractmethod
    def pi(self) -> V: ...
    @abstractmethod
    def var(self, name: str, entry: Entry, value: Decimal) -> V: ...
    @abstractmethod
    def add(self, terms: list[V]) -> V: ...
    @abstractmethod
    def neg(self, a: V) -> V: ...
    @abstractmethod
    def mul(self, a: V, b: V) -> V: ...
    @abstractmethod
    def div(self, a: V, b: V) -> V: ...
    @abstractmethod
    def pow(self, a: V, b: V) -> V: ...
    @abstractmethod
    def call(self, name: str, a: V, true: Decimal | None) -> V: ...
    @abstractmethod
    def sum(self, terms: list[V]) -> V: ...
    @abstractmethod
    def dot(self, pairs: list[tuple[V, V]]) -> V: ...
    @abstractmethod
    def softmax(self, entries: list[V], which: int) -> V: ...
    @abstractmethod
    def largest(self, entries: list[V], true: list[Decimal] | None) -> V: ...
    @abstractmethod
    def let(self, name: str, entry: Entry) -> V | None: ...
    @abstractmethod
    def slope(self, value: V, true: Decimal) -> V: ...
    @abstractmethod
    def holds(self, op: str, a: V, b: V) -> bool: ...
