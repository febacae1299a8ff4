"""Unit prices."""

from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from drills.cost.prices import Price, PriceList, read

TIERED = Price("data", 0.15, "GB", "sa-east-1", "a list", "2026-01-01", ((10.0, 0.1), (50.0, 0.05)))
LINE = "{what: a, price: 1, unit: hour, region: r, currency: USD, source: s, date: 2026-01-01}"


@pytest.mark.parametrize(
    ("quantity", "usd"), [(0, 0), (10, 1.5), (11, 1.6), (50, 5.5), (60, 1.5 + 4 + 0.5), (5, 0.75)]
)
def test_a_tier_prices_only_what_falls_inside_it(quantity: float, usd: float):
    """Crossing a tier does not reprice what lies below it."""
    assert pytest.approx(usd) == TIERED.cost(quantity)


def test_a_factor_reaches_every_tier():
    """A price twice as high is so at every quantity."""
    assert pytest.approx(2 * TIERED.cost(60)) == TIERED.times(2).cost(60)


def test_a_factor_reaches_the_named_prices_alone():
    """Prices are chosen by how their names begin."""
    listed = PriceList({"ec2_a": TIERED, "s3_a": TIERED}, {}, {}).with_factor("ec2_", 2)
    assert (0.3, 0.15) == (listed["ec2_a"].usd, listed["s3_a"].usd)


def test_an_unpriced_type_is_named():
    """Neither priced nor free: a finding."""
    listed = PriceList({}, {"aws_lb": ()}, {"aws_vpc": "free"})
    assert ["aws_kinesis_stream"] == listed.unpriced(["aws_vpc", "aws_kinesis_stream", "aws_lb"])


def test_a_price_list_is_read(tmp_path: Path):
    """Prices with their tiers, and what they price."""
    path = tmp_path / "prices.yaml"
    tiers = LINE.replace("price: 1", "price: 1, then: [{above: 5, price: 0.5}]")
    path.write_text(f"prices:\n  a: {tiers}\npriced: {{aws_lb: [a]}}\nfree: {{aws_vpc: why}}\n")
    listed = read(path)
    assert (("a",), ((5.0, 0.5),), "2026-01-01") == (
        listed.priced["aws_lb"],
        listed["a"].tiers,
        listed["a"].date,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LINE.replace("source: s, ", ""), "price a lacks source"),
        (LINE.replace(", date: 2026-01-01", ""), "price a lacks date"),
        (LINE.replace("USD", "BRL"), "price a lacks USD"),
    ],
)
def test_a_price_without_origin_is_refused(text: str, message: str, tmp_path: Path):
    """Where and when it was read belongs to a price, and so does its currency."""
    path = tmp_path / "prices.yaml"
    path.write_text(f"prices:\n  a: {text}\npriced: {{}}\nfree: {{}}\n")
    with pytest.raises(UnusableInput, match=message):
        read(path)


def test_a_type_cannot_be_priced_by_nothing(tmp_path: Path):
    """A name among `priced` that is no price is refused."""
    path = tmp_path / "prices.yaml"
    path.write_text(f"prices:\n  a: {LINE}\npriced: {{aws_lb: [b]}}\nfree: {{}}\n")
    with pytest.raises(UnusableInput, match="there is no price b"):
        read(path)
