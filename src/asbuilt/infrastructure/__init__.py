"""What the files create, read from Terraform and Kubernetes."""

from asbuilt.infrastructure import kustomize
from asbuilt.infrastructure.manifests import manifests
from asbuilt.infrastructure.model import (
    UNKNOWN,
    Infrastructure,
    Location,
    Manifest,
    Resource,
    Symbol,
    block_of,
)
from asbuilt.infrastructure.source import blocks
from asbuilt.infrastructure.terraform import destroyed, kind, load, resources

__all__ = [
    "UNKNOWN",
    "Infrastructure",
    "Location",
    "Manifest",
    "Resource",
    "Symbol",
    "block_of",
    "blocks",
    "destroyed",
    "kind",
    "kustomize",
    "load",
    "manifests",
    "resources",
]
