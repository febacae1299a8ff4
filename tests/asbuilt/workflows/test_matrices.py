"""How often a matrix lets a job run."""

import pytest

from asbuilt.workflows.matrices import times, values

LONE = {"include": [{"environment": "staging", "size": 1}, {"environment": "production"}]}


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (None, ""),
        ({}, ""),
        ({"a": [1, 2, 3]}, "matrix of 3"),
        ({"a": [1, 2, 3], "b": [1, 2]}, "matrix of 6"),
        (LONE, "matrix of 2"),
        ({"a": [1, 2], "exclude": [{"a": 1}]}, "matrix"),
        ({"a": [1, 2], "include": [{"a": 1, "b": 2}]}, "matrix"),
        ({"a": "${{ fromJSON(x) }}"}, "matrix"),
        ("${{ fromJSON(x) }}", "matrix"),
        ({"a": []}, "matrix"),
    ],
)
def test_a_matrix_is_counted_where_the_file_tells_it(matrix, expected: str):
    """What an expression, an exclusion or an inclusion decides is left open."""
    assert expected == times(matrix)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (None, {}),
        ({"a": [1, 2]}, {"matrix.a": "1 / 2"}),
        (LONE, {"matrix.environment": "staging / production", "matrix.size": "1 / "}),
        ({"a": [1, 2, 3, 4]}, {}),
        ({"a": [1, 2], "exclude": [{"a": 1}]}, {}),
        ("${{ fromJSON(x) }}", {}),
    ],
)
def test_a_few_values_are_named(matrix, expected: dict[str, str]):
    """Many are not, and none that only a run knows."""
    assert expected == values(matrix)
