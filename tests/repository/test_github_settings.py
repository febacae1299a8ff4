"""The repository's settings on GitHub: known to the provider's schema, and at one with what uses them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.provider_schema import Schema, findings, schema

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / ".github/settings/main.tf"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TEXT = SETTINGS.read_text(encoding="utf-8")
OWN = ("actions/", "github/")  # what "GitHub-owned" allows


@pytest.fixture(scope="module")
def known() -> Schema:
    """The provider's published schema."""
    return schema(ROOT / "node_modules/@cdktf/provider-github")


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every job of every workflow."""
    for path in WORKFLOWS:
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items()


def everywhere(pattern: str) -> set[str]:
    """What a pattern's group finds in workflows and in the actions beside them."""
    files = [*WORKFLOWS, *(ROOT / ".github/actions").rglob("action.yml")]
    return {found for path in files for found in re.findall(pattern, path.read_text(encoding="utf-8"))}


def test_the_schema_knows_every_setting(known: Schema):
    """Resources, arguments, blocks, their types, and what is required."""
    assert [] == findings(SETTINGS, known)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('resource "github_repository" ', 'resource "github_repo" ', "there is no resource github_repo"),
        ('target      = "branch"', 'aim = "branch"', "github_repository_ruleset has no aim"),
        ('target      = "branch"', "", "github_repository_ruleset needs target"),
        ("use_default = true", "use_default = [true]", "use_default of"),
        (
            "    update           = true",
            "    update = 1",
            "update of github_repository_ruleset.rules is a boolean",
        ),
        ('build_type = "workflow"', 'kind = "workflow"', "github_repository.pages has no kind"),
        ("  deployment_branch_policy {", "  deployment_branch_policy = {", "deployment_branch_policy of"),
        ('context        = "ready"', "", "required_status_checks.required_check needs context"),
        ("resource ", "resource {", "it is not HCL"),
    ],
)
def test_what_the_schema_does_not_know_is_found(known: Schema, tmp_path: Path, old: str, new: str, said: str):
    """Each wrong setting is a finding that names it."""
    wrong = tmp_path / "main.tf"
    assert old in TEXT
    wrong.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    found = findings(wrong, known)
    assert any(said in line for line in found), found


def test_the_environments_of_the_workflows_are_those_that_are_made():
    """A job's environment that nobody protects would be made on its first run, without approval."""
    used = {
        env if isinstance(env, str) else env["name"] for _, job in jobs() if (env := job.get("environment"))
    }
    made = set(
        re.findall(r'resource "github_repository_environment" "\w+" \{[^}]*?environment\s+= "([\w-]+)"', TEXT)
    )
    assert made == {name for name in used if "${{" not in name} | {"staging", "production"}


def test_production_waits_for_somebody_else():
    """It has reviewers, not the person who started it, and administrators wait as well."""
    (production,) = re.findall(r'"github_repository_environment" "production" \{(.*?)\n\}', TEXT, re.DOTALL)
    for line in ("reviewers {", "prevent_self_review = true", "can_admins_bypass   = false"):
        assert line in production


def test_the_required_check_is_a_job():
    """A check that no job reports would keep every pull request waiting."""
    required = set(re.findall(r'context\s+= "(.*?)"', TEXT))
    pull_request = yaml.safe_load((ROOT / ".github/workflows/pull-request.yml").read_text(encoding="utf-8"))
    assert required <= {job.get("name", key) for key, job in pull_request["jobs"].items()}
    assert required


def test_variables_are_those_that_workflows_read():
    """None is missing, and none is for nobody."""
    assert set(re.findall(r'variable_name = "(\w+)"', TEXT)) == everywhere(r"\bvars\.(\w+)")


def test_the_label_of_drift_is_one():
    """Terraform and the workflow that makes it where it is missing give it the same colour and words."""
    (made,) = re.findall(r'"github_issue_label" "drift" \{(.*?)\n\}', TEXT, re.DOTALL)
    settings = dict(re.findall(r'(\w+)\s+= "(.*?)"', made))
    drift = (ROOT / ".github/workflows/drift.yml").read_text(encoding="utf-8")
    said = f"gh label create {settings['name']} --description '{settings['description']}'"
    assert f"{said} --color {settings['color']} --force" in drift


def test_only_actions_that_workflows_use_may_run():
    """GitHub's own, and those of others by name."""
    used = {name for name in everywhere(r"uses: (\w[\w.-]*/[\w.-]+)") if not name.startswith(OWN)}
    allowed = {name.removesuffix("@*") for name in re.findall(r'"([\w.-]+/[\w.-]+@\*)"', TEXT)}
    assert allowed == used


def test_roles_trust_the_subjects_that_tokens_have():
    """Default subjects, of this repository and of environments that are made here."""
    assert re.search(r"oidc_subject_claim.*?use_default = true", TEXT, re.DOTALL)
    terraform = (ROOT / "terraform/biotech-x/main.tf").read_text(encoding="utf-8")
    subjects = set(re.findall(r'"repo:\$\{var\.github_repository\}:([^"]+)"', terraform))
    assert {"pull_request", "ref:refs/heads/main", "environment:${var.environment}"} == subjects


def fits(pattern: str, ref: str) -> bool:
    """How GitHub's rulesets compare: `*` stops at a slash, `**/` takes any number of folders."""
    parts = {"**/": "(?:.*/)?", "*": "[^/]*"}
    written = "".join(parts.get(one, re.escape(one)) for one in re.split(r"(\*\*/|\*)", pattern))
    return bool(re.fullmatch(written, ref))


def test_the_tag_of_a_release_can_neither_be_moved_nor_deleted():
    """The rule's pattern fits the tags that the application workflow makes, which have a slash."""
    (rules,) = re.findall(r'"github_repository_ruleset" "versions" \{(.*?)\n\}', TEXT, re.DOTALL)
    (pattern,) = re.findall(r'include = \["(.+?)"\]', rules)
    (tag,) = everywhere(r"TAG: (.+)")
    released = re.sub(r"\$\{\{.+?\}\}", "1", tag)
    assert ("1/v1", True, False) == (
        released,
        fits(pattern, f"refs/tags/{released}"),
        fits("refs/tags/*", "refs/tags/1/v1"),
    )


def test_only_what_was_merged_runs_on_the_runner_inside():
    """A label keeps nobody away, a fork's workflow may name it: the group takes one workflow, of main."""
    (group,) = re.findall(r'"github_actions_runner_group" "deploy" \{(.*?)\n\}', TEXT, re.DOTALL)
    assert re.search(r"restricted_to_workflows\s+= true", group)
    (allowed,) = re.findall(r'selected_workflows\s+= \["(.+)"\]', group)
    inside = {
        path.name
        for path in WORKFLOWS
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
        if "${{" in job.get("runs-on", "")
    }
    assert {allowed} == {
        f"${{var.owner}}/${{var.repository}}/.github/workflows/{name}@refs/heads/main" for name in inside
    }
