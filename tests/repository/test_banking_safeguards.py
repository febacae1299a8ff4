"""Banking's tables of threats and failures say what its manifests say, once they are built."""

import copy
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from asbuilt.infrastructure import Infrastructure
from asbuilt.inputs import Sources, read
from drills.holds import faults
from drills.safeguards import STRIDE, groups, infrastructure, tables, wrong

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "evidence/figures/banking"
FILES = {
    name: yaml.safe_load((ROOT / f"figures/banking/{name}.yaml").read_text(encoding="utf-8"))
    for name in ("threats", "failures")
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Infrastructure:
    """What production applies."""
    overlay = ROOT / "kubernetes/banking/production"
    done = subprocess.run(["kubectl", "kustomize", overlay], capture_output=True, check=True, timeout=60)
    folder = tmp_path_factory.mktemp("production")
    (folder / "built.yaml").write_bytes(done.stdout)
    return read(Sources([], [], [folder]))[0]


@pytest.mark.parametrize("name", FILES)
def test_every_line_says_what_its_row_says_in_the_built_manifests(built: Infrastructure, name: str):
    """Objects are there, fields are as expected, texts and tests exist."""
    assert [] == wrong(FILES[name], built, ROOT)


@pytest.mark.parametrize("name", FILES)
def test_the_tables_on_the_page_are_those_of_the_file(name: str):
    """What is recorded is what the rows give today."""
    recorded = json.loads((RECORDS / f"{name}.json").read_bytes())
    assert tables(FILES[name], "banking") == recorded, "make prove"


@pytest.mark.parametrize("name", FILES)
def test_every_table_is_on_a_page(name: str):
    """No group of rows is written for nobody."""
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs/banking").glob("*.md"))
    recorded = json.loads((RECORDS / f"{name}.json").read_bytes())
    assert [] == [
        key for key in recorded if f"](table:evidence/figures/banking/{name}.json#{key})" not in pages
    ]


def otherwise(expected: Any) -> Iterator[Any]:
    """The expectation with one value in it changed, once for each value."""
    if not isinstance(expected, dict | list) or not expected:
        yield "another"
        return
    for key, value in expected.items() if isinstance(expected, dict) else enumerate(expected):
        for other in () if value == {} else otherwise(value):
            different = copy.copy(expected)
            different[key] = other
            yield different


@pytest.mark.parametrize("name", FILES)
def test_every_expected_value_is_compared(monkeypatch: pytest.MonkeyPatch, name: str):
    """Whichever single value of whichever row is changed, the row no longer holds."""
    monkeypatch.chdir(ROOT)
    found = infrastructure("banking")
    different = [
        {"implemented_by": {address: other}}
        for group in groups(FILES[name])
        for row in group.get("threats") or group["failures"]
        for kind in ("implemented_by", "noticed_by")
        for address, expected in row.get(kind, {}).items()
        for other in otherwise(expected)
    ]
    assert len(different) > 40
    assert [] == [row for row in different if not list(faults(row, found, ROOT))]


@pytest.mark.parametrize(
    ("name", "address", "text", "other"),
    [
        ("failures", "banking/HorizontalPodAutoscaler/core", '"minReplicas": 6', '"minReplicas": 1'),
        ("failures", "banking/Kafka/banking", '"rack": {', '"shelf": {'),
        ("failures", "banking/KafkaNodePool/broker", '"replicas": 3', '"replicas": 1'),
        ("failures", "banking/PodDisruptionBudget/core", "AlwaysAllow", "IfHealthyBudget"),
        ("failures", "banking/ServiceMonitor/core", '"endpoints": [{', '"ends": [{'),
        ("threats", "banking/ServiceAccount/core", "false", "true"),
        ("threats", "banking/Kafka/banking", '"tls": true', '"tls": false'),
        ("threats", "banking/NetworkPolicy/core", '"gateway"', '"grafana"'),
        ("threats", "cluster/Namespace/banking", '/enforce": "restricted"', '/enforce": "baseline"'),
        ("threats", "monitoring/NetworkPolicy/grafana", '"ingress": []', '"ingress": [{}]'),
    ],
)
def test_a_weaker_platform_is_seen(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str, text: str, other: str
):
    """Manifests in which one field is worse fail a row that stands on it, by the object's name."""
    monkeypatch.chdir(ROOT)
    found = infrastructure("banking")
    body = json.dumps(found.find(address)[0].body)
    assert text in body
    weaker = tuple(
        replace(item, body=json.loads(body.replace(text, other))) if item.name == address else item
        for item in found.manifests
    )
    said = wrong(FILES[name], replace(found, manifests=weaker), ROOT)
    assert any(f": {address}: " in fault for fault in said)


@pytest.mark.parametrize("flow", FILES["threats"]["flows"], ids=lambda flow: flow["id"])
def test_every_flow_tells_of_every_kind(flow: dict[str, Any]):
    """Each of the six has a row or a reason, and none has both."""
    assert sorted(STRIDE) == letters(flow)


def letters(flow: dict[str, Any]) -> list[str]:
    """Kinds of threat that a flow has a row for, or says why it has none; each once a reason."""
    return sorted([*{row["stride"] for row in flow["threats"]}, *flow.get("none", {})])


def test_a_missing_kind_is_seen():
    """A flow that loses its rows, or gives a reason against a row, is noticed."""
    flow = FILES["threats"]["flows"][0]
    assert sorted(STRIDE) != letters(flow | {"threats": flow["threats"][:1]})
    assert sorted(STRIDE) != letters(flow | {"none": {**flow["none"], "S": "no reason"}})
