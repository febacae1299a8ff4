"""VPC origins, and a distribution's configuration."""

import pytest
from botocore.exceptions import ClientError

BEHAVIOR = {
    "TargetOriginId": "lb",
    "ViewerProtocolPolicy": "https-only",
    "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
}
ORIGIN = {"Id": "lb", "DomainName": "lb.example.com", "VpcOriginConfig": {"VpcOriginId": "vo_1"}}
DISTRIBUTION = {
    "CallerReference": "one",
    "Comment": "",
    "Enabled": True,
    "Origins": {"Quantity": 1, "Items": [ORIGIN]},
    "DefaultCacheBehavior": BEHAVIOR,
}
ENDPOINT = {
    "Name": "main",
    "Arn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/main/1",
    "HTTPPort": 80,
    "HTTPSPort": 443,
    "OriginProtocolPolicy": "https-only",
    "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
}


@pytest.fixture
def cloudfront(client):
    """A client of CloudFront."""
    return client("cloudfront")


def test_a_vpc_origin_is_kept_and_deleted(cloudfront):
    """What was asked for comes back with its tags, until it is deleted."""
    tags = {"Items": [{"Key": "a", "Value": "b"}]}
    made = cloudfront.create_vpc_origin(VpcOriginEndpointConfig=ENDPOINT, Tags=tags)["VpcOrigin"]
    found = cloudfront.get_vpc_origin(Id=made["Id"])["VpcOrigin"]
    tagged = cloudfront.list_tags_for_resource(Resource=made["Arn"])["Tags"]
    cloudfront.delete_vpc_origin(Id=made["Id"], IfMatch="E1")
    assert (ENDPOINT, "Deployed", tags) == (found["VpcOriginEndpointConfig"], found["Status"], tagged)
    with pytest.raises(ClientError, match="EntityNotFound"):
        cloudfront.get_vpc_origin(Id=made["Id"])


def test_a_distribution_is_given_back_as_it_was_sent(cloudfront):
    """Its origin in the VPC too; what was not sent has moto's defaults."""
    made = cloudfront.create_distribution(DistributionConfig=DISTRIBUTION)["Distribution"]
    found = cloudfront.get_distribution(Id=made["Id"])["Distribution"]["DistributionConfig"]
    assert ORIGIN == found["Origins"]["Items"][0]
    assert BEHAVIOR == found["DefaultCacheBehavior"]
    assert 0 == found["Aliases"]["Quantity"]


def test_an_updated_distribution_is_given_back_as_it_was_sent_last(cloudfront):
    """The update replaces what was there."""
    sent = DISTRIBUTION | {"CallerReference": "two"}
    made = cloudfront.create_distribution(DistributionConfig=sent)
    which = {"Id": made["Distribution"]["Id"], "IfMatch": made["ETag"]}
    cloudfront.update_distribution(DistributionConfig=sent | {"Comment": "second"}, **which)
    assert "second" == cloudfront.get_distribution_config(Id=which["Id"])["DistributionConfig"]["Comment"]


def test_an_unknown_distribution_is_moto_s_answer(cloudfront):
    """What moto refuses stays refused."""
    with pytest.raises(ClientError, match="NoSuchDistribution"):
        cloudfront.get_distribution(Id="ABSENT")
