"""A day of a HorizontalPodAutoscaler, simulated: what its settings cost, and which of them to take."""

from drills.scaling.choice import around, candidates, chosen, compare
from drills.scaling.day import demand
from drills.scaling.hpa import Behavior, Day, Policy, Rules, simulate

__all__ = [
    "Behavior",
    "Day",
    "Policy",
    "Rules",
    "around",
    "candidates",
    "chosen",
    "compare",
    "demand",
    "simulate",
]
