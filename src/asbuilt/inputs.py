"""What a proof is made from, read from the files a person names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asbuilt import files
from asbuilt.evidence import CREATING, Basis
from asbuilt.infrastructure import (
    Infrastructure,
    Location,
    Manifest,
    Resource,
    blocks,
    destroyed,
    kind,
    kustomize,
    load,
    manifests,
    resources,
)


@dataclass(frozen=True, slots=True)
class Sources:
    """Folders of Terraform, documents of `terraform show -json`, and folders of manifests or overlays.

    Where documents are given Terraform does not run, and the folders only tell file and line.
    """

    terraform: Sequence[Path] = ()
    plans: Sequence[Path] = ()
    kubernetes: Sequence[Path] = ()


def read(sources: Sources) -> tuple[Infrastructure, Basis]:
    """Everything the sources create, and what a proof of it stands on.

    Where a plan and a state tell of the same resource, the state's values hold, and the plan adds
    which references its arguments make. Raises UnusableInput for whatever cannot be read.
    """
    documents = [(path.name, load(path)) for path in sources.plans] or [
        (f"{folder.name} plan", _plan(folder)) for folder in sources.terraform
    ]
    found = merged([document for _, document in documents], _places(sources))
    objects = _objects(sources.kubernetes)
    basis = Basis(tuple(_described(*item) for item in documents), tuple(dict.fromkeys(_inputs(sources))))
    return Infrastructure(tuple(found), tuple(objects)), basis


def _plan(folder: Path) -> Mapping[str, Any]:
    from asbuilt.terraform_command import plan_json  # Terraform is only needed where it runs

    return plan_json(folder)


def _places(sources: Sources) -> dict[str, Location]:
    """Lines of the blocks; a plan without a folder is looked up beside itself."""
    beside = {path.parent for path in sources.plans if any(path.parent.glob("*.tf"))}
    folders = sources.terraform or sorted(beside)
    return {address: place for folder in folders for address, place in blocks(folder).items()}


def merged(documents: Iterable[Mapping[str, Any]], places: Mapping[str, Location]) -> Iterable[Resource]:
    """Every resource of several plans and states, each once; what a plan destroys is not among them."""
    found: dict[str, Resource] = {}
    gone: set[str] = set()
    for document in sorted(documents, key=kind):  # plans before states
        gone |= destroyed(document)
        for resource in resources(document, places):
            planned = found.get(resource.address)
            if planned:
                resource = replace(resource, references=planned.references, provider=planned.provider)
            found[resource.address] = resource
    return (resource for address, resource in found.items() if address not in gone)


def _objects(folders: Sequence[Path]) -> list[Manifest]:
    """What each folder creates: what its kustomization builds, or else all that is written in it."""
    return [
        manifest
        for folder in folders
        for manifest in (kustomize.build(folder) if kustomize.is_overlay(folder) else manifests(folder))
    ]


def _described(name: str, document: Mapping[str, Any]) -> dict[str, str]:
    return {"kind": kind(document), "name": name, "terraform": document.get("terraform_version", "")}


def _inputs(sources: Sources) -> Iterable[Path]:
    for folder in sources.terraform:
        yield from (folder, *files.below(folder, *CREATING))
    for folder in sources.kubernetes:
        for path in kustomize.sources(folder) if kustomize.is_overlay(folder) else [folder]:
            yield from (path, *files.below(path, *CREATING))
    if not sources.terraform:
        yield from sources.plans
