"""What is laid beside a copy of a configuration so that it can be applied to the emulator.

Terraform merges a file named `*_override.tf` into the blocks of the same name
(https://developer.hashicorp.com/terraform/language/files/override). `limits.yaml` names what the
emulator cannot show; the override follows from it, so that nothing is passed over in silence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

FILE_NAME = "emulator_override.tf"
_PATH_STYLE = 'provider "aws" {\n  s3_use_path_style = true # no bucket has a host name on loopback\n}\n'


@dataclass(frozen=True, slots=True)
class NotEmulated:
    """A type whose requests are only kept and given back: an apply shows that they are well formed."""

    type: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotEchoed:
    """Arguments that the emulator takes and does not give back, so that a second plan would change them."""

    address: str
    attributes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class NotWaited:
    """A switch that has the provider wait for what the emulator does at once; it is off in a drill."""

    address: str
    argument: str
    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """In what an apply to the emulator differs from one to AWS."""

    not_emulated: tuple[NotEmulated, ...]
    not_echoed: tuple[NotEchoed, ...]
    not_waited: tuple[NotWaited, ...]


def override_file() -> dict[str, str]:
    """The override's text by its file's name, to be laid beside a copy of the configuration."""
    return {FILE_NAME: override(limits())}


def limits() -> Limits:
    """The emulator's limits, from `limits.yaml`."""
    return parsed(yaml.safe_load(resources.files(__package__).joinpath("limits.yaml").read_text("utf-8")))


def parsed(document: Mapping[str, Iterable[Mapping[str, Any]]]) -> Limits:
    """Limits written as `limits.yaml` writes them."""
    return Limits(
        tuple(NotEmulated(item["type"], item["reason"]) for item in document["not_emulated"]),
        tuple(
            NotEchoed(item["address"], tuple(item["attributes"]), item["reason"])
            for item in document["not_echoed"]
        ),
        tuple(
            NotWaited(item["address"], item["argument"], item["reason"]) for item in document["not_waited"]
        ),
    )


def override(known: Limits) -> str:
    """The text of the override file."""
    ignored = (
        _block(item.address, f"lifecycle {{\n    ignore_changes = [{', '.join(item.attributes)}]\n  }}")
        for item in known.not_echoed
    )
    not_waited = (_block(item.address, f"{item.argument} = false") for item in known.not_waited)
    return "\n".join([_PATH_STYLE, *ignored, *not_waited])


def _block(address: str, body: str) -> str:
    kind, name = address.split(".")
    return f'resource "{kind}" "{name}" {{\n  {body}\n}}\n'
