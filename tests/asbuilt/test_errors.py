"""How an error reads."""

import pytest

from asbuilt.errors import UnusableInput


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UnusableInput("it broke"), "error: it broke"),
        (UnusableInput("it broke", "mend it"), "error: it broke\nhint: mend it"),
        (UnusableInput("it broke", file="a.py"), "error: a.py: it broke"),
        (UnusableInput("it broke", "mend it", "a.py", 3), "error: a.py:3: it broke\nhint: mend it"),
        (UnusableInput("it broke\n  in two\nlines"), "error: it broke in two lines"),
    ],
)
def test_an_error_is_one_line_and_its_hint_another(error, expected):
    """An error names its place before what is wrong, on one line, whatever its message holds."""
    assert expected == str(error)
