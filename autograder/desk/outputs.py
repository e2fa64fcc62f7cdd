"""What a cell put out, as safe HTML: a student's own outputs, and the verdict of a test cell.

A test cell's report is read from its outputs' metadata, and from test cells only: a student's cell may claim
any metadata it likes. Tracebacks of test cells are never shown, since they quote hidden lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from autograder.check._report import Report
from autograder.desk import prose
from autograder.desk.maths import to_mathml
from autograder.desk.redact import Redactor, plain, without_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograder.check import AspectResult

MAX_OUTPUTS = 60
_REASON = 180
_NUMBERS = 80  # characters of a line that are left to numbers beside a long diagnosis
_BECAUSE = re.compile(r"(?<!got) \((?=[^()]*[a-z])[^()]*(?:\([^()]*\)[^()]*)*\)$")
_ARROW = re.compile(r"^\s*-+>\s*\d*\s?(.*)$", re.MULTILINE)
_WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Verdict:
    """What a test cell says.

    Parameters
    ----------
    reason
        One line for the table of exercises; empty when there is nothing to say.
    body
        The whole of it.
    """

    reason: str
    body: Markup


def report_of(output: Any) -> Report | None:
    """Return the report that a test cell's output carries, if it carries a sound one."""
    data = output.get("metadata", {}).get("autograder")
    if not isinstance(data, dict):
        return None
    try:
        return Report.from_dict(_clear(data))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def card(report: Report) -> Markup:
    """Return a report as check draws it, which escapes all it quotes."""
    try:
        return Markup(report.as_html(_formula))  # noqa: S704  escaped there
    except (KeyError, TypeError, ValueError, AttributeError):
        return Markup("")


def _formula(tex: str) -> str:
    """Draw a line of a derivation: large sums and fractions, as on a line of its own."""
    return to_mathml(tex, display=True)


def verdict(outputs: Sequence[Any], source: str, redactor: Redactor) -> Verdict:
    """Say what a test cell found: its report, or for plain asserts what failed.

    Parameters
    ----------
    outputs
        The outputs of the autograded test cell.
    source
        The part of the cell that a student may read.
    redactor
        Takes hidden lines out of messages.
    """
    reports = [report for report in map(report_of, outputs) if report is not None]
    how = next(filter(None, map(_note, outputs)), "")
    if reports:
        body = Markup("").join(card(report) for report in reports)
        return Verdict(next(filter(None, map(_reason, reports)), how), body)
    for output in outputs:
        if output.get("output_type") == "error":
            return _failed(output, source, redactor)
    for output in outputs:
        if output.get("output_type") == "stream" and output.get("name") == "stderr":
            said = redactor.text(without_paths(plain(_text(output.get("text"))))).strip()
            return Verdict(
                _line(said), Markup("<p>The test printed this warning:</p>") + prose.preformatted(said)
            )
    return Verdict(how, Markup("<p>{}</p>").format(prose.inline(how)) if how else Markup(""))


def _note(output: Any) -> str:
    """Return how a test was graded, where a test's output says so, as a sentence."""
    note = _text((output.get("metadata") or {}).get("autograder_note"))
    return f"{note[:1].upper()}{note[1:]}." if note else ""


def shown(outputs: Sequence[Any], redactor: Redactor) -> list[Markup]:
    """Return a student's own outputs, in order, as safe HTML."""
    pieces = [piece for output in outputs[:MAX_OUTPUTS] for piece in [_output(output, redactor)] if piece]
    if len(outputs) > MAX_OUTPUTS:
        pieces.append(Markup("<p>{} more outputs are not shown.</p>").format(len(outputs) - MAX_OUTPUTS))
    return pieces


def _reason(report: Report) -> str:
    failing = [aspect for aspect in report.aspects if aspect.status != "passed"]
    if not failing:
        return ""
    said = [(aspect.name, _what(aspect)) for aspect in failing]
    one_error = report.repeated >= {name for name, _ in said[1:]}
    if len(said) > 1 and (one_error or len({what for _, what in said}) == 1):
        return said[0][1]
    name, what = next(((a.name, _what(a)) for a in failing if a.finding and a.finding.mistake), said[0])
    rest = [other for other, _ in said if other != name]
    return f"{name}: {what}" + (f" Also lost: {', '.join(rest)}." if rest else "")


