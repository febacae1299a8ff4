"""A second judge of what is drawn, made to disagree: it shares no code with the proof.

It reads the raw state and the raw manifests, knows what the two systems draw, and calls false whatever
it does not know.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from asbuilt.claims import Asserted, Claim, Network, Permission, Relation
from asbuilt.drawing import Drawing
from drills.mutants import clusters
from drills.mutants.cloud import Cloud, Item, is_object, namespace_of
from drills.mutants.grants import may
from drills.mutants.interfaces import interfaces
from drills.mutants.packets import Packet, vpc_of
from drills.mutants.reaches import reaches
from drills.mutants.relations import relates

Drawn = tuple[str, ...]
"""`node` and its id, `box` with its id and a member's, or `arrow` with both ends and a claim."""


class Oracle:
    """Judges drawn things of one world, each of them once."""

    def __init__(self, state: Mapping[str, Any], manifests: Mapping[str, str]) -> None:
        self._cloud = Cloud(state, manifests.values())
        self._blocks: dict[str, str] = {}

    def objects(self) -> dict[str, Item]:
        """The Kubernetes objects by name."""
        return self._cloud.objects

    def false(self, drawings: tuple[Drawing, ...]) -> set[Drawn]:
        """What is drawn and is not so."""
        self._blocks = {node.id: node.cidr for drawing in drawings for node in drawing.nodes if node.cidr}
        claims = {thing: claim for drawing in drawings for thing, claim in drawn(drawing)}
        return {thing for thing, claim in claims.items() if not self.holds(thing, claim)}

    def holds(self, thing: Drawn, claim: Claim | None = None) -> bool:
        """Whether one drawn thing is so; what a person asserts is not judged."""
        match thing:
            case ("node", id_):
                return id_.startswith("external/") or bool(self._cloud.find(id_))
            case ("box", id_, member):
                return self._inside(id_, member)
            case (_, source, target, _):
                return self._claim(source, target, claim)
        return False

    def _claim(self, source: str, target: str, claim: Claim | None) -> bool:
        if isinstance(claim, Asserted):
            return True
        if isinstance(claim, Network):
            ports = range(claim.first, claim.last + 1)
            return all(self._packet(source, target, Packet(claim.protocol, port)) for port in ports)
        if isinstance(claim, Relation):
            return relates(self._cloud, source, target, claim.verb)
        return isinstance(claim, Permission) and may(self._cloud, source, target, claim.action)

    def _packet(self, source: str, target: str, packet: Packet) -> bool:
        """Over the cloud where it holds the cluster; else pods are all that is known."""
        start, end = self._cloud.objects.get(source), self._cloud.objects.get(target)
        if self._cloud.all("aws_eks_cluster") or start is None:
            return reaches(self._cloud, source, target, packet)
        if target.startswith("external/"):
            return clusters.outside(self._cloud, start, self._blocks.get(target, ""), packet)
        return end is not None and clusters.between(self._cloud, start, end, packet)

    def _inside(self, box: str, member: str) -> bool:
        places, things = self._cloud.find(box), self._cloud.find(member)
        return bool(places and things) and all(self._one_inside(places, thing) for thing in things)

    def _one_inside(self, places: list[Item], thing: Item) -> bool:
        place = places[0]
        if is_object(place):
            return place["kind"] == "Namespace" and is_object(thing) and _lives_in(thing, place)
        match place["type"]:
            case "aws_caller_identity":
                return is_object(thing) or _account(thing) in ("", place["values"]["account_id"])
            case "aws_eks_cluster":
                return is_object(thing) and len(self._cloud.all("aws_eks_cluster")) == 1
        ids = {one["values"]["id"] for one in places}
        subnets = {one.subnet for one in interfaces(self._cloud, thing)}
        if place["type"] == "aws_vpc" and not is_object(thing) and thing["type"] == "aws_vpc_endpoint":
            return thing["values"]["vpc_id"] in ids  # an endpoint names its VPC itself
        if place["type"] == "aws_vpc":
            return bool(subnets) and {vpc_of(self._cloud, one) for one in subnets} <= ids
        return place["type"] == "aws_subnet" and bool(subnets) and subnets <= ids


def drawn(drawing: Drawing) -> Iterator[tuple[Drawn, Claim | None]]:
    """Everything a drawing says: its nodes, the members of its boxes, the claims of its arrows."""
    for node in drawing.nodes:
        yield ("node", node.id), None
    for box in drawing.boxes:
        for node in drawing.members(box) if box.id else ():
            yield ("box", box.id, node.key), None
    for arrow in drawing.arrows:
        for claim in arrow.claims or (None,):
            yield ("arrow", arrow.source, arrow.target, str(claim or "")), claim


def _lives_in(thing: Item, namespace: Item) -> bool:
    return namespace_of(thing) == str(namespace["metadata"]["name"])


def _account(thing: Item) -> str:
    """The account in a resource's ARN; empty where its ARNs name none, as those of buckets."""
    parts = str(thing["values"].get("arn", "")).split(":")
    return parts[4] if len(parts) > 4 else ""
