"""Tables of threats and failures say what the files say, and know every drawn arrow between two zones."""

import copy
import fnmatch
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from asbuilt.capture import capture
from asbuilt.infrastructure import Infrastructure
from asbuilt.inputs import Sources, read
from drills.holds import faults
from drills.safeguards import STRIDE, groups, tables, wrong

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "figures/biotech-x"
RECORDS = ROOT / "evidence/figures/biotech-x"
FILES = {name: yaml.safe_load((FIGURES / f"{name}.yaml").read_text()) for name in ("threats", "failures")}
THREATS, FAILURES = FILES["threats"], FILES["failures"]
DIAGRAMS = sorted((ROOT / "diagrams/biotech-x").glob("*.py"))
Documents = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def found(
    terraform_plan: Documents, applied_state: Documents, tmp_path_factory: pytest.TempPathFactory
) -> Infrastructure:
    """Production as it is planned and applied now, and the manifests."""
    folder = tmp_path_factory.mktemp("production")
    documents = {"plan.json": terraform_plan("production"), "state.json": applied_state("production")}
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
    paths = [folder / name for name in documents]
    return read(Sources([], paths, [ROOT / "kubernetes/biotech-x"]))[0]


def rows(name: str) -> Iterator[dict[str, Any]]:
    """Every row of a file."""
    for group in groups(FILES[name]):
        yield from group.get("threats") or group.get("failures")


@pytest.mark.parametrize("name", FILES)
def test_every_line_says_what_its_row_says(found: Infrastructure, name: str):
    """Addresses exist, attributes are as expected, texts and tests are there."""
    assert [] == wrong(FILES[name], found, ROOT)


@pytest.mark.parametrize("name", FILES)
def test_the_tables_on_the_page_are_those_of_the_file(name: str):
    """What is recorded is what the rows give today."""
    assert tables(FILES[name], "biotech-x") == json.loads((RECORDS / f"{name}.json").read_bytes()), (
        "make prove"
    )


def otherwise(expected: Any) -> Iterator[Any]:
    """The expectation with one value in it changed, once for each value."""
    items = expected.items() if isinstance(expected, dict) else enumerate(expected)
    for key, value in items:
        for other in otherwise(value) if isinstance(value, dict | list) and value else [another(value)]:
            changed = copy.copy(expected)
            changed[key] = other
            yield changed


def another(value: Any) -> Any:
    """A value that the given one does not hold for."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return ["other"] if value in ([], {}) else f"not {value}"


@pytest.mark.parametrize("name", FILES)
def test_every_expected_value_is_compared(found: Infrastructure, name: str):
    """Whichever single value of whichever row is changed, the row no longer holds."""
    changed = [
        {"implemented_by": {address: other}}
        for row in rows(name)
        for kind in ("implemented_by", "noticed_by")
        for address, expected in (row.get(kind) or {}).items()
        for other in otherwise(expected or {})
    ]
    assert len(changed) > 30
    assert [] == [row for row in changed if not list(faults(row, found, ROOT))]


def changed(found: Infrastructure, address: str, text: str, other: str) -> Infrastructure:
    """The infrastructure with one text in a resource's values exchanged for another."""

    def values(given: Any) -> Any:
        before = json.dumps(given, default=str)
        after = before.replace(text, other)
        assert before != after, f"{address} has no {text}"
        return json.loads(after)

    resources = tuple(
        replace(item, values=values(item.values)) if item.block == address else item
        for item in found.resources
    )
    return replace(found, resources=resources)


@pytest.mark.parametrize(
    ("name", "address", "text", "other"),
    [
        ("threats", "aws_s3_bucket_public_access_block.uploads", '_policy": true', '_policy": false'),
        ("threats", "aws_s3_bucket_policy.results", r"\"Deny\"", r"\"Allow\""),
        ("threats", "aws_cognito_user_pool.main", '"ON"', '"OFF"'),
        ("threats", "aws_lb.main", '"internal": true', '"internal": false'),
        ("threats", "aws_iam_role_policy.api", "s3:PutObject", "s3:*"),
        ("threats", "aws_iam_role.deploy", "environment:production", "*"),
        ("threats", "aws_launch_template.node", 'hop_limit": 1', 'hop_limit": 2'),
        ("threats", "aws_ecr_repository.main", "IMMUTABLE", "MUTABLE"),
        ("threats", "aws_route_table.database", '"route": []', '"route": [{"cidr_block": "0.0.0.0/0"}]'),
        ("threats", "aws_db_parameter_group.main", "rds.force_ssl", "rds.forced_ssl"),
        ("threats", "aws_vpc_security_group_ingress_rule.database_from_node", "5432", "0"),
        ("failures", "aws_db_instance.main", '"multi_az": true', '"multi_az": false'),
        ("failures", "aws_cloudwatch_metric_alarm.analysis_failed", '"alarm_actions": [', '"alarm": ['),
        ("failures", "aws_batch_job_definition.analysis", '"attempts": 5', '"attempts": 1'),
        ("failures", "aws_sqs_queue.outcome", "maxReceiveCount", "receiveCount"),
    ],
)  # fmt: skip
def test_a_weaker_platform_is_seen(found: Infrastructure, name: str, address: str, text: str, other: str):
    """A plan in which one attribute is worse fails a row that stands on it, by the attribute's address."""
    assert any(address in fault for fault in wrong(FILES[name], changed(found, address, text, other), ROOT))


