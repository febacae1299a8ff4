"""All scenarios, in the order in which the command asks for their faults."""

from drills.database.drill import encrypting, entering, reaching, slowing, starting, working
from drills.database.drill.scenario import Scenario
from drills.database.fault import FAULTS

_MODULES = (reaching, encrypting, starting, entering, working, slowing)


def scenarios() -> list[Scenario]:
    """Every scenario of these modules; those in which nothing is broken come first."""
    order = ["", *FAULTS]
    found = [one for module in _MODULES for one in module.SCENARIOS]
    return sorted(found, key=lambda one: order.index(one.fault))
