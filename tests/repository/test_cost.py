"""The recorded cost of biotech-x follows from its plans, sourced prices and declared assumptions."""

import copy
import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from asbuilt import data
from asbuilt.errors import UnusableInput
from drills.cost import Estate, Inputs, inputs, prices, record
from drills.cost.__main__ import estate
from drills.cost.levers import levers
from drills.cost.storage import LEAST_DAYS, spans

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "figures/biotech-x"
RECORD = ROOT / "evidence/figures/biotech-x/cost.json"
REPAIR = "record again: python -m drills.cost --record evidence/figures/biotech-x/cost.json"
ENVIRONMENTS = ("production", "staging")
LISTED = prices.read(FIGURES / "prices.yaml")
PRICES = yaml.safe_load((FIGURES / "prices.yaml").read_text(encoding="utf-8"))["prices"]
SERVED = {"sa-east-1", "South America", "global"}
ELSEWHERE = {"queue_request", "edge_log_gb", "edge_log_storage"}  # the web ACL's log lies in us-east-1


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    """The record."""
    return json.loads(RECORD.read_bytes())


@pytest.fixture(scope="module")
def given(recorded: dict[str, Any]) -> Inputs:
    """What the record follows from."""
    estates = {name: Estate.recorded(values) for name, values in recorded["estates"].items()}
    return inputs(estates, LISTED, FIGURES)


def test_the_record_is_what_is_computed(given: Inputs):
    """The same bytes, from what the repository holds."""
    assert RECORD.read_text(encoding="utf-8") == data.as_json(record(given)), REPAIR


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_estate_is_what_the_plan_makes(
    environment: str, recorded: dict[str, Any], terraform_plan: Callable[[str], dict[str, Any]]
):
    """Everything in the plan is priced or free, and counted as it is recorded."""
    found = estate(terraform_plan(environment), LISTED)
    assert Estate.recorded(recorded["estates"][environment]) == found, REPAIR


def test_a_new_type_needs_a_price(terraform_plan: Callable[[str], dict[str, Any]]):
    """A resource added to the Terraform without a price ends the recording."""
    plan = copy.deepcopy(terraform_plan("staging"))
    added = {
        "address": "aws_kinesis_stream.new",
        "mode": "managed",
        "type": "aws_kinesis_stream",
        "values": {},
    }
    plan["planned_values"]["root_module"]["resources"].append(added)
    with pytest.raises(UnusableInput, match="no price for aws_kinesis_stream"):
        estate(plan, LISTED)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_endpoints_stand_in_as_many_zones_as_are_priced(
    environment: str, recorded: dict[str, Any], applied_state: Callable[[str], dict[str, Any]]
):
    """The plan does not know their subnets; the state does."""
    resources = applied_state(environment)["values"]["root_module"]["resources"]
    endpoints = [
        item["values"] for item in resources if item["address"].startswith("aws_vpc_endpoint.interface")
    ]
    zones = recorded["estates"][environment]["endpoint_zones"]
    assert {zones} == {len(endpoint["subnet_ids"]) for endpoint in endpoints}


@pytest.mark.parametrize("name", PRICES)
def test_a_price_says_where_and_when_it_was_read(name: str):
    """An address pinned or published, and a day that has been."""
    price = PRICES[name]
    assert price["source"].startswith("https://")
    assert datetime.date(2024, 1, 1) <= price["date"] <= datetime.date(2026, 12, 31)


def test_prices_of_another_region_are_known():
    """Whatever is not priced for the region is named here and told on the page."""
    assert {name for name, price in PRICES.items() if price["region"] not in SERVED} == ELSEWHERE


@pytest.mark.parametrize("name", [name for name, price in PRICES.items() if "estimated_from" in price])
def test_an_estimated_price_is_computed(name: str):
    """From a price that was found, and a ratio that was found."""
    price, base = PRICES[name], PRICES[name]["estimated_from"]
    assert pytest.approx(base["price"] * base["times"] / base["over"], abs=5e-5) == price["price"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_budget_fits_the_bill(environment: str, recorded: dict[str, Any], given: Inputs):
    """Room above the bill, but not so much that the budget warns of nothing."""
    month, budget = (recorded[environment][name]["value"] for name in ("month", "budget"))
    assert month * given.given["budget_margin"] <= budget <= month * given.given["budget_most"]


def test_choices_save_what_they_are_made_for(given: Inputs):
    """Everything saves but the endpoints, which are there for another reason: the page says so."""
    found = levers(given.month("production"), given.month("staging"))
    assert ["Interface endpoints instead of NAT"] == [lever.name for lever in found if lever.usd <= 0]


@pytest.mark.parametrize("bucket", ["uploads", "results"])
def test_no_class_is_left_too_early(bucket: str, given: Inputs):
    """Each class keeps an object at least as long as it charges for it."""
    for found in given.estates.values():
        stays = {name: end - start for name, start, end in spans(getattr(found, bucket), 1000)}
        assert [] == [name for name, days in stays.items() if days < LEAST_DAYS[name]]


def test_the_sums_on_the_page_are_the_sums_of_their_lines(recorded: dict[str, Any]):
    """The total of the services, of the lines and the single number agree to a dollar for each rounding."""
    for name in ENVIRONMENTS:
        lines = sum(line["USD a month"] for line in recorded["lines"][name])
        assert pytest.approx(recorded[name]["month"]["value"], abs=1) == lines
        services = [row[f"{name.capitalize()}, USD a month"] for row in recorded["services"]]
        assert pytest.approx(services[-1], abs=len(services)) == sum(services[:-1])
