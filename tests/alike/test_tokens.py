"""How a cell is read: what is a word, what is a name, and that no text takes long to read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.alike.prints import Run, Vocabulary, back_of
from autograder.alike.tokens import MAX_TEXT, is_read_in_part, lexed


def code(source: str) -> list[str]:
    return [token.text for token in lexed(source, is_code=True).code]


def prints(source: str, words: Vocabulary, k: int = 8) -> list[int]:
    found = lexed(source, is_code=True)
    names = [one.text if one.is_name and one.text in found.bound else None for one in found.code]
    made: list[int] = (
        Run(words.of([one.text for one in found.code]), back_of(names), "code").prints(k).tolist()
    )
    return made


def test_layout_and_comments_are_no_code() -> None:
    assert code("y = f( x )  # why\n\n\n") == code("y=f(\n    x\n)") == ["y", "=", "f", "(", "x", ")"]


def test_comments_docstrings_and_markdown_are_words() -> None:
    source = 'def f():\n    """Says it."""\n    return 1  # Or not?\n'
    assert [token.text for token in lexed(source, is_code=True).words] == ["says", "it", "or", "not"]
    assert [token.text for token in lexed("**Says** it, $x_1$.", is_code=False).words] == [
        "says",
        "it",
        "x",
        "1",
    ]


def test_a_string_is_read_word_by_word() -> None:
    assert code('"diff(x, x)"') == code("'diff( x,x )'") == ["diff", "(", "x", ",", "x", ")"]


@pytest.mark.parametrize(
    ("source", "bound"),
    [
        ("a, (b, c) = d", {"a", "b", "c"}),
        ("a: int = b", {"a"}),
        ("a += b", {"a"}),
        ("a[i] = b.c = d", set()),
        ("def f(a, *b, c=d, **e): return g(h=a)", {"f", "a", "b", "c", "e"}),
        ("for a, b in c: d = a", {"a", "b", "d"}),
        ("x = [a for a in b]", {"x", "a"}),
        ("f = lambda a, b=1: a + c", {"f", "a", "b"}),
        ("import numpy as np\nfrom a import b as c", set()),
        ("with open(a) as b: pass", {"b"}),
        ("if (a := b): pass", {"a"}),
        ("print(a == b)", set()),
        ("a = (", {"a"}),
    ],
)
def test_the_names_that_a_cell_binds(source: str, bound: set[str]) -> None:
    assert lexed(source, is_code=True).bound == bound


def test_renamed_code_has_the_same_fingerprints() -> None:
    words = Vocabulary()
    one = "for row in table:\n    total = total + row * np.exp(row)"
    assert prints(one, words) == prints(one.replace("row", "x").replace("total", "t"), words)


def test_names_changed_unlike_have_others() -> None:
    words = Vocabulary()
    one = prints("for row in table:\n    total = total + row * np.exp(row)", words)
    for other in ("total * np.exp(row)", "row + total * np.exp(row)", "total + row * np.log(row)"):
        assert one[-1] != prints(f"for row in table:\n    total = {other}", words)[-1]


@given(st.text(max_size=300), st.booleans())
def test_every_token_stands_where_it_says(source: str, is_code: bool) -> None:
    for token in (*lexed(source, is_code=is_code).code, *lexed(source, is_code=is_code).words):
        assert 0 <= token.start < token.end <= len(source)
        said = source[token.start : token.end]
        assert token.text.casefold() == said.casefold() or token.text[0].isalnum() or not said.isascii()


def test_blanks_hide_nothing_and_comments_no_code() -> None:
    for hiding in ("\n" * MAX_TEXT, f"{' ' * 100}\n" * MAX_TEXT, "# x\n" * MAX_TEXT):
        assert [token.text for token in lexed(f"{hiding}a = b", is_code=True).code] == ["a", "=", "b"]
        assert not is_read_in_part("a = b\n" + hiding[:1000], is_code=True)
    assert is_read_in_part("# x\n" * MAX_TEXT, is_code=True)
    assert lexed(" " * MAX_TEXT + "word", is_code=False).words[0].text == "word"
    assert is_read_in_part("word " * MAX_TEXT, is_code=False)


@pytest.mark.parametrize("flood", ["\t \n", "(", "!", "'''", "f'{", "\\", "x=1\n", "\n", " ", "a,"])
def test_of_a_flood_only_its_beginning_is_read(flood: str) -> None:
    found = lexed(flood * (1 << 20), is_code=True)  # some of these take hours to read whole
    assert len(found.code) + len(found.words) <= MAX_TEXT


def test_fingerprints_of_nothing() -> None:
    assert Run(np.empty(0, np.uint64), back_of([]), "code").prints(8).tolist() == []
    assert len(prints("x", Vocabulary())) == 1
    assert len(code("x " * MAX_TEXT)) == MAX_TEXT // 2
