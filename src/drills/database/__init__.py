"""Why an application cannot reach its database: told apart from where the application runs."""

from drills.database.diagnosis import Diagnosis, Patience, diagnose
from drills.database.fault import FAULTS, RUNBOOK, Fault, Finding
from drills.database.target import Target, read_url

__all__ = [
    "FAULTS",
    "RUNBOOK",
    "Diagnosis",
    "Fault",
    "Finding",
    "Patience",
    "Target",
    "diagnose",
    "read_url",
]
