"""What came as a plain function of what was wanted, or of an argument: a square too many, the sigmoid itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.check._habits import Pair, fits, flat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autograder.check._habits import Array

    Step = Callable[[Array], Array]

_DIFFERENT = 4  # numbers that must agree, all different, before a relation is believed
_PLANE = 2

OF_WANTED: tuple[tuple[str, Step], ...] = (
    ("the square of what was expected. Is there a square too many?", np.square),
    ("the square root of what was expected. Is a square missing, or a root too many?", np.sqrt),
    ("1 over what was expected. Which of the two is divided by the other?", lambda want: 1 / want),
    ("1 minus what was expected. Is a sign lost on the way?", lambda want: 1 - want),
    ("the logarithm of what was expected.", np.log),
    ("the logarithm of what was expected, to base 10.", np.log10),
    ("e to the power of what was expected. Is a logarithm missing?", np.exp),
    ("what was expected without its sign.", np.abs),
    ("what was expected, with 0 in place of all that is negative.", lambda want: np.maximum(want, 0)),
    ("what was expected, with 0 in place of all that is positive.", lambda want: np.minimum(want, 0)),
    ("what was expected, cut off at 1.", lambda want: np.minimum(want, 1)),
    ("the sine of what was expected.", np.sin),
    ("what was expected, rounded down.", np.floor),
    ("what was expected, rounded up.", np.ceil),
)


def _softmax(x: Array) -> Array:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


OF_ARGUMENT: tuple[tuple[str, Step], ...] = (
    ("{} itself", lambda x: x),
    ("{} with its sign turned round", lambda x: -x),
    ("{} squared", np.square),
    ("{} without its sign", np.abs),
    ("the sign of {}", np.sign),
    ("e to the power of {}", np.exp),
    ("e to the power of -{}", lambda x: np.exp(-x)),
    ("1 + e to the power of -{}", lambda x: 1 + np.exp(-x)),
    ("the sine of {}", np.sin),
    ("the cosine of {}", np.cos),
    ("tanh of {}", np.tanh),
    ("the sigmoid of {}", lambda x: (np.tanh(x / 2) + 1) / 2),
    ("1 - the sigmoid of {}", lambda x: (1 - np.tanh(x / 2)) / 2),
    ("the larger of 0 and {}", lambda x: np.maximum(x, 0)),
    ("the smaller of 0 and {}", lambda x: np.minimum(x, 0)),
    ("{} + 1", lambda x: x + 1),
    ("1 - {}", lambda x: 1 - x),
    ("the softmax of {}", _softmax),
    ("the logarithm of the softmax of {}", lambda x: np.log(_softmax(x))),
    ("e to the power of {}, less its row's maximum", lambda x: np.exp(x - x.max(axis=-1, keepdims=True))),
)


def _different(values: Array) -> int:
    return len(np.unique(np.round(values[np.isfinite(values)].real, 12)))


def _near(got: Array, there: Array) -> bool:
    """Return whether numbers agree as those of one formula do: nearer than the tolerance of a mark."""
    if not (np.isfinite(got).all() and np.isfinite(there).all()):
        return False
    sizes = np.abs(there)
    largest = float(sizes.max()) if sizes.size else 0.0
    return bool((np.abs(got - there) <= 1e-12 * largest + 1e-9 * sizes).all())


def wanted(pairs: list[Pair]) -> str | None:
    """Recognise results that are a function of the right ones."""
    got, want = flat(pairs)
    if not (np.isfinite(got).all() and np.isfinite(want).all()) or any(pair.kind == "b" for pair in pairs):
        return None
    if any(pair.asked == "i" for pair in pairs) and all(pair.asked == "i" for pair in pairs):
        return None  # counts; few numbers, and relations by chance
    for digits in range(1, 8):
        there = np.round(want, digits)
        if _near(got, there) and _different(there) >= _DIFFERENT and not fits(got, want):
            return f"What came is what was expected, rounded to {digits} decimal{'s' * (digits > 1)}."
    for words, step in OF_WANTED:
        there = np.asarray(step(want))
        if not _near(got, there):
            continue
        moved = ~np.isclose(there, want, rtol=1e-6, atol=1e-9)
        told = want if words.startswith("what was") else there  # of what was cut off nothing is left to tell
        if _different(told[moved]) >= _DIFFERENT:
            return f"What came is {words}"
    return None


def argument(pairs: list[Pair]) -> str | None:
    """Recognise results that are a plain function of one argument, or a sum over one."""
    for at, label in _shared(pairs):
        given = [pair.args[at] for pair in pairs]
        name = f"`{label}`"
        if all(a.shape == p.got.shape for a, p in zip(given, pairs, strict=True)):
            for words, step in OF_ARGUMENT:
                if _is(pairs, [np.asarray(step(a)) for a in given]):
                    return f"What came is {words.format(name)}."
        if all(a.ndim == _PLANE == p.got.ndim for a, p in zip(given, pairs, strict=True)) and _is(
            pairs, [a.T for a in given]
        ):
            return f"What came is {name} transposed."
        for axis in (*range(min(a.ndim for a in given)), None):
            for word, reduce in (("summed up", np.sum), ("averaged", np.mean), ("'s largest number", np.max)):
                if _is(pairs, [np.asarray(reduce(a, axis=axis)) for a in given]):
                    over = (
                        f" over its axis {axis}. Which axis should go?"
                        if axis is not None
                        else " as a whole."
                    )
                    if word.startswith("'"):
                        return f"What came is the largest number of {name}{over.replace(' over', ', taken over')}"
                    return f"What came is {name}, {word}{over}"
    return None


def _shared(pairs: list[Pair]) -> Iterator[tuple[int, str]]:
    """Go through the arrays that every call has."""
    labels = pairs[0].labels
    if all(pair.labels == labels for pair in pairs):
        yield from enumerate(labels)


def _is(pairs: list[Pair], made: list[Array]) -> bool:
    """Return whether results are what was made of the arguments, all of them, and wrong at times."""
    together = list(zip(pairs, made, strict=True))
    if not all(there.shape == p.got.shape and _near(p.got, there) for p, there in together):
        return False
    wrong = [there for p, there in together if not fits(p.got, p.want)]
    numbers = np.concatenate([there.ravel() for there in wrong]) if wrong else np.zeros(0)
    return _different(numbers) >= (2 if len(pairs) > 1 else _DIFFERENT)


def unchanged(pairs: list[Pair]) -> str | None:
    """Recognise that the only argument comes back as it was."""
    if all(len(p.args) == 1 and p.args[0].shape == p.got.shape and fits(p.got, p.args[0]) for p in pairs):
        return "Your function gives its argument back unchanged."
    return None


def term(pairs: list[Pair]) -> str | None:
    """Recognise that results differ from the right ones by one argument, or a multiple of it."""
    if any(p.got.shape != p.want.shape or not np.isfinite(p.got).all() for p in pairs):
        return None
    for at, label in _shared(pairs):
        factors = []
        sizes: set[float] = set()
        alone = 0  # results of one number are a multiple of any other
        for pair in pairs:
            arg, error = pair.args[at], pair.got - pair.want
            try:
                like = np.broadcast_to(arg, error.shape)
            except ValueError:
                break
            used = np.abs(like) > 1e-9  # noqa: PLR2004
            if not used.any():
                break
            ratio = float((error[used] / like[used]).real[0])
            if not fits(error, ratio * like) or not np.allclose(error, ratio * like, rtol=1e-6, atol=1e-9):
                break
            alone += error.size < 2  # noqa: PLR2004
            factors.append(ratio)
            sizes |= set(np.round(np.abs(like[used]), 9).ravel().tolist())
        else:
            if len(sizes) >= _DIFFERENT - 1 and any(factors) and len(factors) - alone > len(factors) / 2:
                return _multiple(label, factors, several=len(pairs[0].labels) > 1)
    return None


def _multiple(label: str, factors: list[float], *, several: bool) -> str | None:
    if np.isclose(factors, -1).all():
        return f"What came is too small by `{label}` each time. Where does it enter?"
    if np.isclose(factors, 1).all():
        return f"What came is too large by `{label}` each time. Does it enter once too often?"
    if np.isclose(factors, -2).all() or np.isclose(factors, 2).all():
        return f"What came is off by twice `{label}`. Has it the right sign?"
    steady = bool(np.ptp(factors) <= 1e-6 * max(map(abs, factors)))
    if steady or (several and all(factors)):
        return f"What came is off by a multiple of `{label}`. With which factor, and which sign, should it enter?"
    return None


def missing_factor(pairs: list[Pair]) -> str | None:
    """Recognise that one argument is a factor that lacks, or one that stands there once too often."""
    for at, label in _shared(pairs):
        given = [pair.args[at] for pair in pairs]
        if not all(a.shape == p.want.shape == p.got.shape for a, p in zip(given, pairs, strict=True)):
            continue
        numbers = np.concatenate([a.ravel() for a in given])
        if _different(numbers) < _DIFFERENT or _different(flat(pairs)[1]) < _DIFFERENT:
            continue
        if all(fits(p.got * a, p.want) for a, p in zip(given, pairs, strict=True)):
            return f"Each entry lacks one factor. Which argument does your result not look at: `{label}`?"
        if all(fits(p.got, p.want * a) for a, p in zip(given, pairs, strict=True)):
            return f"Each entry has one factor too many: `{label}`."
        if all(fits(p.got * a * a, p.want) for a, p in zip(given, pairs, strict=True)):
            return f"Each entry is divided by `{label}` where it should be multiplied."
    return None
