"""What a failed check says, and the exceptions that carry it.

Verdict and advice are two fields, always: the first says what is so, the second what to try. Nothing here
compares, decides points or draws.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_WRITTEN = "not written yet"


@dataclass(frozen=True)
class Comparison:
    """Expected and got, side by side: what the card draws as a small table.

    Parameters
    ----------
    columns
        Headings, such as ``("x", "expected", "got")``.
    rows
        One tuple of short texts per line, as many as there are columns.
    differs
        For each row, whether expected and got differ there.
    omitted
        How many further rows there are.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    differs: tuple[bool, ...]
    omitted: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the table as lists that JSON can hold."""
        return {
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "differs": list(self.differs),
            "omitted": self.omitted,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Comparison:
        """Rebuild what `as_dict` gave."""
        return cls(
            columns=tuple(data["columns"]),
            rows=tuple(tuple(row) for row in data["rows"]),
            differs=tuple(data["differs"]),
            omitted=data["omitted"],
        )


@dataclass(frozen=True)
class Finding:
    """Why a check failed.

    Parameters
    ----------
    verdict
        What was expected and what came: "expected 0, got -1.5".
    case
        The smallest case that shows it: "x = -1.5". None where the verdict stands alone.
    advice
        What to try or to ask oneself. Never the solution.
    mistake
        The name of a known mistake that gives exactly these results, if one does.
    comparison
        Expected and got side by side, for arrays.
    error
        What was raised and where, when nothing came back: two findings with one `error` have one cause.
    """

    verdict: str
    case: str | None = None
    advice: str | None = None
    mistake: str | None = None
    comparison: Comparison | None = None
    error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as a dict that JSON can hold."""
        return {
            "verdict": self.verdict,
            "case": self.case,
            "advice": self.advice,
            "mistake": self.mistake,
            "comparison": self.comparison.as_dict() if self.comparison else None,
            "error": self.error,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Finding:
        """Rebuild what `as_dict` gave."""
        comparison = data.get("comparison")
        return cls(
            verdict=data["verdict"],
            case=data.get("case"),
            advice=data.get("advice"),
            mistake=data.get("mistake"),
            comparison=Comparison.from_dict(comparison) if comparison else None,
            error=data.get("error"),
        )

    def repeats(self, other: Finding) -> bool:
        """Return whether the same error, with the same hint, was found before."""
        return self.error is not None and (self.error, self.hint) == (other.error, other.hint)

    @property
    def what(self) -> str:
        """The case and the verdict as one sentence."""
        return f"at {self.case}: {self.verdict}" if self.case else self.verdict

    @property
    def hint(self) -> str:
        """The named mistake and the advice as running text, empty when there is neither."""
        named = f"A known slip gives just this: {self.mistake}." if self.mistake else ""
        return " ".join(part for part in (named, self.advice) if part)

    @property
    def hint_first(self) -> bool:
        """Whether the hint says more than the verdict does, as beside numbers: an error speaks for itself."""
        return self.mistake is not None or (
            self.advice is not None and self.error is None and "expected " in self.verdict
        )

    def under(self, name: str) -> Finding:
        """Return the finding for a line that begins with this name, which its verdict need not say again."""
        for again in (f"{name}: ", f"{name}, "):
            if self.verdict.startswith(again):
                return replace(self, verdict=self.verdict.removeprefix(again))
        return self

    def __str__(self) -> str:
        return "\n".join(part for part in (self.what, self.hint) if part)


class CheckFailed(AssertionError):  # noqa: N818 - reads as what happened
    """A check that did not hold; `finding` says why.

    It is an AssertionError, so a check outside any `marks` block fails its cell as an assert does.
    """

    def __init__(
        self,
        finding: Finding,
        *,
        thin: bool = False,
        sure: bool = False,
        advise: Callable[[], str | None] | None = None,
    ) -> None:
        super().__init__()
        self.bare = finding
        self.thin = thin  # whether its advice rests on some of the calls alone
        self.sure = sure  # whether no other advice is as good
        self._advise = advise  # finds the advice: only where nothing better is known, for it takes long

    @property
    def finding(self) -> Finding:
        """What is wrong, with advice."""
        if self._advise is not None:
            self.bare = replace(self.bare, advice=self._advise())
            self._advise = None
        return self.bare

    def __str__(self) -> str:
        return str(self.finding)


class TookTooLong(Exception):  # noqa: N818 - reads as what happened
    """A call to a student's function passed its time limit."""


class ProcessDied(Exception):  # noqa: N818 - reads as what happened
    """The process that runs a student's code ended during a call."""


@dataclass(frozen=True)
class Opaque:
    """Stands for a value that cannot be compared; all that is known of it is the name of its type.

    Parameters
    ----------
    type_name
        Such as "pandas DataFrame" or "pandas.core.frame.DataFrame".
    """

    type_name: str

    @property
    def described(self) -> str:
        """The value as a sentence names it: "a pandas DataFrame, which cannot be compared"."""
        parts = [part for part in self.type_name.split(".") if part]
        if len(parts) > 1:
            name = parts[-1] if parts[0] in {"builtins", "__main__"} else f"{parts[0]} {parts[-1]}"
        else:
            name = self.type_name or "value of unknown type"
        article = "an" if name[:1].lower() in "aeiou" else "a"
        return f"{article} {name}, which cannot be compared"
