"""The prover against an independent one: IBM's network configuration analyser, in an environment of its own.

Both are given the same manifests, and asked for every port of every pair of pods.
"""

import copy
import itertools
import json
import os
import random
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from asbuilt.claims import Network
from asbuilt.infrastructure import Infrastructure, Location, Manifest, kustomize
from asbuilt.infrastructure.manifests import named
from asbuilt.prove.network import NetworkProver
from asbuilt.prove.network.connections import connections
from asbuilt.prove.network.operators import operated
from asbuilt.prove.network.policies import Policies
from asbuilt.prove.network.workloads import OPERATED

ROOT = Path(__file__).parents[4]
SETS = 500
DNS = "kube-system/coredns"
OVERLAYS = sorted(
    path.parent.relative_to(ROOT / "kubernetes").as_posix()
    for path in (ROOT / "kubernetes").glob("*/*/kustomization.yaml")
    if path.parent.name != "base"
)
# Policies know of neither, and for an Ingress the analyser makes up a controller.
UNPOLICED = {"Ingress", "Service"}
Open = dict[tuple[str, str, str], list[tuple[int, int]]]
"""By source, target and protocol: the ranges of ports that are open."""


@pytest.fixture(scope="module")
def analyse(request):
    """Runs the analyser over files, and gives what is open in each."""
    return lambda paths: _analysed(request.config.rootpath, paths)


def _analysed(root: Path, paths: Iterable[Path]) -> list[Open]:
    uv = next(filter(None, (os.environ.get("UV"), shutil.which("uv"), _own_uv(root))), None)
    if uv is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("uv is not installed")
    command = [
        uv,
        "run",
        "--quiet",
        "--locked",
        "--project",
        "tests/oracle",
        "python",
        "tests/oracle/analyse.py",
    ]
    environment = os.environ | {"UV_PROJECT_ENVIRONMENT": str(root / ".cache/oracle")}
    environment.pop("VIRTUAL_ENV", None)
    done = subprocess.run(
        [*command, *map(str, paths)], cwd=root, env=environment, capture_output=True, text=True
    )
    assert 0 == done.returncode, done.stderr
    said = done.stdout.replace("kube-system/kube-dns-livesim", DNS)  # its stand-in for the name servers
    return [_merged(json.loads(line)["connections"]) for line in said.splitlines()]


def _own_uv(root: Path) -> str | None:
    path = root / ".cache/uv/bin/uv"
    return str(path) if path.is_file() else None


def spelt_out(documents: Iterable[dict]) -> list[dict]:
    """The same objects, with `Exists` as `In` all the values there are, and `DoesNotExist` as `NotIn` them.

    For the analyser: of pods in other namespaces it gets the short forms wrong (see the test). It also takes
    `egress: []` for a rule; Kubernetes, "Network Policies": "If no policyTypes are specified … Egress will be
    set if the NetworkPolicy has any egress rules", and an empty list has none.
    """
    documents = copy.deepcopy(list(documents))
    for document in documents:
        if document.get("spec", {}).get("egress") == [] and "policyTypes" not in document["spec"]:
            del document["spec"]["egress"]
        rules = [rule for way in ("ingress", "egress") for rule in document.get("spec", {}).get(way, ())]
        for one in (peer for rule in rules for peer in (*rule.get("from", ()), *rule.get("to", ()))):
            for asked in (one.get("podSelector") or {}).get("matchExpressions", ()):
                if short := {"Exists": "In", "DoesNotExist": "NotIn"}.get(asked["operator"]):
                    asked |= {"operator": short, "values": list(LABELS[asked["key"]])}
    return documents


def _merged(found: Iterable[tuple[str, str, str, int, int]]) -> Open:
    """Ranges joined where they touch; a pod always reaches itself, so those pairs tell nothing."""
    spans = defaultdict(list)
    for source, target, protocol, first, last in found:
        if source != target:
            spans[source, target, protocol].append((max(first, 1), last))
    joined: Open = {}
    for key, several in spans.items():
        whole: list[tuple[int, int]] = []
        for first, last in sorted(several):
            if whole and first <= whole[-1][1] + 1:
                whole[-1] = whole[-1][0], max(last, whole[-1][1])
            else:
                whole.append((first, last))
        joined[key] = whole
    return joined


def ours(found: Iterable[Manifest]) -> Open:
    """What the prover's own policies leave open."""
    policies = Policies(Infrastructure(manifests=tuple(found)))
    names = [f"{one.namespace}/{_called(one)}" for one in policies.reader.workloads]
    return _merged(
        (names[source], names[target], protocol, *span)
        for protocol in ("tcp", "udp")
        for span, rows in connections(policies, protocol)
        for source, row in enumerate(rows)
        for target in range(len(rows))
        if row >> target & 1
    )


