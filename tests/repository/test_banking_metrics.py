"""Each query on banking's page about metrics runs in a shell, and computes what its metric is said to be."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/banking/metrics.md").read_text(encoding="utf-8")
METRICS = yaml.safe_load((ROOT / "figures/banking/metrics.yaml").read_text(encoding="utf-8"))
TEAM = yaml.safe_load((ROOT / "figures/banking/team.yaml").read_text(encoding="utf-8"))
QUERIES = dict(re.findall(r'^```bash title="([^"]+)"\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL))
PREPARED = QUERIES.pop("needed by all")

# In place of `gh` and `curl`: the answer to the words of the call, through jq where `gh` would do so itself.
STAND_IN = """#!/bin/sh
words="$*"
while [ $# -gt 1 ]; do [ "$1" = --jq ] && program=$2; shift; done
for answer in "$ANSWERS"/*.json; do
  case "$words" in *"$(basename "$answer" .json)"*) exec jq -r "${program:-.}" "$answer" ;; esac
done
echo "nobody answers $words" >&2
exit 1
"""


def times(key: str, *values: str) -> list[dict[str, Any]]:
    """Answers that hold a time each."""
    return [{key: value} for value in values]


def spans(*hours: int) -> list[dict[str, Any]]:
    """Issues that were closed some hours after they were opened, on the first days of October."""
    return [
        {"createdAt": "2026-10-01T00:00:00Z", "closedAt": f"2026-10-{1 + one // 24:02}T{one % 24:02}:00:00Z"}
        for one in hours
    ]


def review(who: str, when: str) -> dict[str, Any]:
    """A review of a pull request that Ada opened on the first of October at midnight."""
    return {"author": {"login": who}, "submittedAt": f"2026-10-{when}:00:00Z"}


def pull(*reviews: dict[str, Any]) -> dict[str, Any]:
    """That pull request."""
    return {"author": {"login": "ada"}, "createdAt": "2026-10-01T00:00:00Z", "reviews": list(reviews)}


def deployed(state: str, hour: int) -> dict[str, Any]:
    """A deployment some hours after its commit."""
    return {
        "createdAt": f"2026-10-01T{hour:02}:00:00Z",
        "commit": {"committedDate": "2026-10-01T00:00:00Z"},
        "latestStatus": {"state": state},
    }


def runs(*logins: str) -> dict[str, Any]:
    """Runs of a workflow that people started."""
    return {"workflow_runs": [{"triggering_actor": {"login": one}} for one in logins]}


def bug(*labels: str) -> dict[str, Any]:
    """An issue with labels."""
    return {"labels": [{"name": one} for one in labels]}


MERGED = times("mergedAt", "2026-10-01T10:00:00Z", "2026-10-02T10:00:00Z", "2026-10-05T10:00:00Z")
COMMITS = [{"authoredDate": "2026-10-01T04:00:00Z"}, {"authoredDate": "2026-10-01T09:00:00Z"}]
NODES = [deployed("SUCCESS", 2), deployed("FAILURE", 20), deployed("INACTIVE", 4), deployed("SUCCESS", 9)]
ACKNOWLEDGED = [{"seconds_to_first_ack": one} for one in (60, 300, 301, None)]
DEPLOYED = times(
    "created_at", "2026-09-30T10:00:00Z", *(one["mergedAt"] for one in MERGED), "2026-10-06T10:00:00Z"
)

CASES: dict[str, tuple[dict[str, Any], str]] = {
    "lead time": ({"issue list": spans(24, 48, 240)}, "2"),
    "throughput": ({"pr list": MERGED}, "2026-W40 2\n2026-W41 1"),
    "cycle time": ({"pr list": [{**MERGED[0], "commits": COMMITS}]}, "6"),
    "SLA of incidents": ({"analytics": {"data": ACKNOWLEDGED}}, "0.5"),
    "change lead time": (
        {"api graphql": {"data": {"repository": {"deployments": {"nodes": NODES}}}}}, "4",
    ),
    "deployment frequency": ({"environment=production": DEPLOYED}, "2026-W40 3\n2026-W41 2"),
    "change fail rate": ({"issue list": [{"number": 7}], "environment=production": DEPLOYED}, "0.25"),
    "failed deployment recovery time": ({"issue list": spans(1, 2, 30)}, "2"),
    "reviewed pull requests": (
        {"pr list": [pull(review("bob", "01T20")), pull(review("ada", "01T02")), pull(),
                     pull(review("bob", "03T00"))]}, "0.25",
    ),
    "bugs by stage": (
        {"issue list": [bug("bug", "found:test"), bug("found:test"), bug("found:production")]},
        "found:production 1\nfound:test 2",
    ),
    "part taken in deploys": ({"deploy.yml": runs("ada", "ada", "ada", "bob")}, "0.75"),
    "initiative in meetings": ({"issue list": [{"state": "OPEN"}, {"state": "CLOSED"}]}, "0.5"),
}  # fmt: skip


def printed(query: str, answers: dict[str, Any], folder: Path) -> str:
    """What a query prints when `gh` and `curl` answer by the words that they are called with."""
    if not shutil.which("jq"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("jq is not installed")
    for name in ("gh", "curl"):
        (folder / name).write_text(STAND_IN)
        (folder / name).chmod(0o755)
    for words, answer in answers.items():
        (folder / f"{words}.json").write_text(json.dumps(answer))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"{PREPARED}{query}"],
        env=os.environ
        | {"PATH": f"{folder}:{os.environ['PATH']}", "ANSWERS": str(folder), "PAGERDUTY_TOKEN": "x"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.stdout.strip() or done.stderr


@pytest.mark.parametrize("name", CASES)
def test_a_query_computes_its_metric(name: str, tmp_path: Path):
    """Run as it stands on the page, over answers whose metric is known."""
    answers, expected = CASES[name]
    assert expected == printed(QUERIES[name], answers, tmp_path)


def test_every_metric_has_a_query_and_a_case():
    """What the tables name is what the page computes and what is tried here."""
    named = [row["metric"].casefold() for group in ("team", "dora", "individual") for row in METRICS[group]]
    assert sorted(named) == sorted(name.casefold() for name in QUERIES) == sorted(map(str.casefold, CASES))


@pytest.mark.parametrize("broken", ["gh pr list --jq '.['", "gh pr list --jq .none.none", "gh other --jq ."])
def test_a_broken_query_is_seen(broken: str, tmp_path: Path):
    """A program that is none, one that finds nothing, and a call that nobody answers compute no metric."""
    assert "6" != printed(broken, CASES["cycle time"][0], tmp_path)


def test_the_promised_answer_is_the_one_that_is_counted():
    """The query counts the minutes that the page promises."""
    promised = TEAM["call"]["answer"]
    assert "minutes" == promised["unit"]
    assert f". <= {promised['value'] * 60})" in QUERIES["SLA of incidents"]
