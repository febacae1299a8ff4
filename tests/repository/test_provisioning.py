"""The provisioning pages are followed, command by command, and say what comes out."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drills.provisioning import ENVIRONMENTS, PAGES, RECORD, Step, record, steps

ROOT = Path(__file__).parents[2]
VCPUS = {"m6i.large": 2, "m6i.xlarge": 4, "m6i.2xlarge": 8}

each_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)
Drill = Callable[[str], dict[str, Any]]


def every_step() -> list[Step]:
    """The steps of both pages, in order."""
    texts = ((page, (ROOT / page).read_text(encoding="utf-8")) for page in PAGES)
    return [step for page, text in texts for step in steps(page, text, ENVIRONMENTS)]


def followed(environment: str) -> list[str]:
    """Where the steps stand that are executed in an environment."""
    return [step.place for step in every_step() if environment in step.environments and not step.reason]


@each_environment
def test_the_pages_work_word_by_word(drill: Drill, environment: str):
    """Every command is executed in an empty account, in order, and prints what stands below it."""
    assert [] == drill(environment)["problems"], "python -m drills.provisioning --write"
    assert followed(environment) == drill(environment)["followed"]


def test_the_commands_are_those_that_were_executed():
    """A command altered since the last run is seen at once, even one that prints nothing."""
    recorded = json.loads((ROOT / RECORD).read_bytes())
    assert recorded == record(every_step()), "python -m drills.provisioning --write"


def test_an_altered_command_is_seen():
    """Each command of the pages, altered by a blank, makes another record."""
    whole = every_step()
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for step in (step for step in whole if step.page == page and not step.reason):
            altered = text.replace(step.commands, f" {step.commands}")
            assert record(steps(page, text, ENVIRONMENTS)) != record(steps(page, altered, ENVIRONMENTS))


def test_a_second_plan_has_no_changes():
    """The pages ask after the apply whether anything differs, in both environments."""
    (asked,) = (step for step in every_step() if "'No changes'" in step.commands)
    said = "No changes. Your infrastructure matches the configuration.\n"
    assert dict.fromkeys(ENVIRONMENTS, said) == asked.outputs


def test_production_s_refusal_is_printed():
    """The page shows what Terraform says to whoever would destroy production."""
    (refused,) = (
        step for step in every_step() if "-destroy" in step.commands and "production" in step.environments
    )
    assert "Error: Instance cannot be destroyed" in refused.outputs["production"]


@pytest.mark.parametrize("word", ["endpoint", "127.0.0.1", "localhost", "AWS_ACCESS_KEY_ID", "moto"])
def test_no_command_knows_of_the_emulator(word: str):
    """They are those that a person types at AWS."""
    assert [] == [step.place for step in every_step() if word in step.commands]


def test_little_is_not_executed():
    """Four of five steps are; each of the others says why, and none is Terraform's plan or apply."""
    whole = every_step()
    skipped = [step for step in whole if step.reason]
    assert len(skipped) <= len(whole) / 5
    assert [] == [
        step.place for step in skipped if re.search(r"terraform (plan|apply|init|destroy)", step.commands)
    ]


def test_the_quotas_asked_for_are_enough():
    """On demand: what analyses may use and every node. On Spot: what analyses may use."""
    values = (ROOT / "terraform/biotech-x/production.tfvars").read_text(encoding="utf-8")
    analyses = int(re.findall(r"analysis_max_vcpus += (\d+)", values)[0])
    nodes = (
        int(re.findall(r"max = (\d+)", values)[0])
        * VCPUS[re.findall(r'node_instance_type += "(.+)"', values)[0]]
    )
    commands = "".join(step.commands for step in every_step() if step.reason)
    asked = dict(re.findall(r"--quota-code (\S+) --desired-value (\d+)", commands))
    assert {"L-1216C47A": str(analyses + nodes), "L-34B43A08": str(analyses)} == asked
