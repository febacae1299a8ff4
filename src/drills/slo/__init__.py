"""Service level objectives, declared once, and the rules that watch them."""

from drills.slo.objectives import Declared, Objective, Window, budget_share, declared, of_schedules, seconds
from drills.slo.rules import burn_rate, highest, pace, rate, selected, series, text, usual_pace

__all__ = [
    "Declared",
    "Objective",
    "Window",
    "budget_share",
    "burn_rate",
    "declared",
    "highest",
    "of_schedules",
    "pace",
    "rate",
    "seconds",
    "selected",
    "series",
    "text",
    "usual_pace",
]
