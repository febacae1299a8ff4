"""The record says of each size what breaks first, and what to change then."""

from dataclasses import replace

from drills.capacity.inputs import Inputs
from drills.capacity.record import paper


def test_each_size_has_its_rows(inputs: Inputs):
    """From ten users to a million."""
    found = paper(inputs)
    sizes = [10, 100, 1000, 10000, 100000, 1000000]
    assert ([row["users"] for row in found["sizes"]], [row["users"] for row in found["breaks"]]) == (
        sizes,
        sizes,
    )
    assert [int(users) for users in found["users"]] == sizes


def test_what_one_changes_is_the_text_of_what_breaks(inputs: Inputs):
    """The row's words are those of the limit that it names."""
    changes = {limit.title: [step.change for step in limit.steps] for limit in inputs.limits}
    broken = [row for row in paper(inputs)["breaks"] if row["what one changes"] != "nothing"]
    assert broken
    assert [
        row["users"] for row in broken if row["what one changes"] not in changes[row["breaks first"]]
    ] == []


def test_a_raised_limit_breaks_later(inputs: Inputs):
    """Four times the vCPUs, and the environment is no longer the first to break for ten thousand."""
    raised = [
        replace(limit, steps=limit.steps[1:]) if limit.name in ("batch_vcpus", "spot_vcpus") else limit
        for limit in inputs.limits
    ]
    before, after = (paper(one)["breaks"][3] for one in (inputs, replace(inputs, limits=raised)))
    assert before["breaks first"] == "Largest size of the Spot environment" != after["breaks first"]
