"""What one more analysis costs, from its upload until the last of its results is gone."""

import math
from dataclasses import replace

from drills.cost import storage
from drills.cost.bill import Month, bill, log_gb, total
from drills.cost.estate import Lifecycle
from drills.cost.usage import Usage


def analysis_cost(month: Month) -> float:
    """US dollars, at the first tier of each price; nothing of what runs anyway, nor of pages and requests."""
    one = _one(month.usage)
    at_launch = replace(month, usage=one, month=0.0)
    nothing = replace(at_launch, usage=one.times(0, *Usage.__slots__))
    return total(bill(at_launch)) - total(bill(nothing)) + _lifetime(replace(month, usage=one))


def _one(usage: Usage) -> Usage:
    everything = usage.times(1 / usage.analyses, *Usage.__slots__)
    return replace(everything, users=0.0, requests=0.0, page_gb=0.0, nodes=0.0, api_pods=0.0)


def _lifetime(month: Month) -> float:
    """Storage of files, results and logs until they are gone."""
    usage, prices = month.usage, month.prices
    kept = log_gb(month) * prices["log_storage"].usd * month.estate.log_days / storage.DAYS
    is_cold = "GLACIER_IR" in storage.billed_days(month.estate.results, usage.result_kb)
    late = usage.result_gb * month.given["late_read_share"] if is_cold else 0.0
    read = late * prices["s3_glacier_ir_retrieval"].usd
    return math.fsum(
        (
            _kept(month, month.estate.uploads, usage.upload_gb, usage.file_kb),
            _kept(month, month.estate.results, usage.result_gb, usage.result_kb),
            kept,
            read,
        )
    )


def _kept(month: Month, lifecycle: Lifecycle, gigabytes: float, object_kb: float) -> float:
    cost = 0.0
    for name, days in storage.billed_days(lifecycle, object_kb).items():
        cost += gigabytes * days / storage.DAYS * month.prices[storage.PRICES[name]].usd
        if name != storage.STANDARD:
            moved = month.prices[storage.PRICES[name].replace("s3_", "s3_to_")]
            cost += month.usage.files / 1000 * moved.usd
    return cost
