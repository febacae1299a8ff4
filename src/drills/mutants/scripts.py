"""Changes to the diagrams: what is drawn is no longer what is there."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from drills.mutants.mutant import Mutant, Mutants
from drills.mutants.world import World

_CLAIM = re.compile(r'by="(?!asserted)([^"]+)"')
_NODE = re.compile(r'nodeid=(?:"([^"]+)"|\'([^\']+)\')')
_OTHERS = {  # a box, and another that is there as well; for all that are not told, the database subnets
    "aws_subnet.database": "aws_subnet.public",
    "cluster/Namespace/banking": "cluster/Namespace/monitoring",
    "cluster/Namespace/monitoring": "cluster/Namespace/banking",
}
_RELATIONS = {"scales": "protects", "protects": "scales", "selects": "runs as", "runs as": "selects"}
_BOX = re.compile(r'"id": "([^"]+)"')


def diagram_mutants(clean: World) -> Mutants:
    """Each node, box, arrow and claim of each script changed."""
    for file, text in clean.scripts.items():
        for family, name, changed in _changes(text):
            world = replace(clean, scripts={**clean.scripts, file: changed})
            yield Mutant(family, f"{file}:{_line(text, changed)}: {name}", world)


def _line(text: str, changed: str) -> int:
    """The first line that differs."""
    pairs = zip(text.splitlines(), changed.splitlines(), strict=False)
    return next((number for number, (old, new) in enumerate(pairs, 1) if old != new), 0)


def _changes(text: str) -> Iterator[tuple[str, str, str]]:
    for match in _NODE.finditer(text):
        name = match[1] or match[2]
        if not name.startswith("external/"):
            yield "node: misspelt", name, _put(text, match, match[0].replace(name, name + "s"))
    for match in _BOX.finditer(text):
        yield "box: misspelt", match[1], _put(text, match, f'"id": "{match[1]}s"')
        other = _OTHERS.get(match[1], "aws_subnet.database")
        yield "box: bound to another", match[1], _put(text, match, f'"id": "{other}"')
    for match in _CLAIM.finditer(text):
        yield from _claims(text, match)
    yield from _arrows(text)
    yield from _moved(text)


def _claims(text: str, match: "re.Match[str]") -> Iterator[tuple[str, str, str]]:
    for claim in (part.strip() for part in match[1].split(",")):
        if "/" in claim:
            protocol, port = claim.split("/")
            wrong = f"{protocol}/{int(port.split('-')[0]) + 7}"
            yield "claim: other port", claim, _put(text, match, match[0].replace(claim, wrong))
            other = {"tcp": "udp", "udp": "tcp"}[protocol]
            yield (
                "claim: other protocol",
                claim,
                _put(text, match, match[0].replace(claim, f"{other}/{port}")),
            )
        elif claim in _RELATIONS:
            other = _RELATIONS[claim]
            yield "claim: other relation", claim, _put(text, match, match[0].replace(claim, other))
        else:
            wrong = f"{claim.split(':')[0]}:DeleteEverything"
            yield "claim: no such action", claim, _put(text, match, match[0].replace(claim, wrong))
            yield "claim: other action", claim, _put(text, match, match[0].replace(claim, "iam:CreateUser"))


def _arrows(text: str) -> Iterator[tuple[str, str, str]]:
    """Statements such as `a >> Edge(...) >> b`, dropped, turned round, or led to another node."""
    names = [match[1] for match in re.finditer(r"^ +(\w+) = \w+\(", text, re.MULTILINE)]
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.BinOp)):
            continue
        written = ast.get_source_segment(text, node) or ""
        match = re.fullmatch(r"(\w+) (>>|<<) (Edge\(.*\)) \2 (\w+)", written, re.DOTALL)
        if not match or "asserted" in written:
            continue
        left, way, edge, right = match.groups()
        yield "arrow: dropped", written, text.replace(written, "pass", 1)
        yield "arrow: reversed", written, text.replace(written, f"{right} {way} {edge} {left}", 1)
        other = names[(names.index(right) + 1) % len(names)]
        if other != left:
            yield "arrow: led elsewhere", written, text.replace(written, f"{left} {way} {edge} {other}", 1)


def _moved(text: str) -> Iterator[tuple[str, str, str]]:
    """A node that stands outside every box is moved into the first one."""
    box = re.search(r"^( +)with Cluster\(.*\n", text, re.MULTILINE)
    if not box:
        return
    for match in re.finditer(rf"^{box[1]}\w+ = \w+\(.*\n", text, re.MULTILINE):
        if match.end() <= box.start():
            moved = (
                text[: match.start()] + text[match.end() : box.end()] + "    " + match[0] + text[box.end() :]
            )
            yield "node: moved into a box", match[0].strip(), moved


def _put(text: str, match: "re.Match[str]", new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]
