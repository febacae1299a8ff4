"""What people do, in the quantities that are billed."""

from dataclasses import replace

import pytest

from drills import capacity
from drills.cost.usage import Usage

PEOPLE = capacity.Usage(
    users=100,
    samples=200,
    files=2000,
    parts=6000,
    upload_gb=40,
    result_gb=2,
    download_gb=6,
    page_gb=0.5,
    requests=10_000,
    vcpu_hours=400,
)


def test_decimal_gigabytes_become_the_price_lists():
    """AWS bills by 2**30 bytes, whatever it calls them; counts stay what they are."""
    usage = Usage.billed(PEOPLE, 3, 4)
    gib = 1e9 / 2**30
    assert (100, 200, 2000, 6000, 10_000, 400, 3, 4) == (
        usage.users,
        usage.analyses,
        usage.files,
        usage.parts,
        usage.requests,
        usage.vcpu_hours,
        usage.nodes,
        usage.api_pods,
    )
    assert pytest.approx((40 * gib, 2 * gib, 6 * gib, 0.5 * gib)) == (
        usage.upload_gb,
        usage.result_gb,
        usage.download_gb,
        usage.page_gb,
    )


def test_sizes_are_of_one_file():
    """In the KB that storage classes know."""
    usage = Usage.billed(PEOPLE, 3, 4)
    assert pytest.approx((20e6 / 1024, 1e6 / 1024)) == (usage.file_kb, usage.result_kb)


def test_a_month_without_files_has_no_sizes():
    """Nothing is divided by nothing."""
    usage = Usage.billed(replace(PEOPLE, files=0), 3, 4)
    assert (0.0, 0.0) == (usage.file_kb, usage.result_kb)
