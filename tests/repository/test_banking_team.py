"""No part of banking hangs on one role, and the team's table knows every part."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from asbuilt.infrastructure import manifests

ROOT = Path(__file__).parents[2]
TEAM = yaml.safe_load((ROOT / "figures/banking/team.yaml").read_text(encoding="utf-8"))
ASKED = yaml.safe_load((ROOT / "figures/banking/asked.yaml").read_text(encoding="utf-8"))["asked"]
OPERATED = {"Kafka", "Prometheus", "Alertmanager"}  # an operator makes their pods: they go by their kind


def parts() -> set[str]:
    """What runs, by name, as people call it."""
    named = set()
    for item in manifests(ROOT / "kubernetes/banking"):
        kind = item.body["kind"]
        if kind in OPERATED:
            named.add(kind.casefold())
        elif kind in {"Deployment", "StatefulSet", "DaemonSet"}:
            named.add(item.body["metadata"]["name"])
    return named


def faults(team: dict[str, Any], running: set[str]) -> Iterator[str]:
    """Parts that nobody or only one role can mend, and roles that nobody stands in for."""
    roles = [row["role"].casefold() for row in team["roles"]]
    told = {row["part"].casefold(): {one.casefold() for one in row["who"]} for row in team["parts"]}
    yield from (f"{part}: nobody is told for it" for part in sorted(running - set(told)))
    yield from (f"{part}: it does not run" for part in sorted(set(told) - running))
    for part, who in told.items():
        if len(who) < 2:
            yield f"{part}: it hangs on one role"
        yield from (f"{part}: there is no {one}" for one in sorted(who - set(roles)))
    stood_in = [row["stands in for"].casefold() for row in team["roles"]]
    if sorted(stood_in) != sorted(roles):
        yield "not every role is stood in for, once"
    yield from (
        f"{one}: stands in for itself" for one, other in zip(roles, stood_in, strict=True) if one == other
    )


def test_no_part_hangs_on_one_role():
    """Every part that runs has two roles that can mend it, and every role another that stands in."""
    assert [] == list(faults(TEAM, parts()))


@pytest.mark.parametrize(
    ("group", "row", "key", "value", "fault"),
    [
        ("parts", 0, "who", ["API engineer"], "gateway: it hangs on one role"),
        ("parts", 0, "who", ["API engineer", "DBA"], "gateway: there is no dba"),
        ("parts", 0, "part", "ledger", "gateway: nobody is told for it"),
        ("parts", 0, "part", "ledger", "ledger: it does not run"),
        ("roles", 0, "stands in for", "SRE engineer", "not every role is stood in for, once"),
        ("roles", 0, "stands in for", "backend engineer", "backend engineer: stands in for itself"),
    ],
)
def test_a_gap_is_seen(group: str, row: int, key: str, value: Any, fault: str):
    """A part with one role, a role that is none, a part that is missing or not there, a stand-in amiss."""
    team = copy.deepcopy(TEAM)
    team[group][row][key] = value
    assert fault in list(faults(team, parts()))


@pytest.mark.parametrize("row", TEAM["roles"], ids=lambda row: row["role"])
def test_a_role_knows_what_was_asked_of_it(row: dict[str, str]):
    """Each skill of the table stands in the sentence that asks for the role."""
    sentence = ASKED[row["role"].casefold().replace(" ", "-")]
    assert [] == [skill for skill in row["knows"].split(", ") if skill.removesuffix("s") not in sentence]


def test_those_who_are_called_are_in_the_team():
    """As many take turns as have something that they are called for."""
    called = [row for row in TEAM["roles"] if not row["called for"].startswith("nothing")]
    assert len(called) == TEAM["call"]["people"]["value"]
