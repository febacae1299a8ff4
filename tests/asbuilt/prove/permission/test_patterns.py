"""Wildcard patterns, and samples that tell them apart."""

import itertools

import pytest

from asbuilt.prove.permission.patterns import LIMIT, glob, matches, samples


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("*", "", True),
        ("?", "", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a*c", "ac", True),
        ("a*c", "a\nc", True),
        ("a.c", "abc", False),
        ("a+", "aa", False),
        ("A", "a", False),
        ("*a*b*", "xaxxb", True),
    ],
)
def test_a_pattern_covers_a_text(pattern, text, expected):
    """`*` is any text, `?` one character, and everything else itself."""
    assert expected == matches(glob(pattern), text)


def test_samples_fulfil_every_combination_that_some_text_fulfils():
    """Each combination of patterns that a short text fulfils has one sample, within the domain."""
    parts = ["", "a", "b", "*", "?", "ab", "a*", "*b", "?b*"]
    texts = ["".join(letters) for size in range(5) for letters in itertools.product("abx", repeat=size)]
    for domain, first, second in itertools.product(parts[3:], parts, parts):
        globs = [glob(domain), glob(first), glob(second)]
        found = samples(globs[0], globs[1:])
        assert found is not None
        assert all(matches(globs[0], text) for text in found)
        kinds = [
            {tuple(matches(g, t) for g in globs[1:]) for t in some if matches(globs[0], t)}
            for some in (found, texts)
        ]
        assert kinds[0] >= kinds[1], (domain, first, second)
        assert len(kinds[0]) == len(found)


def test_a_sample_is_the_shortest_text_of_its_kind():
    """Short examples read better."""
    assert {"x", "in/"} == set(samples(glob("?*"), [glob("in/*")]) or ())


def test_a_domain_of_one_text_has_one_sample():
    """Without wildcards there is nothing to tell apart."""
    assert ("abc",) == samples(glob("abc"), [glob("a*"), glob("*")])


def test_too_many_combinations_are_given_up():
    """A question that would take too long has no answer."""
    patterns = [glob(f"*{letter}*{letter}*{letter}*") for letter in "abcdefgh"]
    assert samples(glob("*"), patterns) is None
    assert LIMIT < 10_000
