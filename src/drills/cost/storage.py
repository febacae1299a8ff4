"""How much lies in each storage class, and moves between them, under a lifecycle and a steady inflow.

A transition takes no object below 128 KB; Standard-IA and Glacier Instant Retrieval charge for 30 and 90 days
at least (https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html).
"""

import itertools

from drills.cost.estate import Lifecycle

STANDARD = "STANDARD"
PRICES = {STANDARD: "s3_standard", "STANDARD_IA": "s3_standard_ia", "GLACIER_IR": "s3_glacier_ir"}
SMALLEST_KB = 128
LEAST_DAYS = {STANDARD: 0, "STANDARD_IA": 30, "GLACIER_IR": 90}
DAYS = 365 / 12  # a month


def spans(lifecycle: Lifecycle, object_kb: float) -> list[tuple[str, float, float]]:
    """(class, from day, to day) of an object's life, in order."""
    steps = lifecycle.transitions if object_kb >= SMALLEST_KB else ()
    starts = [(0, STANDARD), *steps, (lifecycle.gone, "")]
    return [(name, float(start), float(end)) for (start, name), (end, _) in itertools.pairwise(starts)]


def stored(lifecycle: Lifecycle, monthly_gb: float, object_kb: float, month: float) -> dict[str, float]:
    """GB in each class at the end of `month`, when `monthly_gb` has arrived in every month so far."""
    age = month * DAYS
    return {
        name: monthly_gb / DAYS * (min(end, age) - min(start, age))
        for name, start, end in spans(lifecycle, object_kb)
    }


def moved(lifecycle: Lifecycle, monthly: float, object_kb: float, month: float) -> dict[str, float]:
    """Objects that move into each class during `month`, when `monthly` have arrived in every month so far."""
    begun, ended = (month - 1) * DAYS, month * DAYS
    return {
        name: monthly / DAYS * (max(ended - start, 0.0) - max(begun - start, 0.0))
        for name, start, _ in spans(lifecycle, object_kb)
        if name != STANDARD
    }


def billed_days(lifecycle: Lifecycle, object_kb: float) -> dict[str, float]:
    """Days that an object is charged for in each class, from its arrival to its end."""
    return {name: max(end - start, LEAST_DAYS[name]) for name, start, end in spans(lifecycle, object_kb)}
