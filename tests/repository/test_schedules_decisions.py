"""The decisions on schedules hold in the files that implement them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.slo import Window, of_schedules
from lab.configuration import SERVED, SOURCE, alertmanager, prometheus
from lab.places import OFFSETS, Lab
from lab.programs import monitoring, schedules

ROOT = Path(__file__).parents[2]


def elsewhere(words: list[str]) -> list[str]:
    """Of command lines and addresses, those that name another place than loopback."""
    named = [word for word in words if "listen-address=" in word or "://" in word or "--host" in word]
    return [word for word in named if not word.split("=")[-1].startswith(("127.0.0.1:", "http://127.0.0.1:"))]


def test_0022_the_lab_listens_on_loopback_with_productions_rules(monkeypatch):
    """No program takes a call from outside, none is a container, and no rule is the lab's own."""
    monkeypatch.setattr("lab.programs.find", lambda name: name)
    lab = Lab(Path("build/lab"))
    programs = monitoring(lab) + schedules(lab)
    assert set(OFFSETS) == {one.name for one in programs}
    assert ["--cluster.listen-address="] == elsewhere([word for one in programs for word in one.command])
    routes = alertmanager(yaml.safe_load((ROOT / SOURCE / "alertmanager.yaml").read_text()), lab)
    assert [] == elsewhere([hook["url"] for one in routes["receivers"] for hook in one["webhook_configs"]])
    production = yaml.safe_load((ROOT / SOURCE / "prometheus.yaml").read_text())
    assert production["rule_files"] == [f"rules/{name}" for name in SERVED]
    assert ["rules/*.yaml"] == prometheus(lab)["rule_files"]


def test_0023_every_burn_rate_is_beside_usual_requests():
    """Each recorded window divides by the mean of the period, and no alert compares anything else."""
    (groups,) = yaml.safe_load((ROOT / SOURCE / "rules/slo.yaml").read_text(encoding="utf-8")).values()
    rules = [rule for group in groups for rule in group["rules"]]
    burning = [rule for rule in rules if rule.get("record", "").startswith("slo:burn_rate:")]
    usual = [rule["expr"] for rule in rules if rule.get("record") == "slo:requests:avg30d"]
    assert [] == [
        rule["record"] for rule in burning if "/ on (service) (slo:requests:avg30d{" not in rule["expr"]
    ]
    assert len(groups) == len([one for one in usual if one.startswith("avg_over_time(") and "[30d:" in one])
    alerts = [rule["expr"] for rule in rules if "alert" in rule]
    assert {2, 3} == {expression.count("slo:burn_rate:") for expression in alerts}
    assert [] == [expression for expression in alerts if "/" in expression]


def called_twice(windows: tuple[Window, ...]) -> list[str]:
    """Pages that may be about the same as the fastest: those whose peak is not its burn rate."""
    fastest, *others = (one for one in windows if one.severity == "page")
    told = (fastest.long, fastest.burn)
    return [one.alert for one in others if (one.short, one.peak) != told or one.burn >= fastest.burn]


def test_0024_a_leak_pages_where_the_other_page_is_silent():
    """Its peak is the other's burn rate, over the same two hours; both are pages."""
    windows = of_schedules(ROOT).windows
    assert ["ErrorBudgetBurnPage", "ErrorBudgetBurnLeak"] == [
        one.alert for one in windows if one.severity == "page"
    ]
    assert [] == called_twice(windows)


@pytest.mark.parametrize("change", [{"peak": None}, {"peak": 14.4}, {"short": "1h"}, {"burn": 8}])
def test_two_pages_for_one_outage_are_seen(change: dict[str, Any]):
    """Without a peak, with another one, over another window, and as fast as the other."""
    page, leak, *_ = of_schedules(ROOT).windows
    assert [leak.alert] == called_twice((page, replace(leak, **change)))


def test_a_program_that_listens_elsewhere_is_seen():
    """An address of all interfaces, and one of another machine."""
    words = ["--web.listen-address=0.0.0.0:9090", "http://pager.example/", "--web.listen-address=127.0.0.1:1"]
    assert words[:2] == elsewhere(words)
