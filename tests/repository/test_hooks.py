"""The hooks of `.pre-commit-config.yaml`, run by pre-commit: in a sound repository and in a careless one."""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / ".pre-commit-config.yaml"
SETTINGS = (CONFIGURATION, ROOT / ".pymarkdown.yaml", ROOT / ".taplo.toml", ROOT / ".yamllint.yaml")
HOOKS = {
    hook["id"]: hook
    for repository in yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))["repos"]
    for hook in repository["hooks"]
}
NEEDS = {"terraform": "terraform", "terraform-format": "terraform", "workflow-lint": "node"}
pytestmark = pytest.mark.xdist_group("hooks")  # one run of them all serves every test here
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"

SOUND = {
    "pyproject.toml": """\
[tool.mypy]
strict = true
files = ["orders"]

[tool.ruff]
lint.isort.known-third-party = ["diagrams"]
""",
    "orders/total.py": '"""What an order costs."""\n\ntotal: int = 3\n',
    "tests/test_total.py": 'def test_total() -> None:\n    """It is a number."""\n',
    "docs/page.md": "# Orders\n\nAll is received.\n",
    "docs/decisions/0001-one.md": """\
# 0001: One

## Context

It was asked.

## Considered options

1. One.
2. Two.

## Outcome

**Option 1**, because it is one.

## Consequences

- Good: one.
- Bad: not two.

## Confirmation

`tests/test_total.py` holds it: `test_total`.
""",
    "bin/run.sh": '#!/usr/bin/env bash\necho "$1"\n',
    "diagrams/orders.py": '''\
"""Orders: what takes an order."""

from diagrams import Diagram
from diagrams.k8s.compute import Deploy

with Diagram("Orders", show=False):
    Deploy("API", nodeid="shop/Deployment/api")
''',
    "kubernetes/api.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: api
          image: shop/api:1.0@sha256:44de2f1bd4ebb10ebd5d0b3fc5d2e9c0a41ed7a1ad4d4c3b1a5a4f5d2b1c0e9f
          imagePullPolicy: Always
          readinessProbe: &probe {httpGet: {path: /health, port: 8000}}
          livenessProbe: *probe
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 64Mi}}
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
            readOnlyRootFilesystem: true
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec: {podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress]}
""",
    "terraform/orders/main.tf": 'resource "terraform_data" "orders" {\n  input = "orders"\n}\n',
    ".github/workflows/orders.yml": f"""\
name: orders
on: [push]
permissions: {{}}
concurrency: {{group: orders, cancel-in-progress: true}}
jobs:
  check:
    name: Check
    runs-on: ubuntu-24.04
    permissions:
      contents: read # check out
    steps:
      - name: Check out
        uses: {CHECKOUT}
        with: {{persist-credentials: false}}
""",
    ".github/actions/orders/action.yml": """\
name: Orders
description: Counts them
runs: {using: composite, steps: [{name: Count, run: make count, shell: bash}]}
""",
    ".github/dependabot.yml": """\
version: 2
updates:
  - package-ecosystem: uv
    directory: /
    schedule: {interval: weekly}
    cooldown: {default-days: 7}
