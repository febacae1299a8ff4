"""A mutant is a changed world, and only that."""

from collections.abc import Callable

import pytest

from drills.mutants.mutant import Mutant, Mutants
from drills.mutants.networks import network_mutants
from drills.mutants.objects import manifest_mutants
from drills.mutants.permissions import permission_mutants
from drills.mutants.scripts import diagram_mutants
from drills.mutants.verdicts import changed
from drills.mutants.world import World

FAMILIES = [network_mutants, permission_mutants, manifest_mutants, diagram_mutants]
WANTED = {
    network_mutants: {
        "rule: deleted",
        "rule: port changed",
        "rule: protocol changed",
        "rule: group swapped",
        "rule: peer narrowed to half",
        "rule: peer widened to everybody",
        "ACL: ingress denied",
        "ACL: egress denied",
        "route: deleted",
    },
    permission_mutants: {
        "statement: action removed",
        "statement: resource changed",
        "policy: deny added",
        "role: boundary set",
        "executor: role swapped",
        "key: disabled",
    },
    manifest_mutants: {
        "ServiceAccount: left out",
        "Service: selects others",
        "NetworkPolicy: ingress rule left out",
    },
    diagram_mutants: {
        "node: misspelt",
        "arrow: reversed",
        "arrow: dropped",
        "node: moved into a box",
        "box: bound to another",
    },
}
Maker = Callable[[World], Mutants]


def first_of_each(clean: World, make: Maker) -> dict[str, Mutant]:
    """The first mutant of each family."""
    found: dict[str, Mutant] = {}
    for mutant in make(clean):
        found.setdefault(mutant.family, mutant)
    return found


@pytest.mark.parametrize("make", FAMILIES)
def test_each_family_changes_the_world(clean: World, make: Maker):
    """No operator leaves everything as it is: such a mutant could not be caught."""
    same = [
        family
        for family, mutant in first_of_each(clean, make).items()
        if not changed(clean, mutant.world) and clean.scripts == mutant.world.scripts
    ]
    assert [] == same


@pytest.mark.parametrize("make", FAMILIES)
def test_the_changes_that_matter_are_made(clean: World, make: Maker):
    """The families that a reader expects are there."""
    assert set() == WANTED[make] - first_of_each(clean, make).keys()


@pytest.mark.parametrize("make", FAMILIES)
def test_mutants_are_told_apart(clean: World, make: Maker):
    """No two mutants of a family have the same name, and no name holds an id that differs each time."""
    names = [(mutant.family, mutant.name) for mutant in make(clean)]
    ids = [name for _, name in names if any(one in name for one in ("sg-", "subnet-", "rtb-"))]
    assert ([], len(names)) == (ids, len(set(names)))


def test_the_clean_world_stays_clean(clean: World):
    """A mutant is made beside the clean world, never in it."""
    before = repr(clean.documents)
    for make in FAMILIES:
        first_of_each(clean, make)
    assert before == repr(clean.documents)


def test_an_addition_is_not_caught_for_being_there(clean: World):
    """What a mutant adds is excused: it has to be caught by what it breaks."""
    boundary = first_of_each(clean, permission_mutants)["role: boundary set"]
    assert "aws_iam_policy.mutant" in boundary.world.excuses
