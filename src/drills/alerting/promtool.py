"""Rule files, judged by promtool: are they valid, and do their alerts fire when they should?"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from asbuilt import data
from drills.alerting.alerts import groups
from drills.alerting.programs import complaints


def invalid(folder: Path) -> Iterator[str]:
    """What promtool says against the rule files and the configuration of a folder."""
    rules = sorted((folder / "rules").glob("*.yaml"))
    yield from complaints((path.name, ["promtool", "check", "rules", path]) for path in rules)
    configuration = folder / "prometheus.yaml"
    yield from complaints([(configuration.name, ["promtool", "check", "config", configuration])])


def failing(tests: Sequence[Path]) -> Iterator[str]:
    """What promtool's unit tests say, one file after the other."""
    return iter(complaints((path.name, ["promtool", "test", "rules", path]) for path in tests))


def failing_manifest(manifest: Path, tests: Sequence[Path]) -> Iterator[str]:
    """The same of a PrometheusRule, whose groups the tests find as `rules.yaml`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": groups(manifest)}), encoding="utf-8")
        for path in tests:
            (folder / path.name).write_bytes(path.read_bytes())
            yield from failing([folder / path.name])


def expectations(tests: Sequence[Path]) -> dict[str, set[bool]]:
    """For each alert whether the tests expect it to fire, to be silent, or both."""
    found: dict[str, set[bool]] = {}
    for path in tests:
        for test in data.read(path)["tests"]:
            for expected in test.get("alert_rule_test", ()):
                found.setdefault(expected["alertname"], set()).add(bool(expected["exp_alerts"]))
    return found
