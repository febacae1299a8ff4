"""To which of its origins a CloudFront distribution sends requests.

An origin that no cache behavior names, alone or in an origin group, gets none (Amazon CloudFront
Developer Guide, "Cache behavior settings", "Origin or origin group").
"""

from collections.abc import Mapping
from typing import Any

from asbuilt.infrastructure import Resource


def used_origins(distribution: Resource) -> list[Any]:
    """The origins that a behavior names, and those of which the files do not tell that."""
    origins = _blocks(distribution.values, "origin")
    kinds = ("default_cache_behavior", "ordered_cache_behavior")
    behaviors = [block for kind in kinds for block in _blocks(distribution.values, kind)]
    named = {_text(block, "target_origin_id") for block in behaviors}
    if not named or "" in named:
        return origins
    for group in _blocks(distribution.values, "origin_group"):
        if _text(group, "origin_id") in {*named, ""}:
            named |= {_text(member, "origin_id") for member in _blocks(group, "member")}
    return [one for one in origins if "" in named or _text(one, "origin_id") in {*named, ""}]


def _blocks(values: Any, argument: str) -> list[Any]:
    found = values.get(argument) if isinstance(values, Mapping) else None
    return list(found) if isinstance(found, list | tuple) else []


def _text(block: Any, argument: str) -> str:
    """A text that is known, else nothing."""
    value = block.get(argument) if isinstance(block, Mapping) else None
    return value if isinstance(value, str) else ""
