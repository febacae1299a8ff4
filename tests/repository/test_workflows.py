"""GitHub's workflows: pinned, with the least permission, and running the same commands as people do."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")

every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def unpinned(text: str) -> list[str]:
    """Every action in `text` that is not named by a whole commit with its version beside it."""
    return [action for action in re.findall(r"\buses: *(.+)", text) if not PINNED.fullmatch(action)]


def careless(workflow: dict) -> list[str]:
    """What in a workflow may do more, or last longer, than it says."""
    faults = [] if workflow.get("permissions") == {} else ["the workflow's permissions are not {}"]
    for name, job in workflow["jobs"].items():
        faults += [f"{name} has no {key}" for key in ("permissions", "timeout-minutes") if key not in job]
        for step in job["steps"]:
            checks_out = step.get("uses", "").startswith("actions/checkout@")
            if checks_out and step.get("with", {}).get("persist-credentials") is not False:
                faults.append(f"{name} leaves its token in the checkout")
            if "${{" in step.get("run", ""):
                faults.append(f"{name} pastes an expression into a shell")
    return faults


@every_workflow
def test_every_action_is_pinned(path: Path):
    """A moved tag cannot change what runs."""
    assert [] == unpinned(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "reference",
    [
        "actions/checkout@v7",
        "actions/checkout@main",
        f"actions/checkout@{'a' * 39} # v7.0.1",
        f"a/b@{'a' * 40}",
    ],
)
def test_an_unpinned_action_is_seen(reference: str):
    """A tag, a branch, a short commit and a commit without its version are all refused."""
    assert [reference] == unpinned(f"      - uses: {reference}\n")


@every_workflow
def test_every_job_has_the_least_permission_and_an_end(path: Path):
    """Nothing is allowed that a job does not name, and no job runs for ever."""
    assert [] == careless(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_a_careless_workflow_is_seen():
    """Each fault of a careless workflow is named."""
    steps = [{"uses": "actions/checkout@v7"}, {"run": "echo ${{ github.head_ref }}"}]
    assert [
        "the workflow's permissions are not {}",
        "build has no permissions",
        "build has no timeout-minutes",
        "build leaves its token in the checkout",
        "build pastes an expression into a shell",
    ] == careless({"jobs": {"build": {"steps": steps}}})


@every_workflow
def test_workflows_run_what_people_run(path: Path):
    """Every step's command is a make target that exists, or `.ci/run`."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    commands = {step["run"] for job in jobs for step in job["steps"] if "run" in step}
    assert set() == commands - {f"make {target}" for target in targets} - {"bash .ci/run"}


def test_the_site_learns_its_address_from_the_workflow():
    """No owner's name stands in the configuration: the address comes from where the workflow runs."""
    build = yaml.safe_load((ROOT / ".github/workflows/docs.yml").read_text(encoding="utf-8"))["jobs"]["build"]
    given = next(step["env"] for step in build["steps"] if step.get("run") == "make build")
    configuration = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert dict.fromkeys(given, True) == {
        "SITE_URL": 'site_url: !ENV [SITE_URL, ""]' in configuration,
        "REPO_URL": 'repo_url: !ENV [REPO_URL, ""]' in configuration,
    }
