"""Routes are amtool's to judge, and inhibition is judged as Alertmanager would."""

from pathlib import Path

import pytest

from drills.alerting import routes
from drills.alerting.alerts import Alert
from drills.alerting.checks import DEFAULT, RECEIVERS, SCHEDULES

FILE = Path(__file__).parents[3] / SCHEDULES / "alertmanager.yaml"
PAGE = Alert("Page", "", {"severity": "page", "service": "shop", "slo": "speed"}, {})
TICKET = Alert("Ticket", "", {"severity": "ticket", "service": "shop", "slo": "speed"}, {})
RULE = {
    "source_matchers": ['severity="page"'],
    "target_matchers": ['severity=~"tick.*"', "quiet!=no"],
    "equal": ["service", "slo"],
}


def changed(folder: Path, old: str, new: str) -> Path:
    """The configuration with one change."""
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file = folder / "alertmanager.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_a_wrong_receiver_is_seen(amtool: None, tmp_path: Path):
    """A page that becomes a ticket."""
    file = changed(tmp_path, "receiver: pager", "receiver: tickets")
    (said,) = routes.misrouted(file, [PAGE, TICKET], RECEIVERS, DEFAULT)
    assert said.startswith("Page: not told to pager")


def test_what_no_route_knows_reaches_the_default(amtool: None, tmp_path: Path):
    """An alert without a severity is seen by somebody."""
    file = changed(tmp_path, "receiver: watch", "receiver: pager")
    (said,) = routes.misrouted(file, [], RECEIVERS, DEFAULT)
    assert said.startswith("anything else: not told to watch")


def test_an_invalid_configuration_is_seen(amtool: None, tmp_path: Path):
    """A route to nobody."""
    (said,) = routes.invalid(changed(tmp_path, "receiver: pager", "receiver: nobody"))
    assert 'undefined receiver "nobody"' in said


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (PAGE.labels, TICKET.labels, True),
        (TICKET.labels, PAGE.labels, False),
        (PAGE.labels, {**TICKET.labels, "slo": "size"}, False),
        (PAGE.labels, {"severity": "ticket", "service": "shop"}, False),
        (PAGE.labels, {**TICKET.labels, "quiet": "no"}, False),
        ({"severity": "page"}, {"severity": "ticket"}, True),
    ],
)
def test_inhibition_is_that_of_the_documentation(
    source: dict[str, str], target: dict[str, str], expected: bool
):
    """Both sides match, and equal labels are equal: two that are missing as well."""
    assert expected == routes.inhibits(RULE, source, target)


def test_a_ticket_beside_its_page_is_seen(tmp_path: Path):
    """Pages that silence nothing."""
    file = changed(tmp_path, 'source_matchers: [severity="page"]', 'source_matchers: [severity="none"]')
    assert ["Page speed does not silence Ticket speed"] == list(routes.misinhibited(file, [PAGE, TICKET]))


def test_a_page_that_silences_more_is_seen(tmp_path: Path):
    """Tickets of another objective."""
    file = changed(tmp_path, "equal: [service, slo]", "equal: [service]")
    other = Alert("Other", "", {**TICKET.labels, "slo": "size"}, {})
    assert ["Page speed silences Other size"] == list(routes.misinhibited(file, [PAGE, other]))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("group_wait: 10s", "group_wait: 1m", "a page waits for more than ten seconds"),
        ("repeat_interval: 1h", "repeat_interval: 4d",
         "a page is not repeated every hour, or a ticket is as often"),
        ("group_by: [alertname, service, slo]", "group_by: [service]",
         "notifications are not one an alert, service and objective"),
        ("9099/pager", "9099/watch", "pager: it is not told of ends, or at another's address"),
    ],
)  # fmt: skip
def test_a_bad_pace_is_seen(tmp_path: Path, old: str, new: str, fault: str):
    """A page that waits, is forgotten, is thrown together with others, or goes elsewhere."""
    assert [fault] == list(routes.badly_paced(changed(tmp_path, old, new)))
