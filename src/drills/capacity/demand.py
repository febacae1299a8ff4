"""What one user does, and what that takes: the assumptions of `figures/<system>/capacity.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from asbuilt import data
from asbuilt.errors import UnusableInput


@dataclass(frozen=True, slots=True)
class Demand:
    """Assumptions by name; the unit of each stands beside it in the file. Sizes are decimal."""

    samples: float
    files: int
    largest_files: int
    file_mb: float
    part_mb: float
    result_mb: float
    results_read: float
    pages: float
    page_mb: float
    requests_page: float
    requests_file: float
    requests_sample: float
    job_minutes: float
    job_cv: float
    job_vcpus: int
    instance_vcpus: int
    volume_gib: float
    spot_found: float
    working_days: float
    peak_hour: float
    active_day: float
    session_minutes: float
    one_address: float
    api_cpu_ms: float
    web_cpu_ms: float
    query_ms: float
    database_cpu_ms: float
    pod_busy: float
    api_pod_vcpus: float
    web_pod_vcpus: float
    node_vcpus: float
    node_vcpus_all: int
    pool: int
    zones: int
    least_pods: int
    row_kb: float
    outcome_seconds: float
    kms_requests: float
    calm: float

    @classmethod
    def read(cls, path: Path) -> "Demand":
        """The assumptions in the file's `demand`."""
        return cls.of(data.read(path)["demand"])

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> "Demand":
        """The declared values. Raises UnusableInput for a name missing or unknown, or not above zero."""
        names = {field.name for field in fields(cls)}
        if odd := sorted(names ^ set(declared)):
            raise UnusableInput(f"demand: {', '.join(odd)}", f"declare {', '.join(sorted(names))}")
        if least := sorted(name for name, item in declared.items() if item["value"] <= 0):
            raise UnusableInput(
                f"demand: {', '.join(least)} must be above zero", "name what people really do"
            )
        return cls(**{name: item["value"] for name, item in declared.items()})
