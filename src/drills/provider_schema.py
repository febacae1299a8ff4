"""Terraform for a provider that is not at hand, checked against the schema that its bindings publish.

The bindings of `@cdktf/provider-<name>` carry, for each resource, its arguments, which of them are required,
their types, and which are blocks (`.jsii`, generated from the provider's own schema). What only the provider
itself knows, such as the values that an argument takes, is not in it: a file without findings is
*schema-checked only*.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import tree_sitter
import tree_sitter_hcl

from asbuilt.errors import UnusableInput

_META = {"count", "depends_on", "for_each", "lifecycle", "provider"}
_LITERALS = {"string_lit": "string", "bool_lit": "boolean", "numeric_lit": "number", "tuple": "array"}


@dataclass(frozen=True, slots=True)
class Schema:
    """What the bindings say: types by name, and how resources are called (`github_`)."""

    types: Mapping[str, Any]
    package: str
    prefix: str


def schema(package: Path) -> Schema:
    """Read the bindings that are installed in a folder such as `node_modules/@cdktf/provider-github`.

    Raises UnusableInput where they are not installed.
    """
    try:
        read = json.loads((package / ".jsii").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        hint = "`make node_modules/.synced` installs what package-lock.json pins"
        raise UnusableInput(f"{package.as_posix()} is not installed", hint) from error
    return Schema(read["types"], read["name"], package.name.removeprefix("provider-") + "_")


def findings(path: Path, against: Schema) -> list[str]:
    """What in a Terraform file the schema does not know, or misses: one line each, with file and line."""
    tree = _parser().parse(path.read_bytes())
    if tree.root_node.has_error:
        return [f"{path.as_posix()}: it is not HCL"]
    blocks = [block for body in tree.root_node.named_children for block in body.named_children]
    return [
        f"{path.as_posix()}:{line}: {said}"
        for block in blocks
        if block.type == "block" and _text(block.named_children[0]) == "resource"
        for line, said in _resource(block, against)
    ]


def _resource(block: tree_sitter.Node, against: Schema) -> Iterator[tuple[int, str]]:
    kind = _text(block.named_children[1]).strip('"')
    name = _camel(kind.removeprefix(against.prefix))
    known = against.types.get(f"{against.package}.{name}.{name[0].upper()}{name[1:]}Config")
    if known is None or not kind.startswith(against.prefix):
        yield block.start_point[0] + 1, f"there is no resource {kind}"
        return
    yield from _body(block, known, kind, against)


def _body(block: tree_sitter.Node, known: Any, where: str, against: Schema) -> Iterator[tuple[int, str]]:
    properties = {one["name"]: one for one in known.get("properties", ())}
    written = _written(block)
    for name, node in written:
        if name not in _META:
            yield from _one(node, name, properties.get(_camel(name)), where, against)
    missing = {name for name, one in properties.items() if not one.get("optional")}
    for name in sorted(missing - {_camel(name) for name, _ in written}):
        yield block.start_point[0] + 1, f"{where} needs {_snake(name)}"


def _one(
    node: tree_sitter.Node, name: str, known: Any, where: str, against: Schema
) -> Iterator[tuple[int, str]]:
    """What is wrong with one argument or block."""
    line = node.start_point[0] + 1
    inner = known and _block_type(known["type"], against)
    if known is None:
        yield line, f"{where} has no {name}"
    elif bool(inner) != (node.type == "block"):
        yield line, f"{name} of {where} is {'a block' if inner else 'an argument'}"
    elif inner:
        yield from _body(node, inner, f"{where}.{name}", against)
    else:
        kind, allowed = _kind(node), _primitives(known["type"])
        if kind and kind not in allowed:
            yield line, f"{name} of {where} is a {' or '.join(sorted(allowed))}, not a {kind}"


def _written(block: tree_sitter.Node) -> list[tuple[str, tree_sitter.Node]]:
    bodies = [child for child in block.named_children if child.type == "body"]
    children = [child for body in bodies for child in body.named_children]
    return [(_text(one.named_children[0]), one) for one in children if one.type in ("attribute", "block")]


def _block_type(declared: Any, against: Schema) -> Any:
    """The type behind a block, or None where an argument is declared."""
    for name in _named(declared):
        if name.startswith(f"{against.package}."):
            return against.types[name]
    return None


def _named(declared: Any) -> list[str]:
    options = declared.get("union", {}).get("types", [declared])
    elements = [one["collection"]["elementtype"] if "collection" in one else one for one in options]
    return [one["fqn"] for one in elements if "fqn" in one]


def _primitives(declared: Any) -> set[str]:
    options = declared.get("union", {}).get("types", [declared])
    return {"array" if "collection" in one else one["primitive"] for one in options if "fqn" not in one}


def _kind(node: tree_sitter.Node) -> str:
    """What a literal is; empty where the value is computed."""
    found = node.named_children[-1]
    while len(found.named_children) == 1 and found.type not in _LITERALS:
        found = found.named_children[0]
    return _LITERALS.get(found.type, "")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()
