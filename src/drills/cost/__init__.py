"""What biotech-x costs: its plan and its use, priced."""

from drills.cost.estate import Estate
from drills.cost.inputs import Inputs, inputs
from drills.cost.prices import PriceList
from drills.cost.record import record

__all__ = ["Estate", "Inputs", "PriceList", "inputs", "record"]
