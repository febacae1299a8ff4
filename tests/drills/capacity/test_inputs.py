"""An assumption that names a setting says what the setting says."""

import json
import shutil
from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from drills.capacity.inputs import read

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("job_vcpus", "4", "job_vcpus is 2, and job_vcpus is 4"),
        ("api_cpu", "250m", "api_pod_vcpus is 0.5, and api_cpu is 250m"),
        ("database_class", "db.m6g.xlarge", "is true of db.m6g.large, and database_class is db.m6g.xlarge"),
    ],
)
def test_another_setting_is_refused(tmp_path: Path, setting: str, value: str, told: str):
    """Terraform or a manifest changes, and the assumption does not: nothing is computed."""
    for file in ("settings.json", "retention.json"):
        shutil.copy(ROOT / "evidence/figures/biotech-x" / file, tmp_path)
    settings = json.loads((tmp_path / "settings.json").read_text(encoding="utf-8"))
    settings[setting]["value"] = value
    (tmp_path / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    with pytest.raises(UnusableInput, match=told):
        read(ROOT / "figures/biotech-x", tmp_path)