""",
}


@dataclass(frozen=True)
class Careless:
    """What a hook has to refuse: `new` instead of `old` in a file, or a new file; then it says `said`."""

    file: str
    old: str
    new: str
    said: str


CARELESS = {
    "ruff-check": Careless("orders/total.py", "\n\n", "\n\nimport os\n\n", "F401"),
    "ruff-format": Careless("orders/count.py", "", '"""How many."""\n\ncount=( 3 )\n', "files were modified"),
    "mypy": Careless("orders/total.py", "= 3", '= "none"', "Incompatible types in assignment"),
    "markdown": Careless("docs/page.md", "# Orders", "#Orders", "docs/page.md:1:1: MD018"),
    "yaml": Careless("orders/prices.yaml", "", "tea: 1\ntea: 2\n", "duplication of key"),
    "toml-lint": Careless("a.toml", "", "a = 1\na = 2\n", "conflicting keys"),
    "toml-format": Careless("b.toml", "", "a=1\n", "files were modified"),
    "shell": Careless("bin/run.sh", '"$1"', "$1", "SC2086"),
    "spelling": Careless("docs/page.md", "received", "recieved", "docs/page.md:3: recieved ==> received"),
    "pages": Careless("docs/decisions/0001-one.md", "`test_total`", "`test_tot`", "no such test: test_tot"),
    "keys": Careless(  # on a line that the other hook of secrets passes over
        "docs/keys.md", "", f"# Keys\n\n{'AKIA' + 'ABCDEFGHIJKLMNOP'} is one: see keys.md\n", "AWS Access Key"
    ),
    "secrets": Careless(
        "orders/url.py",
        "",
        '"""Where."""\n\nurl = "postgresql://ada:' + 'Sup3r@db.example.shop.org/orders"\n',
        "Basic Auth Credentials",
    ),
    "terraform-format": Careless("terraform/orders/main.tf", "  input", "input", '+  inputs = "orders"'),
    "terraform": Careless(
        "terraform/orders/main.tf", "input", "inputs", "terraform/orders/main.tf:2: Unsupported argument"
    ),
    "manifests": Careless(
        "kubernetes/job.yaml",
        "",
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: job}\nspec: {template: {}, tries: 3}\n",
        "kubernetes/job.yaml:1: default/Job/job: Additional properties are not allowed ('tries'",
    ),
    "asbuilt-check": Careless(
        "diagrams/orders.py", '"API"', '"The API"', "the evidence is stale: diagrams/orders.py, kubernetes"
    ),
    "workflow-lint": Careless(
        ".github/workflows/orders.yml", "runs-on", "needs: nope\n    runs-on", 'needs job "nope"'
    ),
    "workflow-schema": Careless(
        ".github/workflows/orders.yml", "\njobs:", "\njob: {}\njobs:", "'job' was unexpected"
    ),
    "action-schema": Careless(
        ".github/actions/orders/action.yml", "description: Counts them\n", "", "'description' is a required"
    ),
    "dependabot-schema": Careless(
        ".github/dependabot.yml", "weekly", "sometimes", "'sometimes' is not one of"
    ),
    "workflow-security": Careless(
        ".github/workflows/orders.yml", CHECKOUT, "actions/checkout@v7", "error[unpinned-uses]"
    ),
    "workflow-checkov": Careless(
        ".github/workflows/count.yml",
        "",
        "on: {workflow_dispatch: {inputs: {number: {type: string}}}}\n"
        "jobs: {a: {runs-on: ubuntu-24.04, steps: [{run: make}]}}\n",
        "CKV_GHA_7",
    ),
}
"""A careless line for each hook that looks at files."""


def git(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run git, whatever its user has configured."""
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    return subprocess.run(
        ("git", *identity, *arguments),
        cwd=cwd,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


def write(repository: Path, files: dict[str, str]) -> None:
    """Write files, by name."""
    for name, text in files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def equip(repository: Path) -> None:
    """Make it a repository with these hooks, and with what this project has installed."""
    repository.mkdir(parents=True, exist_ok=True)
    git("init", "--quiet", cwd=repository)
    for path in SETTINGS:
        shutil.copy(path, repository)
    (repository / ".git/info/exclude").write_text(".venv\nnode_modules\n.cache\n")
    (repository / ".venv").symlink_to(sys.prefix)
    (repository / "node_modules").symlink_to(ROOT / "node_modules")


def sound(repository: Path) -> Path:
    """A repository that no hook has anything to say against."""
    equip(repository)
    write(repository, SOUND)
    (repository / "bin/run.sh").chmod(0o755)
    prove = (".venv/bin/asbuilt", "prove", "--kubernetes", "kubernetes", "--record", "evidence")
    subprocess.run(prove, cwd=repository, check=True, capture_output=True, timeout=60)
    return repository


def careless(repository: Path) -> Path:
    """A repository with a careless line for each hook."""
    sound(repository)
    for one in CARELESS.values():
        path = repository / one.file
        text = path.read_text(encoding="utf-8") if one.old else ""
        assert one.old in text
        write(repository, {one.file: text.replace(one.old, one.new, 1) if one.old else one.new})
    return repository


def run_hooks(repository: Path) -> dict[str, tuple[str, str]]:
    """How each hook ends over everything in the repository, by id, and what it says."""
    git("add", "--all", cwd=repository)
    environment = os.environ | {"PRE_COMMIT_HOME": str(repository / ".git/pre-commit")}
    command = (".venv/bin/pre-commit", "run", "--all-files", "--verbose", "--color=never")
    done = subprocess.run(
        command, cwd=repository, env=environment, capture_output=True, text=True, timeout=300
    )
    ends = re.split(r"^.+\.(Passed|Failed|Skipped)\n- hook id: (.+)\n", done.stdout, flags=re.MULTILINE)[1:]
    return {name: (end, said) for end, name, said in zip(*[iter(ends)] * 3, strict=True)}


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[str, str]]]:
    """How every hook ends in the sound repository and in the careless one; both run side by side."""
    folder = tmp_path_factory.mktemp("hooks")
    with ThreadPoolExecutor() as pool:
        made = {make.__name__: make(folder / make.__name__) for make in (sound, careless)}
        started = {name: pool.submit(run_hooks, repository) for name, repository in made.items()}
        return {name: run.result() for name, run in started.items()}


