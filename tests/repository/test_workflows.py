"""GitHub's workflows as files: pinned, with the least permission, in the right order, without a finding."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from habits import actionlint

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
ACTIONS = sorted((ROOT / ".github" / "actions").glob("*/action.yml"))
BIN = Path(sys.executable).parent
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/[\w./-]+")
EXPRESSION = re.compile(r"\$\{\{ *inputs\.([\w-]+) *\}\}")

every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
every_file = pytest.mark.parametrize(
    "path", [*WORKFLOWS, *ACTIONS], ids=lambda path: f"{path.parent.name}/{path.stem}"
)


def load(name: str) -> dict:
    """A workflow, as YAML reads it: the key `on` is True there."""
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def steps(workflow: dict) -> list[dict]:
    """Every step of every job."""
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]


def unpinned(text: str) -> list[str]:
    """Every action in `text` that is neither ours nor named by a whole commit with its version beside it."""
    return [action for action in re.findall(r"\buses: *(.+)", text) if not PINNED.fullmatch(action)]


def careless(workflow: dict) -> list[str]:
    """What in a workflow may do more, or last longer, than it says."""
    faults = [] if workflow.get("permissions") == {} else ["the workflow's permissions are not {}"]
    for name, job in workflow["jobs"].items():
        needed = ("permissions",) if "uses" in job else ("permissions", "timeout-minutes")
        faults += [f"{name} has no {key}" for key in needed if key not in job]
        for step in job.get("steps", []):
            checks_out = step.get("uses", "").startswith("actions/checkout@")
            if checks_out and step.get("with", {}).get("persist-credentials") is not False:
                faults.append(f"{name} leaves its token in the checkout")
            if "${{" in step.get("run", ""):
                faults.append(f"{name} pastes an expression into a shell")
    return faults


@every_file
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
        "docker://alpine:3",
    ],
)
def test_an_unpinned_action_is_seen(reference: str):
    """A tag, a branch, a short commit, a commit without its version and an image are all refused."""
    assert [reference] == unpinned(f"      - uses: {reference}\n")


def test_one_action_has_one_version():
    """The same action is not pinned to two commits."""
    texts = "".join(path.read_text(encoding="utf-8") for path in [*WORKFLOWS, *ACTIONS])
    pins = dict.fromkeys(re.findall(r"uses: ([\w./-]+)@([0-9a-f]{40} # \S+)", texts))
    assert len({name for name, _ in pins}) == len(pins)


@every_workflow
def test_every_job_has_the_least_permission_and_an_end(path: Path):
    """Nothing is allowed that a job does not name, and no job runs for ever."""
    assert [] == careless(load(path.name))


def refused(caller: dict, load: Callable[[str], dict]) -> Iterator[str]:
    """Each right that a called job wants and its caller does not give; GitHub then runs nothing."""
    rank = {"none": 0, "read": 1, "write": 2}
    for name, job in caller["jobs"].items():
        called = load(Path(job["uses"]).name)["jobs"] if "uses" in job else {}
        for inner, settings in called.items():
            for scope, right in settings["permissions"].items():
                if rank[right] > rank[job["permissions"].get(scope, "none")]:
                    yield f"{name}/{inner}: {scope}: {right}"


@every_workflow
def test_a_called_workflow_gets_the_rights_that_it_names(path: Path):
    """A caller's job gives at least what each job of the workflow that it calls asks for."""
    assert [] == [*refused(load(path.name), load)]


def test_a_right_that_is_not_given_is_seen():
    """Reading is not writing, and what is not named is not given."""
    caller = {"jobs": {"a": {"uses": "./b.yml", "permissions": {"pages": "read"}}}}
    called = {"jobs": {"b": {"permissions": {"pages": "write", "issues": "read"}}}}
    assert ["a/b: pages: write", "a/b: issues: read"] == [*refused(caller, lambda _: called)]


def test_a_careless_workflow_is_seen():
    """Each fault of a careless workflow is named."""
    steps = [{"uses": "actions/checkout@v7"}, {"run": "echo ${{ github.head_ref }}"}]
    assert [
        "the workflow's permissions are not {}",
        "build has no permissions",
        "build has no timeout-minutes",
        "build leaves its token in the checkout",
        "build pastes an expression into a shell",
        "call has no permissions",
    ] == careless({"jobs": {"build": {"steps": steps}, "call": {"uses": "./.github/workflows/docs.yml"}}})


@every_workflow
def test_no_secret_is_kept(path: Path):
    """Workflows know GitHub's own token, which ends with the job, and no other secret."""
    assert [] == re.findall(
        r"secrets\.(?!GITHUB_TOKEN)\w+|secrets: inherit", path.read_text(encoding="utf-8")
    )


@every_workflow
def test_a_job_that_may_write_to_github_runs_nothing_of_a_change(path: Path):
    """Where the token may write to the repository, a pull request or an issue, nothing is checked out."""
    for name, job in load(path.name)["jobs"].items():
        scopes = [scope for scope, right in job["permissions"].items() if right == "write"]
        if {"contents", "pull-requests", "issues", "pages", "attestations"} & set(scopes) and "steps" in job:
            assert [] == [step for step in job["steps"] if "checkout" in step.get("uses", "")], name


@every_workflow
def test_caches_are_written_by_the_main_branch_only(path: Path):
    """No pull request puts into a cache what another run takes out, and no job with rights takes any."""
    assert not re.search(r"uses: actions/cache@", path.read_text(encoding="utf-8"))
    for job in load(path.name)["jobs"].values():
        cached = [step for step in job.get("steps", []) if "actions/cache/" in step.get("uses", "")]
        assert not cached or job["permissions"] == {"contents": "read"}
        saved = [step["if"] for step in cached if "/save@" in step["uses"]]
        assert all(condition.startswith("github.ref == 'refs/heads/main' && ") for condition in saved)


