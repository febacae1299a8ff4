"""Rules of an objective: windows recorded, burn rates compared, requests selected."""

from dataclasses import replace

import yaml

from drills.slo import Declared, Objective, Window, burn_rate, pace, selected, text, usual_pace

OBJECTIVE = Objective("speed", 99, "One in a hundred.", 'good{le="1"}', "all_of_them", "crept")
DECLARED = Declared(
    service="shop",
    team="sales",
    period_days=28,
    runbooks="https://example.org/",
    selector='service="shop"',
    objectives=(OBJECTIVE,),
    windows=(Window("Fast", "page", "1h", "5m", 14.4), Window("Slow", "ticket", "3d", "6h", 1)),
)


def test_a_metric_keeps_its_own_labels():
    """The selector's labels come first, then those of the metric."""
    assert 'good{service="shop",le="1"}' == selected('good{le="1"}', 'service="shop"')
    assert 'all{service="shop"}' == selected("all", 'service="shop"')


def test_the_burn_rate_is_that_of_bad_requests():
    """All less the good, or all where none is good; beside a usual pace, and the budget."""
    good, total = (
        f'sum by (service) (rate({metric}{{service="shop"{own}}}[5m]))'
        for metric, own in (("good", ',le="1"'), ("all_of_them", ""))
    )
    expected = f"({total} - ({good} or 0 * {total})) / on (service) (usual > 0) / 0.01"
    assert expected == " ".join(burn_rate(DECLARED, OBJECTIVE, "5m", "usual").split())


def test_what_is_usual_is_the_mean_of_the_period():
    """Over as many days as are promised, every ten minutes."""
    assert "avg_over_time((x)[28d:10m])" == usual_pace(DECLARED, "(x)")
    assert 'sum by (service) (rate(all_of_them{service="shop"}[10m]))' == pace(DECLARED, OBJECTIVE)


def test_every_window_is_recorded_and_every_alert_made():
    """In one group, each after what it reads: the pace, what is usual, windows, period, alerts."""
    (group,) = yaml.safe_load(text(DECLARED))["groups"]
    names = [rule.get("record") or rule["alert"] for rule in group["rules"]]
    recorded = [f"slo:burn_rate:rate{window}" for window in ("5m", "1h", "6h", "3d", "28d")]
    assert ["slo:requests:rate10m", "slo:requests:avg28d", *recorded, "Fast", "Slow"] == names


def test_an_alert_compares_both_windows():
    """Long and short, with the burn rate; and it says whose it is and where to read."""
    alert = yaml.safe_load(text(DECLARED))["groups"][0]["rules"][-2]
    one = '{service="shop",slo="speed"} > 14.4'
    assert f"slo:burn_rate:rate1h{one} and slo:burn_rate:rate5m{one}" == " ".join(alert["expr"].split())
    assert {"severity": "page", "service": "shop", "team": "sales", "slo": "speed"} == alert["labels"]
    assert "https://example.org/Fast/" == alert["annotations"]["runbook_url"]


def test_an_alert_with_a_peak_is_silent_after_it():
    """What its short window was in its long one is compared, too; without a peak nothing is."""
    windows = tuple(replace(one, peak=20) for one in DECLARED.windows)
    fast, slow = yaml.safe_load(text(replace(DECLARED, windows=windows)))["groups"][0]["rules"][-2:]
    read = 'max_over_time(slo:burn_rate:rate{}{{service="shop",slo="speed"}}[{}:1m]) <= 20'
    assert [read.format("5m", "1h"), read.format("6h", "3d")] == [
        one["expr"].splitlines()[-1] for one in (fast, slow)
    ]
