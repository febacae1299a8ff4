"""Follow the provisioning pages on an emulator: every command, in order, from the page itself."""

from drills.provisioning.accounts import ENVIRONMENTS, Account, accounts, find_programs
from drills.provisioning.page import Step, record, steps, with_outputs
from drills.provisioning.walk import PAGES, RECORD, Outcome, follow, problems

__all__ = [
    "ENVIRONMENTS",
    "PAGES",
    "RECORD",
    "Account",
    "Outcome",
    "Step",
    "accounts",
    "find_programs",
    "follow",
    "problems",
    "record",
    "steps",
    "with_outputs",
]
