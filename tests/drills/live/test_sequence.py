"""What arrived: `drills.live.sequence`."""

from pathlib import Path

import pytest

from drills.live.sequence import told, without_runbook

SITE = "https://as-built.example/runbooks/"
FIRED = {
    "receiver": "pager",
    "alert": "Burn",
    "slo": "latency",
    "status": "firing",
    "runbook": f"{SITE}Burn/",
}


def test_what_a_receiver_was_told_is_by_receiver_and_status():
    """Another receiver's and another status's do not count; a repetition counts once."""
    arrived = [FIRED, FIRED, FIRED | {"receiver": "tickets", "alert": "High"}, FIRED | {"status": "resolved"}]
    assert {("Burn", "latency")} == told(arrived, "pager", "firing")
    assert {("High", "latency")} == told(arrived, "tickets", "firing")
    assert set() == told(arrived, "tickets", "resolved")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (f"{SITE}Burn/", []),
        (f"{SITE}Burn/#impact", []),
        (f"{SITE}High/", ["Burn"]),
        ("https://elsewhere.example/runbooks/Burn/", ["Burn"]),
        ("", ["Burn"]),
    ],
)
def test_a_link_leads_to_the_alerts_own_runbook(link: str, expected: list[str], tmp_path: Path):
    """Not to another alert's, nor elsewhere, nor nowhere."""
    for name in ("Burn", "High"):
        (tmp_path / f"{name}.md").touch()
    assert expected == without_runbook([FIRED | {"runbook": link}], tmp_path)


def test_a_runbook_that_is_not_written_is_seen(tmp_path: Path):
    """A link alone helps nobody."""
    assert ["Burn"] == without_runbook([FIRED], tmp_path)
