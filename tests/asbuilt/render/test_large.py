"""A very large picture: Graphviz survives it, and a browser can load it."""

import subprocess
import sys
from pathlib import Path

SCRIPT = '''\
"""300 nodes of sixty kinds in nested boxes, 360 labelled arrows."""

import contextlib
import inspect

from diagrams import Cluster, Diagram, Edge, Node
from diagrams.aws import analytics, compute, database, integration, network, storage

modules = (analytics, compute, database, integration, network, storage)
kinds = [kind for module in modules for _, kind in inspect.getmembers(module, inspect.isclass)]
kinds = list({kind._icon: kind for kind in kinds if kind._icon}.values())[:60]
nodes = []
with Diagram("Large", show=False):
    for outer in range(10):
        with Cluster(f"Network {outer}"):
            for inner in range(3):
                with Cluster(f"Subnet {outer} {inner}"):
                    for number in range(10):
                        kind = kinds[len(nodes) % len(kinds)]
                        nodes.append(kind(f"Service number {len(nodes)}", nodeid=f"aws_x.n{len(nodes)}"))
    for at, node in enumerate(nodes[1:], 1):
        nodes[at // 2] >> Edge(label=f"calls over {at}", by="tcp/443") >> node
    for at in range(60):
        nodes[at * 2] >> Edge(label=f"reports to {at}", by="tcp/443") >> nodes[(at * 7 + 50) % 300]
'''


def test_three_hundred_nodes_are_drawn_in_less_than_600_kilobytes(project):
    """A labelled graph of 300 nodes with sixty different icons is a file that a page can carry."""
    Path("diagrams").mkdir()
    Path("diagrams/large.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-m", "asbuilt.cli", "render", "--output", "out"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    svg = Path("out/large.svg").read_text()
    assert (svg.count('class="node"'), svg.count("<image ")) == (300, 60)
    assert len(svg.encode()) < 600_000
