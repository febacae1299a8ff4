"""What people do in a calendar month, in quantities."""

import math
from dataclasses import dataclass

from drills.capacity.demand import Demand


@dataclass(frozen=True, slots=True)
class Usage:
    """One month. GB are decimal (10**9 bytes); `requests` are those to the API and for pages together."""

    users: float
    samples: float
    files: float
    parts: float
    upload_gb: float
    result_gb: float
    download_gb: float
    page_gb: float
    requests: float
    vcpu_hours: float


def usage(demand: Demand, users: float) -> Usage:
    """The month of so many users, each of whom does what `demand` assumes."""
    samples = users * demand.samples
    files = samples * demand.files
    result_gb = files * demand.result_mb / 1000
    return Usage(
        users=users,
        samples=samples,
        files=files,
        parts=files * math.ceil(demand.file_mb / demand.part_mb),
        upload_gb=files * demand.file_mb / 1000,
        result_gb=result_gb,
        download_gb=result_gb * demand.results_read,
        page_gb=users * demand.page_mb / 1000,
        requests=users * (demand.pages + api_requests(demand)),
        vcpu_hours=files * demand.job_vcpus * demand.job_minutes / 60,
    )


def api_requests(demand: Demand) -> float:
    """Requests to the API of one user in a month."""
    a_sample = demand.files * demand.requests_file + demand.requests_sample
    return demand.pages * demand.requests_page + demand.samples * a_sample