def _what(aspect: AspectResult) -> str:
    """Say what was found in one line: what the mistake is, where that is known, and then the numbers.

    Where it is long, the numbers are cut, and before them the reason why they are right; the mistake never is.
    """
    if aspect.finding is None:
        return "not checked."
    finding = aspect.finding.under(aspect.name)
    if not finding.hint_first:
        what = finding.what
        return _ended(_line(what if len(what) <= _REASON else _BECAUSE.sub("", what)))
    lead = _ended(" ".join((finding.mistake or finding.advice or "").split()))
    numbers = _BECAUSE.sub("", finding.what)
    room = max(_REASON - len(lead), _NUMBERS)
    return f"{lead} {_ended(_line(numbers[:1].upper() + numbers[1:], room))}"


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def _failed(output: Any, source: str, redactor: Redactor) -> Verdict:
    name = _text(output.get("ename")) or "Error"
    message = redactor.text(without_paths(plain(_text(output.get("evalue"))))).strip()
    said = message if name == "AssertionError" and message else f"{name}: {message}".removesuffix(": ")
    readable = {line.strip() for line in source.split("\n")}
    arrows = _ARROW.findall(plain(_frames(output)))
    line = next((arrow.strip() for arrow in arrows if arrow.strip() and arrow.strip() in readable), None)
    if line:
        where = Markup('<p>This line failed:</p><pre class="code">{}</pre>').format(prose.python(line))
        reason = said if message else f"`{line}` failed"
    else:
        where = Markup("")
        reason = said if message else "a case that is tried when graded failed"
    words = prose.preformatted(said) if message else Markup("<p>{}</p>").format(prose.inline(reason))
    return Verdict(_line(reason), words + where)


def _line(text: str, room: int = _REASON) -> str:
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return first if len(first) <= room else first[: room - 1].rstrip() + "…"


def _output(output: Any, redactor: Redactor) -> Markup | None:
    kind = output.get("output_type")
    if kind == "stream":
        text = plain(_text(output.get("text")))
        if output.get("name") == "stderr":
            text = without_paths(text)
        return prose.preformatted(redactor.text(text)) if text.strip() else None
    if kind == "error":
        return _traceback(output, redactor)
    data = output.get("data")
    return _data(data, output.get("metadata") or {}, redactor) if isinstance(data, dict) else None


def _traceback(output: Any, redactor: Redactor) -> Markup:
    text = _frames(output) or f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}"
    text = redactor.text(without_paths(plain(text)))
    return Markup('<div class="error"><p>This cell raised an error:</p>{}</div>').format(
        prose.preformatted(text)
    )


def _frames(output: Any) -> str:
    lines = output.get("traceback")
    return "\n".join(map(_text, lines)) if isinstance(lines, list) else ""


def _data(data: dict[str, Any], metadata: dict[str, Any], redactor: Redactor) -> Markup | None:
    """Return the richest form that can be shown without running anything."""
    makers: tuple[tuple[str, Callable[[str], Markup | None]], ...] = (
        ("text/html", lambda text: prose.clean(redactor.html(text))),
        ("text/markdown", lambda text: prose.markdown(redactor.text(text))),
        ("image/svg+xml", lambda text: _svg(text, _alt(data, metadata, "image/svg+xml"))),
        ("image/png", lambda text: prose.picture("image/png", text, _alt(data, metadata, "image/png"))),
        ("image/jpeg", lambda text: prose.picture("image/jpeg", text, _alt(data, metadata, "image/jpeg"))),
        ("text/latex", lambda text: prose.markdown(redactor.text(text))),
    )
    for kind, make in makers:
        if kind in data and _WIDGET not in data:
            made = make(_text(data[kind]))
            # HTML that was nothing but a script leaves nothing; the plain text says more.
            if made and (made.striptags().strip() or "<img" in made or "<math" in made):
                return made
    if _WIDGET in data:
        still = prose.picture("image/png", _text(data.get("image/png")), _alt(data, metadata, "image/png"))
        return still or Markup("<p><em>[An interactive figure. Open your notebook to use it.]</em></p>")
    text = redactor.text(plain(_text(data.get("text/plain"))))
    return prose.preformatted(text) if text.strip() else None


def _svg(text: str, alt: str) -> Markup | None:
    # As the source of an <img>, an SVG file can neither run a script nor fetch anything.
    from base64 import b64encode  # noqa: PLC0415  rarely needed

    return prose.picture("image/svg+xml", b64encode(text.encode()).decode(), alt)


def _alt(data: dict[str, Any], metadata: dict[str, Any], kind: str) -> str:
    own = metadata.get(kind)
    for place in (own, metadata):
        if isinstance(place, dict) and isinstance(place.get("alt"), str) and place["alt"]:
            return str(place["alt"])
    said = _text(data.get("text/plain")).strip()
    return said if said and not said.startswith("<") else "Figure drawn by this cell"


def _text(value: Any) -> str:
    """Notebook text may be one string or a list of lines."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _clear(value: Any) -> Any:
    """Shorten machine paths everywhere in a report's data."""
    if isinstance(value, str):
        return without_paths(plain(value))
    if isinstance(value, dict):
        return {key: _clear(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clear(item) for item in value]
    return value
