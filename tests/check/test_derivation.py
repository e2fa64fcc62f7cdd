"""The verbs about derivations: what each says of a chain that holds, of one that does not, and of what is no chain."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from autograder import check, derive
from autograder.check import CheckFailed, Opaque, Report, grading

from .test_card import ALLOWED, Page

LOG_SIGMOID = check.Derivation(start="log(sigmoid(x))", end="-softplus(-x)", given="x real")
RIGHT = ["log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "-log(1 + exp(-x))", "-softplus(-x)"]
WRONG = ["log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "log(1 + exp(-x))", "-softplus(-x)"]
FAR = ["log(sigmoid(x))", "log(sqrt(sigmoid(x)) ** 2)", "-softplus(-x)"]


def failure(verb: Any, chain: object, statement: check.Derivation = LOG_SIGMOID) -> check.Finding:
    with pytest.raises(CheckFailed) as caught:
        verb(chain, statement)
    return caught.value.finding


def report(chain: object, statement: check.Derivation = LOG_SIGMOID) -> Report:
    marks = check.marks("derive_log_sigmoid", values=2, steps=1)
    with marks.values:
        check.derives(chain, statement)
    with marks.steps:
        check.small_steps(chain, statement)
    return marks._report()


def test_a_right_chain_earns_everything_and_is_shown_with_ticks() -> None:
    found = report(RIGHT)
    assert found.earned == found.points == 3
    (chain,) = found.chains
    assert [line.mark for line in chain.lines] == ["start", "right", "right", "right"]
    assert [line.text for line in chain.lines] == RIGHT
    assert all(line.latex and not line.note for line in chain.lines)
    assert str(found).split("\n")[1:5] == [
        "  1    log(sigmoid(x))",
        "  2  ✓ log(1 / (1 + exp(-x)))",
        "  3  ✓ -log(1 + exp(-x))",
        "  4  ✓ -softplus(-x)",
    ]


def test_the_first_wrong_line_is_named_with_a_point_that_shows_it() -> None:
    found = report(WRONG)
    assert found.earned == 0
    values, steps = found.aspects
    assert values.finding
    assert steps.finding
    for words in ("line 2", "line 3", "x = "):
        assert words in values.finding.verdict
    assert values.finding.advice
    assert steps.finding.verdict == "the chain breaks at line 3, which is not equal to what is before it"
    (chain,) = found.chains
    assert [line.mark for line in chain.lines][:3] == ["start", "right", "wrong"]
    assert chain.lines[2].note == values.finding.verdict
    assert str(found).count(values.finding.verdict[:30]) == 1  # by its line; the aspect says "see line 3"
    assert "see line 3" in str(found)


def test_the_line_that_would_be_right_is_never_given_away() -> None:
    for chain in (WRONG, [*WRONG[:3], "x"], ["log(sigmoid(x))", "2"], FAR):
        told = str(report(chain))
        assert "-log(1 + exp(-x))" not in told
        assert "log(1 / (1 + exp(-x)))" not in told.replace(WRONG[1], "", 1)


def test_a_step_too_large_keeps_the_values() -> None:
    found = report(FAR)
    values, steps = found.aspects
    assert (values.status, steps.status, found.earned) == ("passed", "failed", 2)
    assert steps.finding
    assert "sigmoid" in str(steps.finding)
    assert "softplus" in str(steps.finding)
    assert [line.mark for line in found.chains[0].lines] == ["start", "right", "far"]


def test_steps_are_marked_only_where_they_are_asked_for() -> None:
    marks = check.marks("derive", values=1)
    with marks.values:
        check.derives(FAR, LOG_SIGMOID)
    (chain,) = marks._report().chains
    assert [line.mark for line in chain.lines] == ["start", "right", "right"]


def test_a_line_that_cannot_be_read_points_at_the_character() -> None:
    found = failure(check.derives, ["log(sigmoid(x))", "log(1 / (1 + e^(-x)))"])
    assert "**" in found.verdict
    message, line, caret = found.verdict.split("\n")
    assert line[caret.index("^")] == "^"
    assert message
    assert failure(check.small_steps, ["log(sigmoid(x))", "log(1 / (1 + e^(-x)))"]).verdict == (
        "the chain breaks at line 2, which cannot be read"
    )


def test_a_chain_that_stops_before_its_end_fails() -> None:
    found = report(RIGHT[:3])
    values, steps = found.aspects
    assert (values.status, steps.status) == ("failed", "failed")
    assert found.chains[0].lines[-1].mark == "astray"
    assert "-softplus(-x)" not in str(values.finding)


UNTOUCHED = [
    pytest.param([RIGHT[0], RIGHT[-1]], "no line of your own", id="the given lines alone"),
    pytest.param([RIGHT[0]], "no line of your own", id="the first line alone"),
    pytest.param([], "empty", id="empty list"),
    pytest.param((), "empty", id="empty tuple"),
    pytest.param(..., "...", id="dots"),
    pytest.param([RIGHT[0], ..., RIGHT[-1]], "...", id="dots for a line"),
]


@pytest.mark.parametrize("verb", [check.derives, check.small_steps])
@pytest.mark.parametrize(("chain", "says"), UNTOUCHED)
def test_an_untouched_chain_is_not_written_yet_and_earns_nothing(verb: Any, chain: object, says: str) -> None:
    found = failure(verb, chain)
    assert found.verdict == "not written yet"
    assert says in (found.advice or "")
    assert report(chain).earned == 0


def test_an_untouched_chain_is_shown_bare() -> None:
    """What lies between the given lines is what is to be found out."""
    sigmoid = check.Derivation(
        start="diff(sigmoid(x), x)",
        end="sigmoid(x) * (1 - sigmoid(x))",
        last=check.Only("sigmoid"),
        given="x real",
    )
    for chain, statement in (([RIGHT[0], RIGHT[-1]], LOG_SIGMOID), (["diff(sigmoid(x), x)"], sigmoid)):
        (shown,) = report(chain, statement).chains
        assert {(line.mark, line.note) for line in shown.lines} == {("start", "")}
        assert "definition" not in str(check.show_chain(chain, statement))


def test_a_line_of_ones_own_that_cannot_be_read_is_more_than_nothing() -> None:
    found = failure(check.derives, ["log(sigmoid(x))", "log(1 / (1 + exp(-x))", "-softplus(-x)"])
    assert "never closed" in found.verdict


NO_CHAINS = [
    pytest.param(None, "got None", id="None"),
    pytest.param("log(sigmoid(x))", "one text", id="a bare string"),
    pytest.param(3.0, "the number 3", id="a number"),
    pytest.param({"a": "x"}, "a dict", id="a dict"),
    pytest.param({"x"}, "a set", id="a set"),
    pytest.param(np.array(["x", "y"]), "an array", id="an array"),
    pytest.param(lambda: RIGHT, "a function", id="a function"),
    pytest.param(Opaque("pandas.Series"), "pandas Series", id="an opaque object"),
    pytest.param([RIGHT[0], 2.5, RIGHT[-1]], "line 2 is the number 2.5", id="a number inside"),
    pytest.param([RIGHT[0], None, RIGHT[-1]], "line 2 is None", id="None inside"),
    pytest.param([RIGHT], "line 1 is a list", id="a list in a list"),
    pytest.param([RIGHT[0], b"x"], "line 2 is", id="bytes inside"),
    pytest.param(["x"] * 10_000, "10000 lines; 60 is the most", id="ten thousand lines"),
]


@pytest.mark.parametrize("verb", [check.derives, check.small_steps])
@pytest.mark.parametrize(("chain", "says"), NO_CHAINS)
def test_what_is_no_chain_is_said_plainly(verb: Any, chain: object, says: str) -> None:
    found = failure(verb, chain)
    assert says in found.verdict
    assert found.advice
    told = report(chain)
    assert told.earned == 0
    assert told.repeated == {"steps"}  # one cause is told once


def test_a_name_that_is_not_defined() -> None:
    marks = check.marks("derive_log_sigmoid", values=2, steps=1)
    with marks.values:
        check.derives(derive_log_sigmoid, LOG_SIGMOID)  # type: ignore[name-defined]  # noqa: F821
    finding = marks._report().aspects[0].finding
    assert finding
    assert finding.verdict == "`derive_log_sigmoid` is not defined: run its cell"


def test_tuples_are_chains_too() -> None:
    assert report(tuple(RIGHT)).earned == 3


def test_the_same_chain_in_visible_and_hidden_checks_is_shown_once() -> None:
    marks = check.marks("derive", values=1, steps=1)
    with marks.values:
        check.derives(RIGHT, check.Derivation(start="log(sigmoid(x))", given="x real"))
    with marks.values:
        check.derives(RIGHT, LOG_SIGMOID)
    with marks.steps:
        check.small_steps(RIGHT, LOG_SIGMOID)
    found = marks._report()
    assert found.earned == 2
    assert len(found.chains) == 1


def test_several_chains_of_one_cell_have_names() -> None:
    marks = check.marks("derive_column_grads", W=1, b=1, steps=1)
    with marks.W:
        check.derives(RIGHT, LOG_SIGMOID)
    with marks.b:
        check.derives(WRONG, LOG_SIGMOID, title="b2")
    with marks.steps:
        check.small_steps(RIGHT, LOG_SIGMOID)
        check.small_steps(WRONG, LOG_SIGMOID, title="b2")
    found = marks._report()
    assert [chain.title for chain in found.chains] == ["W", "b2"]
    assert "see line 3 of b2" in str(found)
    steps = found.aspects[2].finding
    assert steps
    assert steps.verdict.startswith("b2: the chain breaks at line 3")
    values = found.aspects[1].finding
    assert values
    assert values.verdict.startswith("b2: at x = ")  # in the feedback page's table it stands alone
    assert "Your derivation, b2" in found._repr_html_()


def test_a_report_with_a_chain_goes_through_json() -> None:
    for chain in (RIGHT, WRONG, FAR, ["log(sigmoid(x)"]):
        found = report(chain)
        assert Report.from_dict(found.as_dict()) == found


def test_a_report_of_an_older_notebook_has_no_chains() -> None:
    data = report(RIGHT).as_dict()
    del data["chains"]
    assert Report.from_dict(data).chains == ()
    data["chains"] = [{"title": "", "lines": [{"text": "x", "latex": "x", "mark": "perfect"}]}]
    with pytest.raises(ValueError, match="perfect"):
        Report.from_dict(data)


def test_grading_says_the_same_as_the_notebook() -> None:
    with grading.session({}) as session:
        marks = check.marks("derive", values=2, steps=1)
        with marks.values:
            check.derives(WRONG, LOG_SIGMOID)
        with marks.steps:
            check.small_steps(RIGHT, LOG_SIGMOID)
        marks.total()
    (found,) = session.reports
    assert found.earned == 1
    assert len(found.chains) == 2


HOSTILE = [
    "<script>alert(1)</script>",
    "$\\href{javascript:alert(1)}{x}$",
    "\\(x\\)",
    "\x00",
    "\ud800",
    "\u202e",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_nothing_that_a_line_holds_is_markup_or_a_formula(line: str) -> None:
    found = report(["log(sigmoid(x))", line])
    html = found._repr_html_()
    page = Page(html)
    assert set(page.tags) <= ALLOWED | {"br"}
    assert page.attributes <= {"class", "style", "aria-label", "aria-hidden", "scope", "role", "colspan"}
    # MathJax looks for formulas in elements of this class alone: in the line that could be read.
    assert html.count("mathjax_process") == 1
    assert html.startswith('<section class="mathjax_ignore')
    assert str(found)


def test_formulas_are_said_to_those_who_do_not_see_them() -> None:
    html = report(RIGHT)._repr_html_()
    assert '<span role="img" aria-label="log(1 / (1 + exp(-x)))">' in html
    assert html.count("</span> follows</td>") == 3


def test_a_page_may_draw_formulas_itself() -> None:
    html = report(RIGHT).as_html(lambda latex: f"<i>{len(latex)}</i>")
    assert html.count("<i>") == 4
    assert "mathjax_process" not in html


def test_a_chain_can_be_shown_without_marks() -> None:
    shown = check.show_chain(WRONG, LOG_SIGMOID)
    assert "✗ log(1 + exp(-x))   (does not follow)" in str(shown)
    assert "text/html" in shown._repr_mimebundle_()
    assert str(check.show_chain(RIGHT, LOG_SIGMOID)).endswith("Every line follows.")
    assert "got None" in str(check.show_chain(None, LOG_SIGMOID))
    assert set(Page(check.show_chain(None, LOG_SIGMOID)._repr_html_()).tags) <= ALLOWED


def test_a_chain_that_is_shown_may_be_all_given() -> None:
    """In an example every line is given, and none of them is the student's."""
    doubling = check.Derivation(start="exp(x + log(2))", end="2 * exp(x)", given="x real")
    shown = check.show_chain(["exp(x + log(2))", "2 * exp(x)"], doubling)
    assert str(shown).endswith("Every line follows.")
    assert "Your derivation" not in shown._repr_html_()
    assert "not the end yet" in str(check.show_chain(["exp(x + log(2))"], doubling))
    assert "yours to write" in str(check.show_chain([RIGHT[0], RIGHT[-1]], LOG_SIGMOID))


def test_the_judge_is_asked_once_for_both_verbs(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def counting(lines: tuple[str, ...], statement: check.Derivation) -> derive.Verdict:
        asked.append(lines)
        return derive.judge(lines, statement)

    monkeypatch.setattr(check._derivation, "judge", counting)
    check._derivation._verdicts.clear()
    report(RIGHT)
    assert len(asked) == 1


def test_importing_check_loads_no_package_but_numpy() -> None:
    code = "import sys, autograder.check; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"mpmath", "sympy", "matplotlib", "IPython", "nbgrader"} & set(done.stdout.split())
