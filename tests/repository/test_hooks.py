"""The hooks of `.pre-commit-config.yaml`, run by pre-commit itself in a small repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / ".pre-commit-config.yaml"
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  template: {spec: {containers: [{name: api, image: api}]}}
"""
DIAGRAM = '''\
"""Orders: what takes an order."""

from diagrams import Diagram
from diagrams.k8s.compute import Deploy

with Diagram("Orders", show=False):
    Deploy("API", nodeid="shop/Deployment/api")
'''


def git(*arguments: str, cwd: Path) -> None:
    """Run git, whatever its user has configured."""
    subprocess.run(("git", *arguments), cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one proven diagram, these hooks, and what this project has installed."""
    (tmp_path / "diagrams").mkdir()
    (tmp_path / "kubernetes").mkdir()
    (tmp_path / "diagrams" / "orders.py").write_text(DIAGRAM)
    (tmp_path / "kubernetes" / "api.yaml").write_text(MANIFEST)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    shutil.copy(CONFIGURATION, tmp_path)
    prove = (".venv/bin/asbuilt", "prove", "--kubernetes", "kubernetes", "--record", "evidence")
    subprocess.run(prove, cwd=tmp_path, check=True, capture_output=True)
    git("init", "--quiet", cwd=tmp_path)
    git("add", "diagrams", "kubernetes", "evidence", CONFIGURATION.name, cwd=tmp_path)
    return tmp_path


def run_hook(name: str, repository: Path) -> subprocess.CompletedProcess:
    """What pre-commit says when it runs one hook over everything that is staged."""
    environment = os.environ | {"PRE_COMMIT_HOME": str(repository / ".git" / "pre-commit")}
    command = (".venv/bin/pre-commit", "run", name, "--all-files", "--color=never")
    return subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True)


def test_fresh_evidence_may_be_committed(repository: Path):
    """The check lets through what fits."""
    done = run_hook("asbuilt-check", repository)
    assert 0 == done.returncode, done.stdout


@pytest.mark.parametrize("changed", ["diagrams/orders.py", "kubernetes/api.yaml"])
def test_stale_evidence_may_not_be_committed(repository: Path, changed: str):
    """A changed input without its new evidence is refused, and the input is named."""
    with (repository / changed).open("a") as file:
        file.write("# changed\n")
    git("add", changed, cwd=repository)
    done = run_hook("asbuilt-check", repository)
    assert 0 != done.returncode
    assert f"the evidence is stale: {changed} changed" in done.stdout


def test_untidy_code_may_not_be_committed(repository: Path):
    """An unused import and a wrong type are refused."""
    (repository / "pyproject.toml").write_text("[tool.mypy]\nstrict = true\nfiles = ['orders']\n")
    (repository / "orders").mkdir()
    (repository / "orders" / "total.py").write_text('import os\n\ntotal: int = "none"\n')
    git("add", "orders", "pyproject.toml", cwd=repository)
    assert "F401" in run_hook("ruff-check", repository).stdout
    assert "Incompatible types" in run_hook("mypy", repository).stdout


def test_hooks_run_what_the_lock_file_pins():
    """No hook fetches a program of its own: each is one of .venv, in the version that CI runs."""
    repositories = yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))["repos"]
    assert ["local"] == [repository["repo"] for repository in repositories]
    for hook in repositories[0]["hooks"]:
        assert "system" == hook["language"]
        assert (Path(sys.prefix) / "bin" / Path(hook["entry"].split()[0]).name).is_file()
        assert hook["entry"].startswith(".venv/bin/")
