"""Widths and line breaks, measured in one packaged font."""

import pytest

from asbuilt.render.text import width, wrap


def test_widths_grow_with_the_text_and_the_size():
    """A width is proportional to the size, and the bolder face is the wider one."""
    assert width("", 12) == 0
    assert width("ii", 12) == 2 * width("i", 12)
    assert width("W", 24) == pytest.approx(2 * width("W", 12))
    assert width("Waiting", 12) < width("Waiting", 12, "Medium")


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("", 100, []),
        ("   ", 100, []),
        ("one", 100, ["one"]),
        ("one two three", 1000, ["one two three"]),
        ("one two three", 1, ["one", "two", "three"]),
        ("one\ntwo three", 1000, ["one", "two three"]),
        ("one\n\n two", 1000, ["one", "two"]),
        ("write payments, read results", 118, ["write payments,", "read results"]),
        ("incomprehensibilities of", 30, ["incomprehensibilities", "of"]),
    ],
)
def test_texts_break_at_spaces_and_where_the_author_broke(text, limit, expected):
    """There are as few lines as fit, evenly filled; a word is never broken; an author's line break stays."""
    assert expected == wrap(text, limit, 12)


def test_no_line_of_several_words_is_wider_than_the_limit():
    """Whatever is broken fits, and no word is lost."""
    text = "every sample is uploaded in parts and analysed as soon as it is whole"
    for limit in range(40, 200, 7):
        lines = wrap(text, limit, 12)
        assert text == " ".join(lines)
        assert all(width(line, 12) <= limit for line in lines if " " in line)
