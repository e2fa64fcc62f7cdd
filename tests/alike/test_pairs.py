"""Who is alike: planted copies come first, however they were dressed up, and an honest class brings none."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from autograder.alike.pairs import find_pairs
from autograder.alike.reading import read_class

from .classroom import LESSON, ORIGINAL, commented, hand_in, own_cell, renamed

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.alike.pairs import Pair
    from autograder.lesson.course import Course

CODE = {name: source for name, source in ORIGINAL.items() if name != "explain_dead"}


def pairs_of(course: Course, many: int | None = None) -> dict[tuple[str, str], Pair]:
    found = read_class(course, LESSON)
    return {
        (found.works[pair.first].student, found.works[pair.second].student): pair
        for pair in find_pairs(found, many).pairs
    }


def test_an_honest_class_brings_none(honest: Course) -> None:
    found = read_class(honest, LESSON)
    alike = find_pairs(found)
    assert len(found.works) > 30
    assert alike.pairs == ()
    # It is not for want of text: nearly all of it is what the course says as well.
    assert alike.left.known > 10_000 > alike.left.own


@pytest.mark.parametrize("dressed_up", [str, renamed, commented])
def test_a_copy_comes_first_however_it_is_dressed_up(
    course: Course, dressed_up: Callable[[str], str]
) -> None:
    hand_in(course, "ada", CODE)
    hand_in(course, "bo", {name: dressed_up(source) for name, source in CODE.items()})
    (pair,) = pairs_of(course).items()
    assert pair[0] == ("ada", "bo")
    assert pair[1].shares[0] > 0.8  # bo's may be less: comments of their own are words of their own
    assert (
        {match.first for match in pair[1].matches} == {match.second for match in pair[1].matches} == {0, 1, 2}
    )


JUNK = [f"word{n}" for n in range(12_000)]
WIDE = {small: small + 0xFEE0 for small in range(ord("a"), ord("z") + 1)}
PYTHONS = re.compile(r"\b(?:np|abs|float|len|list|zeros|maximum|where|shape|reshape|array|pop|append)\b")
HIDDEN: dict[str, tuple[list[dict[str, Any]], Callable[[str], str]]] = {
    "a flood of words above it": ([own_cell(" ".join(JUNK), "markdown")], str),
    "a flood of code above it": ([own_cell(f"x = [{', '.join(JUNK)}]")] * 2, str),
    "blank lines before it": ([], lambda source: "\n" * 40_000 + source),
    "spaces at the ends of its lines": ([], lambda source: source.replace("\n", " " * 10_000 + "\n")),
    "a long comment before it": ([], lambda source: f"# {'x' * 40_000}\n{source}"),
    "wide letters, which Python reads as plain ones": (
        [],
        lambda source: PYTHONS.sub(lambda found: found[0].translate(WIDE), source),
    ),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_a_copy_is_found_whatever_hides_it(course: Course, how: str) -> None:
    above, change = HIDDEN[how]
    hand_in(course, "ada", CODE)
    path = hand_in(course, "bo", {name: change(source) for name, source in CODE.items()})
    notebook = json.loads(path.read_text())
    notebook["cells"][:0] = above
    path.write_text(json.dumps(notebook))
    ((names, pair),) = pairs_of(course).items()
    assert names == ("ada", "bo")
    assert pair.shares[0] > 0.8


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("e", "e\N{ZERO WIDTH SPACE}"),
        lambda text: text.replace("o", "\N{SOFT HYPHEN}o"),
        lambda text: text.translate({97: 0x430, 101: 0x435, 111: 0x43E, 112: 0x440, 99: 0x441, 120: 0x445}),
    ],
    ids=["invisible spaces", "soft hyphens", "letters of another alphabet"],
)
def test_words_that_look_the_same_are_the_same(course: Course, change: Callable[[str], str]) -> None:
    hand_in(course, "ada", {"explain_dead": ORIGINAL["explain_dead"]})
    hand_in(course, "bo", {"explain_dead": change(ORIGINAL["explain_dead"])})
    ((names, pair),) = pairs_of(course).items()
    assert names == ("ada", "bo")
    assert min(pair.shares) > 0.8


def test_a_copy_of_one_exercise_in_work_of_ones_own(course: Course) -> None:
    hand_in(course, "ada", ORIGINAL)
    hand_in(course, "bo", {"softplus": renamed(ORIGINAL["softplus"])})
    ((names, pair),) = pairs_of(course).items()
    assert names == ("ada", "bo")
    assert pair.shares[0] < 0.5 < pair.shares[1]  # most of what bo wrote, and little of what ada did


def test_a_copy_in_other_cells_and_another_order(course: Course) -> None:
    hand_in(course, "ada", {}, *(own_cell(source) for source in CODE.values()))
    whole = "\n".join(reversed([renamed(source) for source in CODE.values()]))
    hand_in(course, "bo", {}, own_cell(whole))
    ((names, pair),) = pairs_of(course).items()
    assert names == ("ada", "bo")
    assert min(pair.shares) > 0.8


def test_an_answer_in_words_counts_by_its_words(course: Course) -> None:
    words = ORIGINAL["explain_dead"]
    hand_in(course, "ada", {"explain_dead": words})
    hand_in(course, "bo", {"explain_dead": words.upper().replace(", ", ",\n\n- ")})
    hand_in(course, "cy", {"explain_dead": " ".join(reversed(words.split()))})
    ((names, pair),) = pairs_of(course).items()
    assert names == ("ada", "bo")
    assert min(pair.shares) == 1


def test_a_derivation_counts_by_its_lines(course: Course) -> None:
    lines = [
        "diff(sigmoid(x), x)",
        "diff(1 - sigmoid(-x) + 0 * exp(7 * x), x)",
        "sigmoid(-x) * (2 - 1 - sigmoid(-x))",
    ]
    answer = "derive_sigmoid_grad = [\n" + "".join(f'    "{line}",\n' for line in lines) + "]\n"
    hand_in(course, "ada", {"derive_sigmoid_grad": answer})
    hand_in(course, "bo", {"derive_sigmoid_grad": answer.replace('"', "'").replace("    ", "\t")})
    assert list(pairs_of(course)) == [("ada", "bo")]


def test_different_answers_to_the_same_exercise_are_not_alike(course: Course) -> None:
    hand_in(course, "ada", {"softplus": ORIGINAL["softplus"]})
    other = "def softplus(x):\n    pile = []\n    for row in x.ravel().tolist():\n"
    other += "        pile.append(row if row > 33.3 else np.log1p(np.exp(row)))\n    return np.reshape(pile, x.shape)"
    hand_in(course, "bo", {"softplus": other})
    assert pairs_of(course) == {}


def test_a_line_alike_is_not_enough(course: Course) -> None:
    line = "x = np.where(x > 1e-300, x // abs(x), 0 * x)"  # as long as a passage
    hand_in(course, "ada", {}, own_cell(f"{line}\nprint([n for n in range(7)])"))
    hand_in(course, "bo", {}, own_cell(f"while True:\n    {line}\n    break"))
    assert pairs_of(course) == {}
    hand_in(course, "cy", {}, own_cell(f"{line}\n{line.replace('//', '%')}"))
    hand_in(course, "dee", {}, own_cell(f"{line}\n{line.replace('//', '%')}"))
    assert list(pairs_of(course)) == [("cy", "dee")]


def test_no_word_counts_twice(course: Course) -> None:
    lines = ORIGINAL["softplus"].split("\n")
    hand_in(course, "ada", {}, own_cell("\n".join(lines)))
    torn = [*lines[:7], "    print('so far', corner.shape)", *lines[4:]]  # three lines are in it twice
    hand_in(course, "bo", {}, own_cell("\n".join(torn)))
    (pair,) = pairs_of(course).values()
    (match,) = pair.matches
    assert len(match.passages) > 1
    words = [token.start for passage in match.passages for token in passage.first]
    assert len(words) == len(set(words))


def test_what_many_wrote_is_nobodys_own(course: Course) -> None:
    for number in range(6):
        hand_in(course, f"ring{number}", CODE)
    assert pairs_of(course, many=5) == {}
    assert len(pairs_of(course, many=6)) == 15


def test_other_names_are_told(course: Course) -> None:
    hand_in(course, "ada", {"sign": ORIGINAL["sign"]})
    hand_in(course, "bo", {"sign": renamed(ORIGINAL["sign"])})
    (pair,) = pairs_of(course).values()
    told = {names for match in pair.matches for passage in match.passages for names in passage.renamed}
    assert {("borders", "lims"), ("passed", "n"), ("border", "lim")} <= told
