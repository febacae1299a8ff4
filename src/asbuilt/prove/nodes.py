"""Does a node stand for something that exists?"""

from asbuilt.drawing import Drawing, Node
from asbuilt.infrastructure import Infrastructure, Manifest, Resource
from asbuilt.prove.verdicts import Evidence, Finding

EXTERNAL = "external/"


def prove_node(infrastructure: Infrastructure, drawing: Drawing, node: Node) -> Finding:
    """`bound` with the lines that create it, `missing`, `external`, or `unbound`."""
    if not node.id:
        where = f"{drawing.script}:{node.line}"
        return Finding("unbound", f"{node.label or 'a node'} ({where}) is bound to nothing: give it a nodeid")
    if node.id.startswith(EXTERNAL):
        return Finding("external", "it stands outside what the files create")
    return prove_name(infrastructure, node.id)


def prove_name(infrastructure: Infrastructure, name: str) -> Finding:
    """Whether a Terraform address or a Kubernetes name exists."""
    found = infrastructure.find(name)
    if not found:
        nearest = infrastructure.nearest(name)
        hint = f"; did you mean {nearest}?" if nearest else ""
        return Finding("missing", f"{name} is drawn but nothing creates it{hint}")
    return Finding("bound", "", tuple(dict.fromkeys(_evidence(name, thing) for thing in found)))


def _evidence(name: str, thing: Resource | Manifest) -> Evidence:
    """Instances of one block stand on one line, so they are one piece of evidence."""
    whole = Evidence.of(thing)
    return Evidence(name, whole.file, whole.line)
