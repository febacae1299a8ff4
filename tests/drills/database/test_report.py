"""What the page shows is what the command prints."""

from pathlib import Path

from drills.database import FAULTS, Diagnosis, Finding
from drills.database.report import text

PAGE = (Path(__file__).parents[3] / "docs/sre/diagnosis.md").read_text(encoding="utf-8")


def test_the_page_shows_what_the_command_prints():
    """Every line of the example, in this order."""
    passed = [
        ("name", "10.0.21.14"),
        ("connection", "10.0.21.14 port 5432"),
        ("protocol", "PostgreSQL, with TLS"),
        ("TLS", "TLSv1.3, verified"),
    ]
    finding = Finding(FAULTS["database-unknown"], '3D000: database "app" does not exist')
    assert f"\n{text(Diagnosis(passed, [finding]))}\n```" in PAGE


def test_health_is_said_in_words():
    """The last line says that nothing is wrong."""
    assert text(Diagnosis([("name", "10.0.0.1")])).endswith("signed in to, and worked with")


def test_a_servers_words_do_not_steer_the_terminal():
    """They come from whoever listens there."""
    shown = text(Diagnosis([], [Finding(FAULTS["password-refused"], "28P01: \x1b[2Jgone \x9b1m")]))
    assert "28P01: ?[2Jgone ?1m" in " ".join(shown.split())


def test_every_fault_that_was_found_is_shown():
    """Each with its own part, the verdict first."""
    findings = [Finding(FAULTS[name]) for name in ("lock-pile-up", "slow-query")]
    shown = [line for line in text(Diagnosis([], findings)).splitlines() if line.startswith("FAULT")]
    assert ["FAULT  lock-pile-up", "FAULT  slow-query"] == shown
