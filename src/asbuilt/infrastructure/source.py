"""Where Terraform blocks stand. HCL is parsed for file and line only; Terraform evaluates it."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import tree_sitter
import tree_sitter_hcl

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure.model import Location

_PREFIX = {"resource": "", "data": "data.", "variable": "var.", "output": "output."}


@dataclass(frozen=True, slots=True)
class Declaration:
    """A variable or an output as it is written; `default` is None where a value must be given."""

    name: str
    description: str
    type: str
    default: str | None
    location: Location


def blocks(folder: Path) -> dict[str, Location]:
    """Addresses of the blocks in a folder's `.tf` files and their lines.

    Variables are named `var.x` and outputs `output.x`, as expressions name them.
    Raises UnusableInput where the folder holds no Terraform file.
    """
    return {address: place for _, address, place, _ in _all(folder)}


def declarations(folder: Path, kind: str) -> list[Declaration]:
    """The folder's blocks of one kind (`variable` or `output`), in the order they are written."""
    return [_declared(address, place, body) for word, address, place, body in _all(folder) if word == kind]


_Block = tuple[str, str, Location, tree_sitter.Node]


def _all(folder: Path) -> Iterator[_Block]:
    files = sorted(folder.glob("*.tf"))
    if not files:
        raise UnusableInput(f"{folder.as_posix()} holds no .tf file", "name a folder with --terraform DIR")
    return (block for path in files for block in _blocks(path, path.read_bytes()))


@functools.lru_cache(maxsize=64)
def _blocks(path: Path, content: bytes) -> tuple[_Block, ...]:
    """The blocks of a file with that content: a site asks for the same ones on every page."""
    return tuple(_found(path, content))


def _found(path: Path, content: bytes) -> Iterator[_Block]:
    tree = _parser().parse(content)
    for body in tree.root_node.named_children:
        for block in body.named_children:
            words = [_text(child) for child in block.named_children if child.type != "body"]
            if words and words[0] in _PREFIX:
                names = [word.strip('"') for word in words[1:] if word.startswith('"')]
                place = Location(path.as_posix(), block.start_point[0] + 1)
                yield words[0], _PREFIX[words[0]] + ".".join(names), place, block


def _declared(address: str, place: Location, block: tree_sitter.Node) -> Declaration:
    body = next((child for child in block.named_children if child.type == "body"), None)
    written = dict(_attributes(body)) if body else {}
    description = written.get("description", "").strip('"')
    return Declaration(address, description, written.get("type", ""), written.get("default"), place)


def _attributes(body: tree_sitter.Node) -> Iterator[tuple[str, str]]:
    for child in body.named_children:
        if child.type == "attribute":
            name, value = child.named_children[0], child.named_children[-1]
            yield _text(name), " ".join(_text(value).split())


@functools.cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()
