"""How fast arrows are proven."""

import gc
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.row import Row

from asbuilt.claims import Claim, Network, Permission
from asbuilt.infrastructure import Infrastructure, Resource
from asbuilt.prove.arrows import ArrowProver

ARROWS, FEW, MANY = 1_000, 500, 5_000
_RUNS = 5
_NOISE = 0.1  # of a ratio between runs of hundredths of a second
_PARTS = 10  # resources that one service adds
_ACCOUNT = "123456789012"


def rows() -> Iterator[Row]:
    """Prove arrows over a small and a large plan, and tell what it took."""
    pairs = [(_seconds(FEW), _seconds(MANY)) for _ in range(_RUNS)]
    few, many = (min(seconds) for seconds in zip(*pairs, strict=True))
    what = f"{ARROWS:,} arrows over {MANY:,} resources"
    yield Row(f"{what}, once the JSON is loaded", many, 1.0, "s")
    growth = (many / few) / (MANY / FEW)
    yield Row(f"{what}: growth from {FEW} resources, where 1 is linear", growth, 1 + _NOISE, "times")


def system_row(folder: Path) -> Row:
    """Prove a whole system from its recorded plan and state, files read included."""
    from asbuilt import inputs
    from asbuilt.capture import capture
    from asbuilt.prove.proof import prove
    from asbuilt.scripts import scripts

    documents = (folder / "plan.json", folder / "state.json")
    sources = inputs.Sources([Path("terraform/biotech-x")], documents, [Path("kubernetes/biotech-x")])
    diagrams = Path("diagrams/biotech-x")

    def once() -> float:
        start = time.perf_counter()
        infrastructure, _ = inputs.read(sources)
        prove(infrastructure, [capture(script, diagrams) for script in scripts(diagrams)])
        return time.perf_counter() - start

    spent = min(once() for _ in range(_RUNS))
    return Row("the whole of biotech-x, without Terraform", spent * 1000, 300.0, "ms")


def _seconds(size: int) -> float:
    """Seconds to index `size` resources and to prove the arrows; every one of them must be proven."""
    services = size // _PARTS
    infrastructure = Infrastructure(
        tuple(_network()) + tuple(r for n in range(services) for r in _service(n))
    )
    gc.collect()
    gc.freeze()  # what the process already holds is not the prover's to sweep
    start = time.perf_counter()
    prover = ArrowProver(infrastructure)
    verdicts = {prover.prove(*_arrow(number % services, number)).verdict for number in range(ARROWS)}
    spent = time.perf_counter() - start
    assert {"proven"} == verdicts
    return spent


def _arrow(service: int, number: int) -> tuple[str, str, Claim]:
    function = f"aws_lambda_function.s{service}"
    if number % 2:
        return function, f"aws_s3_bucket.s{service}", Permission("s3:GetObject")
    return function, f"aws_db_instance.s{service}", Network("tcp", 5432, 5432)


def _network() -> Iterator[Resource]:
    yield _resource("aws_vpc", "main", cidr_block="10.0.0.0/16", ipv6_cidr_block="")
    yield _resource("aws_subnet", "main", vpc_id="aws_vpc.main", cidr_block="10.0.0.0/20", ipv6_cidr_block="")
    yield _resource(
        "aws_subnet", "other", vpc_id="aws_vpc.main", cidr_block="10.0.16.0/20", ipv6_cidr_block=""
    )
    subnets = {"subnet_ids": ["aws_subnet.main", "aws_subnet.other"], "vpc_id": "aws_vpc.main"}
    yield _resource("aws_db_subnet_group", "main", name="main", **subnets)


def _service(number: int) -> Iterator[Resource]:
    """A function in a network, its database, its bucket, and all that lies between them."""
    name = f"s{number}"
    role, bucket = f"arn:aws:iam::{_ACCOUNT}:role/{name}", f"arn:aws:s3:::{name}"
    for kind in ("function", "database"):
        group = f"{name}_{kind}"
        yield _resource("aws_security_group", group, vpc_id="aws_vpc.main", ingress=[], egress=[])
    rule = {"ip_protocol": "tcp", "from_port": 5432, "to_port": 5432}
    one, other = f"aws_security_group.{name}_function", f"aws_security_group.{name}_database"
    way = "aws_vpc_security_group_{}_rule".format
    yield _resource(way("egress"), name, security_group_id=one, referenced_security_group_id=other, **rule)
    yield _resource(way("ingress"), name, security_group_id=other, referenced_security_group_id=one, **rule)
    place = {"subnet_ids": ["aws_subnet.main"], "security_group_ids": [one], "vpc_id": "aws_vpc.main"}
    yield _resource("aws_lambda_function", name, role=role, function_name=name, vpc_config=[place])
    yield _resource(
        "aws_db_instance",
        name,
        db_subnet_group_name="main",
        vpc_security_group_ids=[other],
        port=5432,
        publicly_accessible=False,
        engine="postgres",
    )
    trust = _policy("sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
    yield _resource("aws_iam_role", name, arn=role, name=name, assume_role_policy=trust, path="/")
    yield _resource(
        "aws_iam_role_policy", name, role=name, policy=_policy("s3:GetObject", Resource=f"{bucket}/*")
    )
    yield _resource("aws_s3_bucket", name, bucket=name, arn=bucket)
    yield _resource("aws_s3_bucket_versioning", name, bucket=name)


def _resource(type_: str, name: str, /, **values: Any) -> Resource:
    return Resource(f"{type_}.{name}", type_, {"id": f"{type_}.{name}"} | values)


def _policy(action: str, **more: Any) -> str:
    statement: Mapping[str, Any] = {"Effect": "Allow", "Action": action} | more
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
