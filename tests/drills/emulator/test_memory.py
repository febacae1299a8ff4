"""What moto alone would forget."""

import pytest


@pytest.fixture
def groups(client):
    """A client of EC2, and two security groups in one network."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    named = ({"GroupName": name, "Description": name, "VpcId": vpc} for name in ("one", "other"))
    return ec2, *(ec2.create_security_group(**group)["GroupId"] for group in named)


@pytest.mark.parametrize("end", ["addresses", "group", "prefix list"])
def test_a_rule_keeps_its_description(groups, end):
    """Whatever the rule's other end is."""
    ec2, group, other = groups
    told = {"Description": "why"}
    prefixes = ec2.describe_managed_prefix_lists()["PrefixLists"][0]["PrefixListId"]
    ends = {
        "addresses": {"IpRanges": [{"CidrIp": "10.0.0.0/8", **told}]},
        "group": {"UserIdGroupPairs": [{"GroupId": other, **told}]},
        "prefix list": {"PrefixListIds": [{"PrefixListId": prefixes, **told}]},
    }
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **ends[end]}
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])["SecurityGroupRules"][0]
    which = [made["SecurityGroupRuleId"]]
    found = ec2.describe_security_group_rules(SecurityGroupRuleIds=which)["SecurityGroupRules"]
    assert ["why"] == [item["Description"] for item in found]


def test_a_database_keeps_its_settings(client):
    """Performance Insights as asked; the certificate authority is AWS's default."""
    rds = client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="main",
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        EnablePerformanceInsights=True,
        PerformanceInsightsKMSKeyId="arn:aws:kms:eu-central-1:123456789012:key/1",
    )
    found = rds.describe_db_instances(DBInstanceIdentifier="main")["DBInstances"][0]
    assert (True, "rds-ca-rsa2048-g1") == (
        found["PerformanceInsightsEnabled"],
        found["CACertificateIdentifier"],
    )


def test_a_parameter_that_was_set_is_told_from_a_default(client):
    """Its source is the person who set it."""
    rds = client("rds")
    group = {"DBParameterGroupName": "main"}
    rds.create_db_parameter_group(**group, DBParameterGroupFamily="postgres17", Description="any")
    asked = [{"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}]
    rds.modify_db_parameter_group(**group, Parameters=asked)
    found = rds.describe_db_parameters(**group)["Parameters"]
    assert [("rds.force_ssl", "user")] == [(item["ParameterName"], item["Source"]) for item in found]