def _called(manifest: Manifest) -> str:
    """A name without its kind, which has to tell operators' pods apart."""
    name = manifest.name.rpartition("/")[2]
    return f"{manifest.kind.lower()}-{name}" if manifest.kind in OPERATED else name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pair_of_a_system(overlay: str, analyse, tmp_path: Path) -> None:
    """An overlay's policies let through what the analyser finds, to name servers and operators' pods too."""
    built = operated(Infrastructure(manifests=kustomize.build(ROOT / "kubernetes" / overlay))).manifests
    path = tmp_path / "all.yaml"
    policed = (_plain(one) for one in built if one.kind not in UNPOLICED)
    path.write_text(_text(policed))
    (expected,) = analyse([path])
    assert expected == ours(built)


def _plain(manifest: Manifest) -> dict:
    """An object as the analyser reads it: operators' pods as those of a Deployment."""
    is_written = "apiVersion" in manifest.body and manifest.kind not in OPERATED
    if is_written:
        return dict(manifest.body)
    template = manifest.body["spec"]["template"]
    spec = {"selector": {"matchLabels": template["metadata"]["labels"]}, "template": template}
    place = {"name": _called(manifest), "namespace": manifest.namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": place, "spec": spec}


@pytest.fixture(scope="module")
def generated() -> list[list[dict]]:
    """Sets of policies over pods that are alike but for a label or a namespace."""
    return [list(made(random.Random(number))) for number in range(SETS)]  # noqa: S311 - the same in every run


def test_generated_policies(generated: list[list[dict]], analyse, tmp_path: Path) -> None:
    """Every port of every pair, in every set."""
    paths = [tmp_path / f"{number:03}.yaml" for number in range(SETS)]
    for path, documents in zip(paths, generated, strict=True):
        path.write_text(_text(spelt_out(documents)))
    tables = [_without_dns(ours(_manifests(documents))) for documents in generated]
    differing = [
        path.stem
        for path, table, expected in zip(paths, tables, analyse(paths), strict=True)
        if expected != table
    ]
    assert [] == differing
    assert len({len(table) for table in tables}) > 30, "the sets tell nothing apart"


def test_arrows_say_what_the_table_of_all_pairs_says(generated: list[list[dict]]) -> None:
    """One claim at a time or all at once: a port is let through, or it is not."""
    for documents in generated[::10]:
        found = _manifests(documents)
        prover, table = NetworkProver(Infrastructure(manifests=found)), ours(found)
        for source, target in itertools.permutations([one for one in found if one.kind == "Pod"], 2):
            _agree(prover, table, source, target)


def _text(documents: Iterable[dict]) -> str:
    """Documents as JSON, which is YAML and quicker to write."""
    return "\n---\n".join(map(json.dumps, documents))


def _manifests(documents: Iterable[dict]) -> tuple[Manifest, ...]:
    return tuple(named(document, Location("all.yaml", 1)) for document in documents)


def _without_dns(table: Open) -> Open:
    return {key: spans for key, spans in table.items() if DNS not in key}


def _agree(prover: NetworkProver, table: Open, source: Manifest, target: Manifest) -> None:
    for port in target.body["spec"]["containers"][0]["ports"]:
        number, protocol = port["containerPort"], port["protocol"].lower()
        names = [one.name.replace("/Pod/", "/") for one in (source, target)]
        spans = table.get((names[0], names[1], protocol), [])
        is_open = any(first <= number <= last for first, last in spans)
        verdict = prover.prove(source.name, target.name, Network(protocol, number, number)).verdict
        expected = {"proven", "absent"} if is_open else {"refuted", "unknown"}
        assert verdict in expected, (source.name, target.name, port, verdict)


def _small(peer: dict, labels: dict) -> list[dict]:
    """A namespace whose pod lets in what a peer chooses, and a pod of another namespace."""

    def pod(name: str, namespace: str, labels: dict) -> dict:
        place = {"name": name, "namespace": namespace, "labels": labels}
        spec = {"containers": [{"name": "main", "image": "x"}]}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": place, "spec": spec}

    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": [peer]}]}
    place = {"name": "in", "namespace": "shop"}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "bank", "labels": {"team": "b"}}},
        pod("api", "shop", {"app": "api"}),
        pod("web", "bank", labels),
        {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": place, "spec": spec},
    ]


