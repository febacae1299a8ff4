"""The lab's configuration is production's, only faster and on loopback."""

from pathlib import Path

import pytest
import yaml

from lab import configuration
from lab.configuration import RULES, SERVED, SOURCE, alertmanager, expression, faster, rules, seconds
from lab.places import Lab

LAB = Lab(Path("build/lab"), 9090)


def load(path: Path) -> dict:
    """A file of the repository."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "expected"), [("30s", 30), ("1h30m", 5400), ("2w", 1_209_600), ("500ms", 0.5), ("1d", 86_400)]
)
def test_durations_are_read(text: str, expected: float):
    """In each unit, and in several."""
    assert expected == seconds(text)


def test_a_duration_has_a_least():
    """A window that sees no two scrapes would have no rate."""
    assert ("60000ms", "2500ms", "3000ms") == (faster("2h"), faster("5m"), faster("5m", 3))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("rate(x[2h])", "rate(x[60000ms])"),
        ('rate(x{a="[5m]b"}[1m]) > 5', 'rate(x{a="[3000ms]b"}[3000ms]) > 5'),
        ("max_over_time(rate(x[10m])[6h:1m])", "max_over_time(rate(x[5000ms])[180000ms:1000ms])"),
        ("x offset 2h", "x offset 60000ms"),
        ("slo:burn_rate:rate2h > 7.2", "slo:burn_rate:rate2h > 7.2"),
    ],
)
def test_only_windows_and_offsets_of_an_expression_change(written: str, expected: str):
    """Names, thresholds and everything else stay."""
    assert expected == expression(written)


def differences(one: dict, other: dict) -> set[str]:
    """Fields in which two rules differ."""
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


@pytest.mark.parametrize("name", SERVED)
def test_every_rule_is_served_with_its_labels_and_links(name: str):
    """Nothing is left out, and nothing but times changes."""
    declared = load(RULES / name)
    made = rules(declared)
    for before, after in zip(declared["groups"], made["groups"], strict=True):
        for one, other in zip(before["rules"], after["rules"], strict=True):
            assert differences(one, other) <= {"expr", "for", "keep_firing_for"}


def test_routes_stay_and_receivers_are_on_loopback():
    """The tree, its matchers and inhibitions are production's; each receiver keeps its name."""
    declared = load(SOURCE / "alertmanager.yaml")
    made = alertmanager(declared, LAB)
    assert declared["inhibit_rules"] == made["inhibit_rules"]
    assert [route["matchers"] for route in declared["route"]["routes"]] == [
        route["matchers"] for route in made["route"]["routes"]
    ]
    assert [one["name"] for one in declared["receivers"]] == [one["name"] for one in made["receivers"]]
    urls = [one["webhook_configs"][0]["url"] for one in made["receivers"]]
    assert [f"http://127.0.0.1:9095/{one['name']}" for one in declared["receivers"]] == urls


def test_a_first_notification_outlasts_an_evaluation():
    """Inhibition has to know of the page before the ticket is sent."""
    made = alertmanager(load(SOURCE / "alertmanager.yaml"), LAB)
    ticket = next(route for route in made["route"]["routes"] if route["receiver"] == "tickets")
    assert seconds(ticket.get("group_wait", made["route"]["group_wait"])) > 1


def test_what_production_writes_is_what_the_lab_reads(tmp_path: Path):
    """Every file lands below the lab's folder, and nothing leads outside of loopback."""
    lab = Lab(tmp_path, 9090)
    configuration.write(lab)
    texts = {path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*.yaml")}
    assert {"alertmanager.yaml", "prometheus.yaml", "rules/slo.yaml", "rules/alerts.yaml"} == texts.keys()
    assert "127.0.0.1:9101" in texts["prometheus.yaml"]
    assert "http://127.0.0.1:9095/pager" in texts["alertmanager.yaml"]
