"""What is usual is recorded once, and is then what every alert would have worked out for itself."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from asbuilt.errors import UnusableInput
from drills import slo
from drills.alerting.programs import find
from drills.replay import EPOCH, RULES, Month, month, rules
from drills.replay.usual import knowing_usual, meanings, read

ROOT = Path(__file__).parents[3]
PROMISED = slo.of_schedules(ROOT)
WARM_UP, MINUTES = 60, 120


@pytest.fixture
def made() -> Month:
    """Two hours and one before them, in which nothing happens."""
    try:
        find("promtool", "prometheus")
    except UnusableInput as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing.message)
    declared = yaml.safe_load((ROOT / "figures/schedules/replay.yaml").read_text(encoding="utf-8"))
    whole = month(declared, 1, [])
    cut = slice(0, WARM_UP + MINUTES)
    counted = tuple(
        replace(one, **{name: getattr(one, name)[cut] for name in ("requests", "failed", "slow", "slower")})
        for one in whole.counted
    )
    return replace(whole, warm_up=WARM_UP, minutes=MINUTES, counted=counted)


def test_every_minute_holds_what_the_expression_gives(made: Month):
    """To the last digit, and nothing is recorded before there is something."""
    first, last = EPOCH - 60 * WARM_UP, EPOCH + 60 * MINUTES
    with knowing_usual(made, PROMISED) as query:
        for name, meaning in meanings(PROMISED).items():
            (recorded,) = query(name, first, last, 60)
            (asked,) = query(meaning.replace("[30d:", "[720h:"), first, last, 60)  # the same, in other words
            assert recorded["values"] == asked["values"]
            assert 100 < len(asked["values"]) < WARM_UP + MINUTES


def test_no_alert_works_it_out_anew():
    """Each burn rate reads the recorded series of its own objective."""
    names = meanings(PROMISED)
    for one in rules(ROOT / RULES / "slo.yaml", {}, {}):
        expression = read(one.expression, names)
        assert f'usual{{service="schedules",slo="{one.slo}"}}' in expression
        assert "[30d:" not in expression
