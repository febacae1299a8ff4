"""What an arrow claims."""

from pathlib import Path

import pytest

from asbuilt.claims import Asserted, Network, Permission, Relation, parse_claims


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("", ()),
        ("  ", ()),
        ("tcp/5432", (Network("tcp", 5432, 5432),)),
        ("udp/53", (Network("udp", 53, 53),)),
        ("tcp/30000-32767", (Network("tcp", 30000, 32767),)),
        ("s3:PutObject", (Permission("s3:PutObject"),)),
        ("execute-api:Invoke", (Permission("execute-api:Invoke"),)),
        ("tcp/443,  s3:GetObject", (Network("tcp", 443, 443), Permission("s3:GetObject"))),
        ("scales", (Relation("scales"),)),
        ("runs as", (Relation("runs as"),)),
        ("selects, tcp/9090", (Relation("selects"), Network("tcp", 9090, 9090))),
        ("asserted: signed, by the API", (Asserted("signed, by the API"),)),
        (" asserted:why ", (Asserted("why"),)),
    ],
)
def test_claims_are_read_as_written(by, expected):
    """`by` is a list of claims, or one assertion whose reason may hold commas."""
    assert expected == parse_claims(by)


@pytest.mark.parametrize(
    "by",
    [
        "tcp",
        "tcp/",
        "tcp/0",
        "tcp/65536",
        "tcp/443-80",
        "icmp/8",
        "TCP/443",
        "5432",
        "s3:*",
        "s3:Put*",
        "S3:PutObject",
        "s3:",
        "tcp/443,",
        "scale",
        "runs  as",
        "Scales",
        "tcp/443, asserted: why",
        "asserted",
        "asserted:",
        "asserted:   ",
    ],
)
def test_what_is_no_claim_is_refused(by):
    """A port outside its range, a wildcard, an empty part or an assertion without reason is no claim."""
    with pytest.raises(ValueError, match=r"claim|reason"):
        parse_claims(by)


@pytest.mark.parametrize("by", ["tcp/5432", "tcp/1-2", "s3:PutObject", "runs as", "asserted: why"])
def test_a_claim_is_said_as_it_is_written(by):
    """A claim's text is what its author wrote."""
    assert by == str(parse_claims(by)[0])


@pytest.mark.parametrize("verb", ["scales", "protects", "runs as", "selects"])
def test_the_contract_names_every_verb(verb):
    """Who writes a diagram finds each relation that may be claimed, and the engine reads it."""
    contract = Path(__file__).parents[2] / "docs/reference/contract.md"
    assert f"| `{verb}` |" in contract.read_text(encoding="utf-8")
    assert (Relation(verb),) == parse_claims(verb)
