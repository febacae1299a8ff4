"""Charts show the numbers of the closed forms."""

from drills.capacity import need
from drills.capacity.charts import breaking
from drills.capacity.inputs import Inputs
from drills.capacity.need import asked


def test_a_limit_breaks_where_it_is_said_to(inputs: Inputs):
    """At that number of users it does not suffice, and a tenth below it does."""
    bounds = {limit.name: limit.steps[0].value for limit in inputs.limits}
    wrong = [
        name
        for name, users in breaking(inputs).items()
        if asked(inputs.demand, need(inputs.demand, users))[name] <= bounds[name]
        or (users > 1 and asked(inputs.demand, need(inputs.demand, int(0.9 * users)))[name] > bounds[name])
    ]
    assert wrong == []


def test_what_always_suffices_is_left_out(inputs: Inputs):
    """A million users do not reach the executions that may be open."""
    assert "workflow_open" not in breaking(inputs)
