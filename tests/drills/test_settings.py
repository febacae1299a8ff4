"""Settings that pages quote are looked up, never typed."""

from typing import Any

import pytest

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import Infrastructure, Location, Manifest, Resource
from drills.settings import settings

VALUES = {"retention": 35, "rule": [{"days": 365}], "policy": '{"a": [{"b": 9}]}', "on": True}
FOUND = Infrastructure(
    (Resource('aws_db_instance.main["a"]', "aws_db_instance", VALUES),),
    (Manifest("n/Deployment/api", {"spec": {"replicas": 3}}, Location("api.yaml", 1)),),
)
INSTANCE = 'aws_db_instance.main["a"]'


@pytest.mark.parametrize(
    ("address", "attribute", "value"),
    [
        (INSTANCE, "retention", 35),
        (INSTANCE, "rule.0.days", 365),
        (INSTANCE, "policy.a.0.b", 9),
        ("n/Deployment/api", "spec.replicas", 3),
    ],
)
def test_a_setting_is_looked_up(address: str, attribute: str, value: int):
    """It is found by its address and path, also in a document within a string, and keeps its unit."""
    found = settings({"it": {"address": address, "attribute": attribute, "unit": "days"}}, FOUND, "shop")
    assert (value, "days") == (found["it"]["value"], found["it"]["unit"])


def test_a_setting_leads_to_its_line():
    """The block of an instance, in the folder of its system."""
    found = settings({"it": {"address": INSTANCE, "attribute": "retention"}}, FOUND, "shop")
    assert {"address": "aws_db_instance.main", "folder": "terraform/shop"}.items() <= found["it"].items()
    found = settings({"it": {"address": "n/Deployment/api", "attribute": "spec.replicas"}}, FOUND, "shop")
    assert {"address": "n/Deployment/api", "folder": "kubernetes/shop"}.items() <= found["it"].items()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"address": "aws_db_instance.main"}, "it: there is no aws_db_instance.main"),
        ({"attribute": "none"}, "has no none"),
        ({"attribute": "rule.1.days"}, "has no rule.1.days"),
        ({"attribute": "retention.more"}, "has no retention.more"),
        ({"attribute": "rule"}, "rule is neither a number nor text"),
        ({"attribute": "on"}, "on is neither a number nor text"),
    ],
)
def test_a_setting_that_is_not_there_is_refused(change: dict[str, Any], said: str):
    """A name or a path that leads nowhere stops the record."""
    with pytest.raises(UnusableInput) as refused:
        settings({"it": {"address": INSTANCE, "attribute": "retention"} | change}, FOUND, "shop")
    assert said in refused.value.message
