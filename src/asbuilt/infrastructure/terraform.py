"""Read `terraform show -json` of a plan or of a state.

The format is Terraform's own: `planned_values`, `prior_state`, `resource_changes` and
`configuration` of a plan, `values` of a state
(https://developer.hashicorp.com/terraform/internals/json-format).
"""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure.model import (
    UNKNOWN,
    Location,
    Resource,
    Symbol,
    block_of,
    module_of,
    unindexed,
)

_HINT = "write it with: terraform show -json PLAN_OR_STATE"
_NAMING = ("id", "arn")  # attributes by which one resource names another
_IDENTIFIER = re.compile(r"(?:.+_)?(?:id|arn)|bucket|queue_url|role")  # arguments that take one of them...
_LONGER = {  # ...except these, which take a pattern, a suffix or a free text too
    "cloud_watch_logs_group_arn",
    "origin_id",
    "resource_id",
    "source_arn",
    "target_origin_id",
}


def load(path: Path) -> Mapping[str, Any]:
    """The document in `path`. Raises UnusableInput where it is no plan and no state, or not a whole one."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UnusableInput(error.strerror or "cannot be read", _HINT, path.as_posix()) from None
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise UnusableInput("this is not JSON", _HINT, path.as_posix(), line) from None
    if not isinstance(document, dict) or not kind(document):
        raise UnusableInput("this is neither a plan nor a state of Terraform", _HINT, path.as_posix())
    if document.get("errored") is True:
        raise UnusableInput("this plan failed, so it is not whole", "plan again", path.as_posix())
    try:
        resources(document, {})
        destroyed(document)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise UnusableInput("this is not as Terraform writes it", _HINT, path.as_posix()) from None
    return document


def kind(document: Mapping[str, Any]) -> str:
    """`plan`, `state`, or nothing."""
    if isinstance(document.get("planned_values"), dict):
        return "plan"
    return "state" if isinstance(document.get("values"), dict) else ""


def resources(document: Mapping[str, Any], places: Mapping[str, Location]) -> tuple[Resource, ...]:
    """Every resource and data source that exists once the document's plan is applied.

    What a plan destroys is not among them. `places` are the blocks' lines (see `source.blocks`).
    """
    if kind(document) == "state":
        found = _walk(document.get("values", {}).get("root_module", {}))
        return tuple(_resource(item, item.get("values", {}), {}, places) for item in found)
    configured = dict(_configured(document.get("configuration", {}).get("root_module", {}), ""))
    unknown = {
        change["address"]: change["change"].get("after_unknown") or {} for change in _changes(document)
    }
    planned = list(_walk(document["planned_values"].get("root_module", {})))
    here = {item["address"] for item in planned}
    prior = document.get("prior_state", {}).get("values", {}).get("root_module", {})
    read = [item for item in _walk(prior) if item["mode"] == "data" and item["address"] not in here]
    return tuple(_planned(item, configured, unknown, here, places) for item in planned + read)


def destroyed(document: Mapping[str, Any]) -> set[str]:
    """Addresses that exist no more once the document's plan is applied."""
    return {
        change["address"]
        for change in _changes(document)
        if change["change"]["actions"] in (["delete"], ["forget"])
    }


