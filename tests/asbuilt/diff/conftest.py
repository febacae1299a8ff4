"""A small shop on Kubernetes in a repository of its own, proven, committed, and then changed."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from asbuilt import evidence, files, inputs
from asbuilt.capture import capture
from asbuilt.diff import compare, opened
from asbuilt.prove.proof import prove
from asbuilt.scripts import scripts
from asbuilt.settings import Settings

VIEW = '''"""The shop."""

from diagrams import Cluster, Diagram, Edge
from diagrams.k8s.compute import STS, Deploy
from diagrams.onprem.client import Client

with Diagram("Shop", show=False):
    client = Client("Customer", nodeid="external/customer")
    with Cluster("Namespace shop", graph_attr={"id": "cluster/Namespace/shop"}):
        web = Deploy("Web", nodeid="shop/Deployment/web")
        api = Deploy("API", nodeid="shop/Deployment/api")
        database = STS("Database", nodeid="shop/StatefulSet/database")
    client >> Edge(label="opens", by="asserted: customers are outside") >> web
    web >> Edge(label="asks", by="tcp/8000") >> api
    api >> Edge(label="stores", by="tcp/5432") >> database
'''
_WORKLOAD = """\
---
apiVersion: apps/v1
kind: {kind}
metadata: {{name: {name}, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  serviceName: {name}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: {name}
          image: example.org/{name}:1
          ports: [{{containerPort: {port}}}]
          readinessProbe: {{tcpSocket: {{port: {port}}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec:
  selector: {{app: {name}}}
  ports: [{{port: {port}, targetPort: {port}}}]
"""
_POLICY = """\
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{app: {of}}}}}
  policyTypes: [{way}]
  {rules}:
    - {word}: [{{podSelector: {{matchLabels: {{app: {peer}}}}}}}]
      ports: [{{port: {port}}}]
"""
_NOTHING = """\
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nothing, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: names, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
"""


def workload(kind: str, name: str, port: int) -> str:
    """A workload that listens on a port, and its service."""
    return _WORKLOAD.format(kind=kind, name=name, port=port)


def policy(name: str, of: str, way: str, peer: str, port: int) -> str:
    """A network policy of one rule."""
    word = {"Ingress": "from", "Egress": "to"}[way]
    return _POLICY.format(name=name, of=of, way=way, peer=peer, port=port, rules=way.lower(), word=word)


START = {
    "diagrams/shop/view.py": VIEW,
    "kubernetes/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
    "kubernetes/workloads.yaml": workload("Deployment", "web", 3000)
    + workload("Deployment", "api", 8000)
    + workload("StatefulSet", "database", 5432),
    "kubernetes/policies.yaml": _NOTHING
    + policy("web-out", "web", "Egress", "api", 8000)
    + policy("api-in", "api", "Ingress", "web", 8000)
    + policy("api-out", "api", "Egress", "database", 5432)
    + policy("database-in", "database", "Ingress", "api", 5432),
}


def git(*arguments: str) -> str:
    """What git prints."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *identity, *arguments], capture_output=True, text=True, check=True).stdout


def record(system: str = "shop", folder: str = "kubernetes") -> None:
    """Prove a system of the project, and write the evidence."""
    diagrams = Path("diagrams") / system
    infrastructure, basis = inputs.read(inputs.Sources(kubernetes=[Path(folder)]))
    drawings = [capture(script, diagrams) for script in scripts(diagrams)]
    proof = prove(infrastructure, drawings, Settings.read().undrawn)
    evidence.record(proof, basis, Path("evidence") / system)


def commit() -> None:
    """Commit all that there is."""
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "change")


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop, proven and committed; copied for each test."""
    folder = tmp_path_factory.mktemp("shop")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, text in START.items():
            files.write(Path(name), text)
        git("init", "--quiet", "--initial-branch", "main")
        record()
        commit()
        git("tag", "base")
    return folder


@pytest.fixture
def shop(start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of the test's own, which it runs in; its first commit is tagged `base`."""
    folder = tmp_path / "shop"
    shutil.copytree(start, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def said(shop: Path) -> Callable[..., list[str]]:
    """Proves and commits the shop as it is now, and tells what changed since `base`."""

    def tell() -> list[str]:
        record()
        commit()
        with opened("base", Path("evidence")) as before, opened("HEAD", Path("evidence")) as after:
            return [f"{change.place}: {change.text}" for change in compare(before, after)]

    return tell
