"""A statement's scope with its definitions and the derivatives known before: what each line is read in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autograder.derive._build import build
from autograder.derive._proved import declare_identity
from autograder.derive._read import Unreadable, read
from autograder.derive._scope import FUNCTIONS, NAME, Fact, Let, Scope, declare
from autograder.derive._statement import StatementError

if TYPE_CHECKING:
    from autograder.derive._statement import Derivation


def open_scope(statement: Derivation) -> Scope:
    """Return the scope of a statement, its definitions read.

    Raises
    ------
    StatementError
        When a declaration or a definition cannot be used.
    """
    scope = declare(statement)
    for number, text in enumerate(statement.let):
        left, equals, right = text.partition("=")
        name, bracket, inside = left.strip().partition("[")
        name = name.strip()
        written = [part.strip() for part in inside.rstrip(" ]").split(",")] if bracket else []
        if not equals or not name.isidentifier() or name in scope.names() or name in FUNCTIONS:
            raise StatementError(f"let: {text!r} should read 'name = expression' or 'name[i] = expression'")
        inner = {index: f"@{number}_{index}" for index in written}
        try:
            body = build(scope, read(right), f"~{number}_", inner)
        except Unreadable as error:
            raise StatementError(f"let: {text!r}: {error.under(right)}") from None
        if any(i not in scope.ranges for i in inner.values()):
            raise StatementError(f"let: in {text!r} an index is not used, so how far it runs is unknown")
        shape = tuple(scope.ranges[i] for i in inner.values()) if written else body.shape
        if written and body.shape:
            raise StatementError(f"let: {text!r}: the right side is an array, not an entry")
        scope.lets[name] = Let(name, shape, tuple(inner.values()), body)
    for number, text in enumerate(statement.known):
        _known(scope, number, text)
    return scope


def _known(scope: Scope, number: int, text: str) -> None:
    """Read a derivative or a form proved before."""
    if declare_identity(scope, text):
        return
    left, _, right = (part.strip() for part in text.partition("="))
    if found := re.fullmatch(rf"diff\((sigmoid|softplus|tanh)\(({NAME})\), *\2\)", left):
        scope.tables.add(found[1])
        return
    found = re.fullmatch(rf"diff\(({NAME})(?:\[([\w, ]+)\])?, *({NAME})(?:\[([\w, ]+)\])?\)", left)
    if found is None or found[1] not in scope.lets or found[3] not in scope.names():
        raise StatementError(
            f"known: {text!r} should read 'diff(s[i], x[j]) = ...' with s defined in let, or 'sigmoid(x) = ...'"
        )
    above, below = ([i.strip() for i in (found[group] or "").split(",") if i.strip()] for group in (2, 4))
    inner = {index: f"^{number}_{index}" for index in [*above, *below]}
    for index, size in [
        *zip(above, scope.shape(found[1]), strict=False),
        *zip(below, scope.shape(found[3]), strict=False),
    ]:
        scope.ranges[inner[index]] = size
    try:
        body = build(scope, read(right), f"^{number}_", inner)
    except Unreadable as error:
        raise StatementError(f"known: {text!r}: {error.under(right)}") from None
    if body.shape or (len(above), len(below)) != (len(scope.shape(found[1])), len(scope.shape(found[3]))):
        raise StatementError(f"known: {text!r} should be written for one entry, with all its indices")
    scope.facts[found[1], found[3]] = Fact(
        tuple(inner[i] for i in above), tuple(inner[i] for i in below), body
    )
