"""Months of requests and incidents, through Prometheus: what each alert did, and how often it was right."""

from drills.replay.engine import AFTER, BEFORE, RATIOS, RULES, Replayed, alerts, replay, replayed
from drills.replay.events import Event, events
from drills.replay.judge import Noticed, Trouble, Verdict, judge, troubles
from drills.replay.month import Counted, Month, month, spent
from drills.replay.rules import Rule, fired, fires, rules
from drills.replay.samples import EPOCH, samples, series

__all__ = [
    "AFTER",
    "BEFORE",
    "EPOCH",
    "RATIOS",
    "RULES",
    "Counted",
    "Event",
    "Month",
    "Noticed",
    "Replayed",
    "Rule",
    "Trouble",
    "Verdict",
    "alerts",
    "events",
    "fired",
    "fires",
    "judge",
    "month",
    "replay",
    "replayed",
    "rules",
    "samples",
    "series",
    "spent",
    "troubles",
]