def test_actionlint_finds_nothing():
    """Syntax, expressions, contexts and the graph of needs."""
    assert [] == list(actionlint.findings([str(path) for path in WORKFLOWS]))


def test_zizmor_finds_nothing():
    """Offline and as strict as it gets; what is left out stands in .github/zizmor.yml, with why."""
    command = (BIN / "zizmor", "--offline", "--persona", "pedantic", "--quiet", ROOT / ".github")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert 0 == done.returncode, done.stdout


@pytest.mark.parametrize(
    ("schema", "paths"),
    [("github-workflows", WORKFLOWS), ("github-actions", ACTIONS)],
    ids=["workflows", "actions"],
)
def test_the_schema_holds(schema: str, paths: list[Path]):
    """The published schema of the files, which comes with the checker."""
    command = (BIN / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *paths)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert 0 == done.returncode, done.stdout


def jobs(name: str, given: dict[str, str] | None = None) -> Iterator[tuple[str, str, set[str]]]:
    """Each job of a workflow and of those that it calls: its path, its environment, and what it waits for.

    What a job of a called workflow waits for includes all that the calling job waits for.
    """
    for job, settings in load(name)["jobs"].items():
        needs = settings.get("needs", [])
        waits = {needs} if isinstance(needs, str) else set(needs)
        if called := settings.get("uses"):
            yield job, "", waits
            for inner, environment, inner_waits in jobs(Path(called).name, settings.get("with", {})):
                yield f"{job}/{inner}", environment, {f"{job}/{one}" for one in inner_waits} | waits
        else:
            environment = settings.get("environment", "")
            written = environment["name"] if isinstance(environment, dict) else environment
            yield job, EXPRESSION.sub(lambda found: (given or {})[found[1]], written), waits


def before(name: str) -> dict[str, set[str]]:
    """For each environment of a workflow, those that were deployed to before."""
    graph = {job: (environment, waits) for job, environment, waits in jobs(name)}

    def ancestors(job: str) -> set[str]:
        inner = {one for one in graph if one.startswith(f"{job}/")}
        return {job} | inner | {old for one in graph[job][1] for old in ancestors(one)}

    return {
        environment: {graph[old][0] for one in waits for old in ancestors(one)} - {""}
        for environment, waits in graph.values()
        if environment
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("infrastructure.yml", {"staging": set(), "production": {"staging"}}),
        ("application.yml", {"staging": set(), "production": {"staging"}}),
        ("docs.yml", {"github-pages": set()}),
        ("pull-request.yml", {"staging": set(), "production": {"staging"}, "github-pages": set()}),
    ],
)
def test_production_comes_after_staging(name: str, expected: dict[str, set[str]]):
    """GitHub asks for approval where an environment begins; production's job waits for staging's."""
    assert expected == before(name)


def test_production_beside_staging_is_seen(tmp_path: Path):
    """A workflow whose production does not wait for staging is told from one whose does."""
    path = tmp_path / "deploy.yml"
    path.write_text("jobs: {a: {environment: staging}, b: {environment: production, needs: c}, c: {}}")
    assert {"staging": set(), "production": set()} == before(str(path))


def test_everything_is_deployed_after_the_gate():
    """On the main branch what publishes or applies waits for the one gate, and the gate for every check."""
    found = load("pull-request.yml")["jobs"]
    assert {"infrastructure": "ready", "docs": "ready"} == {
        name: job["needs"] for name, job in found.items() if "uses" in job
    }
    assert (["hooks", "test", "prove", "site"], "always()") == (found["ready"]["needs"], found["ready"]["if"])
    assert "success " * 3 + "success" in found["ready"]["steps"][0]["run"]


@every_workflow
def test_workflows_run_what_people_run(path: Path):
    """Every make target that a step names is there, and every script."""
    targets = set(re.findall(r"^([a-z_/.]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = "\n".join(step.get("run", "") for step in steps(load(path.name)))
    called = {
        one for line in re.findall(r"^make ((?!--)[\w ./]+)$", commands, re.MULTILINE) for one in line.split()
    }
    assert set() == called - targets
    assert all((ROOT / script).is_file() for script in re.findall(r"bash (\.ci/[\w-]+)", commands))


def test_the_region_is_that_of_the_files():
    """Workflows sign in where Terraform's values say that the platform is."""
    texts = "".join(path.read_text(encoding="utf-8") for path in [*WORKFLOWS, *ACTIONS])
    values = [(ROOT / f"terraform/biotech-x/{one}.tfvars").read_text() for one in ("staging", "production")]
    regions = {re.search(r'^region += "(.+)"', value, re.MULTILINE)[1] for value in values}
    assert regions == set(re.findall(r"\b[a-z]{2}-[a-z]+-\d\b", texts))


def test_the_site_learns_from_the_workflow_where_it_is():
    """No owner's name stands in the configuration: the workflow knows addresses, and the issue of a drift."""
    given = next(step["env"] for step in steps(load("docs.yml")) if step.get("run") == "make build")
    configuration = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert dict.fromkeys(given, True) == {
        "SITE_URL": 'site_url: !ENV [SITE_URL, ""]' in configuration,
        "REPO_URL": 'repo_url: !ENV [REPO_URL, ""]' in configuration,
        "DRIFT": 'drift: !ENV [DRIFT, ""]' in configuration,
    }
