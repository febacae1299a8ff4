"""Prove a set of drawings against an infrastructure: pure, no file is read here."""

from collections.abc import Mapping, Sequence

from asbuilt.drawing import Arrow, Box, Drawing
from asbuilt.infrastructure import Infrastructure
from asbuilt.prove.arrows import ArrowProver, selecting_nothing, undrawn_paths
from asbuilt.prove.boxes import BoxProver
from asbuilt.prove.nodes import prove_node
from asbuilt.prove.undrawn import undrawn
from asbuilt.prove.verdicts import ArrowProof, BoxProof, DiagramProof, NodeProof, Proof


def prove(
    infrastructure: Infrastructure, drawings: Sequence[Drawing], excuses: Mapping[str, str] = {}
) -> Proof:
    """Everything that can be said about `drawings`; `excuses` are reasons by address (see `Settings`)."""
    arrows, boxes = ArrowProver(infrastructure), BoxProver(infrastructure)
    diagrams = tuple(_diagram(infrastructure, arrows, boxes, drawing) for drawing in drawings)
    resources, excused = undrawn(infrastructure, drawings, excuses)
    paths, tolerated = undrawn_paths(arrows, diagrams, excuses)
    idle, forgiven = selecting_nothing(arrows, excuses)
    known = {item.address for item in idle}
    resources = tuple(item for item in resources if item.address not in known)
    return Proof(diagrams, resources + paths + idle, excused + tolerated + forgiven)


def _diagram(
    infrastructure: Infrastructure, arrows: ArrowProver, boxes: BoxProver, drawing: Drawing
) -> DiagramProof:
    addresses = {node.id: node.cidr for node in drawing.nodes if node.cidr}
    return DiagramProof(
        name=drawing.name,
        script=drawing.script,
        title=drawing.title,
        nodes=tuple(
            NodeProof(node.key, node.label, node.line, prove_node(infrastructure, node))
            for node in drawing.nodes
        ),
        boxes=tuple(_box(boxes, drawing, box) for box in drawing.boxes if box.id),
        arrows=tuple(proof for arrow in drawing.arrows for proof in _arrow(arrows, arrow, addresses)),
    )


def _box(prover: BoxProver, drawing: Drawing, box: Box) -> BoxProof:
    members = tuple((node.key, prover.prove(box.id, node.key)) for node in drawing.members(box))
    return BoxProof(box.id, box.label, box.line, members)


def _arrow(prover: ArrowProver, arrow: Arrow, addresses: Mapping[str, str]) -> list[ArrowProof]:
    claims = arrow.claims or (None,)
    return [
        ArrowProof(
            arrow.source,
            arrow.target,
            arrow.label,
            str(claim or ""),
            arrow.line,
            prover.prove(arrow.source, arrow.target, claim, addresses),
        )
        for claim in claims
    ]
