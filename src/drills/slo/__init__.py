"""Service level objectives, declared once, and the rules that watch them."""

from drills.slo.objectives import Declared, Objective, Window, budget_share, declared, seconds
from drills.slo.rules import error_ratio, series, text

__all__ = [
    "Declared",
    "Objective",
    "Window",
    "budget_share",
    "declared",
    "error_ratio",
    "seconds",
    "series",
    "text",
]
