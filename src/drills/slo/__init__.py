"""Service level objectives, declared once, and the rules that watch them."""

from drills.slo.objectives import Declared, Objective, Window, budget_share, declared, seconds
from drills.slo.rules import burn_rate, pace, rate, selected, series, text, usual_pace

__all__ = [
    "Declared",
    "Objective",
    "Window",
    "budget_share",
    "burn_rate",
    "declared",
    "pace",
    "rate",
    "seconds",
    "selected",
    "series",
    "text",
    "usual_pace",
]