BANK = {"namespaceSelector": {"matchLabels": {"team": "b"}}}
EXPLAINED = {
    # Kubernetes, "Network Policies": "A single to/from entry that specifies both namespaceSelector and
    # podSelector selects particular Pods within particular namespaces." The analyser looks for pods with a
    # key, or without one, in the policy's own namespace only.
    "a key, of pods of another namespace": (
        BANK | {"podSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}},
        {"app": "web"},
    ),
    "no key, of pods of another namespace": (
        BANK | {"podSelector": {"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}},
        {},
    ),
}


@pytest.mark.parametrize("what", EXPLAINED)
def test_where_the_analyser_is_wrong(what: str, analyse, tmp_path: Path) -> None:
    """Where the two disagree, the words of Kubernetes' documentation are on the prover's side."""
    chosen, labels = EXPLAINED[what]
    path = tmp_path / "all.yaml"
    documents = _small(chosen, labels)
    path.write_text(_text(documents))
    (judged,) = analyse([path])
    key = ("bank/web", "shop/api", "tcp")
    assert key in ours(_manifests(documents))
    assert key not in judged, "the analyser has learnt it: drop this, and what is spelt out for it"


def test_addresses_are_not_pods(analyse, tmp_path: Path) -> None:
    """Neither takes a block of addresses for the pods that may have them; an arrow is unknown then.

    Kubernetes, "Network Policies": "ipBlock … should be cluster-external IPs, since Pod IPs are ephemeral".
    """
    path = tmp_path / "all.yaml"
    documents = _small({"ipBlock": {"cidr": "0.0.0.0/0"}}, {"app": "web"})
    path.write_text(_text(documents))
    found = _manifests(documents)
    key = ("bank/web", "shop/api", "tcp")
    assert [False, False] == [key in ours(found), key in analyse([path])[0]]
    prover = NetworkProver(Infrastructure(manifests=found))
    assert "unknown" == prover.prove("bank/Pod/web", "shop/Pod/api", Network("tcp", 80, 80)).verdict


NAMESPACES = ("shop", "shop-2", "bank")
LABELS = {"app": ("web", "api", "db"), "tier": ("front", "back"), "team": ("a", "b")}
OWN = {"shop": {"team": "a", "kind": "live"}, "shop-2": {"team": "a"}, "bank": {"team": "b", "kind": "live"}}


def made(chance: random.Random) -> Iterator[dict]:
    """Three namespaces, nine pods, and up to six policies."""
    for name, labels in OWN.items():
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    for number in range(9):
        labels = {key: chance.choice(values) for key, values in LABELS.items() if chance.random() < 0.8}
        ports = [
            {"name": "http", "containerPort": chance.choice((80, 8080)), "protocol": "TCP"},
            {"name": "log", "containerPort": chance.choice((514, 5140)), "protocol": "UDP"},
        ]
        spec = {"containers": [{"name": "main", "image": "x", "ports": ports}]}
        place = {"name": f"p{number}", "namespace": NAMESPACES[number % 3], "labels": labels}
        yield {"apiVersion": "v1", "kind": "Pod", "metadata": place, "spec": spec}
    for number in range(chance.randint(1, 6)):
        place = {"name": f"n{number}", "namespace": chance.choice(NAMESPACES)}
        spec = policy(chance)
        yield {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": place, "spec": spec}


def policy(chance: random.Random) -> dict:
    """A policy's spec: for some pods, for either direction or both, said or left to be understood."""
    spec: dict = {"podSelector": selector(chance, LABELS)}
    for way, peers in (("ingress", "from"), ("egress", "to")):
        if chance.random() < 0.6:
            spec[way] = [rule(chance, peers) for _ in range(chance.randint(0, 3))]
    if chance.random() < 0.6:  # rules of a direction that is not meant are refused by the analyser
        meant = [way.title() for way in ("ingress", "egress") if way in spec or chance.random() < 0.3]
        spec |= {"policyTypes": meant} if meant else {}
    return spec


def rule(chance: random.Random, peers: str) -> dict:
    """A rule: peers or anybody, ports or all."""
    found: dict = {}
    if chance.random() < 0.9:
        found[peers] = [peer(chance) for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.7:
        found["ports"] = [port(chance) for _ in range(chance.randint(1, 2))]
    return found


def peer(chance: random.Random) -> dict:
    """Pods here, pods of other namespaces, all pods of these, or addresses."""
    choice = chance.random()
    if choice < 0.1:
        return {"ipBlock": {"cidr": "203.0.113.0/24", "except": ["203.0.113.64/26"]}}
    found = {}
    if choice < 0.7:
        found["podSelector"] = selector(chance, LABELS)
    if choice > 0.4:
        words = {"team": ("a", "b"), "kind": ("live",), "kubernetes.io/metadata.name": NAMESPACES}
        found["namespaceSelector"] = selector(chance, words)
    return found


def port(chance: random.Random) -> dict:
    """A number, a range, a name, or every port of a protocol, which may be left out."""
    protocol = chance.choice(({}, {"protocol": "TCP"}, {"protocol": "UDP"}))
    numbers = chance.choice((80, 8080, 514, 5140))
    kinds: tuple[dict, ...] = (
        {"port": numbers},
        {"port": numbers, "endPort": numbers + chance.choice((0, 10, 8000))},
        {"port": "http", "protocol": "TCP"},
        {"port": "log", "protocol": "UDP"},
        {},
    )
    found = protocol | chance.choice(kinds)
    return found or {"protocol": "TCP"}


def selector(chance: random.Random, words: dict[str, tuple[str, ...]]) -> dict:
    """Labels, expressions, both, or everything."""
    found: dict = {}
    if chance.random() < 0.5:
        key = chance.choice(list(words))
        found["matchLabels"] = {key: chance.choice(words[key])}
    if chance.random() < 0.5:
        key = chance.choice(list(words))
        operator = chance.choice(("In", "NotIn", "Exists", "DoesNotExist"))
        values = {"values": sorted(chance.sample(words[key], chance.randint(1, len(words[key]))))}
        listed = values if operator in {"In", "NotIn"} else {}
        found["matchExpressions"] = [{"key": key, "operator": operator, **listed}]
    return found
