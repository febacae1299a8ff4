"""What promtool says against rules and their tests is passed on."""

from pathlib import Path

import pytest
import yaml

from drills.alerting import promtool

RULE = {"alert": "Down", "expr": "up == 0", "labels": {"severity": "page"}}
TEST = {
    "input_series": [{"series": "up", "values": "1 0 1"}],
    "interval": "1m",
    "alert_rule_test": [
        {"eval_time": "1m", "alertname": "Down", "exp_alerts": [{"exp_labels": {"severity": "page"}}]},
        {"eval_time": "2m", "alertname": "Down", "exp_alerts": []},
    ],
}

pytestmark = pytest.mark.usefixtures("promtool")


def manifest(folder: Path, expression: str) -> Path:
    """A PrometheusRule with one alert."""
    file = folder / "manifest.yaml"
    groups = [{"name": "g", "rules": [{**RULE, "expr": expression}]}]
    file.write_text(yaml.safe_dump({"spec": {"groups": groups}}), encoding="utf-8")
    return file


@pytest.fixture
def tests(tmp_path: Path) -> list[Path]:
    """A file of unit tests for it."""
    file = tmp_path / "tests.yaml"
    document = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [TEST]}
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return [file]


def test_a_rule_that_does_as_tested_passes(tmp_path: Path, tests: list[Path]):
    """A manifest's groups are tested as a rule file's."""
    assert [] == list(promtool.failing_manifest(manifest(tmp_path, "up == 0"), tests))


def test_a_rule_that_does_not_is_seen(tmp_path: Path, tests: list[Path]):
    """It never fires."""
    (said,) = promtool.failing_manifest(manifest(tmp_path, "up == 2"), tests)
    assert "alertname: Down" in said


def test_an_invalid_rule_is_seen(tmp_path: Path):
    """Prometheus would not load it."""
    (tmp_path / "rules").mkdir()
    rules = {"groups": [{"name": "g", "rules": [{**RULE, "expr": "sum(rate(up))"}]}]}
    (tmp_path / "rules/wrong.yaml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    (tmp_path / "prometheus.yaml").write_text("global: {}\n", encoding="utf-8")
    (said,) = promtool.invalid(tmp_path)
    assert "expected type range vector" in said


def test_what_tests_expect_is_told(tests: list[Path]):
    """That it fires, and that it does not."""
    assert {"Down": {True, False}} == promtool.expectations(tests)
