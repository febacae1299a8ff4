"""Availabilities of what a request needs at once are multiplied."""

import json
import sys
from pathlib import Path

import pytest

from drills.availability import main, outage, record, serial

DECLARED = {
    "services": {
        "a": {"name": "A", "percent": 99.9, "date": "2022-05-05", "source": "a.example"},
        "b": {"name": "B", "percent": 99.0, "date": "2022-05-05", "source": "b.example"},
    },
    "paths": [{"id": "both", "what": "Use both", "services": ["a", "b"]}],
}


@pytest.mark.parametrize(
    ("percents", "all_at_once"),
    [([], 100), ([99.9], 99.9), ([99, 99], 98.01), ([100, 50, 50], 25), ([0, 99], 0)],
)
def test_services_in_a_row(percents: list[float], all_at_once: float):
    """Each further service takes its share of what is left."""
    assert all_at_once == pytest.approx(serial(percents))


@pytest.mark.parametrize("percent", [-1, 100.1])
def test_an_availability_that_is_none_is_refused(percent: float):
    """More than always and less than never are mistakes."""
    with pytest.raises(ValueError, match="between 0 and 100"):
        serial([99.9, percent])


def test_minutes_of_a_month():
    """A thousandth of thirty days is 43 minutes and 12 seconds."""
    assert 43.2 == pytest.approx(outage(99.9))


def test_a_path_names_its_weakest_service():
    """The ceiling, what it means in a month, and which service sets it."""
    recorded = record(DECLARED)
    (path,) = recorded["paths"]
    assert ("98.90\u00a0%", "475\u00a0minutes", "B") == (
        path["at most"],
        path["may be away in a month"],
        path["weakest"],
    )
    assert {"value": 98.9, "unit": "%"} == recorded["ceilings"]["both"]["percent"]


def test_the_source_of_a_promise_is_kept():
    """Where each number was read, and when that text was changed."""
    assert ("99.9\u00a0%", "2022-05-05", "a.example") == tuple(record(DECLARED)["services"][0].values())[1:]


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (json.dumps(DECLARED), 0, ""),
        ('{"services": {}}', 2, "'paths'"),
        ("services: {}\npaths: [{what: x, services: [a]}]", 2, "'a'"),
        ("", 2, "'services'"),
    ],
)
def test_the_command_records_or_says_why_not(
    text: str, status: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    """What is missing is named with the file; nothing is written then."""
    (tmp_path / "sla.yaml").write_text(text)
    out = tmp_path / "out.json"
    monkeypatch.setattr(sys, "argv", ["x", str(tmp_path / "sla.yaml"), "--record", str(out)])
    assert (status, status == 0) == (main(), out.exists())
    assert said in capsys.readouterr().err
