"""What must not be possible is refuted, and the page says by what."""

from typing import Any

import pytest

from asbuilt.infrastructure import Infrastructure, Location, Resource
from drills.refused import linked, refused

POOL = Resource(
    "aws_cognito_user_pool.main", "aws_cognito_user_pool", {"id": "p"}, {}, Location("main.tf", 1)
)
FOUND = Infrastructure((POOL,))
LINK = "[`aws_cognito_user_pool.main`](line:terraform/shop#aws_cognito_user_pool.main)"


def declared(claim: str) -> dict[str, Any]:
    """One attempt, and the source that every file of figures names."""
    ends = {"from": "external/internet", "to": "aws_cognito_user_pool.main"}
    return {"source": "A test", "network": [{"attempt": "Somebody gets in", "claim": claim, **ends}]}


def test_what_stops_an_attempt_is_shown_with_its_line() -> None:
    """The reason of the proof, whose names lead to the files."""
    tables, wrong = refused(declared("tcp/80"), FOUND, "shop")
    because = f"{LINK} is reached over tcp/443, not tcp/80"
    row = {"attempt": "Somebody gets in", "claim": "`tcp/80`", "refused, because": because}
    assert ({"network": [row]}, []) == (tables, wrong)


def test_what_nothing_stops_is_an_error() -> None:
    """It is named with its verdict."""
    _, wrong = refused(declared("tcp/443"), FOUND, "shop")
    arrow = "external/internet → aws_cognito_user_pool.main (tcp/443)"
    assert [f"Somebody gets in: {arrow} is proven"] == wrong


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("aws_cognito_user_pool.main#Sid denies", f"{LINK.replace('main`', 'main#Sid`')} denies"),
        ("aws_lb.main is not there", "`aws_lb.main` is not there"),
        ("nothing at all", "nothing at all"),
    ],
)
def test_only_names_that_the_files_write_are_links(reason: str, shown: str) -> None:
    """A name that nothing creates has no line to lead to."""
    assert shown == linked(reason, FOUND, "shop")
