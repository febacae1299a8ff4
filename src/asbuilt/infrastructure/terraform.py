"""Read `terraform show -json` of a plan or of a state.

The format is Terraform's own: `planned_values`, `prior_state`, `resource_changes` and
`configuration` of a plan, `values` of a state
(https://developer.hashicorp.com/terraform/internals/json-format).
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure.model import UNKNOWN, Location, Resource, Symbol, block_of

_HINT = "write it with: terraform show -json PLAN_OR_STATE"
_NAMING = ("id", "arn")  # attributes by which one resource names another


def load(path: Path) -> Mapping[str, Any]:
    """The document in `path`. Raises UnusableInput where it is no plan and no state."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UnusableInput(error.strerror or "cannot be read", _HINT, path.as_posix()) from None
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise UnusableInput("this is not JSON", _HINT, path.as_posix(), line) from None
    if not isinstance(document, dict) or not kind(document):
        raise UnusableInput("this is neither a plan nor a state of Terraform", _HINT, path.as_posix())
    return document


def kind(document: Mapping[str, Any]) -> str:
    """`plan`, `state`, or nothing."""
    if isinstance(document.get("planned_values"), dict):
        return "plan"
    is_state = "terraform_version" in document and "resource_changes" not in document
    return "state" if is_state and isinstance(document.get("values", {}), dict) else ""


def resources(document: Mapping[str, Any], places: Mapping[str, Location]) -> tuple[Resource, ...]:
    """Every resource and data source that exists once the document's plan is applied.

    What a plan destroys is not among them. `places` are the blocks' lines (see `source.blocks`).
    """
    if kind(document) == "state":
        found = _walk(document.get("values", {}).get("root_module", {}))
        return tuple(_resource(item, item["values"], {}, places) for item in found)
    configured = dict(_configured(document.get("configuration", {}).get("root_module", {}), ""))
    unknown = {
        change["address"]: change["change"].get("after_unknown") or {}
        for change in document.get("resource_changes", [])
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
        for change in document.get("resource_changes", [])
        if change["change"]["actions"] in (["delete"], ["forget"])
    }


def _walk(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _walk(child)


def _configured(module: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each block's expressions, by the block's address."""
    for item in module.get("resources", []):
        yield prefix + item["address"], item.get("expressions", {})
    for name, call in module.get("module_calls", {}).items():
        yield from _configured(call.get("module", {}), f"{prefix}module.{name}.")


def _planned(
    item: dict[str, Any],
    configured: Mapping[str, dict[str, Any]],
    unknown: Mapping[str, Any],
    here: set[str],
    places: Mapping[str, Location],
) -> Resource:
    expressions = configured.get(block_of(item["address"]), {})
    references = {name: tuple(_references(expression)) for name, expression in expressions.items()}
    values = dict(item["values"])
    module = item["address"].partition(f"{item['type']}.{item['name']}")[0].removesuffix("data.")
    for name, part in unknown.get(item["address"], {}).items():
        if name in _NAMING:
            values[name] = Symbol(f"${{{item['address']}.{name}}}")
        elif part:
            values[name] = _fill(values.get(name), part, expressions.get(name), module, here)
    return _resource(item, values, references, places)


def _fill(value: Any, unknown: Any, expression: Any, module: str, here: set[str]) -> Any:
    """`value` with what is unknown in it named by the expression's reference, or `UNKNOWN`."""
    if unknown is True:
        return _symbol(expression, module, here)
    if isinstance(unknown, dict) and isinstance(value, dict):
        inner = expression if isinstance(expression, dict) else {}
        filled = (
            (name, _fill(value.get(name), part, inner.get(name), module, here))
            for name, part in unknown.items()
            if part
        )
        return value | dict(filled)
    if isinstance(unknown, list) and isinstance(value, list):
        inner_list = expression if isinstance(expression, list) else []
        aligned = len(inner_list) == len(unknown)
        return [
            _fill(before, part, inner_list[index] if aligned else None, module, here) if part else before
            for index, (before, part) in enumerate(itertools.zip_longest(value, unknown))
        ]
    return value


def _symbol(expression: Any, module: str, here: set[str]) -> Any:
    """The symbol of a plain reference such as `aws_vpc.main.id`.

    Terraform lists `aws_vpc.main.id` and then `aws_vpc.main` for one plain reference. Anything
    else (an index, a loop's variable, a call over several values) stays unknown.
    """
    if not isinstance(expression, dict) or set(expression) != {"references"}:
        return UNKNOWN
    match expression["references"]:
        case [str(full), str(block)] if full.rpartition(".")[0] == block and module + block in here:
            attribute = full.rpartition(".")[2]
            return Symbol(f"${{{module}{full}}}") if attribute in _NAMING else UNKNOWN
    return UNKNOWN


def _references(expression: Any) -> Iterator[str]:
    if isinstance(expression, dict):
        names = expression.get("references", [])
        yield from names
        yield from (
            name for key, part in expression.items() if key != "references" for name in _references(part)
        )
    elif isinstance(expression, list):
        yield from (name for part in expression for name in _references(part))


def _resource(
    item: dict[str, Any],
    values: Mapping[str, Any],
    references: Mapping[str, tuple[str, ...]],
    places: Mapping[str, Location],
) -> Resource:
    address = item["address"]
    return Resource(address, item["type"], values, references, places.get(block_of(address)))