def test_every_hook_has_its_careless_line():
    """No hook is there that was never seen to refuse anything."""
    assert {*HOOKS} == {*CARELESS, "commit-subject"}


@pytest.mark.parametrize("hook", CARELESS)
def test_a_hook_lets_through_what_is_sound(ends: dict[str, dict[str, tuple[str, str]]], hook: str):
    """It looked at something, and found nothing."""
    installed(hook)
    end, said = ends["sound"][hook]
    assert "Passed" == end, said


@pytest.mark.parametrize("hook", CARELESS)
def test_a_hook_refuses_what_is_careless(ends: dict[str, dict[str, tuple[str, str]]], hook: str):
    """It refuses, and says why."""
    installed(hook)
    end, said = ends["careless"][hook]
    assert ("Failed", CARELESS[hook].said) == (end, found(CARELESS[hook].said, said)), said


def found(wanted: str, said: str) -> str:
    """What was wanted, if it was said."""
    return wanted if wanted in said else ""


def installed(hook: str) -> None:
    """Skip where a hook's program is not there; in CI, fail."""
    program = NEEDS.get(hook)
    if program and not shutil.which(program):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{program} is not installed")


@pytest.mark.parametrize(("subject", "code"), [("feat: count orders", 0), ("Counted orders.", 1)])
def test_a_commit_is_made_only_under_a_conventional_subject(tmp_path: Path, subject: str, code: int):
    """`pre-commit install` alone, as `make hooks` says it, installs the hook of the message as well."""
    equip(tmp_path)
    home = {"PRE_COMMIT_HOME": str(tmp_path / ".git/pre-commit")}
    subprocess.run((".venv/bin/pre-commit", "install"), cwd=tmp_path, check=True, capture_output=True)
    git("add", CONFIGURATION.name, cwd=tmp_path)
    done = git("commit", "--message", subject, cwd=tmp_path, **home, SKIP="asbuilt-check")
    assert code == done.returncode, done.stderr
    assert bool(code) == ("no conventional subject" in done.stderr)


def test_a_decision_whose_test_is_deleted_is_refused(tmp_path: Path):
    """pre-commit names no deleted file to a hook, and passes over one that has no file to look at."""
    equip(tmp_path)
    kept = ("tests/test_total.py", "docs/decisions/0001-one.md")
    write(tmp_path, {name: SOUND[name] for name in kept})
    git("add", "--all", cwd=tmp_path)
    git("commit", "--no-verify", "--message", "feat: decide", cwd=tmp_path)
    git("rm", "--quiet", kept[0], cwd=tmp_path)
    done = subprocess.run(
        (".venv/bin/pre-commit", "run", "pages"),
        cwd=tmp_path,
        env=os.environ | {"PRE_COMMIT_HOME": str(tmp_path / ".git/pre-commit")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (1, True) == (done.returncode, "no such test: tests/test_total.py" in done.stdout), done.stdout


def test_hooks_run_what_the_lock_files_pin():
    """No hook fetches a program of its own: each is one of .venv, in the version that CI runs."""
    repositories = yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))["repos"]
    assert ["local"] == [repository["repo"] for repository in repositories]
    for hook in HOOKS.values():
        assert "system" == hook["language"]
        assert (Path(sys.prefix) / "bin" / Path(hook["entry"].split()[0]).name).is_file()
        assert hook["entry"].startswith(".venv/bin/")
