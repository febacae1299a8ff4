"""A month is what its users do."""

from dataclasses import replace

import pytest

from drills.capacity import Demand, Usage, usage
from drills.capacity.usage import api_requests


def test_a_month_is_counted(demand: Demand):
    """Ten users with two samples of three files each, counted by hand."""
    small = replace(
        demand, samples=2, files=3, file_mb=20, part_mb=8, result_mb=5, results_read=2, pages=10, page_mb=7,
        requests_page=4, requests_file=1, requests_sample=5, job_minutes=30, job_vcpus=2,
    )  # fmt: skip
    assert usage(small, 10) == Usage(
        users=10, samples=20, files=60, parts=180, upload_gb=1.2, result_gb=0.3, download_gb=0.6,
        page_gb=0.07, requests=660, vcpu_hours=60,
    )  # fmt: skip
    assert api_requests(small) == 56


def test_twice_the_users_do_twice_as_much(demand: Demand):
    """Nothing of a month is there without users."""
    once, twice = usage(demand, 50), usage(demand, 100)
    assert [getattr(twice, name) for name in Usage.__slots__] == [
        pytest.approx(2 * getattr(once, name)) for name in Usage.__slots__
    ]
