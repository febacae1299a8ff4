"""Whether what a table says of a system holds in its files.

An expectation is written as YAML beside the table: an address, and what must be found there.

    aws_s3_bucket_policy.uploads: {policy: {Statement: {TlsOnly: {Effect: Deny}}}}

A mapping is held by a mapping that has at least its keys. A list is entered by the `Sid`, `id` or `name` of
an item, and a list of one item also directly; the key `only` lists all the names that there are. A text that
holds JSON is read. `${address.attribute}` stands for the value that another resource has, and `*` for any
value but none.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from asbuilt.infrastructure import Infrastructure

_REFERENCE = re.compile(r"\$\{(?:([\w.-]+(?:\[[^\]]+\])?)\.(\w+))\}")
_ONLY = "only"
_NAMES = ("Sid", "id", "name", "rule_id")


def faults(row: Mapping[str, Any], found: Infrastructure, root: Path) -> Iterator[str]:
    """What of a row does not hold.

    `implemented_by` and `noticed_by` map addresses to what must be there, `written_in` maps files below
    `root` to a text in them, `absent` lists types of resources that there are none of, and `checked_by`
    lists tests as `path::function`.
    """
    for address, expected in {**row.get("implemented_by", {}), **row.get("noticed_by", {})}.items():
        yield from _unheld(address, expected or {}, found)
    for file, text in row.get("written_in", {}).items():
        if text not in _read(root / file):
            yield f"{file} does not say {text!r}"
    yield from (f"there is {type_}" for type_ in row.get("absent", ()) if found.by_type.get(type_))
    for test in row.get("checked_by", ()):
        file, _, function = test.partition("::")
        if f"\ndef {function}(" not in _read(root / file):
            yield f"there is no test {test}"


def _unheld(address: str, expected: Mapping[str, Any], found: Infrastructure) -> Iterator[str]:
    items = found.find(address)
    if not items:
        yield f"there is no {address}"
    for item in items:
        values = getattr(item, "values", None) or getattr(item, "body", {})
        path = differs(expected, values, lambda text: _resolved(text, found))
        if path is not None:
            yield f"{getattr(item, 'address', address)}: {path or 'it'} is not as expected"


def differs(expected: Any, actual: Any, resolve: Callable[[str], str] = str) -> str | None:
    """The path to the first thing that is not as expected, or None where all of it holds."""
    if isinstance(expected, Mapping):
        return _mapping_differs(expected, actual, resolve)
    if isinstance(expected, list) and expected and isinstance(expected[0], Mapping):
        places = {str(index): item for index, item in enumerate(expected)}
        found = {str(index): item for index, item in enumerate(actual)} if isinstance(actual, list) else None
        return _mapping_differs(places, found, resolve)
    if isinstance(expected, list):
        wanted = [resolve(item) if isinstance(item, str) else item for item in expected]
        same = isinstance(actual, list) and sorted(map(str, wanted)) == sorted(map(str, actual))
        return None if same else ""
    if expected == "*":
        return None if actual not in (None, "", [], {}) else ""
    value = resolve(expected) if isinstance(expected, str) else expected
    return None if type(value) is type(actual) and value == actual else ""


def _mapping_differs(expected: Mapping[str, Any], actual: Any, resolve: Callable[[str], str]) -> str | None:
    entered = _entered(actual, expected)
    for key, value in expected.items():
        if key == _ONLY and isinstance(entered, Mapping):
            if sorted(map(str, entered)) == sorted(value):
                continue
            return _ONLY
        if not isinstance(entered, Mapping) or key not in entered:
            return str(key)
        path = differs(value, entered[key], resolve)
        if path is not None:
            return f"{key}.{path}" if path else str(key)
    return None


def _entered(actual: Any, expected: Mapping[str, Any]) -> Any:
    """What the keys of `expected` are looked up in."""
    if isinstance(actual, str):
        try:
            actual = json.loads(actual)
        except ValueError:
            return None
    if not isinstance(actual, list):
        return actual
    named = {_name(item): item for item in actual if isinstance(item, Mapping)}
    if _ONLY in expected or expected.keys() <= named.keys() or len(actual) != 1:
        return named
    return actual[0]


def _name(item: Mapping[str, Any]) -> str | None:
    return next((str(item[key]) for key in _NAMES if item.get(key)), None)


def _resolved(text: str, found: Infrastructure) -> str:
    def value(match: re.Match[str]) -> str:
        items = [item for item in found.by_address.get(match[1], ()) if match[2] in item.values]
        return str(items[0].values[match[2]]) if items else match[0]

    return _REFERENCE.sub(value, text)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
