"""How much of everything so many users take, which limit breaks first, and whether a simulation agrees."""

from drills.capacity.demand import Demand
from drills.capacity.need import Need, need
from drills.capacity.usage import Usage, usage

__all__ = ["Demand", "Need", "Usage", "need", "usage"]
