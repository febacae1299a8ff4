"""The live drill: schedules is really broken, somebody is really paged, and it is really calmed again."""

from drills.live.drill import drill
from drills.live.record import record

__all__ = ["drill", "record"]
