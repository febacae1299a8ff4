"""The drill itself: a page, what it holds back, its end, and the load; as recorded."""

import json
import os
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from drills.live import drill, record
from lab.programs import NAMES, find

ROOT = Path(__file__).parents[3]
RECORDED = ROOT / "evidence/figures/schedules/live.json"


@pytest.fixture
def installed() -> None:
    """Every program of the lab is there. Without one the test is skipped, and in CI it fails."""
    try:
        for name in NAMES:
            find(name)
    except UnusableInput as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(error.message)


def test_everything_was_seen():
    """A drill that fails is recorded too, and may not stay so."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert [] == [row["what must be"] for row in recorded["claims"] if row["was seen"] != "yes"]


def test_the_drill_sees_again_what_was_recorded(installed: None, tmp_path: Path):
    """To the letter; if not: python -m drills.live --record evidence/figures/schedules/live.json."""
    seen = drill(tmp_path, lambda _: None)
    assert json.loads(RECORDED.read_text(encoding="utf-8")) == record(seen, ROOT / "docs/runbooks"), seen