def _changes(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What becomes of each resource; a deposed object was replaced before, and only its address lives on."""
    yield from (one for one in document.get("resource_changes", []) if not one.get("deposed"))


def _walk(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (one for one in module.get("resources", []) if not one.get("deposed_key"))
    for child in module.get("child_modules", []):
        yield from _walk(child)


def _configured(module: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each block as it is configured, by its address."""
    for item in module.get("resources", []):
        yield prefix + item["address"], item
    for name, call in module.get("module_calls", {}).items():
        yield from _configured(call.get("module", {}), f"{prefix}module.{name}.")


def _planned(
    item: dict[str, Any],
    configured: Mapping[str, dict[str, Any]],
    unknown: Mapping[str, Any],
    here: set[str],
    places: Mapping[str, Location],
) -> Resource:
    module = module_of(item["address"])
    block = configured.get(unindexed(item["address"]), {})
    expressions = block.get("expressions", {})
    references = {name: tuple(found) for name, found in _mentions(expressions, module).items()}
    values, scope = dict(item.get("values", {})), _Scope(module, here)  # absent where all is unknown
    for name, part in unknown.get(item["address"], {}).items():
        if part is True and name in _NAMING and name not in expressions:
            values[name] = Symbol(f"${{{item['address']}.{name}}}")
        elif part:
            values[name] = scope.fill(name, values.get(name), part, expressions.get(name))
    return _resource(item, values, references, places, block.get("provider_config_key", ""))


@dataclass(frozen=True, slots=True)
class _Scope:
    """A module's address with its last dot, and the addresses of everything that is planned."""

    module: str
    here: set[str]

    def fill(self, name: str, value: Any, unknown: Any, expression: Any) -> Any:
        """`value` with what is unknown in it named by the expression's reference, or `UNKNOWN`."""
        if unknown is True:
            return self.symbol(expression) if _is_identifier(name) else UNKNOWN
        if isinstance(unknown, dict) and isinstance(value, dict):
            inner = expression if isinstance(expression, dict) else {}
            filled = {
                key: self.fill(key, value.get(key), part, inner.get(key))
                for key, part in unknown.items()
                if part
            }
            return value | filled
        if isinstance(unknown, list) and isinstance(value, list):
            inner_list = expression if isinstance(expression, list) else []
            parts = inner_list if len(inner_list) == len(unknown) else [None] * len(unknown)
            return [
                self.fill(name, before, part, inside) if part else before
                for before, part, inside in itertools.zip_longest(value, unknown, parts)
            ]
        return value

    def symbol(self, expression: Any) -> Any:
        """The symbol of a reference such as `aws_vpc.main.id`.

        Terraform lists `aws_vpc.main.id` and then `aws_vpc.main` for it. Anything else (an index, a
        loop's variable, a call over several values) stays unknown.
        """
        if not isinstance(expression, dict) or set(expression) != {"references"}:
            return UNKNOWN
        match expression["references"]:
            case [str(full), str(block)] if full.rpartition(".")[0] == block:
                is_known = full.rpartition(".")[2] in _NAMING and self.module + block in self.here
                return Symbol(f"${{{self.module}{full}}}") if is_known else UNKNOWN
        return UNKNOWN


def _is_identifier(name: str) -> bool:
    """Whether an argument takes one resource's id or ARN as it is.

    A plan lists the same references for `aws_x.y.arn` and `"${aws_x.y.arn}/*"`, so only an argument
    that can hold nothing longer is given a symbol.
    """
    return bool(_IDENTIFIER.fullmatch(name)) and name not in _LONGER


def _mentions(expressions: Mapping[str, Any], module: str, block: str = "") -> dict[str, list[str]]:
    """What each argument mentions; `vpc_config.subnet_ids` is that argument in all blocks `vpc_config`."""
    found: dict[str, list[str]] = {}
    for name, expression in expressions.items():
        found[block + name] = list(_references(expression, module))
        for part in expression if isinstance(expression, list) else ():
            for inner, names in _mentions(part, module, f"{block}{name}.").items():
                found.setdefault(inner, []).extend(names)
    return found


def _references(expression: Any, module: str) -> Iterator[str]:
    if isinstance(expression, dict):
        yield from (module + name for name in expression.get("references", []))
        yield from (
            name
            for key, part in expression.items()
            if key != "references"
            for name in _references(part, module)
        )
    elif isinstance(expression, list):
        yield from (name for part in expression for name in _references(part, module))


def _resource(
    item: dict[str, Any],
    values: Mapping[str, Any],
    references: Mapping[str, tuple[str, ...]],
    places: Mapping[str, Location],
    provider: str = "",
) -> Resource:
    address = item["address"]
    return Resource(address, item["type"], values, references, places.get(block_of(address)), provider)
