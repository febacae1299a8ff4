"""The look: every colour has a value in both schemes."""

import re

from asbuilt.render.style import flat_stylesheet, stylesheet


def test_every_colour_used_is_given_in_both_schemes():
    """A rule names no colour that a palette leaves out."""
    text = stylesheet()
    used = set(re.findall(r"var\(--ab-(\w+)\)", text))
    palettes = [
        set(re.findall(r"--ab-(\w+):", rule)) for rule in re.findall(r"\{([^{}]*--ab-\w+:[^{}]*)\}", text)
    ]
    assert len(palettes) == 4
    assert all(used <= palette for palette in palettes)


def test_the_flat_look_has_no_variable_left():
    """Programs that know no variables get colours."""
    text = flat_stylesheet()
    assert "var(" not in text
    assert "V(" not in text
    assert "#1d2733" in text


def test_rules_reach_no_further_than_pictures():
    """Every rule is for a picture of ours, so that a page keeps its own look."""
    for selectors in re.findall(r"([^{}]+)\{", flat_stylesheet()):
        assert all(".asbuilt" in selector for selector in selectors.split(","))
