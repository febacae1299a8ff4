"""Where Terraform blocks stand. HCL is parsed for file and line only; Terraform evaluates it."""

import functools
from collections.abc import Iterator
from pathlib import Path

import tree_sitter
import tree_sitter_hcl

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure.model import Location

_PREFIX = {"resource": "", "data": "data.", "variable": "var.", "output": "output."}


def blocks(folder: Path) -> dict[str, Location]:
    """Addresses of the blocks in a folder's `.tf` files and their lines.

    Variables are named `var.x` and outputs `output.x`, as expressions name them.
    Raises UnusableInput where the folder holds no Terraform file.
    """
    files = sorted(folder.glob("*.tf"))
    if not files:
        raise UnusableInput(f"{folder.as_posix()} holds no .tf file", "name a folder with --terraform DIR")
    return {name: place for path in files for name, place in _blocks(path)}


def _blocks(path: Path) -> Iterator[tuple[str, Location]]:
    tree = _parser().parse(path.read_bytes())
    for body in tree.root_node.named_children:
        for block in body.named_children:
            words = [_text(child) for child in block.named_children if child.type != "body"]
            if words and words[0] in _PREFIX:
                address = _PREFIX[words[0]] + ".".join(
                    word.strip('"') for word in words[1:] if word[:1] == '"'
                )
                yield address, Location(path.as_posix(), block.start_point[0] + 1)


@functools.cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()
