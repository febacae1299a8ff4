"""What watches schedules is written once, and made into a cluster's objects."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from drills.mirrored import MADE, WRITTEN, objects


@pytest.fixture
def repository(pytestconfig: pytest.Config, tmp_path: Path) -> Path:
    """A repository with what is written, and nothing that is made."""
    shutil.copytree(pytestconfig.rootpath / WRITTEN, tmp_path / WRITTEN)
    return tmp_path


def mirrored(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The command, in a repository."""
    command = [sys.executable, "-m", "drills.mirrored", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_no_address_of_a_receiver_is_in_the_cluster_s_configuration(repository: Path):
    """Each is read from a file of its own name, and all else is as it was."""
    body = yaml.safe_load(objects(repository)[MADE / "routing.yaml"])
    made = yaml.safe_load(body["stringData"]["alertmanager.yaml"])
    written = yaml.safe_load((repository / WRITTEN / "alertmanager.yaml").read_text(encoding="utf-8"))
    for receiver in written["receivers"]:
        (hook,) = receiver["webhook_configs"]
        del hook["url"]
        hook["url_file"] = f"/etc/alertmanager/secrets/receivers/{receiver['name']}"
    assert written == made


def test_a_file_is_taken_as_it_is(repository: Path):
    """The dashboard and the rules on logs, to the letter."""
    found = {path.name: yaml.safe_load(text) for path, text in objects(repository).items()}
    for made, written in (("dashboard", "dashboards/app-latency.json"), ("log-rules", "loki/rules.yaml")):
        path = repository / WRITTEN / written
        assert {path.name: path.read_text(encoding="utf-8")} == found[f"{made}.yaml"]["data"]


def test_what_is_stale_is_named_and_written(repository: Path):
    """Before anything is made, after it was, and after what is written has changed."""
    assert (1, 4) == ((missing := mirrored(repository)).returncode, len(missing.stderr.splitlines()))
    assert (0, 0) == (mirrored(repository, "--write").returncode, mirrored(repository).returncode)
    rules = repository / WRITTEN / "rules/alerts.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("> 0.05", "> 0.5"), encoding="utf-8")
    assert f"{MADE / 'rules.yaml'}: stale\n" == mirrored(repository).stderr
