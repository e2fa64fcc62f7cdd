"""A test run once more, with the reference in the place of what cost marks above: the better result counts.

Which names that concerns is worked out in `follow`; here the two results are weighed, and the one that counts says
what was done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from autograder.check import Report
from autograder.grading import credit

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTE = "autograder_note"  # in an output's metadata: what the card says on how it was graded


@dataclass(frozen=True, slots=True)
class OneRun:
    """What one run of a test cell gave."""

    outputs: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    trouble: bool

    def earned(self, points: float) -> float:
        """Return what nbgrader will give for it."""
        return credit.earned_by(self.outputs, points)

    @property
    def mistakes(self) -> int:
        """How many known mistakes it names."""
        found = [a.finding for report in self.reports for a in Report.from_dict(report).aspects if a.finding]
        return sum(finding.mistake is not None for finding in found)

    @property
    def raised(self) -> bool:
        """Whether it says what was raised: words that the student's code chose."""
        found = [a.finding for report in self.reports for a in Report.from_dict(report).aspects if a.finding]
        return any(o["output_type"] == "error" for o in self.outputs) or any(f.error for f in found)


def better(
    first: OneRun, second: OneRun, names: Sequence[str], points: float, *, values: bool = False
) -> OneRun:
    """Return the result that counts.

    Of two that earn the same it is the second where it alone names a known mistake, and where the submission can
    have brought no number of the reference's to the page.

    Parameters
    ----------
    first
        With all that is the student's own.
    second
        With the reference in the place of some of it.
    names
        What the second run came to use of the reference.
    points
        What the test is worth.
    values
        Whether values stood in, and not functions alone.
    """
    before, after = first.earned(points), second.earned(points)
    if not names or after < before:
        return first
    says_less = second.trouble or second.raised or values or second.mistakes <= first.mistakes
    if after == before and says_less:
        return first
    return _noted(first, second, _words(names, gained=after > before, full=after >= points))


def _words(names: Sequence[str], *, gained: bool, full: bool) -> str:
    quoted = [f"`{name}`" for name in names]
    which = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
    done = f"graded with a right {which} in the place of yours, which cost you marks above"
    if full:
        return f"{done}; no marks lost here for it"
    return f"{done}; what is lost here has another cause" if gained else done


def _noted(first: OneRun, second: OneRun, note: str) -> OneRun:
    """Say on the card what was done: at the first part that earned more by it, or else that lost something."""
    before = {a.name: a.earned for report in first.reports for a in Report.from_dict(report).aspects}
    reports = [Report.from_dict(report) for report in second.reports]
    places = [(i, j) for i, report in enumerate(reports) for j in range(len(report.aspects))]
    if not places:
        said = {
            "output_type": "display_data",
            "data": {"text/plain": f"{note[0].upper()}{note[1:]}."},
            "metadata": {NOTE: note},
        }
        return replace(second, outputs=[said, *second.outputs])

    def order(place: tuple[int, int]) -> tuple[bool, bool]:
        aspect = reports[place[0]].aspects[place[1]]
        return aspect.earned <= before.get(aspect.name, 0.0), aspect.status == "passed"

    at, part = min(places, key=order)
    aspects = list(reports[at].aspects)
    aspects[part] = replace(aspects[part], notes=(note, *aspects[part].notes))
    report = replace(reports[at], aspects=tuple(aspects))
    shown = [
        o for o in second.outputs if o["output_type"] == "display_data" and "autograder" in o["metadata"]
    ]
    card = {
        **shown[at],
        "data": {"text/html": report._repr_html_(), "text/plain": str(report)},
        "metadata": {"autograder": report.as_dict(), NOTE: note},
    }
    outputs = [card if output is shown[at] else output for output in second.outputs]
    as_dicts = [report.as_dict() if i == at else one for i, one in enumerate(second.reports)]
    return replace(second, outputs=outputs, reports=as_dicts)
