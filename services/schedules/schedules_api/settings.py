"""What a process of the API is told when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VERSIONS = ("v1", "v2")


@dataclass(frozen=True, slots=True)
class Settings:
    """The version that is served, the environment it stands in, and the faults to begin with."""

    version: str
    environment: str = "local"
    error_rate: float = 0.0
    latency_seconds: float = 0.0
    flags: Path | None = None

    @classmethod
    def read(cls, version: str, variables: Mapping[str, str]) -> "Settings":
        """From `SCHEDULES_*` variables of the environment. Raises ValueError where a number is none."""
        flags = variables.get("SCHEDULES_FLAGS")
        return cls(
            version=version,
            environment=variables.get("SCHEDULES_ENVIRONMENT", "local"),
            error_rate=float(variables.get("SCHEDULES_ERROR_RATE", 0)),
            latency_seconds=float(variables.get("SCHEDULES_LATENCY_SECONDS", 0)),
            flags=Path(flags) if flags else None,
        )
