"""Decisions and runbooks have their parts, in order; those of this repository do."""

from pathlib import Path

import pytest

from habits.pages import decision_faults, findings, runbook_faults

ROOT = Path(__file__).parents[2]
DECISION = (ROOT / "docs/decisions/0012-storage-classes-by-age.md").read_text(encoding="utf-8")
RUNBOOK = """\
# HighErrorRate

Last drilled: never by hand, on every run of the tests.

## What it means

## What users notice

## First five minutes

```console
## not a heading
```

## Find the cause

### Which version

## Mend it

## Afterwards
"""


def test_the_repositorys_own_pages_are_well_formed():
    """Every decision and every runbook."""
    assert [] == list(findings(ROOT))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("# 0012:", "# 0013:", "its title is not `# 0012: ...`"),
        ("## Context", "## Background", "its headings are Background, Considered options"),
        ("\n1. ", "\n- ", ""),
        ("because", "as", "its outcome gives no reason (because)"),
        ("- Good: ", "- ", "no consequence that is good"),
        ("- Bad: ", "- ", "no consequence that is bad"),
        ("`tests/repository/", "`tests/gone/", "no such test: tests/gone/test_biotech_x_decisions.py"),
        ("`tests/", "`test/", "its confirmation names no test"),
        ("`test_0012_", "`test_0099_", "no such test: test_0099_files_move_by_age_and_answer_at_once"),
    ],
)
def test_a_malformed_decision_is_seen(tmp_path: Path, old: str, new: str, fault: str):
    """Each of its parts is looked at; one option less is still enough."""
    assert old in DECISION
    page = tmp_path / "0012-storage.md"
    page.write_text(DECISION.replace(old, new), encoding="utf-8")
    found = list(decision_faults(page, ROOT))
    assert fault == next((one[: len(fault)] for one in found if one.startswith(fault)), "")
    assert bool(fault) == bool(found)


def test_a_decision_without_alternatives_is_seen(tmp_path: Path):
    """One option is no choice."""
    page = tmp_path / "0012-storage.md"
    text = DECISION.replace("\n2. ", "\n- ").replace("\n3. ", "\n- ").replace("\n4. ", "\n- ")
    page.write_text(text, encoding="utf-8")
    assert ["fewer than two considered options"] == list(decision_faults(page, ROOT))


def test_a_well_formed_runbook_passes():
    """Headings of the third level, and lines of a command's output, are free."""
    assert [] == list(runbook_faults(RUNBOOK, "HighErrorRate"))
    assert [] == list(runbook_faults(RUNBOOK.replace("Last drilled", "**Not drilled**"), "HighErrorRate"))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("# HighErrorRate", "# Errors", "its title does not name HighErrorRate"),
        ("## Mend it\n", "", "its headings are What it means, What users notice, First five minutes, Find"),
        ("Last drilled", "Drilled often", "no line that begins with `Last drilled` or `Not drilled`"),
    ],
)
def test_a_malformed_runbook_is_seen(old: str, new: str, fault: str):
    """Another alert's title, a part that is missing, and nothing on drills."""
    (found,) = runbook_faults(RUNBOOK.replace(old, new, 1), "HighErrorRate")
    assert fault == found[: len(fault)]


def test_findings_name_their_page(tmp_path: Path):
    """An index is no runbook."""
    folder = tmp_path / "docs/runbooks"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text("# Runbooks\n", encoding="utf-8")
    (folder / "AuditGap.md").write_text(RUNBOOK, encoding="utf-8")
    assert ["docs/runbooks/AuditGap.md: its title does not name AuditGap"] == list(findings(tmp_path))
