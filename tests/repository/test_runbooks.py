"""Every alert has its runbook, every runbook its alert, every link leads there, and every drill was done."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.database.fault import FAULTS, RUNBOOK
from drills.live.sequence import PAGE, TICKET
from drills.runbooks import BUDGET, DRILLS, figures, systems
from habits.pages import findings, section

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/runbooks"
PAGES = sorted(page for page in FOLDER.glob("*.md") if page.stem != "index")
EACH = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
DECLARED = yaml.safe_load((ROOT / DRILLS).read_text(encoding="utf-8"))
TERRAFORM = (ROOT / "terraform/biotech-x/main.tf").read_text(encoding="utf-8")
ADDRESS = "https://as-built.example/"
CALLERS = [
    *(path for path in (ROOT / "observability").rglob("*.*") if path.suffix in (".yaml", ".json")),
    *(ROOT / "kubernetes").rglob("*.yaml"),
]
SHORTEST, LONGEST = 40, 100  # lines that are not empty: a page that is read at night

_SENT = re.compile(r"https://as-built\.example/[\w/]*(?:#[\w-]+)?")


def called() -> dict[str, str]:
    """The system of each alert, by the alert's name."""
    return {one.name: system for system, found in systems(ROOT).items() for one in found}


def unmatched(names: Iterable[str], pages: Iterable[str]) -> list[str]:
    """Alerts without a runbook, and runbooks without an alert."""
    there, written = set(names), set(pages)
    lost = [f"{name}: no runbook" for name in there - written]
    return sorted(lost + [f"{name}: no alert" for name in written - there])


def sent(terraform: str, others: Iterable[str]) -> set[str]:
    """Every address of this site that an alert carries; Terraform begins each with a local value."""
    site = re.search(r'^\s*runbooks\s*= "(.+)"', terraform, re.MULTILINE)[1]
    texts = [terraform.replace("${local.runbooks}", site), *others]
    return {link for text in texts for link in _SENT.findall(text) if link.rstrip("/") != site}


def dead(links: Iterable[str], site: Path) -> list[str]:
    """Links that lead to no page of the built site, or to a part that the page does not have."""
    found = []
    for link in sorted(links):
        page, _, anchor = link.removeprefix(ADDRESS).partition("#")
        file = site / page / "index.html"
        if not file.is_file() or (anchor and f'id="{anchor}"' not in file.read_text(encoding="utf-8")):
            found.append(link)
    return found


def undrilled(name: str, drill: Mapping[str, Any], root: Path) -> list[str]:
    """What of a declared drill its evidence does not show."""
    if not (file := root / drill["evidence"]).is_file():
        return [f"{name}: there is no {drill['evidence']}"]
    evidence = json.loads(file.read_text(encoding="utf-8"))
    if "claims" in evidence:  # the lab's drill: it shows a page and a ticket of each objective
        missed = [one["what must be"] for one in evidence["claims"] if one["was seen"] != "yes"]
        return [f"{name}: {text}" for text in missed] + [f"{name}: not seen"] * (name not in (PAGE, TICKET))
    found = {row["what was found"].strip("`") for row in evidence["drilled"]}
    missed = sorted(set(FAULTS) - found) + ["a wrong verdict"] * (evidence["right"] != evidence["verdicts"])
    return [f"{name}: {text}" for text in missed] + [f"{name}: not asked"] * (name != Path(RUNBOOK).stem)


def tired(text: str) -> list[str]:
    """What makes a page too much for somebody who was asleep a minute ago."""
    faults = []
    lines = len([line for line in text.splitlines() if line.strip()])
    if not SHORTEST <= lines <= LONGEST:
        faults.append(f"{lines} lines")
    if len(re.findall(r"^\d\. ", section(text, "First five minutes"), re.MULTILINE)) > 5:
        faults.append("more than five steps in the first five minutes")
    rows = re.findall(r"^\| (?!It was|---)(.+?) \|", section(text, "Mend it"), re.MULTILINE)
    if (
        rows
        and not re.match(r"(a|the|one) .*(release|image|commit)|the image", rows[0])
        and "release" in text
    ):
        faults.append(f"the first thing to mend is no way back: {rows[0]}")
    return faults


def test_every_alert_has_its_runbook():
    """And every runbook an alert: Prometheus' and Loki's rules, CloudWatch's alarms and the budget."""
    assert [] == unmatched(called(), [page.stem for page in PAGES])


def test_a_missing_runbook_and_a_needless_one_are_seen():
    """By the name of the alert, and by that of the page."""
    assert ["Lost: no runbook", "Old: no alert"] == unmatched(["Lost", "Kept"], ["Kept", "Old"])


def test_the_list_of_alerts_is_complete():
    """The alarms and budgets that Terraform has, and the alerts of each file with rules."""
    alarms = re.findall(r'^resource "aws_cloudwatch_metric_alarm" "(\w+)"', TERRAFORM, re.MULTILINE)
    camel = {"".join(part.capitalize() for part in name.split("_")) for name in alarms}
    assert ["monthly"] == re.findall(r'^resource "aws_budgets_budget" "(\w+)"', TERRAFORM, re.MULTILINE)
    texts = [path.read_text(encoding="utf-8") for path in CALLERS]
    ruled = {name for text in texts for name in re.findall(r"^\s*- alert: (\w+)$", text, re.MULTILINE)}
    assert camel | ruled | {BUDGET} == set(called())


