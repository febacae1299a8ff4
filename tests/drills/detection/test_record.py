"""What is recorded of formula and engine tells where they part."""

from pathlib import Path

import pytest
import yaml

from drills.detection import Fired, fired, steady
from drills.detection.record import Compared, compared, figures
from drills.slo import declared

FILE = Path(__file__).parents[3] / "observability/schedules/slo.yaml"
DECLARED = declared(yaml.safe_load(FILE.read_text(encoding="utf-8")))
OBJECTIVE = DECLARED.objectives[0]
SHAPE = steady("all", 1, 60)


def found(**engine: Fired) -> list[Compared]:
    """The outage with each alert, whose engine says what the formula does but for what is given."""
    said = {
        (SHAPE.name, one.alert): engine.get(one.alert, fired(SHAPE, one, OBJECTIVE.budget))
        for one in DECLARED.windows
    }
    return list(compared(DECLARED, OBJECTIVE, [SHAPE], said))


def test_what_agrees_is_counted():
    """Every alert on the outage, none of them apart."""
    made = figures(DECLARED, OBJECTIVE, found())
    assert (1, 4, 4, 0) == (made["shapes"], made["compared"], made["agree"], made["apart"]["value"])


@pytest.mark.parametrize("engine", [Fired(6, 70), Fired(5, 71), Fired(None, None)])
def test_a_difference_of_more_than_a_minute_is_counted(engine: Fired):
    """A late start, a late end, and none at all."""
    assert 3 == sum(one.apart <= 1 for one in found(ErrorBudgetBurnPage=engine))


def test_what_is_spent_is_that_of_the_formula():
    """At its detection, each alert has spent its share of the budget; the leak, told by none, all of it."""
    assert pytest.approx([0.02, 60 / 216, 0.02, 0.1]) == [one.spent for one in found()]


def test_what_another_alert_tells_has_no_time_of_its_own():
    """A leak is not told of a total outage, and its line ends where the page's begins."""
    made = figures(DECLARED, OBJECTIVE, found())
    assert ["4.3 minutes", "by another alert", "4.3 minutes", "21.6 minutes"] == [
        row["a total outage is told after"] for row in made["alerts"]
    ]
    page, leak, *_ = (one["values"] for one in made["chart"]["series"])
    told = [(fast is not None, slow is not None) for fast, slow in zip(page, leak, strict=True)]
    assert [(False, False), (False, True), (True, False)] == list(dict.fromkeys(told))
