"""The mark of a drift, on a site that is built with the project's own templates."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ISSUE = "https://github.com/shop/shop/issues/12"
SETTINGS = """\
site_name: shop
theme: {{name: material, font: false, custom_dir: "{overrides}"}}
extra: {{drift: !ENV [DRIFT, ""]}}
plugins: []
"""


def pages(folder: Path, drift: str) -> dict[str, str]:
    """The pages of a small site, by the name of their system, built while this issue is open."""
    for name in ("biotech-x", "banking"):
        (folder / "docs" / name).mkdir(parents=True, exist_ok=True)
        (folder / "docs" / name / "index.md").write_text("# Page\n")
    (folder / "mkdocs.yml").write_text(SETTINGS.format(overrides=ROOT / "overrides"))
    command = (sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet")
    given = os.environ | {"DRIFT": drift, "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(command, cwd=folder, env=given, check=True, capture_output=True, timeout=60)
    built = [*(folder / "site").glob("*/index.html"), folder / "site/404.html"]
    return {path.parent.name if path.stem == "index" else "404": path.read_text() for path in built}


@pytest.mark.parametrize(("drift", "marked"), [(ISSUE, ["biotech-x"]), ("", [])], ids=["drift", "none"])
def test_only_what_has_drifted_is_marked(tmp_path: Path, drift: str, marked: list[str]):
    """While the issue is open, pages of biotech-x lead to it, and no others do."""
    built = pages(tmp_path, drift)
    assert {"biotech-x", "banking", "assets", "404"} >= built.keys() >= {"biotech-x", "banking", "404"}
    assert marked == [name for name, text in built.items() if "Production has drifted" in text]
    assert marked == [name for name, text in built.items() if f'href="{ISSUE}"' in text]
