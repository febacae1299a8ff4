"""A month's bill, worked out by hand beside the code."""

from dataclasses import replace

import pytest

from drills.cost.bill import Month, bill, total


def quantities(month: Month) -> dict[str, float]:
    """How much is charged, by the name of the price."""
    summed: dict[str, float] = {}
    for line in bill(month):
        summed[line.what] = summed.get(line.what, 0.0) + line.quantity
    return summed


def test_the_bill_of_a_small_month(month: Month):
    """Every quantity, by hand: 730 hours, thousands of requests, 2**30-byte gigabytes."""
    day = 365 / 12
    uploads, results = 100 / 1024 / day, 0.5 / day  # GB a day
    expected = {
        "eks_cluster": 730,
        "ec2_m6i_large": 2 * 730,
        # two nodes' disks, and 100 GB beside each of (1.98 + 0.2) instance hours of the month's 730
        "ebs_gp3": 2 * 50 + 100 * (1.98 + 0.2) / 730,
        "ecr_storage": 10,
        # 4 vCPU-hours on four vCPUs, busy half of the time: two hours, nine tenths on Spot, a tenth again
        "spot_m6i_xlarge": 2 * 0.9 * 1.1,
        "ec2_m6i_xlarge": 2 * 0.1,
        "rds_db_t4g_medium": 730,
        "rds_storage": 20,
        "secret": 1,
        "s3_standard": 30 * uploads + 2 * day * results,
        "s3_standard_ia": (2 * day - 30) * uploads,
        "s3_to_standard_ia": 0.1,
        "s3_write": (200 + 3 * 100) / 1000,
        "s3_read": 0.2,
        "nat_hour": 3 * 730,
        "nat_gb": 2 * 10 + 1,
        "public_address": 3 * 730,
        "endpoint_hour": 6 * 3 * 730,
        "endpoint_gb": 2 * 1 + 2,
        "zone_gb": 2 * 3 * 2 / 3,
        "load_balancer_hour": 730,
        "load_balancer_unit": 2**20 / 3600 / 25,  # more than the 0.01 GB an hour
        "edge_gb": 7.3,
        "edge_request": 1048.576,
        "web_acl": 1,
        "web_acl_rule": 5,
        "web_acl_request": 1048.576,
        "hosted_zone": 1,
        "internet_gb": 0.5,
        "state_transition": (100 + 3 * 10) / 1000,
        "topic_request": 0.01,
        "queue_request": (180 * 730 + 2 * 10) / 1000,
        "active_user": 10,
        "key": 2,
        "key_request": 0.4,
        "log_gb": 2 + 2,
        "log_storage": (2 + 2) * 2,
        "edge_log_gb": 3,
        "edge_log_storage": 3 * 2,
        "alarm": 6,
        "metric": 2 * 16,
        "data_event": (200 + 5 * 100) / 1000,
    }
    assert pytest.approx(expected) == quantities(month)
    assert pytest.approx(sum(expected.values())) == total(bill(month))


def test_one_zone_costs_half_of_two(month: Month):
    """Instance and storage of a database in two zones are charged twice."""
    alone = quantities(replace(month, estate=replace(month.estate, multi_az=False)))
    assert (365, 10) == (alone["rds_db_t4g_medium"], alone["rds_storage"])


@pytest.mark.parametrize(("at", "versions"), [(1, 1), (11.9, 1), (12, 2), (24, 3), (60, 3)])
def test_a_rotated_key_is_charged_by_version(month: Month, at: float, versions: int):
    """One more a year, and no more than three."""
    assert 2 * versions == quantities(replace(month, month=at))["key"]


def test_logs_pile_up_until_they_are_deleted(month: Month):
    """After a year a log group holds twelve months, and no more later."""
    assert pytest.approx(4 * 12) == quantities(replace(month, month=36))["log_storage"]


def test_small_results_never_leave_standard(month: Month):
    """A result below 128 KB is not moved, so it costs Standard for all its years."""
    small = replace(month, month=60, usage=replace(month.usage, result_gb=100 * 127 / 2**20))
    assert "s3_glacier_ir" not in quantities(small)
    assert "s3_glacier_ir" in quantities(replace(month, month=60))


def test_results_are_read_late_only_once_they_are_old(month: Month):
    """Retrieval is charged when something lies in Glacier Instant Retrieval."""
    assert "s3_glacier_ir_retrieval" not in quantities(month)
    assert 0.25 == quantities(replace(month, month=13))["s3_glacier_ir_retrieval"]
