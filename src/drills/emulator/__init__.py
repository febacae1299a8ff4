"""An emulator of AWS for Terraform to apply to: moto, and what moto lacks."""

from drills.emulator.override import Limits, NotEchoed, NotEmulated, NotWaited, limits, override_file
from drills.emulator.process import Emulator, running_emulator
from drills.emulator.sessions import Session

__all__ = [
    "Emulator",
    "Limits",
    "NotEchoed",
    "NotEmulated",
    "NotWaited",
    "Session",
    "limits",
    "override_file",
    "running_emulator",
]
