"""Diagram scripts to measure with: made up, but of the size and the habits of real ones."""

import random
from pathlib import Path

_HEAD = """\
from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import EC2, ECS, EKS, Batch, Lambda
from diagrams.aws.database import RDS, Dynamodb, ElastiCache
from diagrams.aws.integration import SNS, SQS, StepFunctions
from diagrams.aws.network import ELB, CloudFront, Route53
from diagrams.aws.storage import EFS, S3
from diagrams.k8s.compute import Deploy, Pod
from diagrams.onprem.client import User

kinds = [
    EC2, ECS, EKS, Batch, Lambda, RDS, Dynamodb, ElastiCache, SNS, SQS,
    StepFunctions, ELB, CloudFront, Route53, EFS, S3, Deploy, Pod, User,
]
"""
_IN_A_BOX = 5


def write(folder: Path, scripts: int, nodes: int) -> None:
    """Write so many scripts of so many nodes: boxes of five, and a labelled arrow to every node but one."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(scripts):
        (folder / f"view{number:02}.py").write_text(_script(number, nodes), encoding="utf-8")


def _script(number: int, nodes: int) -> str:
    random_ = random.Random(number)  # noqa: S311 - the same script in every run
    lines = [_HEAD, f'with Diagram("View {number}", show=False, direction="TB"):']
    for node in range(nodes):
        if node % _IN_A_BOX == 0:
            lines.append(f'    with Cluster("Box {node // _IN_A_BOX}"):')
        kind = random_.randrange(19)
        lines.append(f'        n{node} = kinds[{kind}]("Node number {node}", nodeid="aws_x.n{node}")')
    for node in range(1, nodes):
        edge = f'Edge(label="calls {node}", by="tcp/443")'
        lines.append(f"    n{random_.randrange(node)} >> {edge} >> n{node}")
    return "\n".join(lines) + "\n"