def test_every_link_of_an_alert_leads_somewhere(site: Any):
    """To a built page, and to a part that it has, from every file that calls somebody."""
    links = sent(TERRAFORM, [path.read_text(encoding="utf-8") for path in CALLERS])
    assert len(called()) - 1 == len(links), "each alert but the budget, which has no text, has one link"
    assert [] == dead(links, site.folder)


def test_a_dead_link_is_seen(tmp_path: Path):
    """To a page that is not there, and to a part that a page does not have."""
    (tmp_path / "runbooks/Full").mkdir(parents=True)
    (tmp_path / "runbooks/Full/index.html").write_text('<h2 id="mend-it">', encoding="utf-8")
    found = sent(
        'runbooks = "https://as-built.example/runbooks"\nx = "${local.runbooks}/Empty/"',
        [f"{ADDRESS}runbooks/Full/#mend-it {ADDRESS}runbooks/Full/#mend", f'"{ADDRESS}runbooks/Full/"'],
    )
    assert [f"{ADDRESS}runbooks/Empty/", f"{ADDRESS}runbooks/Full/#mend"] == dead(found, tmp_path)


@pytest.mark.parametrize("name", DECLARED["drilled"])
def test_a_drill_was_done_and_shows_its_alert(name: str):
    """The evidence is there, is whole, and is about this alert."""
    assert [] == undrilled(name, DECLARED["drilled"][name], ROOT)


@pytest.mark.parametrize(
    ("name", "evidence", "fault"),
    [
        (PAGE, "evidence/none.json", "there is no evidence/none.json"),
        ("LogsErrorBurst", "evidence/figures/schedules/live.json", "not seen"),
        (PAGE, "evidence/figures/sre/database.json", "not asked"),
    ],
)
def test_a_drill_that_shows_something_else_is_seen(name: str, evidence: str, fault: str):
    """Without evidence, or with the evidence of another alert."""
    assert f"{name}: {fault}" in undrilled(name, {"evidence": evidence}, ROOT)


def test_a_drill_that_failed_is_seen(tmp_path: Path):
    """A claim that was not seen, and a verdict that was wrong."""
    seen = [{"what must be": "it pages", "was seen": "no"}]
    (tmp_path / "live.json").write_text(json.dumps({"claims": seen}), encoding="utf-8")
    drilled = [{"what was found": f"`{fault}`"} for fault in FAULTS]
    text = json.dumps({"drilled": drilled, "right": 1, "verdicts": 2})
    (tmp_path / "database.json").write_text(text, encoding="utf-8")
    assert [f"{PAGE}: it pages"] == undrilled(PAGE, {"evidence": "live.json"}, tmp_path)
    name = Path(RUNBOOK).stem
    assert [f"{name}: a wrong verdict"] == undrilled(name, {"evidence": "database.json"}, tmp_path)


@EACH
def test_a_page_says_when_it_was_drilled(page: Path):
    """As it is declared: with the date, or with why not."""
    text = page.read_text(encoding="utf-8")
    cited = f"Last drilled: [](value:{DRILLS}#drilled.{page.stem}.date)"
    assert (page.stem in DECLARED["drilled"]) == (f"\n{cited}" in text) == ("\nNot drilled" not in text)


@EACH
def test_a_page_quotes_its_own_alert(page: Path):
    """What fires it comes from the file that sets it."""
    quoted = re.findall(r"\]\(table:evidence/figures/runbooks/alerts\.json#alerts\.(\w+)\)", page.read_text())
    assert [page.stem] == quoted


def test_what_pages_quote_is_what_files_say():
    """The record is made anew and compared."""
    recorded = (ROOT / "evidence/figures/runbooks/alerts.json").read_text(encoding="utf-8")
    assert json.loads(recorded) == figures(ROOT), "record it again: make prove"


@EACH
def test_a_page_can_be_read_at_night(page: Path):
    """Not too long, at most five steps at first, and the way back before all other repairs."""
    assert [] == tired(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("line\n" * 101, "101 lines"),
        (
            "line\n" * 40 + "\n## First five minutes\n" + "".join(f"{n}. step\n" for n in range(1, 7)),
            "more than five steps in the first five minutes",
        ),
        (
            "line\n" * 40 + "\n## Mend it\n| It was |\n|---|\n| one pod | x |\n| a release | y |\n",
            "the first thing to mend is no way back: one pod",
        ),
    ],
)
def test_a_page_that_asks_too_much_is_seen(text: str, fault: str):
    """Too long, too many steps, or a repair before the way back."""
    assert [fault] == tired(text)


def test_every_runbook_has_its_parts():
    """In order, with its title, and a line about its drill."""
    assert [] == [fault for fault in findings(ROOT) if fault.startswith("docs/runbooks/")]
