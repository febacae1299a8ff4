"""The names that files of Terraform and of Kubernetes declare: enough to say that one is deleted."""

import re
from collections.abc import Iterable
from pathlib import Path

_BLOCK = re.compile(r'^\s*(?:resource|data)\s+"([^"]+)"\s+"([^"]+)"', re.MULTILINE)
_KIND = re.compile(r"^kind:\s*[\"']?([\w.-]+)", re.MULTILINE)
_METADATA = re.compile(r"^metadata:.*(?:\n(?:[ #].*)?)*", re.MULTILINE)
_NAME = re.compile(r"(?:^ +|[{,] *)name:\s*[\"']?([\w.-]+)", re.MULTILINE)
_BETWEEN = re.compile(r"^---.*$", re.MULTILINE)
_DETAIL = re.compile(r"\.(?:ingress|egress)\[\d+\]|: .*|#.*|\[[^\]]*\]")


def declared(root: Path, inputs: Iterable[str]) -> frozenset[str]:
    """`type.name` of each Terraform block and `Kind/name` of each object that the files below `root` hold."""
    found: set[str] = set()
    for path in (root / name for name in inputs):
        if path.suffix in (".tf", ".yaml", ".yml") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            found |= _blocks(text) if path.suffix == ".tf" else _objects(text)
    return frozenset(found)


def _blocks(text: str) -> set[str]:
    return {".".join(match) for match in _BLOCK.findall(text)}


def _objects(text: str) -> set[str]:
    """Every name in an object's metadata counts as its own: one too many only keeps a word unsaid."""
    return {
        f"{kind[1]}/{name}"
        for document in _BETWEEN.split(text)
        if (kind := _KIND.search(document)) and (metadata := _METADATA.search(document))
        for name in _NAME.findall(metadata[0])
    }


def name_of(address: str) -> str:
    """An address as `declared` writes it: without module, namespace, key and rule."""
    bare = _DETAIL.sub("", address)
    return "/".join(bare.split("/")[-2:]) if "/" in bare else ".".join(bare.split(".")[-2:])
