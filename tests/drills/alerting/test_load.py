"""The load script is one that k6 understands, and its thresholds are the objectives."""

from pathlib import Path

import pytest

from drills.alerting import load
from drills.alerting.checks import SCHEDULES
from drills.slo import of_schedules

ROOT = Path(__file__).parents[3]
FILE = ROOT / SCHEDULES / "k6/available_schedules.js"

pytestmark = pytest.mark.usefixtures("tsc")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("constant-arrival-rate", "constant-arrivals", "is not assignable"),
        ("rate<0.005", "rate<0.01", "http_req_failed: its thresholds are not rate<0.005 of each version"),
        ("{version:v2}", "{version:v1}", "of each version"),
    ],
)
def test_another_script_is_seen(tmp_path: Path, old: str, new: str, fault: str):
    """An executor that k6 does not have, a threshold that is no objective, a version without one."""
    file = tmp_path / FILE.name
    file.write_text(FILE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert fault in "\n".join(load.wrong(file, of_schedules(ROOT)))
