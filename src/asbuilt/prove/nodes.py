"""Does a node stand for something that exists?"""

from asbuilt.drawing import Node
from asbuilt.infrastructure import Infrastructure, Manifest, Resource
from asbuilt.prove.verdicts import Evidence, Finding

EXTERNAL = "external/"


def prove_node(infrastructure: Infrastructure, node: Node) -> Finding:
    """`bound` with the lines that create it, `missing`, `external`, or `unbound`."""
    if not node.id:
        label = " ".join(node.label.split()) or "a node"
        return Finding("unbound", f"{label} is bound to nothing", hint="give it a nodeid")
    if node.id.startswith(EXTERNAL):
        return Finding("external", "it stands outside what the files create")
    return prove_name(infrastructure, node.id)


def prove_name(infrastructure: Infrastructure, name: str) -> Finding:
    """Whether a Terraform address or a Kubernetes name exists."""
    found = infrastructure.find(name)
    if not found:
        nearest = infrastructure.nearest(name)
        hint = f"did you mean {nearest}?" if nearest else "draw what the files create, or name it external/…"
        return Finding("missing", f"{name} is drawn but nothing creates it", hint=hint)
    return Finding("bound", "", tuple(dict.fromkeys(_evidence(name, thing) for thing in found)))


def _evidence(name: str, thing: Resource | Manifest) -> Evidence:
    """Instances of one block stand on one line, so they are one piece of evidence."""
    whole = Evidence.of(thing)
    return Evidence(name, whole.file, whole.line)
