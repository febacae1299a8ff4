"""Banking's mutants: what each breaks, and that neither judge lets it pass."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from asbuilt.drawing import Drawing
from drills.mutants.mutant import Mutant
from drills.mutants.operators import operated
from drills.mutants.oracle import Drawn, Oracle
from drills.mutants.systems import SYSTEMS, judged
from drills.mutants.verdicts import Bench
from drills.mutants.world import World, built, judge

STEP = 60
SYSTEM = SYSTEMS["banking"]
ROOT = Path(__file__).parents[3]
CORE, GATEWAY, KAFKA = "banking/Deployment/core", "banking/Deployment/gateway", "banking/KafkaNodePool/broker"
AUTHENTICATION, ADAPTER = "banking/Deployment/authentication", "banking/Deployment/legacy-adapter"
PROMETHEUS, ALERTS = "monitoring/Prometheus/banking", "monitoring/Alertmanager/banking"
MONITOR, SCALER = "banking/ServiceMonitor/core", "banking/HorizontalPodAutoscaler/core"
BUDGET, LEDGER, PAGER = "banking/PodDisruptionBudget/core", "external/legacy-core", "external/pagerduty"
NAME = "app.kubernetes.io/name"
BROKEN = [
    ("pods: label changed", f"{CORE}, {NAME}", (GATEWAY, CORE, "tcp/8080")),
    ("pods: label removed", f"{GATEWAY}, {NAME}", (GATEWAY, CORE, "tcp/8080")),
    ("ServiceAccount: left out", "ServiceAccount/core", (GATEWAY, CORE, "tcp/8080")),
    ("container: port changed", f"{CORE}, http", (GATEWAY, CORE, "tcp/8080")),
    ("container: port renamed", f"{CORE}, http", (GATEWAY, CORE, "tcp/8080")),
    ("probe: port that has no such name", f"{CORE}, core, readiness", (GATEWAY, CORE, "tcp/8080")),
    ("probe: port that has no such name", f"{CORE}, core, liveness", (CORE, KAFKA, "tcp/9093")),
    ("probe: port that is not declared", f"{CORE}, core, startup", (CORE, KAFKA, "tcp/9093")),
    ("NetworkPolicy: left out", "banking/NetworkPolicy/resolve-names", (GATEWAY, CORE, "tcp/8080")),
    ("NetworkPolicy: egress rule left out", "NetworkPolicy/core, egress 0", (CORE, KAFKA, "tcp/9093")),
    ("policy: port of no such name", "NetworkPolicy/core, ingress 0, port 0", (GATEWAY, CORE, "tcp/8080")),
    ("policy: selector narrowed", "banking/NetworkPolicy/core", (GATEWAY, CORE, "tcp/8080")),
    ("peer: namespace forgotten", "NetworkPolicy/core, ingress 1, peer 0", (PROMETHEUS, CORE, "tcp/9090")),
    ("peer: podSelector's label changed", "Policy/kafka, ingress 0, peer 0", (CORE, KAFKA, "tcp/9093")),
    ("ipBlock: with a hole", "NetworkPolicy/legacy-adapter, egress 1", (ADAPTER, LEDGER, "tcp/8443")),
    ("ipBlock: halved", "NetworkPolicy/alertmanager, egress 1", (ALERTS, PAGER, "tcp/443")),
    ("Service: port renamed", "Service/core, metrics", (MONITOR, CORE, "selects")),
    ("ServiceMonitor: looks into another namespace", MONITOR, (MONITOR, CORE, "selects")),
    ("autoscaler: target's name", SCALER, (SCALER, CORE, "scales")),
    ("autoscaler: target's apiVersion", SCALER, (SCALER, CORE, "scales")),
    ("PodDisruptionBudget: selector removed", BUDGET, (BUDGET, CORE, "protects")),
    ("PodDisruptionBudget: selector widened", "Budget/authentication", (BUDGET, CORE, "protects")),
    ("operator: another maker's kind", "Kafka/banking", (CORE, KAFKA, "tcp/9093")),
    ("KafkaNodePool: of another cluster", KAFKA, (KAFKA, KAFKA, "tcp/9091")),
    ("KafkaNodePool: role removed", f"{KAFKA}, controller", (KAFKA, KAFKA, "tcp/9090")),
    ("Kafka: listener's port changed", "Kafka/banking, 0", (CORE, KAFKA, "tcp/9093")),
    ("Kafka: no figures", "Kafka/banking", (PROMETHEUS, KAFKA, "tcp/9404")),
    ("Alertmanager: answers itself only", ALERTS, (PROMETHEUS, ALERTS, "tcp/9093")),
    ("base: file left out", "core.yaml", (GATEWAY, CORE, "tcp/8080")),
    ("overlay: suffix to every name", "", (GATEWAY, CORE, "tcp/8080")),
    ("overlay: a kind deleted", "ServiceAccount", (GATEWAY, CORE, "tcp/8080")),
]
WANTED = [family for family, _, _ in BROKEN]


@pytest.fixture(scope="module")
def bench(platform: World) -> Bench:
    """Judges mutants of banking."""
    return Bench(platform)


@pytest.fixture(scope="module")
def broken(platform: World) -> list[Mutant]:
    """The mutants that these tests speak of."""
    return [one for one in SYSTEM.mutants(platform) if one.family in WANTED]


def test_both_judges_call_the_unbroken_platform_true(bench: Bench):
    """No finding of the proof, and nothing that the oracle calls false."""
    assert (frozenset(), set()) == (bench.findings, bench.false)


@pytest.mark.parametrize(("family", "name", "thing"), BROKEN)
def test_the_oracle_sees_what_is_broken(
    platform: World, broken: list[Mutant], family: str, name: str, thing: tuple[str, ...]
):
    """Each kind of tie is read: break it, and what stands on it is false."""
    found = [one for one in broken if one.family == family and name in one.name]
    drawings = judge(platform).drawings
    assert found
    assert all(("arrow", *thing) in _false(one, drawings) for one in found)


def _false(mutant: Mutant, drawings: tuple[Drawing, ...]) -> set[Drawn]:
    world = built(mutant.world)
    return Oracle(world.documents[-1], world.manifests).false(drawings)


@pytest.mark.parametrize(
    ("family", "name"),
    [
        ("Service: port renamed", "Service/core, metrics"),
        ("operator: another maker's kind", "Kafka/banking"),
        ("probe: port that is not declared", f"{CORE}, core, readiness"),
        ("probe: port that has no such name", f"{CORE}, core, liveness"),
    ],
)
def test_what_once_was_called_true_is_caught(bench: Bench, broken: list[Mutant], family: str, name: str):
    """Falsehoods that this benchmark found in the proof."""
    (mutant,) = [one for one in broken if one.family == family and one.name.endswith(name)]
    outcome = bench.outcome(mutant)
    assert ("caught", True) == (outcome.verdict, outcome.made_false)


def test_a_sample_holds_no_false_proof(platform: World):
    """Every 60th mutant, proven anew; what was made false is caught."""
    outcomes = [outcome for _, outcome in judged(SYSTEM, platform, 0, STEP)]
    assert [] == [one for one in outcomes if one.verdict == "false proof"]
    assert [] == [one for one in outcomes if one.made_false and one.verdict != "caught"]
    assert {"caught", "beside"} <= {one.verdict for one in outcomes}


def test_a_path_that_no_file_knows_is_beyond_the_files(platform: World, bench: Bench):
    """Neither judge can tell which paths a container answers: that is said, and not counted as caught."""
    mutant = next(one for one in SYSTEM.mutants(platform) if one.family == "probe: other path")
    outcome = bench.outcome(mutant)
    assert ("beyond", "no file tells which paths a container answers") == (outcome.verdict, outcome.why)


@pytest.mark.parametrize("family", ["overlay: no longer YAML", "overlay: base misspelt", "overlay: dropped"])
def test_an_overlay_that_is_not_there_is_caught(platform: World, bench: Bench, family: str):
    """It is unusable, or it builds nothing of what is drawn."""
    (mutant,) = [one for one in SYSTEM.mutants(platform) if one.family == family]
    assert "caught" == bench.outcome(mutant).verdict


def test_the_mutants_are_many_and_told_apart(platform: World):
    """At least 150 of the manifests, of no two the same name, and none that changes nothing."""
    found = [one for one in SYSTEM.mutants(platform) if one.world.scripts is platform.scripts]
    names = [(one.family, one.name) for one in found]
    same = [one.name for one in found if not one.world.overlay and one.world.manifests == platform.manifests]
    assert (True, len(names), []) == (len(found) >= 150, len(set(names)), same)


def test_a_blind_proof_is_found_out(platform: World, bench: Bench, monkeypatch: pytest.MonkeyPatch):
    """A prover that says of a broken platform what it said of the unbroken one makes a false proof."""
    as_before = judge(platform)
    monkeypatch.setattr("drills.mutants.verdicts.judge", lambda _: as_before)
    file = "banking/NetworkPolicy/core.yaml"
    body = yaml.safe_load(platform.manifests[file])
    body["spec"]["egress"] = []
    world = replace(platform, manifests={**platform.manifests, file: yaml.safe_dump(body)})
    assert "false proof" == bench.outcome(Mutant("policy", "core", world)).verdict


def test_an_operator_makes_nothing_of_what_only_has_the_name():
    """A pool without its cluster, and kinds of another API group, have no pods."""
    pool = {"apiVersion": "kafka.strimzi.io/v1", "kind": "KafkaNodePool"}
    pool |= {"metadata": {"name": "broker", "labels": {"strimzi.io/cluster": "gone"}}, "spec": {}}
    strange = {"apiVersion": "example.com/v1", "kind": "Prometheus", "metadata": {"name": "own"}, "spec": {}}
    found = operated({"shop/KafkaNodePool/broker": pool, "shop/Prometheus/own": strange})
    assert {"shop/KafkaNodePool/broker": pool, "shop/Prometheus/own": strange} == found