def zone(node: str) -> str:
    """Where a drawn node stands."""
    for name, patterns in THREATS["zones"].items():
        if any(fnmatch.fnmatchcase(node, pattern) for pattern in patterns):
            return str(name)
    return ""


def crossings(script: Path) -> Iterator[tuple[str, str]]:
    """The ends of each drawn arrow that are not in the same zone, or are in none."""
    drawing = capture(script, ROOT / "diagrams")
    names = {node.key: node.id for node in drawing.nodes}
    for arrow in drawing.arrows:
        ends = names[arrow.source], names[arrow.target]
        if zone(ends[0]) != zone(ends[1]) or not zone(ends[0]):
            yield ends


def covered(ends: tuple[str, str]) -> bool:
    """Whether a flow lies between the zones of both ends."""
    between = {frozenset(pair) for flow in THREATS["flows"] for pair in flow["between"]}
    return frozenset(map(zone, ends)) in between


@pytest.mark.parametrize("script", DIAGRAMS, ids=lambda script: script.stem)
def test_every_arrow_between_zones_belongs_to_a_flow(script: Path):
    """A picture cannot draw a way across a border that the table of threats does not speak of."""
    assert [] == [ends for ends in crossings(script) if not covered(ends)]


@pytest.mark.parametrize(
    "ends",
    [("external/scientist", "aws_db_instance.main"), ("external/scientist", "aws_unheard_of.main")],
)
def test_an_arrow_that_belongs_to_no_flow_is_seen(ends: tuple[str, str]):
    """A way from outside to a queue, or to something that stands nowhere, would be one."""
    assert covered(("external/scientist", "aws_s3_bucket.uploads"))
    assert not covered((ends[0], ends[1].replace("aws_db_instance", "aws_sqs_queue")))


def letters(flow: dict[str, Any]) -> list[str]:
    """Kinds of threat that a flow has a row for, or says why it has none; each once a reason."""
    told = {row["stride"] for row in flow["threats"]}
    return sorted([*told, *flow.get("none", {})])


@pytest.mark.parametrize("flow", THREATS["flows"], ids=lambda flow: flow["id"])
def test_every_flow_tells_of_every_kind(flow: dict[str, Any]):
    """Each of the six has a row or a reason, and none has both."""
    assert sorted(STRIDE) == letters(flow)


def test_a_missing_kind_is_seen():
    """A flow without a row for tampering, or with a row and a reason against it, is noticed."""
    flow = THREATS["flows"][0]
    assert sorted(STRIDE) != letters(flow | {"threats": flow["threats"][:1]})
    assert sorted(STRIDE) != letters(flow | {"none": {"S": "no reason"}})


@pytest.mark.parametrize("name", FILES)
def test_every_table_is_on_a_page(name: str):
    """No group of rows is written for nobody."""
    pages = "".join(page.read_text() for page in (ROOT / "docs/biotech-x").glob("*.md"))
    recorded = json.loads((RECORDS / f"{name}.json").read_bytes())
    assert [] == [
        key for key in recorded if f"](table:evidence/figures/biotech-x/{name}.json#{key})" not in pages
    ]


def test_every_alarm_tells_of_a_failure(found: Infrastructure):
    """An alarm that no row is noticed by is either useless or a failure that was forgotten."""
    told = {address for row in rows("failures") for address in row.get("noticed_by") or {}}
    alarms = {item.block for item in found.of_type("aws_cloudwatch_metric_alarm")}
    assert set() == alarms - told


def silent(found: Infrastructure) -> list[str]:
    """Alarms that do not tell the topic when they begin, or when they end."""
    (topic,) = found.find("aws_sns_topic.alarms")
    told = [topic.values["arn"]]
    return [
        item.address
        for item in found.of_type("aws_cloudwatch_metric_alarm")
        if [item.values["alarm_actions"], item.values["ok_actions"]] != [told, told]
    ]


def test_every_alarm_reaches_the_engineer(found: Infrastructure):
    """Each begins and ends at the topic that the engineer is subscribed to."""
    assert [] == silent(found)


def test_a_silent_alarm_is_seen(found: Infrastructure):
    """One that tells another topic is named."""
    address = "aws_cloudwatch_metric_alarm.server_errors"
    assert [address] == silent(changed(found, address, "-alarms", "-other"))
